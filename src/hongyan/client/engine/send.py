"""Takes commands from the outbox, in order within each chat and within the rate limits, and settles each with its true outcome.

A command is noted as sent before it is handed to the network. What becomes of it then is the table of
``client/engine/verdict.py``, for a running program as for the next one after a crash. Each lane has one boundary: where this
machine has no room, the lane waits in order and goes on when there is; a fault of this program costs one command, which
is settled and reported, and keeps its place.

Waiting uses a clock that is never set. A scheduled command follows the wall clock and waits aside, so that it delays no other
command, and is not sent when its time has long passed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from hongyan import reports
from hongyan.client.engine.lanes import CommandLane, SendDoubt, WaitingCommand, actions_of, lane_of, words_of
from hongyan.client.engine.put_off import PutOff
from hongyan.client.engine.rate_limiter import RateLimiter, pause
from hongyan.client.engine.store_retry import StoreRetry
from hongyan.client.engine.tended import is_ending
from hongyan.client.engine.verdict import DOUBT_S, Fate, ReplyKind, fate_of, reply_kind_of
from hongyan.clock import Clock, age, spoken
from hongyan.errors import (
    HeldBack,
    HongyanError,
    InternalError,
    Missed,
    NoAnswer,
    NotCapable,
    StorageError,
    StoreClosing,
    TooFast,
)
from hongyan.model.commands import (
    STOPPING,
    ActionKind,
    CommandRow,
    Effect,
    FetchAvatar,
    FetchMedia,
    Outcome,
    SendFile,
    Settlement,
    cancelled,
    chat_of,
)
from hongyan.model.error_codec import failed, unconfirmed
from hongyan.ports.backend import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from hongyan.client.engine.supervisor import Supervisor
    from hongyan.client.engine.token_buckets import TokenBuckets
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, CommandId
    from hongyan.ports import Store
    from hongyan.ports.backend import Backend

__all__ = ["GRACE_S", "Sender"]

T = TypeVar("T")

GRACE_S: Final = 3_600.0
"""How much later than requested a message may go, in seconds."""

_log = logging.getLogger("hongyan.outbox")
_AGAIN_S: Final = 1.0
_TOO_FAST: Final = TooFast("").code
_TOO_FAST_AT_MOST: Final = 5
_LONGEST_PAUSE_S: Final = 60.0
_WONDERED_S: Final = 3.0
_SIDE_BY_SIDE: Final = 8
_FATES: Final = frozenset({Fate.QUEUE, Fate.LATER, Fate.REPEAT, Fate.ONCE_MORE})


class Sender:
    """Carries out the outbox of one login.

    ``synced`` is set after the first completed sync of this program; commands in doubt wait for it. ``grace`` is
    how many seconds late a scheduled send may be. ``set_before`` is by how many seconds the wall clock was set
    since the last program stored its times; ``on_clock_set`` gets by how many it is set from now on.
    """

    def __init__(
        self,
        store: Store,
        backend: Backend,
        buckets: TokenBuckets,
        supervisor: Supervisor,
        *,
        clock: Clock,
        synced: asyncio.Event,
        grace: float = GRACE_S,
        set_before: float = 0.0,
        on_clock_set: Callable[[float], Coroutine[None, None, None]] | None = None,
    ) -> None:
        self._store = store
        self._backend = backend
        self._supervisor = supervisor
        self._clock = clock
        self._synced = synced
        self._grace = grace
        self._set_by = self._set_before = set_before
        self._on_clock_set = on_clock_set
        self._lanes: dict[str, CommandLane] = {}
        self._put_off = PutOff(clock, grace, on_due=self._now_due, on_clock_set=self._clock_was_set)
        self._tasks: set[asyncio.Task[None]] = set()
        self._fetching: set[asyncio.Task[None]] = set()
        self._seen = 0
        self._stop = asyncio.Event()
        self._stored = StoreRetry(self._stop)
        self._width = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._limiter = RateLimiter(buckets, store.login, clock, self._stop)
        self._rejections = backend.rejections(self._widen)

    async def run(self) -> None:
        """Settle the commands that a former program left in doubt, then carry out new ones, without end."""
        await self._guarded(self._take_in_doubt(), "settling commands in doubt")
        await self._guarded(self._rejections.catch_up(), "processing late rejections")
        while True:
            await self._guarded(self._take(), "taking commands from the outbox")
            await self._store.changed()

    async def watch_the_clock(self) -> None:
        """Queue scheduled commands when their time has come, without end."""
        await self._put_off.watch(lambda look: self._guarded(look, "checking the clock"))

    async def stop(self, limit: float) -> None:
        """Start nothing more, and give current commands ``limit`` seconds; downloads get none, they can be repeated."""
        self._stop.set()
        for task in self._fetching:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=limit)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def heard(self, written: Sequence[Recorded]) -> None:
        """Find system messages that reject sends accepted a moment ago."""
        await self._guarded(self._rejections.heard(written), "finding late rejections")

    async def _guarded(self, work: Coroutine[None, None, None], doing: str) -> None:
        """Do something that must not stop the others: what this machine or this program does wrong is reported, once."""
        try:
            await work
        except StorageError as error:
            _log.warning("%s (while %s)", error, doing)
        except StoreClosing:
            pass
        except Exception as fault:  # noqa: BLE001  # the boundary of everything beside the lanes
            reports.note(fault, doing=doing)
        if is_ending():
            raise asyncio.CancelledError

    async def _widen(self, action: ActionKind) -> float:
        """Close a bucket and return until when, as a wall time."""
        return self._clock.to_wall(await self._limiter.widen(action))

    # -- lanes

    async def _take_in_doubt(self) -> None:
        """Put what an earlier program handed to the network and had no answer to in front of everything else."""
        now = self._clock.now()
        for row, login, sent_at in await self._read(self._store.outbox.in_doubt):
            if isinstance(row.command, SendFile) and not row.handle:
                self._put(WaitingCommand(row))  # it was an upload: its message was not requested yet
                continue
            ago = age(sent_at + self._set_before, now)
            since = None if ago is None else self._clock() - ago
            self._put(WaitingCommand(row, doubt=SendDoubt(login, since, _ended(known=ago is not None))))

    async def _read(self, work: Callable[[], T]) -> T:
        async def reading() -> T:
            return work()

        return await self._stored(reading)

    async def _take(self) -> None:
        """Give new commands a place: in the lane of their chat, or aside until their time."""
        for row, _ in await self._read(lambda: self._store.outbox.queued(self._seen)):
            self._seen = max(self._seen, row.id)
            if row.due_at is not None and row.due_at > self._clock.now():
                self._put_off.add(row.id, row.due_at)
            else:
                self._put(WaitingCommand(row))

    async def _now_due(self, number: CommandId) -> None:
        self._put(WaitingCommand(await self._read(partial(self._store.outbox.command, number))))

    async def _clock_was_set(self, by: float) -> None:
        self._set_by += by
        _log.warning("the clock of this machine was set %s; waiting commands go on as before", spoken(by))
        if self._on_clock_set is not None:
            await self._on_clock_set(by)
        await self._tell_anew(by)

    async def _tell_anew(self, by: float) -> None:
        """Give those who wait their time again, by a clock that was set."""
        for row, _ in await self._read(lambda: self._store.outbox.queued(0)):
            if row.retry_at is not None:
                await self._tell_row(row, row.retry_at + by)

    def _put(self, waiting: WaitingCommand) -> None:
        """Put a command at the end of its lane, and start work there."""
        name = lane_of(waiting.row)
        if (lane := self._lanes.get(name)) is not None:
            lane.waiting.append(waiting)
            if lane.held_until > self._clock():
                telling = self._tell(waiting.row.id, lane.held_until, _BEHIND)
                self._start(self._guarded(telling, "reporting why a command waits"), name)
            return
        self._lanes[name] = CommandLane(deque([waiting]))
        task = self._start(self._work(name), name)
        if isinstance(waiting.row.command, (FetchMedia, FetchAvatar)):
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)

    def _start(self, work: Coroutine[None, None, None], lane: str) -> asyncio.Task[None]:
        """Run the work of a lane, which may end before the login does; a fault that gets past it ends the login."""
        task = self._supervisor.start(work, name=f"lane {lane}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _work(self, name: str) -> None:
        """Carry out a lane's commands one after the other; none of them ends it."""
        waiting = self._lanes[name].waiting
        try:
            while waiting and not self._stop.is_set():
                current = waiting.popleft()
                try:
                    again = await self._next(current)
                except (StoreClosing, asyncio.CancelledError):
                    raise
                except Exception as fault:  # noqa: BLE001  # the boundary of a lane
                    again = await self._recovered(current, fault)
                if again is not None:
                    waiting.appendleft(again)
        except StoreClosing:
            pass  # the next program finds the unsettled commands
        finally:
            del self._lanes[name]

    async def _recovered(self, waiting: WaitingCommand, fault: Exception) -> WaitingCommand | None:
        """Deal with a fault at a command; where that fails as well, the next program finds the command."""
        try:
            return await self._after_fault(waiting, fault)
        except (StoreClosing, asyncio.CancelledError):
            raise
        except Exception as worse:  # noqa: BLE001  # the others of the lane must go on
            reports.note(worse, doing="settling a command after a fault")
            return None

    async def _after_fault(self, waiting: WaitingCommand, fault: Exception) -> WaitingCommand | None:
        """Settle the command of an unexpected error by what is known, and go on."""
        if isinstance(fault, StorageError):
            await self._stored.wait(_AGAIN_S)
            return waiting  # nothing was sent, or it is settled already: its row has the outcome
        doing = f"carrying out {type(waiting.row.command).__name__}"
        reports.note(fault, doing=doing)
        reach = self._backend.reached(waiting.row.id)
        error = InternalError(doing, type(fault).__name__)
        if (
            waiting.doubt is not None
            or fate_of(ReplyKind.FAULT, waiting.row.command.effect, reach) is Fate.UNCONFIRMED
        ):
            await self._settle(unconfirmed(waiting.row.id, NoAnswer("this program", str(error))))
        else:
            await self._settle(failed(waiting.row.id, error))
        return None

    async def _next(self, waiting: WaitingCommand) -> WaitingCommand | None:
        """Wait until a command may start, and carry it out if it is still wanted and valid."""
        if waiting.doubt is not None:
            await self._either(self._synced.wait())
        if waiting.row.reason == _TOO_FAST:
            await self._hold(waiting.row, waiting.not_before, _BEHIND)
        await pause(waiting.not_before, self._clock, self._stop)
        await self._until_known(chat_of(waiting.row.command))
        row = await self._read(lambda: self._store.outbox.command(waiting.row.id))
        if self._stop.is_set() or not row.open:
            return None  # the next program finds the unsettled commands
        if (unfit := self._unfit(row, waiting)) is not None:
            await self._settle(unfit)
        elif (again := await self._attempt(row, waiting)) is not None:
            return again
        await self._rejections.settled(chat_of(row.command))
        return None

    async def _until_known(self, chat: ChatKey) -> None:
        """Wait for the name that a chat has under this login, while people are still being read and recognised."""
        while (
            chat
            and self._store.directory.name_of(self._store.login.current, chat) is None
            and not self._stop.is_set()
        ):
            place = self._store.login.position()
            if place is not None and place.complete and self._store.login.status().contacts_complete:
                return  # it has none, and the error will report that
            await self._either(self._store.changed())

    async def _either(self, coming: Coroutine[object, object, object]) -> None:
        """Wait for something, or for the end."""
        ends = {asyncio.ensure_future(coming), asyncio.ensure_future(self._stop.wait())}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    def _unfit(self, row: CommandRow, waiting: WaitingCommand) -> Settlement | None:
        """Return how a command is settled that may not go out any more: a person decides, or its time has passed."""
        doubt = waiting.doubt
        if row.reason == STOPPING:
            return cancelled(row.id)
        if doubt is not None and row.command.effect is not Effect.FETCH:
            same = doubt.login == self._store.login.current and row.command.effect is not Effect.ONCE
            if same and doubt.since is not None and self._clock() - doubt.since < DOUBT_S:
                return None
            return unconfirmed(row.id, doubt.error)
        if type(row.command) not in self._backend.commands:
            return failed(row.id, NotCapable(words_of(row.command), self._backend.name))
        if row.due_at is not None and self._clock.now() - row.due_at > self._grace:
            return failed(row.id, Missed(self._missed(self._clock.now() - row.due_at)))
        return None

    def _missed(self, late: float) -> str:
        clock = f"; the clock of this machine was set {spoken(self._set_by)}" if self._set_by else ""
        return f"it was to go {round(late / 60)} minutes ago, while no program was logged in{clock}"

    async def _hold(self, row: CommandRow, at: float, why: str) -> None:
        """Report for a waiting command, and for those behind it, until when, if the wait is long."""
        if at - self._clock() < _WONDERED_S:
            return
        lane = self._lanes[lane_of(row)]
        lane.held_until = at
        await self._tell(row.id, at, why)
        for other in tuple(lane.waiting):
            await self._tell(other.row.id, at, _BEHIND)

    async def _hold_for(self, row: CommandRow, action: ActionKind, at: float) -> None:
        await self._hold(row, at, self._limiter.why(action))

    async def _tell(self, number: CommandId, at: float, why: str) -> None:
        """Write into a waiting row until when it is held back, and why."""
        row = await self._read(lambda: self._store.outbox.command(number))
        until = self._clock.to_wall(at)
        if row.outcome is not Outcome.QUEUED or abs((row.retry_at or 0.0) - until) <= 1.0:
            return
        if row.reason in {"", HeldBack.code}:
            held = failed(number, HeldBack(why, until), until)._replace(result="", outcome=Outcome.QUEUED)
            await self._settle(held)
        else:
            await self._tell_row(row, until)

    async def _tell_row(self, row: CommandRow, until: float) -> None:
        """Write another time into a row that has the reason for its wait already."""
        held = Settlement(row.id, Outcome.QUEUED, row.result, row.reason, row.said, until)
        await self._settle(held)

    async def _settle(self, settlement: Settlement) -> CommandRow:
        """Write what became of a command, as soon as there is room for it."""
        return await self._stored(lambda: self._store.settle(settlement, now=self._clock.now()))

    # -- one command

    async def _attempt(self, row: CommandRow, waiting: WaitingCommand) -> WaitingCommand | None:
        """Carry a command out and settle it, or return it with the time of its next try."""
        for action in actions_of(row):
            if not await self._limiter.take(action, partial(self._hold_for, row, action)):
                return None
        async with self._width:
            sent = await self._stored(
                lambda: self._store.outbox.mark_sent(
                    row.id, login=self._store.login.current, now=self._clock.now()
                )
            )
            if sent.outcome is not Outcome.SENT:
                return None  # a person dropped it meanwhile
            since = self._clock() if waiting.since is None else waiting.since
            result, refused = "", None
            try:
                result = await self._backend.carry(sent)
            except HongyanError as error:
                refused = error
        if refused is not None:
            return await self._judge(
                waiting._replace(row=sent, since=since, tries=waiting.tries + 1), refused
            )
        await self._settle(Settlement(row.id, Outcome.ACCEPTED, result))
        return None

    async def _judge(self, tried: WaitingCommand, error: HongyanError) -> WaitingCommand | None:
        """Settle a command by the table when the service did not accept it."""
        reply, effect, reach = reply_kind_of(error), tried.row.command.effect, self._reach(tried)
        if reply is ReplyKind.LOGIN_GONE:
            self._backend.recheck()
        fate = fate_of(reply, effect, reach)
        if fate is Fate.ONCE_MORE and tried.tries > 1:
            fate = Fate.FAILED
        if fate is Fate.LATER and tried.since is not None and self._clock() - tried.since >= DOUBT_S:
            fate = Fate.FAILED
        at = await self._again_at(tried, error) if fate in _FATES else None
        if fate is Fate.QUEUE and at is None and reply is not ReplyKind.LOGIN_OVER:
            fate = Fate.FAILED
        if fate is Fate.REPEAT:
            return self._repeated(tried, error, at)
        if fate in _FATES:
            return await self._put_back(tried, error, at)
        settle = unconfirmed if fate is Fate.UNCONFIRMED else failed
        settlement = settle(
            tried.row.id, tried.doubt.error if tried.doubt and settle is unconfirmed else error
        )
        await self._settle(settlement._replace(retry_at=getattr(error, "retry_at", None)))
        return None

    def _reach(self, tried: WaitingCommand) -> Reach:
        return Reach.AGAIN if tried.doubt is not None else self._backend.reached(tried.row.id)

    async def _again_at(self, tried: WaitingCommand, error: HongyanError) -> float | None:
        """Return when a command is to be tried again, None if it was too fast too often or there is no login."""
        if isinstance(error, TooFast):
            at = await self._limiter.widen(tried.row.command.action or ActionKind.SEND)
            error.retry_at = self._clock.to_wall(at)
            return at if tried.row.attempts < _TOO_FAST_AT_MOST else None
        if reply_kind_of(error) is ReplyKind.LOGIN_OVER:
            return None
        return self._clock() + min(_AGAIN_S * 2.0 ** min(tried.tries - 1, 6), _LONGEST_PAUSE_S)

    def _repeated(
        self, tried: WaitingCommand, error: HongyanError, at: float | None
    ) -> WaitingCommand | None:
        """Return a command that may have happened with the time of its repetition, as long as it may be repeated."""
        doubt = tried.doubt or SendDoubt(self._store.login.current, tried.since, error)
        if reply_kind_of(error) is ReplyKind.LOGIN_OVER:
            return None  # it stays as sent, and the next program finds it
        ends = (doubt.since or 0.0) + DOUBT_S
        return tried._replace(not_before=min(at if at is not None else ends, ends), doubt=doubt)

    async def _put_back(
        self, tried: WaitingCommand, error: HongyanError, at: float | None
    ) -> WaitingCommand | None:
        until = None if at is None else self._clock.to_wall(at)
        row = await self._settle(failed(tried.row.id, error, until)._replace(outcome=Outcome.QUEUED))
        return tried._replace(row=row, not_before=at) if at is not None else None


_BEHIND: Final = "it waits behind another message of its chat"


def _ended(*, known: bool) -> NoAnswer:
    since = "" if known else ", and the clock of this machine was set back since, so the age is unknown"
    return NoAnswer("the server", f"the program ended before the answer arrived{since}")
