"""The event log of one login and its keys; independent of the events' content.

The server keeps every event of a login and returns the events after the key a client sends (seen in every client:
a lost answer is requested again with the old key and comes again). Key 2 of a SyncKey holds the position, as in the
captures, where it grows by one or two with each message; the other keys are there because real lists have them.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "SLICE",
    "EventKind",
    "EventLog",
    "Keys",
    "Slice",
    "key_json",
    "position_in_pairs",
    "position_in_text",
]

SLICE = 50
"""Events in one answer of webwxsync. The real size is unknown; 120 messages at once reached real clients this way."""

POSITION_KEY = 2
_CHANGE_KEYS = (1, 3)


class EventKind(StrEnum):
    """What an event is to the sync answer, and which selector announces it."""

    MESSAGE = "message"
    STATUS = "status"
    CONTACT = "contact"
    ADDED = "added"
    REMOVED = "removed"
    PROFILE = "profile"
    TOUCH = "touch"


# Most urgent first. 2 and 7 are the only selectors to which WeixinBot reacts, so they win over contact changes.
_SELECTORS: tuple[tuple[EventKind, int], ...] = (
    (EventKind.MESSAGE, 2),
    (EventKind.STATUS, 7),
    (EventKind.ADDED, 6),
    (EventKind.REMOVED, 6),
    (EventKind.CONTACT, 4),
    (EventKind.PROFILE, 4),
    (EventKind.TOUCH, 3),
)


@dataclass(frozen=True, slots=True)
class Slice:
    """The result of one webwxsync: (kind, subject, JSON) in order, the position after it, whether more waits."""

    events: list[tuple[EventKind, str, bytes]]
    position: int
    more: bool


@dataclass(slots=True)
class Keys:
    """What the lists of a login's keys are made of, beside the position."""

    opened: int
    """Unix seconds at which the login began."""
    stamp: int = 0
    """Largest value handed out under key 201; it advances with every answer, also with an empty one."""

    def first(self, position: int, changed: int) -> list[tuple[int, int]]:
        """The four keys of webwxinit."""
        return [(1, changed), (2, position), (3, changed), (1000, self.opened)]

    def later(self, position: int, changed: int, now: float) -> list[tuple[int, int]]:
        """The eight keys of a webwxsync answer."""
        self.stamp = max(int(now), self.stamp + 1)
        return [
            (1, changed),
            (2, position),
            (3, changed),
            (11, changed + 172),
            (201, self.stamp),
            (203, self.opened),
            (1000, self.opened),
            (1001, self.opened + 30),
        ]


def key_json(pairs: Iterable[tuple[int, int]]) -> dict[str, object]:
    """A key list as the service writes it: `{"Count": n, "List": [{"Key": k, "Val": v}]}`."""
    listed = [{"Key": key, "Val": value} for key, value in pairs]
    return {"Count": len(listed), "List": listed}


def position_in_pairs(sync_key: object) -> int | None:
    """The position inside a SyncKey object of a request; None where the object is not one."""
    listed = sync_key.get("List") if isinstance(sync_key, dict) else None
    if not isinstance(listed, list):
        return None
    for pair in listed:
        if isinstance(pair, dict) and _integer(pair.get("Key")) == POSITION_KEY:
            return _integer(pair.get("Val"))
    return None


def position_in_text(synckey: str) -> int | None:
    """The position inside the `1_v|2_v|…` text of synccheck; None where it has none."""
    for pair in synckey.split("|"):
        key, _, value = pair.partition("_")
        if _integer(key) == POSITION_KEY:
            return _integer(value)
    return None


def _integer(value: object) -> int | None:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return None


class EventLog:
    """Everything that happened to one login, in order, with the poll that waits for more."""

    def __init__(self, start: int) -> None:
        self.start = start
        self._positions: list[int] = []
        self._kinds: list[EventKind] = []
        self._subjects: list[str] = []
        self._bodies: list[bytes] = []
        self._changes: list[int] = [start]
        self._parked: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._positions)

    @property
    def last(self) -> int:
        """The position of *now*."""
        return self._positions[-1] if self._positions else self.start

    def append(self, position: int, kind: EventKind, subject: str, body: bytes) -> None:
        """Add one event and wake the parked poll. `subject` is the permanent id a contact change is about."""
        self._positions.append(position)
        self._kinds.append(kind)
        self._subjects.append(subject)
        self._bodies.append(body)
        if kind in {EventKind.CONTACT, EventKind.ADDED, EventKind.REMOVED, EventKind.PROFILE}:
            self._changes.append(position)
        self.wake()

    def after(self, position: int, limit: int = SLICE) -> Slice:
        """Up to `limit` events behind `position`."""
        begin = bisect_right(self._positions, position)
        end = min(begin + limit, len(self._positions))
        events = list(
            zip(self._kinds[begin:end], self._subjects[begin:end], self._bodies[begin:end], strict=True)
        )
        reached = self._positions[end - 1] if end > begin else max(position, self.start)
        return Slice(events, min(reached, self.last), end < len(self._positions))

    def selector(self, position: int) -> int:
        """The selector of synccheck for a client that has read up to `position`; 0 for nothing new."""
        begin = bisect_right(self._positions, position)
        waiting = set(self._kinds[begin : begin + SLICE])
        return next((number for kind, number in _SELECTORS if kind in waiting), 0)

    def changed(self, position: int) -> int:
        """Position of the last contact change up to `position`: the value of keys 1 and 3."""
        return self._changes[max(bisect_right(self._changes, position) - 1, 0)]

    def one_before(self, position: int) -> int:
        """The position of the event before `position`: what a lagging SyncCheckKey shows."""
        index = bisect_left(self._positions, position) - 1
        return self._positions[index] if index >= 0 else self.start

    def one_behind(self, position: int) -> int:
        """The position of the event behind `position`: reads a lagging SyncCheckKey back."""
        index = bisect_right(self._positions, position)
        return self._positions[index] if index < len(self._positions) else position

    async def park(self, seconds: float) -> None:
        """Wait until something happens, the time is over, or another poll of the same login comes in."""
        self.wake()
        loop = asyncio.get_running_loop()
        parked = self._parked = loop.create_future()
        timer = loop.call_later(seconds, _settle, parked)
        try:
            await parked
        finally:
            timer.cancel()
            if self._parked is parked:
                self._parked = None

    def wake(self) -> None:
        """End the parked poll."""
        if self._parked is not None:
            _settle(self._parked)
            self._parked = None


def _settle(parked: asyncio.Future[None]) -> None:
    if not parked.done():
        parked.set_result(None)
