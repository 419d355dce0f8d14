"""Pauses grow with each failure in a row, up to a limit."""

from __future__ import annotations

from hongyan.webwx.pauses import LONGEST_POLL_PAUSE, Damper, pause, poll_pause


def test_pauses_of_the_cycle_double_up_to_a_minute() -> None:
    """From one second on."""
    assert [pause(failures) for failures in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_pauses_of_a_login_stay_short() -> None:
    """A code lives for minutes only."""
    assert [poll_pause(failures) for failures in (1, 2, 5, 6)] == [2, 4, 10, LONGEST_POLL_PAUSE]


def test_batches_that_bring_nothing_slow_the_cycle_down_from_the_third_on() -> None:
    """One that brings something begins the count anew."""
    damper = Damper()
    empty = [damper.after_batch(brought=False, moved=True) for _ in range(4)]
    assert empty == [0, 0, 1, 1]
    assert damper.after_batch(brought=True, moved=True) == 0
    assert damper.after_batch(brought=False, moved=True) == 0


def test_things_that_come_again_under_the_old_key_are_asked_for_ever_less_often() -> None:
    """Each time twice as late."""
    damper = Damper()
    assert [damper.after_batch(brought=True, moved=False) for _ in range(4)] == [1, 2, 4, 8]


def test_polls_that_are_not_held_are_slowed_down_from_the_fourth_on() -> None:
    """One that is held begins the count anew."""
    damper = Damper()
    assert [damper.after_poll(0.01) for _ in range(5)] == [0, 0, 0, 1, 1]
    assert damper.after_poll(25.0) == 0
