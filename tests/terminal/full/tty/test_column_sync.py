"""Columns on terminals with other ideas of widths."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.display_text import cells
from hongyan.terminal.full.tty.column_sync import exact


@pytest.mark.parametrize(
    "text", ["旗手🏳️‍🌈", "⛰️", "👨‍👩‍👧", "👍🏽", "🇨🇳", "❤️", "“好”…", "a🤖", "①·●", "1️⃣", "한"]
)
def test_what_follows_stands_in_its_column(text: str) -> None:
    """In a terminal with other ideas of widths, and nothing old shines through."""
    screen = pyte.Screen(40, 2)
    pyte.Stream(screen).feed(exact(f"\x1b[1;1H{'X' * 30}\x1b[1;1H\x1b[1m{text}\x1b[0m│"))
    row = screen.buffer[0]
    assert [x for x in range(40) if row[x].data == "│"] == [cells(text)]
    assert not any(row[x].data == "X" for x in range(cells(text)))


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=50))
def test_plain_output_is_left_alone(text: str) -> None:
    """Byte for byte."""
    assert exact(f"\x1b[2;3H{text}\x1b[0m") == f"\x1b[2;3H{text}\x1b[0m"
