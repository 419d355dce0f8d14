"""Computes when the next action of a kind may happen: pure token buckets that neither wait nor read a clock.

No official limits exist. The rates are the careful end of what users of other clients reported between 2016 and 2024:
back-to-back sends were stopped after about 60, spacing of one second never was, pictures sooner than texts, about
three friend requests an hour, group creation after six to nine, and bursts of batch requests at once.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hongyan.clock import Clock, Mark, deadline, spoken
from hongyan.model.commands import ActionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CLOCK", "Bucket", "Rate", "TokenBuckets", "kept_buckets"]

_log = logging.getLogger("hongyan.outbox")

CLOCK: Final = "clock"
"""Beside the buckets: the readings of both clocks when a program last read them."""

_FIRST_PAUSE_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 7_200.0
_CALM_S: Final = 3_600.0  # so long after a pause the next one is short again


class Rate(Struct, frozen=True):
    """``burst`` actions at once, then one each ``refill_s`` seconds, and always ``spacing_s`` to ``+jitter_s`` apart."""

    burst: int
    refill_s: float
    spacing_s: float
    jitter_s: float = 0.0


RATES: Final[Mapping[ActionKind, Rate]] = {
    ActionKind.SEND: Rate(burst=20, refill_s=3.0, spacing_s=1.0, jitter_s=1.0),
    ActionKind.MEDIA: Rate(burst=10, refill_s=6.0, spacing_s=3.0, jitter_s=1.0),
    ActionKind.ADD_FRIEND: Rate(burst=3, refill_s=1_200.0, spacing_s=20.0, jitter_s=10.0),
    ActionKind.ACCEPT_FRIEND: Rate(burst=5, refill_s=60.0, spacing_s=3.0, jitter_s=4.0),
    ActionKind.CHANGE_CONTACT: Rate(burst=10, refill_s=30.0, spacing_s=2.0, jitter_s=1.0),
    ActionKind.CREATE_GROUP: Rate(burst=2, refill_s=600.0, spacing_s=25.0, jitter_s=5.0),
    ActionKind.CHANGE_GROUP: Rate(burst=5, refill_s=60.0, spacing_s=3.0, jitter_s=2.0),
}


class Bucket(Struct, frozen=True):
    """The state of a rate limit. Times are seconds of one clock; ``pause_s`` is the length of the last enforced pause.

    ``mark`` is when it was stored, None if that was not noted; the times are wall times then.
    """

    tokens: float
    at: float
    next_at: float = 0.0
    closed_until: float = 0.0
    pause_s: float = 0.0
    mark: Mark | None = None

    def kept(self, clock: Clock) -> Bucket:
        """Return the bucket as it is written down."""
        return self._moved(clock.offset, clock.mark())

    def believed(self, action: ActionKind, clock: Clock) -> Bucket:
        """Return what can be of a bucket that was read back."""
        moved = clock.set_since(self.mark) if self.mark else 0.0
        bucket, rate, now = self._moved(moved - clock.offset, self.mark), RATES[action], clock()
        kept_at = self.mark.wall + moved - clock.offset if self.mark else None
        pause = min(max(self.pause_s, 0.0), _LONGEST_PAUSE_S)
        closed = deadline(bucket.closed_until, now, longest=pause, kept_at=kept_at)
        return Bucket(
            tokens=min(max(self.tokens, 0.0), float(rate.burst)),
            at=deadline(bucket.at, now, longest=max(0.0, closed - now), kept_at=kept_at),
            next_at=deadline(bucket.next_at, now, longest=rate.spacing_s + rate.jitter_s, kept_at=kept_at),
            closed_until=closed,
            pause_s=pause,
        )

    def _moved(self, by: float, mark: Mark | None) -> Bucket:
        at, next_at, closed = self.at + by, self.next_at + by, self.closed_until + by
        return replace(self, at=at, next_at=next_at, closed_until=closed, mark=mark)


class TokenBuckets:
    """The buckets of an account. ``noise()`` gives numbers from 0 to 1 that spread the spacing.

    With ``enforced`` False only the pauses that the server itself demanded are observed.
    """

    def __init__(
        self, noise: Callable[[], float], *, enforced: bool = True, kept: Mapping[str, Bucket] | None = None
    ) -> None:
        self._noise = noise
        self._enforced = enforced
        self._buckets: dict[ActionKind, Bucket] = {
            ActionKind(a): b for a, b in (kept or {}).items() if a in RATES
        }

    def bucket(self, action: ActionKind) -> Bucket:
        """Return the bucket's state, to be stored over a restart."""
        return self._buckets.get(action) or Bucket(tokens=float(RATES[action].burst), at=0.0)

    def when(self, action: ActionKind, now: float, ahead: int = 0) -> float:
        """Return the earliest time for the action: ``now`` or later; with others ``ahead`` of it about when they are through."""
        rate = RATES[action]
        bucket = _filled(self.bucket(action), rate, now)
        times = [now, bucket.closed_until]
        if self._enforced:
            times.append(
                max(now, bucket.next_at, bucket.closed_until) + ahead * rate.spacing_s
                if ahead
                else bucket.next_at
            )
            if (missing := 1 + ahead - bucket.tokens) > 0:
                times.append(bucket.at + missing * rate.refill_s)
        return max(times)

    def take(self, action: ActionKind, now: float) -> Bucket:
        """Note that the action happens now, and return the bucket."""
        rate = RATES[action]
        bucket = _filled(self.bucket(action), rate, now)
        spacing = rate.spacing_s + rate.jitter_s * self._noise()
        return self._put(action, replace(bucket, tokens=max(0.0, bucket.tokens - 1), next_at=now + spacing))

    def widen(self, action: ActionKind, now: float) -> Bucket:
        """Note that the server called it too fast: close the bucket, twice as long as the last time.

        While it is closed nothing changes: such an answer belongs to requests sent before. After the pause there is
        a single token, and the rest flows in from then on: no burst follows a pause.
        """
        bucket = self.bucket(action)
        if now < bucket.closed_until:
            return bucket
        calm = now - bucket.closed_until > _CALM_S
        pause = _FIRST_PAUSE_S if calm or not bucket.pause_s else min(2 * bucket.pause_s, _LONGEST_PAUSE_S)
        until = now + pause
        return self._put(action, replace(bucket, tokens=1.0, at=until, closed_until=until, pause_s=pause))

    def _put(self, action: ActionKind, bucket: Bucket) -> Bucket:
        self._buckets[action] = bucket
        return bucket


