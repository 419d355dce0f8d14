"""One pass over every action of the full screen, by its key, in a real terminal: on whatever opens, keys do one thing.

The actions come from the table, so a new one is in it by itself.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

import pytest

from hongyan.terminal.full.keys.default_keys import ACTIONS, ScreenAction
from hongyan.terminal.full.keys.keynames import sendable, writes

from .full.tty.test_alt import sent
from .test_endings import CTRL_C, CTRL_K, CTRL_Z, ENTER, ESCAPE, assert_restored, demo

if TYPE_CHECKING:
    from pathlib import Path

    from .typewriter import Terminal

_PRESSED: Final = ("q", ENTER, "j", ESCAPE, CTRL_C, CTRL_Z)
_ENDING: Final = frozenset({"app.quit"})
_PARTS: Final = 6


def _key(action: ScreenAction) -> str:
    """Return the key of an action that acts without the mode for letters where it has one."""
    keys = [key for key in action.keys.split(",") if key]
    fitting = [key for key in keys if sendable(key)] or keys
    return next((key for key in fitting if not writes(key)), fitting[0])


def _begin(terminal: Terminal, action: ScreenAction) -> None:
    """Go to where the action acts: the entry of a chat, its messages, the list."""
    terminal.type(ESCAPE)
    terminal.read_for(0.25)
    terminal.type(f"{CTRL_K}mama")
    terminal.until("转到会话")
    terminal.until("妈妈")
    terminal.type(ENTER)
    terminal.until_gone("转到会话")
    if action.context == "messages":
        terminal.type("\x1b[A")
    elif action.context == "list":
        terminal.type("\x0f")  # the jump to a pane, of which the list is the first
        terminal.until("跳到")
        terminal.type("a")
        terminal.until_gone("跳到某个面板")
    terminal.read_for(0.1)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", range(_PARTS))
def test_on_every_page_keys_do_one_thing(tmp_path: Path, part: int) -> None:
    """``q``, Enter, ``j``, Esc, Ctrl+C and Ctrl+Z on whatever an action opens: the program stands, and nothing was noted."""
    home = tmp_path / "home"
    actions = [a for a in ACTIONS if a.keys and a.id not in _ENDING][part::_PARTS]
    with demo(home, (110, 34), EDITOR="true") as terminal:
        terminal.until("● 在线")
        terminal.until("妈妈")
        for number, action in enumerate(actions):
            _begin(terminal, action)
            key = _key(action)
            if writes(key):
                terminal.type("\x0e")
            pressed = _PRESSED[number % len(_PRESSED) :] + _PRESSED[: number % len(_PRESSED)]
            for press in (sent(key), *pressed):
                terminal.type(press)
                terminal.read_for(0.08)
            for _ in range(3):
                terminal.type(ESCAPE)
                terminal.read_for(0.12)
            assert terminal.process.poll() is None, f"{action.id} ended it"
            reports = [path.read_text() for path in home.rglob("fault-*.txt")]
            assert not reports, f"{action.id}: {reports}"
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 128 + signal.SIGTERM
        assert_restored(terminal)
