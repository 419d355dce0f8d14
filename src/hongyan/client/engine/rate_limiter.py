"""Lets commands go at the allowed rate, first come first served, and reports to those who wait until when; it carries out nothing."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.client.engine.token_buckets import Bucket, TokenBuckets
    from hongyan.clock import Clock
    from hongyan.model.commands import ActionKind
    from hongyan.ports.login import LoginRecord

    Tell = Callable[[float], Awaitable[None]]

__all__ = ["RateLimiter", "pause"]

_LOOK_S: Final = 30.0  # a wall clock may be set: seconds between two checks


async def pause(until: float, clock: Callable[[], float], stop: asyncio.Event) -> None:
    """Wait until ``clock`` reaches ``until`` (seconds), or until ``stop``; a wall clock may be set meanwhile."""
    while not stop.is_set() and (left := until - clock()) > 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(left, _LOOK_S)):
                await stop.wait()


class _Ticket(NamedTuple):
    tell: Tell


class RateLimiter:
    """The queue before each bucket. A bucket's state is stored before a command goes.

    Times are seconds of ``clock``, which is never set. ``stop`` ends all waiting.
    """

    def __init__(self, pace: TokenBuckets, login: LoginRecord, clock: Clock, stop: asyncio.Event) -> None:
        self._pace = pace
        self._login = login
        self._clock = clock
        self._stop = stop
        self._queues: dict[ActionKind, list[_Ticket]] = {}
        self._doors: dict[ActionKind, asyncio.Lock] = {}

    async def take(self, action: ActionKind, tell: Tell) -> bool:
        """Wait for a turn and count it; False if the end came first. ``tell`` gets until when it may last."""
        queue = self._queues.setdefault(action, [])
        ticket = _Ticket(tell)
        queue.append(ticket)
        try:
            await self._tell(action, ticket, len(queue) - 1)
            async with self._doors.setdefault(action, asyncio.Lock()):
                while (
                    at := self._pace.when(action, self._clock())
                ) > self._clock() and not self._stop.is_set():
                    await tell(at)
                    await pause(at, self._clock, self._stop)
                if self._stop.is_set():
                    return False
                bucket = self._pace.take(action, self._clock())
        finally:
            queue[:] = [other for other in queue if other is not ticket]
        await self._keep(action, bucket)
        return True

    async def widen(self, action: ActionKind) -> float:
        """Close a bucket by order of the server, notify all waiting commands, and return until when (seconds of the clock)."""
        bucket = self._pace.widen(action, self._clock())
        await self._keep(action, bucket)
        for ahead, ticket in enumerate(tuple(self._queues.get(action, ()))):
            await self._tell(action, ticket, ahead)
        return bucket.closed_until

    def why(self, action: ActionKind) -> str:
        """Explain why a command waits for a turn: the service's own pause, or the rate limit here."""
        if self._pace.bucket(action).closed_until > self._clock():
            return "it waits: the service called an earlier one too fast (1205)"
        return "it waits for its turn at the outbox's own careful pace"

    async def _tell(self, action: ActionKind, ticket: _Ticket, ahead: int) -> None:
        at = self._pace.when(action, self._clock(), ahead)
        if at > self._clock():
            await ticket.tell(at)

    async def _keep(self, action: ActionKind, bucket: Bucket) -> None:
        await self._login.set_rate_limit(action, msgspec.json.encode(bucket.kept(self._clock)))
