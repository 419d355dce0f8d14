"""What a login leaves behind and every later request needs; it keeps secrets and shows none.

Two values are kept apart: ``Credentials`` (cookies, tickets, numbers: change seldom, live in the vault) and ``Position``
(the two keys of the sync cycle: change with every batch, live beside the journal). They belong together by the id of
the login.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hongyan.model.ids import LoginId, TransientName, Uin
from hongyan.redaction import redacted
from hongyan.webwx.hosts import Hosts
from hongyan.webwx.wire import SyncKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.http import Response

__all__ = ["Cookie", "Credentials", "Keepsake", "SyncPosition", "cookies_of", "device_id", "login_id"]

# What a push login needs from an ended login; seen in itchat, whose jar keeps just these.
_LASTING: Final = frozenset({"webwxuvid", "webwx_auth_ticket", "wxuin", "mm_lang"})


class Cookie(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cookie's value and the attributes the server sent with it; only the value is acted upon.

    ``expires`` is in Unix seconds, None for "with the browser". Captured answers of 2016 carry a port in the domain
    and all of them a dashed date.
    """

    value: str
    domain: str = ""
    expires: float | None = None
    secure: bool = False

    def __repr__(self) -> str:
        return f"Cookie(…, domain={self.domain!r})"


@redacted
class Keepsake(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What outlives a login, so that the phone can be asked to confirm the next one without a QR code."""

    hosts: Hosts
    uin: Uin
    cookies: dict[str, Cookie] = {}

    def __repr__(self) -> str:
        return f"Keepsake({self.hosts.server})"

    @property
    def usable(self) -> bool:
        """Whether the service can recognize the account and the browser by it."""
        return bool(self.uin) and {"webwx_auth_ticket", "webwxuvid"} <= self.cookies.keys()


@redacted
class Credentials(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One login. ``login`` is our own name for it; ``me`` the account's transient name, known after webwxinit.

    ``pass_ticket`` is kept as received (percent-encoded once). ``skey`` may be empty.
    """

    login: LoginId
    hosts: Hosts
    uin: Uin
    sid: str
    skey: str = ""
    pass_ticket: str = ""
    cookies: dict[str, Cookie] = {}
    me: TransientName = TransientName("")
    language: str = "zh_CN"
    logged_in_at: float = 0.0
    invite_start_count: int = 40

    def __repr__(self) -> str:
        return f"Credentials(login={self.login!r}, server={self.hosts.server!r})"

    @property
    def cookie_header(self) -> str:
        """The ``Cookie`` header of every request to this login's hosts."""
        return "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())

    @property
    def data_ticket(self) -> str:
        """What up- and downloads on the FILE host take besides the pass ticket."""
        found = self.cookies.get("webwx_data_ticket")
        return found.value if found else ""

    def adopt(self, response: Response) -> Credentials:
        """Return the credentials with the cookies that an answer set; the same object where it set none.

        Cookies last 12 hours unless those that webwxsync sends are kept (captured 2017-2019; clients that ignored them
        were logged out after exactly that time).
        """
        fresh = cookies_of(response)
        changed = {name: c for name, c in fresh.items() if self.cookies.get(name) != c}
        return replace(self, cookies={**self.cookies, **changed}) if changed else self

    def entered(self, me: TransientName, skey: str, invite_start_count: int) -> Credentials:
        """Return the credentials after webwxinit named the account; its key replaces the login's if given."""
        count = invite_start_count or self.invite_start_count
        return replace(self, me=me, skey=skey or self.skey, invite_start_count=count)

    def with_skey(self, skey: str) -> Credentials:
        """Return the credentials with another key, if one is given (never seen, but the field exists)."""
        return replace(self, skey=skey) if skey and skey != self.skey else self

    def keepsake(self) -> Keepsake:
        """Return what a push login will need of this one."""
        return Keepsake(
            hosts=self.hosts, uin=self.uin, cookies={n: c for n, c in self.cookies.items() if n in _LASTING}
        )


class SyncPosition(Struct, frozen=True, kw_only=True):
    """Where the account's stream of events was read to: SyncKey for webwxsync, SyncCheckKey for synccheck."""

    sync_key: SyncKey
    check_key: SyncKey | None = None

    @property
    def for_check(self) -> SyncKey:
        """The key that synccheck takes: the last SyncCheckKey, else the SyncKey."""
        return self.check_key or self.sync_key

    def after(self, sync_key: SyncKey | None, check_key: SyncKey | None) -> SyncPosition:
        """Return the next position; an empty key never replaces a good one."""
        return SyncPosition(
            sync_key=sync_key if sync_key and sync_key.list else self.sync_key,
            check_key=check_key if check_key and check_key.list else self.check_key,
        )

    def to_bytes(self) -> bytes:
        """Return the position as a store keeps it."""
        return msgspec.json.encode(self)

    @staticmethod
    def from_bytes(kept: bytes) -> SyncPosition:
        """Read what ``to_bytes`` made."""
        return msgspec.json.decode(kept, type=SyncPosition)


def cookies_of(response: Response) -> dict[str, Cookie]:
    """Return the cookies that an answer sets, by name; one that cannot be read is left out."""
    parsed = (_parse_cookie(value) for key, value in response.headers if key.lower() == "set-cookie")
    return dict(pair for pair in parsed if pair is not None)


def _parse_cookie(header: str) -> tuple[str, Cookie] | None:
    first, *attributes = header.split(";")
    name, equals, value = first.strip().partition("=")
    if not equals or not name:
        return None
    values = {
        key.strip().lower(): content.strip() for key, _, content in (a.partition("=") for a in attributes)
    }
    cookie = Cookie(
        value=value,
        domain=values.get("domain", "").partition(":")[0],
        expires=_seconds(values.get("expires", "")),
        secure="secure" in values,
    )
    return name, cookie


def _seconds(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, OverflowError, OSError):
        return None


def device_id(entropy: Callable[[int], bytes]) -> str:
    """Return ``e`` and 15 digits, as the browser makes anew for every call."""
    return f"e{int.from_bytes(entropy(8), 'big') % 10**15:015d}"


def login_id(entropy: Callable[[int], bytes]) -> LoginId:
    """Return a fresh name for a login."""
    return LoginId(entropy(8).hex())
