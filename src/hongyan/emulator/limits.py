"""How fast each kind of call may go; independent of what the calls do.

The real numbers are not published; the defaults are the orders of magnitude that owners of bots report (about 60
sends at once with one given back per second, three friend requests an hour, a handful of new groups a day).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hongyan.emulator.clock import Clock

__all__ = ["KINDS_OF_CALLS", "REPORTED_LIMITS", "Limits", "RequestLimit"]


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """`burst` calls at once, then `per_second` more for every second that passes."""

    burst: float
    per_second: float


REPORTED_LIMITS: Mapping[str, RequestLimit] = {
    "send": RequestLimit(60, 1.0),
    "verify": RequestLimit(3, 3 / 3600),
    "create_group": RequestLimit(7, 7 / 86400),
    "batch": RequestLimit(10, 1.0),
    "remark": RequestLimit(30, 30 / 3600),
}
"""Kind of call to its bucket, as reported by owners of bots."""

KINDS_OF_CALLS = tuple(REPORTED_LIMITS)


class Limits:
    """Token buckets per login's account and kind of call; none are set by default.

    `as_text` chooses how a refused *send* shows: False answers Ret 1205, True answers Ret 0 and lets a MsgType 10000
    text report it, as both were seen.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, RequestLimit] = {}
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}
        self.as_text = False

    def set(self, kind: str, bucket: RequestLimit | None) -> None:
        """Put a bucket on a kind of call (`send`, `verify`, `create_group`, `batch`, `remark`); None takes it off."""
        self._levels = {key: level for key, level in self._levels.items() if key[1] != kind}
        if bucket is None:
            self._buckets.pop(kind, None)
        else:
            self._buckets[kind] = bucket

    def use_reported(self) -> None:
        """Switch on every limit of `REPORTED_LIMITS`."""
        for kind, bucket in REPORTED_LIMITS.items():
            self.set(kind, bucket)

    def allows(self, account: str, kind: str) -> bool:
        """Take one token of `kind`; False where the bucket is empty."""
        bucket = self._buckets.get(kind)
        if bucket is None:
            return True
        now = self._clock.now()
        tokens, seen = self._levels.get((account, kind), (bucket.burst, now))
        tokens = min(bucket.burst, tokens + (now - seen) * bucket.per_second)
        allowed = tokens >= 1
        self._levels[account, kind] = (tokens - 1 if allowed else tokens, now)
        return allowed
