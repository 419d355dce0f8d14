"""Kept times are believed as far as they can be true, however the wall clock was set since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.client.engine.token_buckets import CLOCK, RATES, Bucket, TokenBuckets, kept_buckets
from hongyan.client.profile import COOL_DOWN_S, Profile
from hongyan.clock import Clock, age, deadline, spoken
from hongyan.errors import ProfileLocked
from hongyan.model.commands import ActionKind

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_000.0
MONTH, HOUR = 30 * 86_400.0, 3_600.0


class Machine:
    """A machine's two clocks. ``boot`` names the life that the even one counts in."""

    def __init__(self) -> None:
        self.wall, self.even, self.boot = NOW, 1_000.0, "first"

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        self.wall += seconds
        self.even += seconds

    def is_set(self, by: float) -> None:
        """Set the wall clock."""
        self.wall += by

    def starts_anew(self) -> None:
        """Boot: nobody knows how long it took."""
        self.even, self.boot = 3.0, self.boot + "'"

    def clock(self) -> Clock:
        """Return a program's clock."""
        return Clock(lambda: self.wall, even=lambda: self.even, boot=self.boot)


def steady() -> float:
    """Return noise without noise."""
    return 0.0


def kept(pace: TokenBuckets, clock: Clock, action: ActionKind = ActionKind.SEND) -> dict[str, bytes]:
    """Return what is in the store when a program ends."""
    return {
        action: msgspec.json.encode(pace.bucket(action).kept(clock)),
        CLOCK: msgspec.json.encode(clock.mark()),
    }


SETS = st.sampled_from([0.0, MONTH, -MONTH, HOUR, -HOUR, 400 * 86_400.0, -NOW, 45.0, -45.0])


@given(st.sampled_from(list(ActionKind)), SETS, SETS, st.floats(0, 7_000), st.booleans(), st.integers(0, 8))
def test_no_clock_makes_anybody_wait_longer_or_shorter_than_was_left(
    action: ActionKind, first: float, second: float, passed: float, boots: bool, widened: int
) -> None:
    """A month ahead, an hour back, before or between: after it what was left is left, less what went by."""
    machine = Machine()
    machine.is_set(first)
    clock = machine.clock()
    pace = TokenBuckets(steady)
    for _ in range(widened):
        now = pace.widen(action, clock()).closed_until
        machine.passes(max(0.0, now - clock()))
    pace.widen(action, clock())
    left = pace.when(action, clock()) - clock()
    store = kept(pace, clock, action)
    machine.passes(passed)
    machine.is_set(second)
    if boots:
        machine.starts_anew()
    clock = machine.clock()
    again, set_by = kept_buckets(store, clock, steady, enforced=True)
    wait = again.when(action, clock()) - clock()
    assert wait <= left + RATES[action].spacing_s + 1e-3
    if not boots:
        assert wait == pytest.approx(max(0.0, left - passed), abs=31.0)  # less than that is not noticed
        assert set_by == pytest.approx(second if abs(second) >= 30 else 0.0, abs=1e-3)


@pytest.mark.parametrize("by", [MONTH, HOUR, -HOUR, -MONTH])
def test_a_clock_that_is_set_meanwhile_changes_no_waiting(by: float) -> None:
    """Inside a program the even clock counts, and the wall time that is told moves along."""
    machine = Machine()
    clock = machine.clock()
    pace = TokenBuckets(steady)
    until = pace.widen(ActionKind.SEND, clock()).closed_until
    machine.is_set(by)
    assert until - clock() == pytest.approx(60.0)
    assert clock.to_wall(until) == pytest.approx(machine.wall + 60.0)
    assert clock.set_lately() == pytest.approx(by)
    assert clock.set_lately() == 0.0
    machine.passes(HOUR)
    assert clock.set_lately() == 0.0


def test_buckets_of_earlier_versions_are_clamped() -> None:
    """They say no time at which they were kept; nothing is further off than a pause or a distance can be."""
    machine = Machine()
    ahead = NOW + MONTH
    old: dict[str, bytes] = {
        ActionKind.SEND: msgspec.json.encode(
            {"tokens": 3.0, "at": ahead, "next_at": ahead, "closed_until": ahead, "pause_s": 120.0}
        ),
        ActionKind.MEDIA: msgspec.json.encode(Bucket(tokens=1.0, at=ahead, next_at=ahead)),
        ActionKind.ADD_FRIEND: b"no json",
    }
    pace, _ = kept_buckets(old, machine.clock(), steady, enforced=True)
    assert pace.when(ActionKind.SEND, NOW) == NOW + 120.0
    assert (
        pace.when(ActionKind.MEDIA, NOW)
        == NOW + RATES[ActionKind.MEDIA].spacing_s + RATES[ActionKind.MEDIA].jitter_s
    )
    assert pace.when(ActionKind.ADD_FRIEND, NOW) == NOW


def test_times_to_come_and_times_gone_by() -> None:
    """The one is never further off than it was, of the other nobody knows where it lies ahead."""
    assert deadline(NOW + 50, NOW, longest=60) == NOW + 50
    assert deadline(NOW + MONTH, NOW, longest=60) == NOW + 60
    assert deadline(NOW + MONTH + 50, NOW, longest=7_200, kept_at=NOW + MONTH) == NOW + 50
    assert age(NOW - 5, NOW) == 5
    assert age(NOW + 5, NOW) is None


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (MONTH, "forward by 30 days"),
        (-HOUR, "back by 60 minutes"),
        (45.0, "forward by 45 seconds"),
        (-3 * HOUR, "back by 3 hours"),
    ],
)
def test_a_clock_that_was_set_is_told_in_words(by: float, words: str) -> None:
    """Not as a refusal of the service."""
    assert spoken(by) == words


def test_a_cool_down_is_a_day_by_any_clock(tmp_path: Path) -> None:
    """Begun under a clock a month ahead it ends a day after the clock was put right, not a month later."""
    machine = Machine()
    machine.is_set(MONTH)
    profile = Profile(tmp_path / "goose", clock=lambda: machine.wall)
    profile.rest("it was barred")
    machine.is_set(-MONTH)
    for _ in range(3):
        with pytest.raises(ProfileLocked) as caught:
            profile.require_rested()
        assert caught.value.until is not None
        assert caught.value.until <= NOW + COOL_DOWN_S
        machine.passes(HOUR)
    machine.passes(COOL_DOWN_S)
    profile.require_rested()
