"""Takes commands from the outbox, in order within each chat, at the pace that is due, and settles each with the truth.

A command is noted as sent before it is handed to the network. What happens then:

- the server says yes: accepted, with what it left (a message's number, a path …);
- it says "too fast": back into the queue until the pause is over, twice as long each time;
- it fails for no reason (-1), or nobody answers: once more with the same number, which the server knows; then failed, or
  unconfirmed where nobody can know;
- no connection could be made: back into the queue, since it certainly did not happen.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from hongyan.client.carry import ACTIONS, REPEATABLE
from hongyan.client.line import Unreached
from hongyan.client.outcomes import failed, unconfirmed
from hongyan.client.pacing import Action
from hongyan.errors import HongyanError, NoAnswer, NotComplete, NotLoggedIn, ProtocolChanged, Refused, TooFast
from hongyan.model.commands import CommandRow, Outcome, Settlement, chat_of
from hongyan.model.events import MessageReceived, Recorded
from hongyan.model.messages import NotAFriend, Notice, SendBlocked, SendTooFast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hongyan.client.carry import Carrier
    from hongyan.client.pacing import Bucket, Pace
    from hongyan.model.ids import LoginId
    from hongyan.ports import Store

__all__ = ["Sender"]

_PASSING: Final = -1
_LOGIN_GONE: Final = frozenset({1100, 1101, 1102})
_AGAIN_S: Final = 1.0
_TOO_FAST_AT_MOST: Final = 5
_DOUBT_S: Final = 300.0
_BLAMED_S: Final = 30.0
_LONGEST_PAUSE_S: Final = 60.0
_WONDERED_S: Final = 3.0
_SIDE_BY_SIDE: Final = 8

_REASONS: Final[Mapping[type, str]] = {
    NotAFriend: "not-friends",
    SendBlocked: "blocked",
    SendTooFast: "too-fast",
}


class _Waiting(NamedTuple):
    row: CommandRow
    not_before: float | None


class Sender:
    """Carries out the outbox of one login.

    ``recheck`` makes the sync cycle look whether the login still stands; ``synced`` is set after the first completed
    sync of this program, since what was in doubt waits for it.
    """

    def __init__(
        self,
        store: Store,
        carrier: Carrier,
        pace: Pace,
        *,
        wall: Callable[[], float],
        recheck: Callable[[], None],
        synced: asyncio.Event,
    ) -> None:
        self._store = store
        self._carrier = carrier
        self._pace = pace
        self._wall = wall
        self._recheck = recheck
        self._synced = synced
        self._lanes: dict[str, deque[_Waiting]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._seen = 0
        self._stop = asyncio.Event()
        self._width = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def run(self) -> None:
        """Settle what a former program left in doubt, then carry out commands as they come, without end."""
        doubt = asyncio.create_task(self._settle_doubts())
        try:
            while True:
                self._take()
                await self._store.changed()
        finally:
            doubt.cancel()
            await asyncio.gather(doubt, return_exceptions=True)

    async def stop(self, limit: float) -> None:
        """Begin nothing more, and give what is on its way ``limit`` seconds."""
        self._stop.set()
        if self._workers:
            await asyncio.wait(self._workers, timeout=limit)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    # -- lanes

    def _take(self) -> None:
        for row, not_before in self._store.queued(self._seen):
            self._seen = max(self._seen, row.id)
            self._put(_lane(row), _Waiting(row, not_before))

    def _put(self, lane: str, waiting: _Waiting) -> None:
        """Put a command at the end of its lane, and let somebody work there."""
        if lane in self._lanes:
            self._lanes[lane].append(waiting)
            return
        self._lanes[lane] = deque([waiting])
        worker = asyncio.create_task(self._work(lane))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, lane: str) -> None:
        """Carry out a lane's commands one after the other."""
        waiting = self._lanes[lane]
        try:
            while waiting and not self._stop.is_set():
                row, not_before = waiting.popleft()
                await self._pause(not_before)
                if self._stop.is_set():
                    return  # it is still queued: the next program finds it
                again = await self._attempt(row)
                if again is not None:
                    waiting.appendleft(again)
        finally:
            del self._lanes[lane]

    async def _pause(self, until: float | None) -> None:
        """Wait until a time, or until nothing more is to be begun."""
        with contextlib.suppress(TimeoutError):
            if until is not None and until > self._wall():
                async with asyncio.timeout(until - self._wall()):
                    await self._stop.wait()

    async def _turn(self, row: CommandRow) -> None:
        """Wait until the pace allows this kind of action, and count it."""
        action = ACTIONS.get(type(row.command))
        for kind in (Action.MEDIA, Action.SEND) if action is Action.MEDIA else (action,):
            if kind is None:
                return
            while (at := self._pace.when(kind, self._wall())) > self._wall() and not self._stop.is_set():
                row = await self._tell_wait(row, at)
                await self._pause(at)
            if self._stop.is_set():
                return
            await self._keep(kind, self._pace.take(kind, self._wall()))

    async def _tell_wait(self, row: CommandRow, at: float) -> CommandRow:
        """Write into the row until when it is held back, where that is long enough for somebody to wonder."""
        if at - self._wall() < _WONDERED_S or (row.retry_at is not None and abs(row.retry_at - at) < 1.0):
            return row
        told = failed(row.id, TooFast("the outbox", "held back by the pace", at), at)
        return await self._store.settle(told._replace(outcome=Outcome.QUEUED), now=self._wall())

    async def _keep(self, action: Action, bucket: Bucket) -> None:
        await self._store.set_pace(action, msgspec.json.encode(bucket))

    # -- one command

    async def _attempt(self, row: CommandRow) -> _Waiting | None:
        """Carry a command out and settle it, or return it with the time of its next try."""
        await self._turn(row)
        if self._stop.is_set():
            return None
        async with self._width:
            row = await self._store.mark_sent(row.id, login=self._store.login, now=self._wall())
            try:
                result = await self._twice(row)
            except HongyanError as error:
                return await self._judge(row, error)
        await self._store.settle(Settlement(row.id, Outcome.ACCEPTED, result), now=self._wall())
        return None

    async def _twice(self, row: CommandRow) -> str:
        """Carry a command out; where that may be repeated, once more after a passing failure."""
        try:
            return await self._carrier.carry(row)
        except HongyanError as error:
            if not _is_passing(error) or type(row.command) not in REPEATABLE:
                raise
        await asyncio.sleep(_AGAIN_S)
        return await self._carrier.carry(row)

    async def _judge(self, row: CommandRow, error: HongyanError) -> _Waiting | None:
        """Say what became of a command that was not accepted."""
        if isinstance(error, NotLoggedIn):
            return await self._put_back(row, error, None)
        if isinstance(error, TooFast):
            return await self._slow_down(row, error)
        if isinstance(error, Unreached):
            pause = min(2.0 ** min(row.attempts, 6), _LONGEST_PAUSE_S)
            return await self._put_back(row, error, self._wall() + pause)
        if isinstance(error, Refused) and error.ret in _LOGIN_GONE:
            self._recheck()
        settle = unconfirmed if _nobody_knows(row, error) else failed
        await self._store.settle(settle(row.id, error), now=self._wall())
        return None

    async def _slow_down(self, row: CommandRow, error: TooFast) -> _Waiting | None:
        action = ACTIONS.get(type(row.command), Action.SEND)
        bucket = self._pace.widen(action, self._wall())
        await self._keep(action, bucket)
        error.retry_at = bucket.closed_until
        if row.attempts < _TOO_FAST_AT_MOST:
            return await self._put_back(row, error, bucket.closed_until)
        await self._store.settle(failed(row.id, error, error.retry_at), now=self._wall())
        return None

    async def _put_back(self, row: CommandRow, error: HongyanError, at: float | None) -> _Waiting | None:
        told = failed(row.id, error, at)._replace(outcome=Outcome.QUEUED)
        row = await self._store.settle(told, now=self._wall())
        return _Waiting(row, at) if at is not None else None

    # -- what was in doubt

    async def _settle_doubts(self) -> None:
        """Send what was on its way when the last program ended once more, if that is safe; else a person decides."""
        doubts = self._store.in_doubt()
        if not doubts:
            return
        await self._synced.wait()
        for row, login, sent_at in doubts:
            if self._may_repeat(row, login, sent_at):
                self._put(_lane(row), _Waiting(row, None))
            else:
                error = NoAnswer("the server", "the program ended before the answer came")
                await self._store.settle(unconfirmed(row.id, error), now=self._wall())

    def _may_repeat(self, row: CommandRow, login: LoginId, sent_at: float) -> bool:
        young = self._wall() - sent_at < _DOUBT_S
        return young and login == self._store.login and type(row.command) in REPEATABLE

    # -- refusals that come as a message

    async def heard(self, written: Sequence[Recorded]) -> None:
        """Look for system messages that refuse what was accepted a moment ago."""
        for recorded in written:
            match recorded.event:
                case MessageReceived(message=Notice(event=event)) if type(event) in _REASONS:
                    await self._blame(recorded, _REASONS[type(event)])
                case _:
                    pass

    async def _blame(self, recorded: Recorded, reason: str) -> None:
        """Let the newest accepted send of the chat have failed; of the others nobody knows any more."""
        now = self._wall()
        if reason == "too-fast":
            await self._keep(Action.SEND, self._pace.widen(Action.SEND, now))
        rows = self._store.accepted(recorded.chat, since=now - _BLAMED_S)
        said = _words(recorded)
        for number, row in enumerate(rows):
            outcome = Outcome.UNCONFIRMED if number else Outcome.FAILED
            await self._store.settle(Settlement(row.id, outcome, row.result, reason, said), now=now)


def _lane(row: CommandRow) -> str:
    """Return the lane of a command: its chat, for those whose order within it matters, else its kind."""
    return chat_of(row.command) or type(row.command).__name__


def _is_passing(error: HongyanError) -> bool:
    if isinstance(error, Refused):
        return error.ret == _PASSING
    return isinstance(error, NoAnswer) and not isinstance(error, (Unreached, NotComplete))


def _nobody_knows(row: CommandRow, error: HongyanError) -> bool:
    """Whether a command may have happened although no yes came."""
    if isinstance(error, NotComplete) or type(row.command).__name__.startswith("Fetch"):
        return False
    return isinstance(error, (NoAnswer, ProtocolChanged))


def _words(recorded: Recorded) -> str:
    event = recorded.event
    if isinstance(event, MessageReceived) and isinstance(event.message, Notice):
        return event.message.plain or event.message.text
    return ""
