"""Knows codes, tickets, logins and their secrets; refuses to know contacts and messages.

The shapes of all secrets are those of captured logins: uuid of 10 base64url characters and `==`, ticket of 24 characters
and `@qrticket_0`, sid of 16 base64 characters, skey `@crypt_` + 8 hex + `_` + 32 hex, a percent-encoded pass_ticket.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.emulator.clock import Clock

__all__ = ["CODE_SECONDS", "COOKIE_SECONDS", "Code", "CodeState", "Codes", "LoginSecrets", "fresh_secrets"]

CODE_SECONDS = 300.0
"""Life of a code that is not scanned, and of a confirmed ticket (seen in clients: about five minutes)."""

COOKIE_SECONDS = 12 * 3600.0
"""The cookies of a login end 12 hours after the login or the last webwxsync (captured, and reported by many)."""

UIN_COOKIE_SECONDS = 72 * 3600.0
"""webwxsync renews `wxuin` for longer than the rest (captured)."""

_EXCHANGES = 2  # a ticket asked for again within its life gives a second login (seen in WeixinBot)


class CodeState(StrEnum):
    """Where a QR code or push login stands."""

    SHOWN = "shown"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    USED = "used"


@dataclass(slots=True)
class Code:
    """One uuid of jslogin or of a push login."""

    uuid: str
    created: float
    desktop: bool = False
    state: CodeState = CodeState.SHOWN
    account: str | None = None
    """Permanent id of the account whose phone scanned it, or to which the push login was sent."""
    pushed: bool = False
    ticket: str = ""
    confirmed: float = 0.0
    exchanges: int = 0
    announced: bool = False
    """Whether a poll has already reported the scan; repeats of that report are answered slowly."""


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """What one login leaves with the client."""

    uin: int
    sid: str
    skey: str
    pass_ticket: str
    """Percent-encoded, as it stands in the login XML."""
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
    """Secrets for a new login; the two long-lived ones are kept where the browser already has them."""
    return LoginSecrets(
        uin=uin,
        sid=_base64(12),
        skey=f"@crypt_{secrets.token_hex(4)}_{secrets.token_hex(16)}",
        pass_ticket=quote(_base64(63), safe=""),
        data_ticket=secrets.token_urlsafe(18).replace("-", "0").replace("_", "1"),
        auth_ticket=auth_ticket or _base64(141),
        uvid=uvid or secrets.token_hex(48),
        loadtime=int(now),
        names_key=secrets.token_hex(32),
    )


def _base64(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


@dataclass(slots=True)
class Codes:
    """The codes on show."""

    clock: Clock
    _codes: dict[str, Code] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Code]:
        return iter(tuple(self._codes.values()))

    def show(self, *, desktop: bool) -> Code:
        """A new code of jslogin."""
        uuid = secrets.token_urlsafe(8)[:10] + "=="
        return self._add(Code(uuid, self.clock.now(), desktop=desktop))

    def push(self, account: str) -> Code:
        """A new push login for an account; its uuid is longer, as seen."""
        uuid = "A_" + secrets.token_urlsafe(24)[:30] + "=="
        code = Code(uuid, self.clock.now(), account=account, pushed=True)
        return self._add(code)

    def find(self, uuid: str) -> Code | None:
        """The living code of this uuid; None where it is unknown, used up or too old."""
        code = self._codes.get(uuid)
        if code is None or self._over(code):
            return None
        return code

    def confirm(self, code: Code) -> None:
        """The button on the phone is pressed: a ticket is made."""
        code.state = CodeState.CONFIRMED
        code.ticket = secrets.token_urlsafe(18)[:24] + "@qrticket_0"
        code.confirmed = self.clock.now()

    def exchange(self, ticket: str) -> Code | None:
        """Take one exchange from a ticket; None where it is stale, unknown or used up."""
        for code in self._codes.values():
            if ticket and code.ticket == ticket:
                break
        else:
            return None
        if self.clock.now() - code.confirmed >= CODE_SECONDS or code.exchanges >= _EXCHANGES:
            return None
        code.exchanges += 1
        code.state = CodeState.USED
        return code

    def pending(self, account: str) -> Code | None:
        """The code that a phone means: the one it scanned, else the newest that nobody has scanned."""
        alive = [code for code in self._codes.values() if not self._over(code)]
        mine = [
            code
            for code in alive
            if code.account == account and code.state in {CodeState.SHOWN, CodeState.SCANNED}
        ]
        fresh = [code for code in alive if code.account is None and code.state is CodeState.SHOWN]
        candidates = mine or fresh
        return candidates[-1] if candidates else None

    def _add(self, code: Code) -> Code:
        for old in [uuid for uuid, other in self._codes.items() if self._forgettable(other)]:
            del self._codes[old]
        self._codes[code.uuid] = code
        return code

    def _over(self, code: Code) -> bool:
        since = code.confirmed or code.created
        return self.clock.now() - since >= CODE_SECONDS

    def _forgettable(self, code: Code) -> bool:
        return self.clock.now() - max(code.confirmed, code.created) >= 2 * CODE_SECONDS
