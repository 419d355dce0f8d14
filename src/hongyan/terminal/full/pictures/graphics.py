"""Finds out which pictures the terminal can draw itself, before the screen is taken; it draws none."""

from __future__ import annotations

import importlib.util
import subprocess
from typing import TYPE_CHECKING, Final

from hongyan.terminal.full.pictures.draw import Mode, has_colours, mode_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["best_mode", "has_sixel", "prepare", "speaks_kitty"]

_KITTY: Final = frozenset({"xterm-kitty", "xterm-ghostty"})  # what these call themselves in TERM
_TMUX: Final = (
    "tmux",
    "display-message",
    "-p",
    "#{client_termname}|#{client_termfeatures}|#{allow-passthrough}",
)
_TMUX_S: Final = 2.0


def has_sixel() -> bool:
    """Whether the library for sixel is installed."""
    return importlib.util.find_spec("textual_image") is not None


def _ask_tmux() -> str:
    """Return what tmux says of the terminal around it and of its settings; empty where it says nothing."""
    try:
        return subprocess.run(_TMUX, capture_output=True, text=True, timeout=_TMUX_S, check=False).stdout  # noqa: S603  # the command is the constant above
    except (OSError, subprocess.TimeoutExpired):
        return ""


def speaks_kitty(environment: Mapping[str, str], ask_tmux: Callable[[], str] = _ask_tmux) -> bool:
    """Whether the terminal is known to draw kitty's placeholders: kitty and Ghostty do, WezTerm and Konsole do not yet.

    Inside tmux the terminal around it counts; tmux has to let sequences pass and to know all colours. Inside screen and
    zellij there are none.
    """
    if environment.get("STY") or environment.get("ZELLIJ"):
        return False
    if environment.get("TMUX"):
        terminal, features, passes = [*ask_tmux().strip().split("|"), "", ""][:3]
        return terminal in _KITTY and "RGB" in features.split(",") and passes in {"1", "on", "all"}
    return environment.get("TERM") in _KITTY or environment.get("TERM_PROGRAM") == "ghostty"


def best_mode(setting: str, environment: Mapping[str, str]) -> Mode:
    """Return how pictures are drawn with this setting in this terminal; nothing is asked of the terminal itself."""
    return mode_for(
        setting,
        colours=has_colours(environment),
        speaks_kitty=setting == "auto" and speaks_kitty(environment),
        has_sixel=has_sixel(),
    )


def prepare(setting: str, environment: Mapping[str, str]) -> Mode:
    """Return how pictures will be drawn. Call it before the screen is taken: for sixel the terminal is asked for its cells."""
    mode = best_mode(setting, environment)
    if mode is Mode.SIXEL:
        import textual_image.renderable  # noqa: F401  # it looks at the terminal as it is imported
    return mode
