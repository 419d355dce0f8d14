"""The API client of the current login: builds calls with fresh numbers, sends them, reads the answers; no retries."""

from __future__ import annotations

import asyncio
import contextlib
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import structs

from hongyan import reports
from hongyan.errors import (
    LOGIN_GONE,
    HongyanError,
    NoAnswer,
    NotLoggedIn,
    Oversized,
    Refused,
    Unreached,
    UsageError,
)
from hongyan.webwx.boundary import ours_in
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.http import Failure, FailureKind
from hongyan.webwx.parse.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from hongyan.ports import Transport
    from hongyan.webwx.credentials import Credentials
    from hongyan.webwx.http import ApiCall, Response

    Progress = Callable[[int, int | None], None]

__all__ = ["ApiClient"]

T = TypeVar("T")
_ANEW: Final = "Send the file anew."
_SKEWED_S: Final = 60.0


def _error(failure: Failure) -> NoAnswer:
    if failure.kind in {FailureKind.UNREACHABLE, FailureKind.FORBIDDEN}:
        return failure.error(Unreached)
    if failure.kind is FailureKind.TOO_LARGE:
        return failure.error(Oversized)
    return failure.error()


def _read(call: ApiCall[T], response: Response) -> T:
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


class ApiClient:
    """Sends calls in the name of the current login.

    ``credentials()`` returns those of the moment, since cookies change; without any every call is NotLoggedIn.
    ``in_doubt()`` is called when an answer reports the login as gone.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Callable[[], Credentials | None],
        *,
        clock: Callable[[], float],
        entropy: Callable[[int], bytes],
        in_doubt: Callable[[], None] = lambda: None,
    ) -> None:
        self.transport = transport
        self._in_doubt = in_doubt
        self._credentials = credentials
        self.skew = 0.0
        """By how many seconds the wall clock is ahead of the service's, 0.0 for little."""
        self.now = clock
        self.entropy = entropy

    def caller(self) -> Caller:
        """Return the caller of the current login."""
        credentials = self._credentials()
        if credentials is None:
            raise NotLoggedIn("this one")
        return Caller(credentials, self.now(), self.entropy)

    async def ask(self, make: Callable[[Caller], ApiCall[T]]) -> T:
        """Send the call that ``make`` builds and return its answer; NoAnswer, Refused, ProtocolChanged."""
        call = make(self.caller())
        answer = await self.transport.exchange(call.request)
        return self._result(call, answer)

    async def upload(self, make: Callable[[Caller], ApiCall[T]], file: Path) -> T:
        """Send a form whose file bytes are read from ``file`` while it is sent."""
        call = make(self.caller())
        wrong: list[UsageError] = []
        with await asyncio.to_thread(_opened, file) as opened:

            async def part(offset: int, length: int) -> bytes:
                try:
                    return _piece(opened, offset, length)
                except UsageError as error:
                    wrong.append(error)  # the connection would report it as its fault
                    raise

            answer = await self.transport.upload(call.request, part)
        if wrong:
            raise wrong[0]
        return self._result(call, answer)

    def _result(self, call: ApiCall[T], answer: Response | Failure) -> T:
        if isinstance(answer, Failure):
            raise _error(answer)
        self._compare(answer.header("Date"))
        return self._taken(call, answer)

    def _compare(self, date: str) -> None:
        """Note by how much the wall clock differs from the service's, which dates every answer."""
        with contextlib.suppress(TypeError, ValueError, OverflowError, IndexError):
            skew = self.now() - parsedate_to_datetime(date).timestamp()
            self.skew = skew if abs(skew) >= _SKEWED_S else 0.0

    async def download(
        self,
        make: Callable[[Caller], ApiCall[T]],
        target: Path,
        progress: Progress | None = None,
        *,
        at_most: int,
    ) -> T:
        """Download the answer's body, ``at_most`` bytes, into ``target``, continuing where it ends."""
        call = make(self.caller())
        request = structs.replace(call.request, at_most=at_most)
        answer = await self.transport.download(request, target, progress=progress)
        return self._result(call, answer)

    def discard(self, target: Path) -> None:
        """Remove the part of a download that must not be resumed."""
        self.transport.discard(target)

    def refused(self, error: HongyanError) -> None:
        """Check the login if a refusal of any call reports it as gone."""
        if isinstance(error, Refused) and error.ret in LOGIN_GONE:
            self._in_doubt()

    def _taken(self, call: ApiCall[T], response: Response) -> T:
        try:
            return _read(call, response)
        except HongyanError as error:
            self.refused(error)
            raise


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise UsageError(f"the stored copy of the file cannot be read: {error.strerror}", _ANEW) from error


def _piece(opened: BinaryIO, offset: int, length: int) -> bytes:
    try:
        opened.seek(offset)
        piece = opened.read(length)
    except OSError as error:
        raise UsageError(f"the stored copy of the file cannot be read: {error.strerror}", _ANEW) from error
    if len(piece) != length:
        raise UsageError("the stored copy of the file became shorter", _ANEW)
    return piece
