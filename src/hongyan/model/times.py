"""Moments as others tell them, which may be anything, and how any of them becomes a date; it reads no clock.

Times are Unix seconds. What the service or a person's phone says may be a million years away, negative, or no number at
all, and a journal of an older version holds it as it came. Such a time is as good as none: then the time at which
the row was written stands for it.
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


def believable(told: float) -> int:
    """Return a time in whole seconds, 0 where no message can have been written then."""
    return int(told) if _FIRST <= told <= _LAST else 0


def shown_at(told: float, written_at: float) -> float:
    """Return the time to show for something: the given time where that is possible, else when it was written down."""
    return told if _FIRST <= told <= _LAST else written_at


def local(at: float) -> datetime:
    """Return any time at all by the local clock; what no calendar has is its first or last day."""
    within = min(max(at, _EARLIEST), _LATEST) if not math.isnan(at) else 0.0
    return datetime.fromtimestamp(within, UTC).astimezone()
