"""Themes: legible, chosen by what the terminal can, read from own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.color import Color

from hongyan.errors import UsageError
from hongyan.terminal.full.settings.themes import built_in, chosen, contrast, palette_of, read_theme

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", built_in())
def test_everything_can_be_read(name: str) -> None:
    """On its background at 4.5 to 1, 7 in high contrast, 3 where it is selected; names of people too."""
    palette = palette_of(built_in()[name])
    if palette.background is None:
        assert all(style.color is None and style.bgcolor is None for style in palette.styles.values())
        return
    least = 7.0 if name == "high-contrast" else 4.5
    selected = palette.styles["selected"].bgcolor
    assert selected is not None
    for style in (*palette.styles.values(), *palette.nicks):
        if style.color is None:
            continue
        ink = Color(*style.color.get_truecolor())
        assert style.bgcolor is not None
        behind = Color(*style.bgcolor.get_truecolor())
        assert contrast(ink, behind) >= least - 0.01
        if behind == palette.background:
            assert contrast(ink, Color(*selected.get_truecolor())) >= 3


def test_the_theme_is_chosen_by_what_the_terminal_can() -> None:
    """NO_COLOR and dumb terminals get none; an unknown one is refused with those that there are."""
    themes = built_in()
    assert chosen("gruvbox", {}, themes) == "gruvbox"
    assert chosen("gruvbox", {"NO_COLOR": "1"}, themes) == "mono"
    assert chosen("gruvbox", {"TERM": "dumb"}, themes) == "mono"
    with pytest.raises(UsageError) as caught:
        chosen("nothing", {}, themes)
    assert "solarized" in caught.value.advice


def test_own_themes_are_read_and_wrong_ones_named(tmp_path: Path) -> None:
    """By the name of the file; what is wrong in it is told."""
    good, bad, worse = tmp_path / "mine.toml", tmp_path / "bad.toml", tmp_path / "worse.toml"
    good.write_text('primary = "#112233"\ndark = false\n', "utf-8")
    bad.write_text('primary = "#112233"\ncolour = "red"\n', "utf-8")
    worse.write_text('primary = "nocolour"\n', "utf-8")
    assert palette_of(read_theme(good)).background is not None
    with pytest.raises(UsageError, match="no color 'colour'"):
        read_theme(bad)
    with pytest.raises(UsageError, match="'nocolour' is not a color for primary"):
        read_theme(worse)
