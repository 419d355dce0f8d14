"""Takes commands from the outbox, in order within each chat, at the pace that is due, and settles each with the truth.

A command is noted as sent before it is handed to the network. What happens then:

- the server says yes: accepted, with what it left (a message's number, a path …);
- it says "too fast": back into the queue until the pause is over, twice as long each time;
- it fails for no reason (-1), or nobody answers: once more with the same number, which the server knows; then failed, or
  unconfirmed where nobody can know;
- no connection could be made: back into the queue, since it certainly did not happen; where an earlier try may have
  happened it stays in doubt, and is tried again only as long as that is safe.

What is put off waits aside, so that it holds nobody up, and is not sent when its time has long passed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.client.carry import ACTIONS, REPEATABLE
from hongyan.client.line import Unreached
from hongyan.client.media import Stopped
from hongyan.client.outcomes import failed, unconfirmed
from hongyan.client.pacing import Action
from hongyan.client.refusals import Refusals
from hongyan.client.turns import Turns, pause
from hongyan.errors import (
    HongyanError,
    Missed,
    NoAnswer,
    NotComplete,
    NotLoggedIn,
    ProtocolChanged,
    Refused,
    TooFast,
    WrongContent,
)
from hongyan.model.commands import STOPPING, CommandRow, Outcome, Settlement, chat_of, given_up, is_message
from hongyan.model.ids import CommandId

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from hongyan.client.carry import Carrier
    from hongyan.client.pacing import Pace
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, LoginId
    from hongyan.ports import Store

__all__ = ["GRACE_S", "Sender"]

GRACE_S: Final = 3_600.0
"""How much later than asked for a message may go, in seconds."""

_PASSING: Final = -1
_LOGIN_GONE: Final = frozenset({1100, 1101, 1102})
_AGAIN_S: Final = 1.0
_TOO_FAST: Final = TooFast("").code
_TOO_FAST_AT_MOST: Final = 5
_DOUBT_S: Final = 300.0
_LONGEST_PAUSE_S: Final = 60.0
_WONDERED_S: Final = 3.0
_SIDE_BY_SIDE: Final = 8


class _Doubt(NamedTuple):
    """That a command may have happened: under which login, and since when (Unix seconds)."""

    login: LoginId
    since: float


class _Waiting(NamedTuple):
    row: CommandRow
    not_before: float = 0.0
    doubt: _Doubt | None = None


@dataclass(slots=True)
class _Lane:
    waiting: deque[_Waiting] = field(default_factory=deque)
    held_until: float = 0.0


class Sender:
    """Carries out the outbox of one login.

    ``recheck`` makes the sync cycle look whether the login still stands; ``synced`` is set after the first completed
    sync of this program, since what was in doubt waits for it. ``grace`` is how many seconds late a send that was put
    off may be.
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
        grace: float = GRACE_S,
    ) -> None:
        self._store = store
        self._carrier = carrier
        self._wall = wall
        self._recheck = recheck
        self._synced = synced
        self._grace = grace
        self._lanes: dict[str, _Lane] = {}
        self._later: list[tuple[float, int]] = []
        self._sooner = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen = 0
        self._stop = asyncio.Event()
        self._width = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._turns = Turns(pace, store, wall, self._stop)
        self._refusals = Refusals(store, wall=wall, widen=self._turns.widen)

    async def run(self) -> None:
        """Settle what a former program left in doubt, then carry out commands as they come, without end."""
        for row, login, since in self._store.in_doubt():
            self._put(_Waiting(row, doubt=_Doubt(login, since)))
        later = asyncio.create_task(self._watch_the_clock())
        try:
            await self._refusals.catch_up()
            while True:
                self._take()
                await self._store.changed()
        finally:
            later.cancel()
            await asyncio.gather(later, return_exceptions=True)

    async def stop(self, limit: float) -> None:
        """Begin nothing more, and give what is on its way ``limit`` seconds."""
        self._stop.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=limit)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def heard(self, written: Sequence[Recorded]) -> None:
        """Look for system messages that refuse what was accepted a moment ago."""
        await self._refusals.heard(written)

    # -- lanes

    def _take(self) -> None:
        """Give new commands a place: in the lane of their chat, or aside until their time."""
        for row, not_before in self._store.queued(self._seen):
            self._seen = max(self._seen, row.id)
            if row.due_at is not None and row.due_at > self._wall():
                heappush(self._later, (row.due_at, row.id))
                self._sooner.set()
            else:
                self._put(_Waiting(row, not_before or 0.0))

    async def _watch_the_clock(self) -> None:
        """Give what was put off its place when its time has come."""
        while True:
            while self._later and self._later[0][0] <= self._wall():
                self._put(_Waiting(self._store.command(CommandId(heappop(self._later)[1]))))
            self._sooner.clear()
            due = self._later[0][0] if self._later else float("inf")
            await pause(due, self._wall, self._sooner)

    def _put(self, waiting: _Waiting) -> None:
        """Put a command at the end of its lane, and let somebody work there."""
        name = _lane(waiting.row)
        if (lane := self._lanes.get(name)) is not None:
            lane.waiting.append(waiting)
            if lane.held_until > self._wall():
                self._start(self._tell(waiting.row.id, lane.held_until))
            return
        self._lanes[name] = _Lane(deque([waiting]))
        self._start(self._work(name))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, name: str) -> None:
        """Carry out a lane's commands one after the other."""
        waiting = self._lanes[name].waiting
        try:
            while waiting and not self._stop.is_set():
                again = await self._next(waiting.popleft())
                if again is not None:
                    waiting.appendleft(again)
        finally:
            del self._lanes[name]

    async def _next(self, waiting: _Waiting) -> _Waiting | None:
        """Wait until a command may begin, and carry it out if it is still wanted and still makes sense."""
        if waiting.doubt is not None:
            await self._either(self._synced.wait())
        if waiting.row.reason == _TOO_FAST:
            await self._hold(waiting.row, waiting.not_before)
        await pause(waiting.not_before, self._wall, self._stop)
        await self._until_known(chat_of(waiting.row.command))
        row = self._store.command(waiting.row.id)
        if self._stop.is_set() or not row.open:
            return None  # the next program finds what is still open
        if (unfit := self._unfit(row, waiting.doubt)) is not None:
            await self._store.settle(unfit, now=self._wall())
        elif (again := await self._attempt(row, waiting.doubt)) is not None:
            return again
        await self._refusals.settled(chat_of(row.command))
        return None

    async def _until_known(self, chat: ChatKey) -> None:
        """Wait for the name that a chat has under this login, while people are still being read and recognised."""
        while chat and self._store.name_of(self._store.login, chat) is None and not self._stop.is_set():
            place = self._store.position()
            if place is not None and place[2] and self._store.status().contacts_complete:
                return  # it has none, and the error will say so
            await self._either(self._store.changed())

    async def _either(self, coming: Coroutine[object, object, object]) -> None:
        """Wait for something, or for the end."""
        ends = {asyncio.ensure_future(coming), asyncio.ensure_future(self._stop.wait())}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    def _unfit(self, row: CommandRow, doubt: _Doubt | None) -> Settlement | None:
        """Return how a command is settled that may not go out any more: a person decides, or its time has passed."""
        now = self._wall()
        if row.reason == STOPPING:
            return given_up(row.id)
        if doubt is not None:
            same = doubt.login == self._store.login and type(row.command) in REPEATABLE
            if same and now - doubt.since < _DOUBT_S:
                return None
            return unconfirmed(row.id, NoAnswer("the server", "the program ended before the answer came"))
        if row.due_at is not None and now - row.due_at > self._grace:
            late = round((now - row.due_at) / 60)
            return failed(row.id, Missed(f"it was to go {late} minutes ago, and nobody was there to send it"))
        return None

    async def _hold(self, row: CommandRow, at: float) -> None:
        """Say of a command that waits for its turn, and of those behind it, until when, where somebody may wonder."""
        if at - self._wall() < _WONDERED_S:
            return
        lane = self._lanes[_lane(row)]
        lane.held_until = at
        for number in (row.id, *(other.row.id for other in lane.waiting)):
            await self._tell(number, at)

    async def _tell(self, number: CommandId, at: float) -> None:
        """Write into a waiting row until when it is held back."""
        row = self._store.command(number)
        if row.outcome is Outcome.QUEUED and (row.retry_at or 0.0) < at - 1.0:
            told = failed(number, TooFast("the outbox", "held back by the pace", at), at)
            await self._store.settle(told._replace(outcome=Outcome.QUEUED), now=self._wall())

    # -- one command

    async def _attempt(self, row: CommandRow, doubt: _Doubt | None) -> _Waiting | None:
        """Carry a command out and settle it, or return it with the time of its next try."""
        for action in _actions(row):
            if not await self._turns.take(action, lambda at: self._hold(row, at)):
                return None
        async with self._width:
            sent = await self._store.mark_sent(row.id, login=self._store.login, now=self._wall())
            if sent.outcome is not Outcome.SENT:
                return None  # a person dropped it meanwhile
            result, doubt = await self._carry(sent, doubt)
        if isinstance(result, HongyanError):
            return await self._judge(sent, result, doubt)
        await self._store.settle(Settlement(row.id, Outcome.ACCEPTED, result), now=self._wall())
        return None

    async def _carry(self, row: CommandRow, doubt: _Doubt | None) -> tuple[str | HongyanError, _Doubt | None]:
        """Carry a command out, where that may be repeated once more after a passing failure; return what it left.

        A message whose first answer was lost is in doubt, whatever becomes of the second try.
        """
        result = await self._tried(row)
        if isinstance(result, str) or not _is_passing(result) or type(row.command) not in REPEATABLE:
            return result, doubt
        if isinstance(result, NoAnswer) and is_message(row.command):
            doubt = doubt or _Doubt(self._store.login, row.sent_at or self._wall())
        await asyncio.sleep(_AGAIN_S)
        return await self._tried(row), doubt

    async def _tried(self, row: CommandRow) -> str | HongyanError:
        try:
            return await self._carrier.carry(row)
        except HongyanError as error:
            return error

    async def _judge(self, row: CommandRow, error: HongyanError, doubt: _Doubt | None) -> _Waiting | None:
        """Say what became of a command that was not accepted."""
        at = await self._again_at(row, error)
        if isinstance(error, Refused) and error.ret in _LOGIN_GONE:
            self._recheck()
        if doubt is not None and (at is not None or isinstance(error, NotLoggedIn)):
            return _Waiting(row, at, doubt) if at is not None else None  # it stays as sent: it may have been
        if at is not None or isinstance(error, NotLoggedIn):
            return await self._put_back(row, error, at)
        if isinstance(error, TooFast):
            await self._store.settle(failed(row.id, error, error.retry_at), now=self._wall())
            return None
        settle = unconfirmed if _nobody_knows(row, error, doubt) else failed
        await self._store.settle(settle(row.id, error), now=self._wall())
        return None

    async def _again_at(self, row: CommandRow, error: HongyanError) -> float | None:
        """Return when a command is to be tried again, or None where it is not, or nobody can say."""
        if isinstance(error, Unreached):
            return self._wall() + min(2.0 ** min(row.attempts, 6), _LONGEST_PAUSE_S)
        if isinstance(error, TooFast):
            error.retry_at = await self._turns.widen(ACTIONS.get(type(row.command), Action.SEND))
            return error.retry_at if row.attempts < _TOO_FAST_AT_MOST else None
        return None

    async def _put_back(self, row: CommandRow, error: HongyanError, at: float | None) -> _Waiting | None:
        told = failed(row.id, error, at)._replace(outcome=Outcome.QUEUED)
        row = await self._store.settle(told, now=self._wall())
        return _Waiting(row, at) if at is not None else None


def _lane(row: CommandRow) -> str:
    """Return the lane of a command: that of its chat for messages, whose order matters; others wait for their own kind."""
    chat = chat_of(row.command)
    return chat if is_message(row.command) else f"{type(row.command).__name__} {chat}"


def _actions(row: CommandRow) -> tuple[Action, ...]:
    action = ACTIONS.get(type(row.command))
    if action is Action.MEDIA:
        return Action.MEDIA, Action.SEND
    return (action,) if action is not None else ()


def _is_passing(error: HongyanError) -> bool:
    if isinstance(error, Refused):
        return error.ret == _PASSING
    return isinstance(error, NoAnswer) and not isinstance(error, (Unreached, NotComplete, WrongContent))


def _nobody_knows(row: CommandRow, error: HongyanError, doubt: _Doubt | None) -> bool:
    """Whether a command may have happened although no yes came; a clear no to its repetition settles a doubt."""
    if isinstance(error, (NotComplete, Stopped)) or type(row.command).__name__.startswith("Fetch"):
        return False
    if doubt is not None and not (isinstance(error, Refused) and error.ret not in _LOGIN_GONE | {_PASSING}):
        return True
    return isinstance(error, (NoAnswer, ProtocolChanged))
