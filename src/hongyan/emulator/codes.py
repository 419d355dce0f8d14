"""QR codes, push logins and the tickets they become; independent of logins.

The shapes are those of captures: a uuid of ten base64url characters and `==`, longer for a push login; a ticket of 24
characters and `@qrticket_0`.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.emulator.clock import Clock

__all__ = ["CODE_SECONDS", "Code", "CodeState", "Codes", "Notifier"]

CODE_SECONDS = 300.0
"""Life of a code that is not scanned, and of a confirmed ticket (seen in clients: about five minutes)."""

_EXCHANGES = 2  # a ticket used again within its life gives a second login (seen in WeixinBot)


class Notifier:
    """Wakes all waiting tasks."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake all."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self, seconds: float) -> bool:
        """True when it rang within the time."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        else:
            return True
        finally:
            self._waiting.discard(future)


class CodeState(StrEnum):
    """The state of a QR code or push login."""

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
    language: str = "zh_CN"
    state: CodeState = CodeState.SHOWN
    account: str | None = None
    """Permanent id of the account whose phone scanned it, or to which the push login was sent."""
    pushed: bool = False
    ticket: str = ""
    confirmed: float = 0.0
    exchanges: int = 0
    announced: bool = False
    """Whether a poll has already reported the scan; repeats of that report are answered slowly."""
    scan_reported: bool = False
    """Whether any poll ever reported the scan: a client that has not seen 201 may not be ready for 200 (WeixinBot)."""
    agreed: bool = False
    """The phone confirms as soon as a poll has reported the scan."""


@dataclass(slots=True)
class Codes:
    """The codes on show."""

    clock: Clock
    _codes: dict[str, Code] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Code]:
        return iter(tuple(self._codes.values()))

    def show(self, *, desktop: bool, language: str) -> Code:
        """A new code of jslogin."""
        uuid = secrets.token_urlsafe(8)[:10] + "=="
        return self._add(Code(uuid, self.clock.now(), desktop=desktop, language=language))

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
        """The code that a phone acts on: the one it scanned, else the newest that is not scanned."""
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
