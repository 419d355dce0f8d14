"""Token buckets: no burst above the declared curve, and pauses that double."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.client.engine.token_buckets import RATES, Bucket, TokenBuckets
from hongyan.model.commands import ActionKind


def steady() -> float:
    """Return noise without noise."""
    return 0.0


def test_the_first_action_happens_at_once() -> None:
    """Nobody waits without a reason."""
    assert TokenBuckets(steady).when(ActionKind.SEND, 1000.0) == 1000.0


def test_two_sends_are_a_second_apart_and_a_bit() -> None:
    """The bit is the noise."""
    pace = TokenBuckets(lambda: 0.5)
    pace.take(ActionKind.SEND, 1000.0)
    assert pace.when(ActionKind.SEND, 1000.0) == 1001.5


@given(
    st.lists(st.tuples(st.sampled_from(list(ActionKind)), st.floats(0, 40)), max_size=80),
    st.floats(1e9, 2e9),
)
def test_no_mix_of_callers_exceeds_the_curve(wishes: list[tuple[ActionKind, float]], start: float) -> None:
    """In any stretch at most the burst plus what flowed in happens."""
    pace = TokenBuckets(steady)
    done: dict[ActionKind, list[float]] = {}
    now = start
    for action, pause in wishes:
        now = max(now + pause, pace.when(action, now + pause))
        pace.take(action, now)
        done.setdefault(action, []).append(now)
    for action, times in done.items():
        rate = RATES[action]
        for i, first in enumerate(times):
            for j in range(i, len(times)):
                allowed = rate.burst + (times[j] - first) / rate.refill_s
                assert j - i + 1 <= allowed + 1e-3


def test_too_fast_closes_the_bucket_twice_as_long_each_time() -> None:
    """One minute, two, four … two hours at most."""
    pace = TokenBuckets(steady)
    now, pauses = 1000.0, []
    for _ in range(9):
        pauses.append(pace.widen(ActionKind.MEDIA, now).pause_s)
        assert pace.when(ActionKind.MEDIA, now) >= now + pauses[-1]
        now += pauses[-1]
    assert pauses == [60, 120, 240, 480, 960, 1920, 3840, 7200, 7200]


def test_a_calm_hour_makes_the_next_pause_short_again() -> None:
    """Old sins are forgotten."""
    pace = TokenBuckets(steady)
    pace.widen(ActionKind.SEND, 0.0)
    pace.widen(ActionKind.SEND, 60.0)
    assert pace.widen(ActionKind.SEND, 60.0 + 120.0 + 3601.0).pause_s == 60


def test_answers_to_what_had_gone_out_before_close_nothing_further() -> None:
    """Eight sends were on their way when the first was called too fast."""
    pace = TokenBuckets(steady)
    closed = [pace.widen(ActionKind.SEND, 1000.0 + n).closed_until for n in range(8)]
    assert set(closed) == {1060.0}


def test_no_burst_follows_a_pause() -> None:
    """One at its end, the next when a token has flowed in."""
    pace = TokenBuckets(steady)
    pace.widen(ActionKind.SEND, 1000.0)
    assert pace.when(ActionKind.SEND, 1000.0) == 1060.0
    pace.take(ActionKind.SEND, 1060.0)
    assert pace.when(ActionKind.SEND, 1060.0) == 1063.0


def test_who_waits_behind_others_learns_about_when() -> None:
    """With an empty bucket each one ahead takes as long as a token; a pause comes before all of them."""
    pace = TokenBuckets(steady, kept={ActionKind.SEND: Bucket(tokens=1.0, at=1000.0)})
    assert [pace.when(ActionKind.SEND, 1000.0, ahead) for ahead in range(3)] == [1000.0, 1003.0, 1006.0]
    pace.widen(ActionKind.SEND, 1000.0)
    assert [pace.when(ActionKind.SEND, 1000.0, ahead) for ahead in range(3)] == [1060.0, 1063.0, 1066.0]


def test_pictures_do_not_stop_texts() -> None:
    """The service counts them apart, as reports of 2017 and 2024 show."""
    pace = TokenBuckets(steady)
    pace.widen(ActionKind.MEDIA, 1000.0)
    assert pace.when(ActionKind.SEND, 1000.0) == 1000.0


def test_without_enforcement_only_the_servers_own_pauses_count() -> None:
    """Against one's own server nobody needs to be careful, unless that server says so."""
    pace = TokenBuckets(steady, enforced=False)
    for _ in range(100):
        pace.take(ActionKind.SEND, 1000.0)
    assert pace.when(ActionKind.SEND, 1000.0) == 1000.0
    pace.widen(ActionKind.SEND, 1000.0)
    assert pace.when(ActionKind.SEND, 1000.0) == 1060.0


@pytest.mark.parametrize("action", list(ActionKind))
def test_what_was_kept_goes_on_after_a_restart(action: ActionKind) -> None:
    """A restart is no way around the pace."""
    pace = TokenBuckets(steady)
    pace.widen(action, 1000.0)
    again = TokenBuckets(steady, kept={action: pace.bucket(action)})
    assert again.when(action, 1001.0) == pace.when(action, 1001.0)


def test_a_clock_set_back_gives_no_tokens() -> None:
    """Time that runs backwards is not time that passed."""
    pace = TokenBuckets(steady, kept={ActionKind.SEND: Bucket(tokens=0.0, at=1000.0)})
    assert pace.when(ActionKind.SEND, 900.0) > 900.0
