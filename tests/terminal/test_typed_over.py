"""What is typed where nobody writes, in a real terminal: it is written whole or not at all, and never acts by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .test_endings import CTRL_K, CTRL_N, CTRL_Q, ENTER, ESCAPE, demo

if TYPE_CHECKING:
    from pathlib import Path

    from .typewriter import Terminal

TEXT = "dear Rx, Xtra pulp G D d. t? yes {a} |b| >c< u2"


def open_mama(terminal: Terminal) -> None:
    """Open a chat, by keys that come faster than the dialog."""
    terminal.until("● 在线")
    terminal.until("妈妈")
    terminal.type(f"{CTRL_K}mama{ENTER}")
    terminal.until("吃饭了吗")
    terminal.read_for(0.5)


def leave(terminal: Terminal) -> None:
    """Leave without sending what is written."""
    terminal.type(CTRL_Q)
    terminal.read_for(0.5)
    if terminal.process.poll() is None:
        terminal.type(CTRL_Q)
    assert terminal.end() == 0


@pytest.mark.parametrize("over", ["messages", "list", "members"])
def test_a_text_typed_over_something_is_written_whole(tmp_path: Path, over: str) -> None:
    """Whatever the letters of it mean elsewhere; nothing is executed and nothing is sent."""
    with demo(tmp_path / "home", (110, 30)) as terminal:
        open_mama(terminal)
        terminal.type(ESCAPE)
        terminal.read_for(0.4)  # Esc and a letter at once are Alt and the letter
        terminal.until("直接打字写消息")
        if over != "messages":
            terminal.type("\t")
            terminal.read_for(0.3)
            terminal.type(ESCAPE if over == "members" else "\x1b[Z\x1b[Z")
            terminal.read_for(0.3)
        terminal.type(TEXT)
        terminal.until(TEXT)
        assert not any("✓" in line and "dear" in line for line in terminal.lines())
        leave(terminal)


def test_letters_are_commands_where_somebody_says_so(tmp_path: Path) -> None:
    """Ctrl+N begins them; Esc, or writing, ends them. Alt with the frequent ones needs no mode."""
    with demo(tmp_path / "home", (110, 30)) as terminal:
        open_mama(terminal)
        terminal.type(ESCAPE)
        terminal.read_for(0.4)
        terminal.until("直接打字写消息")
        terminal.type("\x1b[A")
        terminal.type(CTRL_N)
        terminal.until("命令")
        terminal.type("r")
        terminal.until("回复")
        terminal.type("rrr")
        terminal.until("rrr")
        terminal.type("\x15")
        terminal.type(ESCAPE)
        terminal.read_for(0.3)
        terminal.type(ESCAPE)
        terminal.read_for(0.3)
        terminal.type(f"{ESCAPE}w")
        terminal.until("转发给")
        terminal.type(ESCAPE)
        terminal.until_gone("转发给")
        leave(terminal)


@pytest.mark.parametrize("marked", [True, False])
def test_a_paste_over_the_messages_runs_no_key(tmp_path: Path, marked: bool) -> None:
    """It is in the entry, unsent, with its lines; also from a terminal without marks for pastes."""
    text = "ddd\rq\rXXyy"
    with demo(tmp_path / "home", (110, 30)) as terminal:
        open_mama(terminal)
        terminal.type(ESCAPE)
        terminal.read_for(0.4)  # Esc and a letter at once are Alt and the letter
        terminal.until("直接打字写消息")
        terminal.type(f"\x1b[200~{text}\x1b[201~" if marked else text)
        terminal.until("XXyy")
        terminal.read_for(0.5)  # the entry grows
        lines = [line.strip() for line in terminal.lines()]
        at = next(n for n, line in enumerate(lines) if line.startswith("XXyy"))
        assert lines[at - 2 : at] == ["ddd", "q"]
        leave(terminal)


@pytest.mark.parametrize("letter", "azscm")
def test_alt_with_a_letter_in_the_entry_writes_nothing(tmp_path: Path, letter: str) -> None:
    """As plain terminals send it: an escape and the letter."""
    with demo(tmp_path / "home", (110, 30)) as terminal:
        open_mama(terminal)
        terminal.type(f"12{ESCAPE}{letter}")
        terminal.read_for(0.6)
        terminal.type(ESCAPE)
        terminal.read_for(0.3)
        assert not any(f"12{letter}" in line for line in terminal.lines())
        terminal.type(CTRL_Q)
        terminal.type(CTRL_Q)
        terminal.read_for(5.0)
        if terminal.process.poll() is None:
            terminal.process.terminate()
        terminal.end()


def test_what_is_searched_by_the_name_of_the_service_is_found(tmp_path: Path) -> None:
    """``filehelper`` is what people call it; after a click the line at the bottom tells the keys of that place."""
    with demo(tmp_path / "home", (110, 30)) as terminal:
        open_mama(terminal)
        terminal.type(f"{CTRL_K}filehelper")
        terminal.until("文件传输助手")
        terminal.type(ESCAPE)
        terminal.until_gone("转到会话")
        terminal.type("\x1b[<0;60;10M\x1b[<0;60;10m")
        terminal.until("直接打字写消息")
        leave(terminal)


def test_the_tabs_of_the_list_fit_in_english(tmp_path: Path) -> None:
    """All five."""
    with demo(tmp_path / "home", (110, 30), LANG="en_US.UTF-8") as terminal:
        terminal.until("●")
        terminal.until("All")
        (tabs,) = [line[:24] for line in terminal.lines() if " All " in line[:24]]
        assert len(tabs.split("│")[0].split()) == 5
        leave(terminal)
