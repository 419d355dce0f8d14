"""The present login's line to the server: builds calls with fresh numbers, carries them, reads the answers; no retries."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from hongyan import reports
from hongyan.errors import HongyanError, NoAnswer, NotLoggedIn
from hongyan.webwx.boundary import ours_in
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.http import Failure, FailureKind
from hongyan.webwx.parse.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.ports import Transport
    from hongyan.webwx.credentials import Credentials
    from hongyan.webwx.http import Call, Response

    Progress = Callable[[int, int | None], None]

__all__ = ["Line", "Unreached"]

T = TypeVar("T")


class Unreached(NoAnswer):
    """The request certainly did not reach the server: no connection was made."""


def _error(failure: Failure) -> NoAnswer:
    if failure.kind in {FailureKind.UNREACHABLE, FailureKind.FORBIDDEN}:
        return Unreached(failure.endpoint, failure.problem)
    return failure.error()


def _read(call: Call[T], response: Response) -> T:
    """Read an answer; faults of ours in reading it are written down."""
    try:
        answer = call.read(response)
    except HongyanError as error:
        if (fault := ours_in(error)) is not None:
            reports.note(fault, doing=f"reading the answer of {call.request.endpoint}")
        raise
    for fault in answer.faults if isinstance(answer, Answer) else ():
        reports.note(fault, doing=f"reading the answer of {call.request.endpoint}")
    return answer


class Line:
    """Asks the server in the name of the present login.

    ``credentials()`` returns those of the moment, since cookies change; without any every call is NotLoggedIn.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Callable[[], Credentials | None],
        *,
        wall: Callable[[], float],
        entropy: Callable[[int], bytes],
    ) -> None:
        self.transport = transport
        self._credentials = credentials
        self.wall = wall
        self.entropy = entropy

    def caller(self) -> Caller:
        """Return who asks now."""
        credentials = self._credentials()
        if credentials is None:
            raise NotLoggedIn("this one")
        return Caller(credentials, self.wall(), self.entropy)

    async def ask(self, make: Callable[[Caller], Call[T]]) -> T:
        """Carry the call that ``make`` builds and return what was answered; NoAnswer, Refused, ProtocolChanged."""
        call = make(self.caller())
        answer = await self.transport.exchange(call.request)
        if isinstance(answer, Failure):
            raise _error(answer)
        return _read(call, answer)

    async def upload(self, make: Callable[[Caller], Call[T]], file: Path) -> T:
        """Carry a form whose file bytes are read from ``file`` as they go."""
        call = make(self.caller())
        with await asyncio.to_thread(file.open, "rb") as opened:

            async def part(offset: int, length: int) -> bytes:
                opened.seek(offset)
                return opened.read(length)

            answer = await self.transport.upload(call.request, part)
        if isinstance(answer, Failure):
            raise _error(answer)
        return _read(call, answer)

    async def download(
        self, make: Callable[[Caller], Call[T]], target: Path, progress: Progress | None = None
    ) -> T:
        """Carry the answer's body into ``target``, going on where it ends."""
        call = make(self.caller())
        answer = await self.transport.download(call.request, target, progress=progress)
        if isinstance(answer, Failure):
            raise _error(answer)
        return _read(call, answer)
