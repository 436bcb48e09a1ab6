"""A request to another program's address: straight there, to no machine inside, and no further.

The name is looked up once and all its addresses are checked before one is connected to, so that a name that leads
elsewhere a moment later leads nowhere. No redirection is followed.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT = 10  # seconds, of each step
INSIDE = "the address leads to a machine inside"
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
        connection = _Pinned(parts, _checked(host, port), port)
        try:
            path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request("POST", path, body, {**headers, "Content-Type": "application/json"})
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, UnicodeError) as fault:
        raise NotReached(f"{type(fault).__name__}: {fault}") from fault


class _Pinned(http.client.HTTPConnection):
    """A connection to one address of a host, by TLS to the host's name."""

    def __init__(self, parts: SplitResult, address: Address, port: int) -> None:
        super().__init__(parts.hostname or "", port, timeout=TIMEOUT)
        self._address, self._by_tls = str(address), parts.scheme == "https"

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._by_tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _checked(host: str, port: int) -> Address:
    """One address of this host, where all of them may be called."""
    found = [ipaddress.ip_address(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(map(may_be_called, found)):
        raise NotReached(INSIDE)
    return found[0]


def may_be_called(address: Address) -> bool:
    """A machine that everybody reaches, or one in a network that the operators named."""
    address = getattr(address, "ipv4_mapped", None) or address
    is_named = any(address in network for network in settings.WEBHOOK_NETWORKS)
    return is_named or (address.is_global and not address.is_multicast)
