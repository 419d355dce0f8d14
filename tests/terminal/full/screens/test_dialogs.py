"""Every other screen: opened by its key, used, closed by Esc; at three sizes and in three languages none breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.display_text import cells

from ..conftest import kinds, seen, shown, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


SCREENS = {
    "f1": "app.help",
    "question_mark": "app.key-sheet",
    "ctrl+k": "chat.go-to",
    "ctrl+p": "app.palette",
    "ctrl+o": "app.jump",
    "alt+m": "chat.mentions",
    "f3": "app.accounts",
    "f5": "app.card",
    "f7": "app.outbox",
    "f8": "app.context.settings",
    "f9": "app.log",
    "f10": "app.keys",
    "f12": "app.stats",
    "ctrl+g": "app.requests",
    "alt+c": "app.archive",
    "ctrl+f": "search.chat",
    "alt+s": "search.all",
}


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


@pytest.mark.parametrize("language", ["zh", "zh-TW", "en"])
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_every_screen_opens_fits_and_closes(stage: Stage, size: tuple[int, int], language: str) -> None:
    """No line is wider or narrower than the screen, and Esc leads back."""
    await stage.came(*kinds(stage), stage.text("@小灰\u2005在吗", chat="@@p", sender="@w"))
    app = stage.screen(language=language, theme="wechat-light")
    async with app.run_test(notifications=True, size=size) as pilot:
        await opened(stage, app, pilot)
        for key in (*SCREENS, "full_stop"):
            await pilot.press(key)
            await until(pilot, lambda: app.screen is not app.main)
            await pilot.pause(0.05)
            assert {cells(line) for line in shown(app)} == {size[0]}, key
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.main)


async def test_menus_open_at_the_mouse(stage: Stage) -> None:
    """On a chat and on a message, by the right button; the action's own key works in them."""
    await stage.came(stage.text("点我"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.mouse_down("#list", offset=(3, 0), button=3)
        await until(pilot, lambda: seen(app, "免打扰或取消"))
        await pilot.press("M")
        await until(pilot, lambda: app.screen is app.main and seen(app, "🔕 老王"))
        await opened(stage, app, pilot, "老王")
        await pilot.mouse_down("#history", offset=(5, app.main.history.size.height - 1), button=3)
        await until(pilot, lambda: seen(app, "引用回复"))
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "点我")