def _filled(bucket: Bucket, rate: Rate, now: float) -> Bucket:
    """Return the bucket with what flowed in since it was last looked at; a clock set back adds nothing."""
    gained = max(0.0, now - bucket.at) / rate.refill_s
    return replace(bucket, tokens=min(float(rate.burst), bucket.tokens + gained), at=max(now, bucket.at))


def kept_buckets(
    kept: Mapping[str, bytes], clock: Clock, noise: Callable[[], float], *, enforced: bool
) -> tuple[TokenBuckets, float]:
    """Return the buckets as the last program left them, and by how many seconds the wall clock was set since.

    Unreadable entries are left out: an unreadable bucket starts fresh.
    """
    buckets: dict[str, Bucket] = {}
    for action in ActionKind:
        with contextlib.suppress(msgspec.MsgspecError, KeyError):
            buckets[action] = msgspec.json.decode(kept[action], type=Bucket).believed(action, clock)
    set_before = 0.0
    with contextlib.suppress(msgspec.MsgspecError, KeyError):
        set_before = clock.set_since(msgspec.json.decode(kept[CLOCK], type=Mark))
    if set_before:
        _log.warning(
            "the clock of this machine was set %s since the last program; waiting commands go on as before",
            spoken(set_before),
        )
    return TokenBuckets(noise, enforced=enforced, kept=buckets), set_before
