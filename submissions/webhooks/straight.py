"""A request to another program's address: straight there, to no machine inside, and no further.

The name is looked up once and all its addresses are checked before one is connected to, so that a name that leads
elsewhere a moment later leads nowhere. No redirection is followed.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

TIMEOUT = 10  # seconds from the connection to the answer, however it comes
INSIDE = "the address leads to a machine inside"
OPEN = "without TLS nothing is sent beyond the networks that the operators named"
# Ways to machines inside that count as addresses of the world: IPv4 written as IPv6, and what is out of use.
_HIDDEN = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")
HIDDEN = [ipaddress.ip_network(network) for network in _HIDDEN]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotReached(Exception):
    """Why nothing was sent, or no answer came."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer.

    :raises NotReached: the address may not be called, nobody is there, or no answer came in time.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        connection = _Pinned(parts, _checked(host, port, by_tls=parts.scheme == "https"), port)
        patience = threading.Timer(TIMEOUT, connection.give_up)
        patience.start()
        try:
            path = iri_to_uri(parts._replace(scheme="", netloc="", fragment="").geturl()) or "/"
            connection.request("POST", path, body, {**headers, "Content-Type": "application/json"})
            status = connection.getresponse().status
            if connection.is_over:  # what was read until then may be half an answer
                raise TimeoutError("no whole answer came in time")
            return status
        finally:
            patience.cancel()
            connection.close()
    except (OSError, http.client.HTTPException, UnicodeError) as fault:
        raise NotReached(f"{type(fault).__name__}: {fault}") from fault


class _Pinned(http.client.HTTPConnection):
    """A connection to one address of a host, by TLS to the host's name."""

    def __init__(self, parts: SplitResult, address: Address, port: int) -> None:
        super().__init__(parts.hostname or "", port, timeout=TIMEOUT)
        self._address, self._by_tls, self.is_over = str(address), parts.scheme == "https", False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._by_tls:
            context, name = ssl.create_default_context(), self.host
            tls = context.wrap_socket(self.sock, server_hostname=name, do_handshake_on_connect=False)
            self.sock = tls  # before they shake hands, which may take for ever as well
            tls.do_handshake()

    def give_up(self) -> None:
        """Whoever waits for a byte gets none: one that sends a byte now and then would be waited for without end."""
        self.is_over = True
        with suppress(OSError, AttributeError):  # it is not there yet, or no more
            self.sock.shutdown(socket.SHUT_RDWR)


def _checked(host: str, port: int, *, by_tls: bool) -> Address:
    """One address of this host, where all of them may be called."""
    found = [ipaddress.ip_address(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(map(may_be_called, found)):
        raise NotReached(INSIDE)
    if not by_tls and not all(map(_is_named, found)):
        raise NotReached(OPEN)
    return found[0]


def may_be_called(address: Address) -> bool:
    """A machine that everybody reaches, or one in a network that the operators named."""
    plain = getattr(address, "ipv4_mapped", None) or address
    is_open = plain.is_global and not plain.is_multicast and not any(plain in hidden for hidden in HIDDEN)
    return is_open or _is_named(address)


def _is_named(address: Address) -> bool:
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in network for network in settings.WEBHOOK_NETWORKS)
