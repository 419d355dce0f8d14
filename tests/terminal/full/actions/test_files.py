"""Files, voices and texts of messages are given to other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import Stage, seen, shown, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "老王") -> None:
    """Open a chat and let the keys go to its messages."""
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.chat is not None and app.main.pane == "messages")
    await pilot.pause()


async def test_a_command_gets_the_text(stage: Stage) -> None:
    """And what it says is shown."""
    await stage.came(stage.text("banana\napple"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("vertical_line")
        await until(pilot, lambda: seen(app, "把文字交给命令"))
        await write(pilot, "sort")
        await pilot.press("enter")
        await until(
            pilot, lambda: any(line.find("apple") > 0 for line in shown(app)) and app.screen is not app.main
        )
        lines = [line for line in shown(app) if "apple" in line or "banana" in line]
        assert "apple" in lines[0]
