"""Pauses grow with each failure in a row, up to a limit."""

from __future__ import annotations

from hongyan.webwx.pauses import LONGEST_POLL_PAUSE, pause, poll_pause


def test_pauses_of_the_cycle_double_up_to_a_minute() -> None:
    """From one second on."""
    assert [pause(failures) for failures in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_pauses_of_a_login_stay_short() -> None:
    """A code lives for minutes only."""
    assert [poll_pause(failures) for failures in (1, 2, 5, 6)] == [2, 4, 10, LONGEST_POLL_PAUSE]
