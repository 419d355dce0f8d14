"""Timestamps from outside, which may be anything, and how any of them becomes a date; it reads no clock.

The service or a person's phone may send a time a million years away, negative, or no number at
all, and a journal of an older version holds it as received. Such a time counts as missing: then the time at which
the row was written is used instead.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["believable", "local", "shown_at"]

_FIRST: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_LAST: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_DAY: Final = timedelta(days=1)  # of room on both sides, for the zones of the earth
_EARLIEST: Final = (datetime.min.replace(tzinfo=UTC) + _DAY).timestamp()
_LATEST: Final = (datetime.max.replace(tzinfo=UTC) - _DAY).timestamp()


def believable(received: float) -> int:
    """Return a received time in whole seconds, 0 if no message can have been written then."""
    return int(received) if _FIRST <= received <= _LAST else 0


def shown_at(received: float, written_at: float) -> float:
    """Return the time to show: the received one if it is plausible, else when it was written down."""
    return received if _FIRST <= received <= _LAST else written_at


def local(at: float) -> datetime:
    """Return any time at all by the local clock; what no calendar has is its first or last day."""
    within = min(max(at, _EARLIEST), _LATEST) if not math.isnan(at) else 0.0
    return datetime.fromtimestamp(within, UTC).astimezone()
