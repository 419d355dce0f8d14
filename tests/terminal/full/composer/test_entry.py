"""The entry under changes of any kind: nothing that is written, pasted or taken back ends it or loses a line."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from textual import events

from hongyan.terminal.full.composer.entry import paths_in

if TYPE_CHECKING:
    from pathlib import Path

    from ..conftest import Stage


_PASTES = (
    "a\nb\nc\nd\ne\nf\ng",
    "一\n" * 12,
    "x" * 300,
    "👨‍👩‍👧\u200b\u0301",
    "\n\n\n",
    "\ttab\nשלום\u202eabc",
)


_KEYS = (
    *(
        "backspace",
        "delete",
        "ctrl+u",
        "alt+k",
        "ctrl+w",
        "alt+d",
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
    ),
    *("shift+up", "shift+end", "alt+enter", "ctrl+y", "ctrl+y"),
)


async def test_a_paste_of_seven_lines_is_taken_back(stage: Stage) -> None:
    """And made again."""
    app = stage.screen()
    async with app.run_test(size=(80, 24)) as pilot:
        app.main.open_chat(stage.account.find("老王"))
        await pilot.pause()
        entry = app.main.entry
        app.post_message(events.Paste("a\nb\nc\nd\ne\nf\ng"))
        await pilot.pause()
        assert entry.text == "a\nb\nc\nd\ne\nf\ng"
        entry.do("entry.undo")
        await pilot.pause()
        assert entry.text == ""
        entry.do("entry.redo")
        await pilot.pause()
        assert entry.text == "a\nb\nc\nd\ne\nf\ng"


@pytest.mark.parametrize("seed", range(4))
async def test_any_changes_can_be_taken_back(stage: Stage, seed: int) -> None:
    """All of them, up to the beginning."""
    chance = random.Random(seed)
    app = stage.screen()
    async with app.run_test(size=(40, 16)) as pilot:
        app.main.open_chat(stage.account.find("老王"))
        await pilot.pause()
        entry = app.main.entry
        for _ in range(60):
            what = chance.random()
            if what < 0.3:
                app.post_message(events.Paste(chance.choice(_PASTES)))
            elif what < 0.6:
                entry.do("entry.undo" if what < 0.5 else "entry.redo")
            else:
                await pilot.press(chance.choice(_KEYS))
            await pilot.pause()
            app.main.set_focus(entry)
        for _ in range(80):
            entry.do("entry.undo")
        await pilot.pause()
        assert entry.text == ""
        assert entry.cursor_location == (0, 0)


def test_pasted_paths_are_told_from_text(tmp_path: Path) -> None:
    """Quoted, escaped, as addresses; what is not there is text."""
    file = tmp_path / "a b.txt"
    file.write_text("x", "utf-8")
    escaped = str(file).replace(" ", "\\ ")
    for pasted in (f"'{file}'", escaped, f"file://{str(file).replace(' ', '%20')}", f"{escaped} '{file}'\n"):
        assert set(paths_in(pasted)) == {file}, pasted
    assert paths_in(str(tmp_path / "nothing")) == []
    assert paths_in("see /etc/hosts for more") == []
    assert paths_in("'unfinished") == []
