"""Numbers that others wrote: read where they are some, and never at a price."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from hongyan.cli.explain import explain
from hongyan.cli.time_option import TimeParam
from hongyan.model.numbers import whole
from hongyan.terminal.line.grammar import parse as typed
from hongyan.webwx.parse.values import coordinate, number, pixels

ENDLESS = "9" * 1_000_000


@given(st.integers(-(1 << 63) + 1, (1 << 63) - 1))
def test_what_fits_into_64_bits_is_read(value: int) -> None:
    assert whole(f" {value}\n") == value


@pytest.mark.parametrize(
    "text",
    ["", "x", "1.5", "1e3", "0x10", "1_000", "--1", "１２", "9223372036854775808", "9" * 5_000, ENDLESS],
)
def test_anything_else_is_not(text: str) -> None:
    assert whole(text, -7) == -7


def test_endless_digits_are_no_numbers_anywhere() -> None:
    """In a message's elements, on the command line, typed in a terminal."""
    assert number(ENDLESS) == 0
    assert pixels(ENDLESS, "1") is None
    assert coordinate(ENDLESS) is None
    assert coordinate("1." + ENDLESS) is None
    for line in (
        f"#{ENDLESS}:hello",
        f"/history #{ENDLESS}",
        f"/history Alice {ENDLESS}",
        f"/recall {ENDLESS}",
    ):
        assert typed(line) is not None
    with pytest.raises(Exception, match="not a time"):
        TimeParam().convert(f"+{ENDLESS}d", None, None)
    result = CliRunner().invoke(explain, [ENDLESS[:6_000]])
    assert not isinstance(result.exception, ValueError)
