"""Which host answers which class of request: the five families of the official service, or one origin of an emulator."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from hongyan.errors import ProtocolChanged, UsageError

__all__ = ["FAMILIES", "OFFICIAL", "HostClass", "Hosts", "emulator_at", "hosts_after", "official"]

OFFICIAL: Final = "official"
_ENTRY: Final = "wx.qq.com"
_QR: Final = "login.weixin.qq.com"

# Tested in this order, as the front-end does: the first that the host ends with is its family.
FAMILIES: Final = ("wx2.qq.com", "wx8.qq.com", "wx.qq.com", "web2.wechat.com", "web.wechat.com")


class HostClass(StrEnum):
    """What a host is for. The front-end's names are the same, but for ENTRY."""

    MAIN = "main"
    LOGIN = "login"
    FILE = "file"
    PUSH = "push"
    QR = "qr"


_PREFIX: Final = {
    HostClass.MAIN: "",
    HostClass.LOGIN: "login.",
    HostClass.FILE: "file.",
    HostClass.PUSH: "webpush.",
}


class Hosts(Struct, frozen=True):
    """Where an account's requests go. ``server`` is ``official`` or the origin of an emulator; ``family`` a MAIN host."""

    server: str
    family: str = _ENTRY

    def origin(self, kind: HostClass) -> str:
        """Return scheme and host (and port) of a class of hosts."""
        if self.server != OFFICIAL:
            return self.server
        host = _QR if kind is HostClass.QR else _PREFIX[kind] + self.family
        return f"https://{host}"

    @property
    def origins(self) -> frozenset[str]:
        """Every origin that a request of this account may go to."""
        return frozenset(self.origin(kind) for kind in HostClass)

    @property
    def entries(self) -> frozenset[str]:
        """Every origin that a login started here may lead to: on the official service those of all families."""
        if self.server != OFFICIAL:
            return self.origins
        return frozenset(origin for family in FAMILIES for origin in Hosts(OFFICIAL, family).origins)

    @property
    def is_official(self) -> bool:
        """Whether this is the official service."""
        return self.server == OFFICIAL


def official(family: str = _ENTRY) -> Hosts:
    """Return the official service; before the first login its entry is wx.qq.com."""
    return Hosts(OFFICIAL, family)


def emulator_at(url: str) -> Hosts:
    """Return the hosts of an emulator at ``url`` (scheme, host, port). UsageError for anything else than an origin."""
    scheme, host, port, rest = _taken_apart(url if "://" in url else f"http://{url}")
    if scheme not in {"http", "https"} or not host or rest not in {"", "/"}:
        raise UsageError(
            f"{url!r} is not a server address", "Give one like http://127.0.0.1:8081, or: official"
        )
    name = f"[{host}]" if ":" in host else host
    return Hosts(f"{scheme}://{name}{'' if port is None else f':{port}'}")


def _taken_apart(url: str) -> tuple[str, str, int | None, str]:
    """Return scheme, host, port and the rest; all empty if it is not an address."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme,
            (parts.hostname or "").lower(),
            parts.port,
            parts._replace(scheme="", netloc="").geturl(),
        )
    except ValueError:
        return "", "", None, ""


def hosts_after(hosts: Hosts, redirect_uri: str) -> Hosts:
    """Return the hosts that a confirmed login is sent to; its MAIN host fixes all others.

    On an emulator everything stays on its one origin. On the official service a host outside the five families is
    ProtocolChanged, and gets no request.
    """
    if not hosts.is_official:
        return hosts
    scheme, host, port, _ = _taken_apart(redirect_uri)
    if scheme != "https" or host not in FAMILIES or port not in {None, 443}:
        raise ProtocolChanged("login", "it redirects to a host outside the known families", host[:80])
    return Hosts(OFFICIAL, host)
