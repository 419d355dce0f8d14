"""What the keys do that act anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import Stage, seen, until, write

if TYPE_CHECKING:
    from hongyan.client.account import Chat


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


async def test_tab_goes_round_the_panes(stage: Stage) -> None:
    """Forward and back, only those that are there."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        app.main.open_chat(chat(stage, "Perl 学习交流"))
        await pilot.pause()
        been = [app.main.pane]
        for _ in range(4):
            await pilot.press("tab")
            been.append(app.main.pane)
        assert been == ["entry", "members", "list", "messages", "entry"]
        await pilot.press("shift+tab")
        assert app.main.pane == "messages"


async def test_leaving_asks_once_where_something_is_unsent(stage: Stage) -> None:
    """An empty entry leaves at once; a draft asks first and is kept."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await pilot.pause()
        await write(pilot, "等等")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: seen(app, "还有没发出的内容"))
        assert app.is_running
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value == 0)
    assert stage.account.local.state(chat(stage, "老王")).draft == "等等"


async def test_a_demo_promises_to_keep_nothing_and_ends_at_the_second_wish(stage: Stage) -> None:
    """Whenever that comes, as long as nothing else was written."""
    app = stage.screen(lasts=False)
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await pilot.pause()
        await write(pilot, "等等")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: seen(app, "演示结束后不保留"))
        assert not seen(app, "草稿已保存")
        stage.now += 3600.0
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value == 0)


async def test_ctrl_c_tells_how_to_leave(stage: Stage) -> None:
    """And leaves at the second time."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("ctrl+c")
        await until(pilot, lambda: seen(app, "按 Ctrl+Q 退出"))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_value == 0)
