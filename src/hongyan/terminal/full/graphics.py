"""Prepares the terminal's own graphics, where there are any and the optional library for them is installed."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from hongyan.terminal.full.pictures import Mode, has_colours, mode_for

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["has_graphics", "prepare"]


def has_graphics() -> bool:
    """Whether the library for the terminal's own graphics is installed."""
    return importlib.util.find_spec("textual_image") is not None


def prepare(setting: str, environment: Mapping[str, str]) -> Mode:
    """Return how pictures will be drawn. Call it before the screen is taken: the library asks the terminal for its cells."""
    mode = mode_for(setting, environment, colours=has_colours(environment), has_graphics=has_graphics())
    if mode in {Mode.KITTY, Mode.SIXEL}:
        import textual_image.renderable  # noqa: F401  # it looks at the terminal as it is imported
    return mode
