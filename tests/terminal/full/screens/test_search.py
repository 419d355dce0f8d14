"""Searching, and going to what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.full.screens.dialogs import Dialog

from ..conftest import NOW, seen, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


async def test_a_search_leads_to_its_hits(stage: Stage) -> None:
    """With filters and patterns; what cannot be understood is told."""
    await stage.came(
        *(stage.text(f"第{n}次见面", at=NOW + n) for n in range(150)), stage.text("见面吗", chat="@h")
    )
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("alt+s")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "见面 in:阿黄")
        await until(pilot, lambda: seen(app, "找到 1 条"))
        await pilot.press("ctrl+u")
        await write(pilot, "before:gestern")
        await until(pilot, lambda: seen(app, "看不懂：gestern"))
        await pilot.press("ctrl+u", "tab")
        await write(pilot, "第1?[0-4]次")
        await until(pilot, lambda: seen(app, "找到 10 条"))
        await pilot.press("tab", "ctrl+u")
        await write(pilot, "第7次")
        await until(pilot, lambda: seen(app, "找到 1 条"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and app.main.history.selected is not None)
        assert app.main.history.selected is not None
        assert app.main.history.selected.text == "第7次见面"
        await pilot.press("slash")
        await write(pilot, "见面")
        await until(pilot, lambda: seen(app, "找到 150 条"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("N")
        await until(
            pilot,
            lambda: app.main.history.selected is not None and app.main.history.selected.text == "第148次见面",
        )
        await pilot.press("n")
        await until(
            pilot,
            lambda: app.main.history.selected is not None and app.main.history.selected.text == "第149次见面",
        )
