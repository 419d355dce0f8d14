"""A day of the archive is reached by the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import NOW, seen, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


async def test_a_day_is_reached_by_the_calendar(stage: Stage) -> None:
    """And counted there."""
    for day in (40, 10, 0):
        at = NOW - day * 86_400
        await stage.came(*(stage.text(f"{day}天前 {n}", at=at) for n in range(30)), at=at)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("alt+c")
        await until(pilot, lambda: seen(app, "：30 条"))
        await pilot.press("up", "up")
        await until(pilot, lambda: seen(app, "2026-01-27：30 条"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and seen(app, "40天前 0"))
