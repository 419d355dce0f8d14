"""Going to a chat by a few letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.full.screens.dialogs import Dialog

from ..conftest import seen, until, write

if TYPE_CHECKING:
    from ..conftest import Stage


async def test_a_chat_is_found_by_initials(stage: Stage) -> None:
    """And a command behind the sign for them."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+k")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "ldz")
        await until(pilot, lambda: seen(app, "李大壮") and not seen(app, "阿黄"))
        await pilot.press("enter")
        await until(pilot, lambda: app.main.chat is not None and app.main.chat.name == "李大壮")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "统计")
        await until(pilot, lambda: seen(app, "app.stats"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "持有登录的进程"))
