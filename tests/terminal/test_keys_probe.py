"""The probe of keys in a real terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .typewriter import terminal_with

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_are_named_as_they_are_pressed(tmp_path: Path) -> None:
    """Also those that mean something to the toolkit or the terminal; Escape twice ends, and the lines stay."""
    command = (sys.executable, "-m", "hongyan", "keys", "--probe", "--preset", "vim", "--lang", "zh")
    with terminal_with(command, (100, 24), XDG_CONFIG_HOME=str(tmp_path)) as terminal:
        terminal.until("按任意键看它的名字和用途")
        for sent, line in (
            ("\x0b", "ctrl+k                   Ctrl+K           任何地方：转到会话"),
            ("\x1b\r", "alt+enter                Alt+Enter        输入框：换行"),
            ("\t", "tab                      Tab              任何地方：下一个面板"),
            ("\x11", "ctrl+q                   Ctrl+Q           任何地方：退出"),
            ("\x03", "ctrl+c                   Ctrl+C           没有用途"),
            ("d", "d                        d                消息：d d 撤回自己的消息; 会话列表：d d"),
            ("\n", "ctrl+j                   Ctrl+J           没有用途; 不是每个终端都能发"),
            ("好", "好                       好               没有用途"),
        ):
            terminal.type(sent)
            terminal.until(line)
        terminal.type("\x1b")
        terminal.until("escape                   Esc              输入框：取消回复")
        terminal.type("\x1b")
        assert terminal.end() == 0
        assert "alt+enter" in terminal.raw.decode().rpartition("\x1b[?1049l")[2]


def test_interrupting_twice_ends(tmp_path: Path) -> None:
    """But not with another key between."""
    command = (sys.executable, "-m", "hongyan", "keys", "--probe", "--lang", "en")
    with terminal_with(command, (60, 10), XDG_CONFIG_HOME=str(tmp_path)) as terminal:
        terminal.until("Press keys")
        terminal.type("\x03")
        terminal.until("Ctrl+C")
        for letter in "qwertzpx":
            terminal.type(letter)
            terminal.until(f"{letter}                        {letter} ")
        terminal.type("\x03")
        terminal.until_gone("q                        q ")  # what is older makes room
        terminal.type("\x03")
        assert terminal.end() == 0
