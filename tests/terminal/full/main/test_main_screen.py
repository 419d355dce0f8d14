"""The main screen: what is on it at each size, moving between panes and chats, unread, drafts, news."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.display_text import cells

from ..conftest import Stage, kinds, seen, shown, until

if TYPE_CHECKING:
    from hongyan.client.account import Chat
    from hongyan.terminal.full.main.state import Pane


SIZES = [(120, 40), (80, 24), (50, 20), (30, 8), (29, 7)]


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


@pytest.mark.parametrize("theme", ["wechat-dark", "mono"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_line_is_as_wide_as_the_screen(stage: Stage, size: tuple[int, int], theme: str) -> None:
    """At each size, with each kind of message in an open chat and names that try to break out."""
    evil = "\x1b[2J[bold]旗手🏳️‍🌈\u202eevil\u200b"
    await stage.came(stage.text(evil, chat="@w"), stage.text("周末见？地点发一下"), *kinds(stage))
    app = stage.screen(theme=theme)
    async with app.run_test(notifications=True, size=size) as pilot:
        await pilot.pause()
        for called in ("老王", "Perl 学习交流"):
            app.main.open_chat(chat(stage, called))
            await pilot.pause()
            assert {cells(line) for line in shown(app)} == {size[0]}
            assert not any("\x1b" in line or "\u202e" in line for line in shown(app))


async def test_markup_of_the_wire_is_text(stage: Stage) -> None:
    """Square brackets stay what they are."""
    await stage.came(stage.text("[bold red]不是标记[/]"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await until(pilot, lambda: seen(app, "[bold red]不是标记[/]"))


async def test_the_panes_fold_with_the_width(stage: Stage) -> None:
    """Three panes, then two, then one, then a sentence; growing again brings all back."""
    await stage.came(stage.text("hello", chat="@@p", sender="@w"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 40)) as pilot:
        await pilot.pause()
        app.main.open_chat(chat(stage, "Perl 学习交流"))
        await until(pilot, lambda: seen(app, "成员 3") and seen(app, "hello"))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not seen(app, "成员 3") and seen(app, "hello"))
        await pilot.resize_terminal(50, 20)
        await until(pilot, lambda: not app.main.list.display or not app.main.query_one("#left").display)
        assert seen(app, "hello")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.main.pane == "list" and seen(app, "全部"))
        await pilot.resize_terminal(28, 6)
        await until(pilot, lambda: seen(app, "窗口太小"))
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: seen(app, "全部") and seen(app, "hello"))


@pytest.mark.parametrize("pane", ["entry", "messages", "list"])
@pytest.mark.parametrize("back", [(80, 24), (40, 10), (120, 40)])
async def test_the_keys_go_where_they_went_once_the_window_has_room_again(
    stage: Stage, pane: Pane, back: tuple[int, int]
) -> None:
    """Also after the window was too small for anything: an Enter that sends has to send."""
    await stage.came(stage.text("hello", chat="@w"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await pilot.pause()
        app.main.open_chat(chat(stage, "老王"))
        app.main.focus_pane(pane)
        await until(pilot, lambda: app.main.pane == pane)
        for size in ((25, 5), (20, 4), back):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until(pilot, lambda: app.main.pane == pane and app.main.focused is not None)
        await pilot.pause()
        assert app.main.pane == pane


async def test_nobody_is_told_to_write_where_no_chat_is_open(stage: Stage) -> None:
    """The line at the bottom promises what the keys do: first a chat is chosen, then one can write."""
    await stage.came(stage.text("hello", chat="@w"))
    app = stage.screen(auto_focus=True)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: seen(app, "Enter 打开"))
        assert not seen(app, "直接打字写消息")
        await pilot.press("enter", "escape")
        await until(pilot, lambda: seen(app, "直接打字写消息"))
