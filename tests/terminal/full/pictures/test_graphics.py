"""What the terminal can draw by itself."""

from __future__ import annotations

import pytest

from hongyan.terminal.full.pictures.graphics import speaks_kitty


@pytest.mark.parametrize(
    ("environment", "tmux", "speaks"),
    [
        ({"TERM": "xterm-kitty"}, "", True),
        ({"TERM": "xterm-ghostty"}, "", True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, "", True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "", False),
        ({"TERM": "xterm-256color"}, "", False),
        ({"TERM": "xterm-kitty", "STY": "1.pts"}, "", False),
        ({"TERM": "tmux-256color", "TMUX": "x"}, "xterm-kitty|256,RGB,title|1\n", True),
        ({"TERM": "tmux-256color", "TMUX": "x"}, "xterm-kitty|256,RGB,title|all\n", True),
        ({"TERM": "tmux-256color", "TMUX": "x"}, "xterm-kitty|256,RGB,title|0\n", False),
        ({"TERM": "tmux-256color", "TMUX": "x"}, "xterm-kitty|256,title|1\n", False),
        ({"TERM": "tmux-256color", "TMUX": "x", "KITTY_WINDOW_ID": "1"}, "xterm|RGB|1\n", False),
        ({"TERM": "tmux-256color", "TMUX": "x"}, "", False),
    ],
)
def test_only_terminals_that_know_placeholders_are_taken_for_kitty(
    environment: dict[str, str], tmux: str, *, speaks: bool
) -> None:
    """Inside tmux it is the terminal around it, if tmux lets sequences and colours through."""
    assert speaks_kitty(environment, lambda: tmux) is speaks
