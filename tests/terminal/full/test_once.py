"""Keys that repeat, and what is done by them: once; and small things that stand beside each other on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from hongyan.cli.chat_files import write_chat
from hongyan.model.display_text import cells, column
from hongyan.terminal.full.screens.chat_switcher import ChatSwitcher
from hongyan.terminal.full.screens.log import Stats

from .conftest import until

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Stage


async def test_enter_that_repeats_sends_once(stage: Stage) -> None:
    """However fast it comes again."""
    app = stage.screen()
    async with app.run_test(size=(100, 30)) as pilot:
        app.main.open_chat(stage.account.find("老王"))
        await pilot.pause()
        app.main.entry.set_text("只说一次")
        for _ in range(5):
            app.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: bool(stage.carried))
        await pilot.pause(0.3)
        assert [getattr(command, "text", "") for command in stage.carried] == ["只说一次"]
        assert app.main.entry.text == ""


async def test_a_key_that_repeats_opens_one_dialog(stage: Stage) -> None:
    """Esc closes it, and there is none behind it."""
    app = stage.screen()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        for _ in range(5):
            app.post_message(events.Key("ctrl+k", None))
        await until(pilot, lambda: isinstance(app.screen, ChatSwitcher))
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.main


@pytest.mark.parametrize("form", ["html", "markdown", "json"])
async def test_a_chat_is_written_into_a_folder(stage: Stage, tmp_path: Path, form: str) -> None:
    """Twice, under two names, each with what was said."""
    await stage.came(stage.text("饺子还有吗"))
    chat = stage.account.find("老王")
    paths = {await write_chat(stage.account, chat, form, tmp_path / "out") for _ in range(2)}
    assert len(paths) == 2
    assert all("饺子还有吗" in path.read_text("utf-8") for path in paths)


async def test_figures_stand_apart_from_their_names(stage: Stage) -> None:
    """However long the names are in a language, and however narrow the page."""
    for language in ("en", "zh", "zh-TW"):
        page = Stats(stage.screen(language=language).context)
        for width in (30, 60, 100):
            assert all(name.endswith(" ") for (name, _), _ in page.lines(width))
    assert cells(column("process that holds the login", 28)) == 28
    assert column("process that holds the login", 28).endswith("… ")
