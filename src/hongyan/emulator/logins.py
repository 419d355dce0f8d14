"""A login and its secrets; independent of contacts and messages.

The shapes of the secrets are those of captured logins: sid of 16 base64 characters, skey `@crypt_` + 8 hex + `_` + 32 hex,
a percent-encoded pass_ticket, a data ticket of 24 characters, 96 hex of uvid, about 190 characters of auth ticket.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from hongyan.emulator.events import EventLog, Keys
    from hongyan.emulator.names import TransientNames
    from hongyan.emulator.world import World

__all__ = ["COOKIE_SECONDS", "UIN_COOKIE_SECONDS", "Login", "LoginSecrets", "fresh_secrets"]

COOKIE_SECONDS = 12 * 3600.0
"""The cookies of a login end 12 hours after the login or the last webwxsync (captured, and reported by many)."""

UIN_COOKIE_SECONDS = 72 * 3600.0
"""webwxsync renews `wxuin` for longer than the rest (captured)."""


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """What one login leaves with the client."""

    uin: int
    sid: str
    skey: str
    pass_ticket: str
    """Percent-encoded, as in the login XML."""
    data_ticket: str
    auth_ticket: str
    uvid: str
    loadtime: int
    names_key: str
    """Hex; the key under which this login's UserNames are made."""

    def to_json(self) -> dict[str, Any]:
        """A mapping that `LoginSecrets(**mapping)` reads back."""
        return asdict(self)


def fresh_secrets(uin: int, now: float, *, auth_ticket: str = "", uvid: str = "") -> LoginSecrets:
    """Secrets for a new login; the two long-lived ones are reused if the browser has them."""
    return LoginSecrets(
        uin=uin,
        sid=_sid(),
        skey=f"@crypt_{secrets.token_hex(4)}_{secrets.token_hex(16)}",
        pass_ticket=quote(_base64(63), safe=""),
        data_ticket=secrets.token_urlsafe(18).replace("-", "0").replace("_", "1"),
        auth_ticket=auth_ticket or _base64(141),
        uvid=uvid or secrets.token_hex(48),
        loadtime=int(now),
        names_key=secrets.token_hex(32),
    )


def _sid() -> str:
    """With a `+` and a `/` in every login, not by chance: both are what clients escape wrongly."""
    while True:
        sid = _base64(12)
        if "+" in sid and "/" in sid:
            return sid


def _base64(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


@dataclass(slots=True, eq=False)
class Login:
    """One login of one account, alive until `ended` holds a retcode."""

    account_id: str
    world: World
    secrets: LoginSecrets
    host: str
    """MAIN host of its family; "" on a plain origin, which is every host at once."""
    ticket: str
    """The ticket it came from: a second exchange of the same ticket does not kick it."""
    cookies_until: float
    log: EventLog
    names: TransientNames
    keys: Keys
    desktop: bool = False
    ended: int = 0
    synced: bool = False
    notified: bool = False
    """Whether the client reported itself ready (status notify 3)."""
    records: dict[str, bytes] = field(default_factory=dict)
    """Encoded contact records by kind and permanent id; removed when a contact changes."""
    book: list[str] = field(default_factory=list)
    """Permanent ids of the contact book, as it was when its first page was last requested."""

    @property
    def me(self) -> str:
        """The account's own UserName in this login."""
        return self.names(self.account_id)

    def forget_record(self, permanent_id: str) -> None:
        """The record of this person or group is no longer right."""
        for kind in ("list:", "batch:", "init:"):
            self.records.pop(kind + permanent_id, None)

    def row(self) -> dict[str, Any]:
        """The state that a restart needs to resume this login."""
        return {
            "account": self.account_id,
            "secrets": self.secrets.to_json(),
            "host": self.host,
            "ticket": self.ticket,
            "cookies_until": self.cookies_until,
            "start": self.log.start,
            "opened": self.keys.opened,
            "desktop": self.desktop,
            "ended": self.ended,
            "synced": self.synced,
        }
