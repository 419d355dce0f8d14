"""Times and lengths of time as people type them."""

from __future__ import annotations

import time

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.cli.time_option import Seconds, TimeParam, shown


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 90))
def test_a_span_counts_from_now(days: int, hours: int, minutes: int) -> None:
    """In any mix of units."""
    text = f"+{days}d{hours}h{minutes}m"
    expected = time.time() + days * 86_400 + hours * 3_600 + minutes * 60
    assert TimeParam().convert(text, None, None) == pytest.approx(expected, abs=2.0)


@pytest.mark.parametrize("text", ["soon", "+", "+10", "10m", "+5x", "2001-01-01", "2026-13-01 10:00"])
def test_what_is_no_time_to_come_is_refused(text: str) -> None:
    """Rather than sent at some other time."""
    with pytest.raises(click.BadParameter):
        TimeParam().convert(text, None, None)


def test_an_instant_is_read_by_the_local_clock() -> None:
    """And shown as it is written."""
    at = TimeParam().convert("2999-11-25 18:00", None, None)
    assert shown(at) == "2999-11-25 18:00:00"
    assert TimeParam().convert(at, None, None) == at
    with pytest.raises(click.BadParameter, match="2001-01-01 00:00:00 has passed"):
        TimeParam().convert("2001-01-01", None, None)


@pytest.mark.parametrize("text", ["0.1", "30", "2592000"])
def test_a_length_is_a_number_of_seconds(text: str) -> None:
    """From a tenth to thirty days, unless a command says otherwise."""
    assert Seconds().convert(text, None, None) == float(text)


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-1", "0", "2592001"])
def test_what_is_no_length_is_refused(text: str) -> None:
    """With what would do."""
    with pytest.raises(click.BadParameter, match=r"from 0\.1 to 2592000"):
        Seconds().convert(text, None, None)
