"""Half a minute of the monkey, and proof that it finds what is planted; ``make monkey`` has more of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from monkey.planted import PLANTS
from monkey.run import Found, run

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 10.0
_TOLD = {
    "page": "a fault was noted",
    "death": "exit code 0|the terminal is left without",
    "terminal": "the terminal is left without",
    "row": "rows wider than the screen",
    "deaf": "it does not answer|it does not end",
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("seed", "size"), [(1, (80, 24)), (2, (120, 40)), (3, (40, 12))])
def test_nothing_a_terminal_sends_ends_it(tmp_path: Path, seed: int, size: tuple[int, int]) -> None:
    """Keys, pastes, the mouse, sizes, signals, and what is none of these; the seed is told where something is found."""
    tally = run(seed, _SECONDS, size, tmp_path / "home")
    assert tally.acts > 20


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_what_is_planted_is_found(tmp_path: Path, plant: str) -> None:
    """A page that fails, an end at once, a terminal left as it was taken, a row too wide, a screen that is deaf."""
    command = (sys.executable, "-m", "monkey.planted", plant, "demo")
    with pytest.raises(Found, match=rf"seed 7.*({_TOLD[plant]})"):
        run(7, 90.0, (80, 24), tmp_path / "home", command, patience_s=6.0)
