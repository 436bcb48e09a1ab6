"""Reads the portal's environment variables once and gathers every fault, so that all are told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

MODES = ("development", "test", "production")


class Environment:
    """Typed reads of `CDD4_*` variables. A read that fails notes a fault and answers its default."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.faults: list[str] = []
        self.read: set[str] = {"CDD4_ENV"}
        self.mode = variables.get("CDD4_ENV", "") or "production"
        if self.mode not in MODES:
            self.fault("CDD4_ENV", f"is {self.mode!r}; allowed: {', '.join(MODES)}")
            self.mode = "production"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    def fault(self, name: str, text: str) -> None:
        self.faults.append(f"{name} {text}")

    def text(self, name: str, default: str = "") -> str:
        self.read.add(name)
        return self.variables.get(name, "").strip() or default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self.fault(name, f"is {value!r}; allowed: {', '.join(allowed)}")
            return default
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        return self.choice(name, "1" if default else "0", ("0", "1")) == "1"

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            self.fault(name, f"is {value!r}; a whole number from {least} to {most} is needed")
            return default
        return int(value)

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def networks(self, name: str) -> list[IPv4Network | IPv6Network]:
        found = []
        for word in self.words(name):
            try:
                found.append(ip_network(word))
            except ValueError:
                self.fault(name, f"holds {word!r}; a network such as 10.20.0.0/16 is needed")
        return found

    def secret(self, name: str, default: str = "") -> str:
        """The variable itself, or the content of the file that `<name>_FILE` points to (Docker secrets)."""
        direct, file_name = self.text(name), self.text(f"{name}_FILE")
        if direct and file_name:
            self.fault(name, f"and {name}_FILE are both set; set one of them")
        if direct or not file_name:
            return direct or default
        try:
            content = Path(file_name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.fault(f"{name}_FILE", f"names {file_name!r}, which cannot be read ({error.__class__.__name__})")
            return default
        if not content:
            self.fault(f"{name}_FILE", f"names {file_name!r}, which is empty")
        return content or default

    def url(self, name: str, example: str, schemes: tuple[str, ...], required: bool) -> str:
        """A URL of one of the schemes, or ''. A fault never repeats it: it may hold a password."""
        value = self.secret(name)
        if not value:
            if required:
                self.fault(name, f"(or {name}_FILE) must be set, as {example}")
            return ""
        try:
            parts = urlsplit(value)
            usable = parts.scheme in schemes and bool(parts.hostname or parts.path.strip("/")) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable:
            self.fault(name, f"cannot be read as a URL; it must begin with {' or '.join(s + '://' for s in schemes)}")
            return ""
        return value

    def with_password(self, url: str, name: str) -> str:
        """The URL with a password that has a variable, or a file, of its own."""
        password = self.secret(name)
        if not (url and password):
            return url
        parts = urlsplit(url)
        if parts.password:
            self.fault(name, "is set, and the URL holds a password too; set one of them")
        place = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{place}").geturl()

    def address(self, name: str, required: bool) -> str:
        """A socket's path or host:port; '' for `none`, which must be said where an address is required."""
        value = self.text(name)
        if required and not value:
            self.fault(name, "must be set, as /run/clamd/socket or clamd:3310; or say 'none' to do without")
        elif value not in ("", "none") and not re.fullmatch(r"/.+|[^/:\s]+:[0-9]{1,5}", value):
            self.fault(name, f"is {value!r}; a path such as /run/clamd/socket is needed, host:port, or 'none'")
        return "" if value == "none" else value

    def picture(self, name: str, folder: Path) -> Path | None:
        """An SVG or PNG file in a folder; None where none is named."""
        value = self.text(name)
        path = folder / value
        if not value or (path.suffix in (".svg", ".png") and path.is_file()):
            return path if value else None
        self.fault(name, f"is {value!r}; the name of an SVG or PNG file in {folder} is needed")
        return None

    def path(self, name: str) -> Path | None:
        """A file that this process need not be able to read."""
        value = self.text(name)
        return Path(value).resolve() if value else None

    def finish(self) -> None:
        """Refuse to start when anything was wrong, naming every fault, misspelt names among them."""
        unknown = sorted(name for name in self.variables if name.startswith("CDD4_") and name not in self.read)
        for name in unknown:
            self.fault(name, "is not a variable of this portal; see docs/operations.md for those that are")
        if self.faults:
            lines = "\n".join(f"  - {fault}" for fault in self.faults)
            raise ImproperlyConfigured(f"The portal cannot start with this environment:\n{lines}")
