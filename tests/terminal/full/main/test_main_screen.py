"""The main screen: what is on it at each size, moving between panes and chats, unread, drafts, news."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.commands import MarkRead, Pin
from hongyan.model.events import LoginState, Status
from hongyan.terminal.clean import cells

from ..conftest import NOW, Stage, kinds, name, seen, shown, until, write

if TYPE_CHECKING:
    from hongyan.client.account import Chat

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


async def test_members_can_be_shown_where_they_are_folded_away(stage: Stage) -> None:
    """F2 at 80 columns; again it hides them."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        app.main.open_chat(chat(stage, "Perl 学习交流"))
        await pilot.pause()
        assert not seen(app, "成员 3")
        await pilot.press("f2")
        await until(pilot, lambda: seen(app, "成员 3") and seen(app, "灰老师"))
        await pilot.press("f2")
        await until(pilot, lambda: not seen(app, "成员 3"))


async def test_nobody_is_told_to_write_where_no_chat_is_open(stage: Stage) -> None:
    """The line at the bottom promises what the keys do: first a chat is chosen, then one can write."""
    await stage.came(stage.text("hello", chat="@w"))
    app = stage.screen(auto_focus=True)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: seen(app, "Enter 打开"))
        assert not seen(app, "直接打字写消息")
        await pilot.press("enter", "escape")
        await until(pilot, lambda: seen(app, "直接打字写消息"))


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


async def test_the_list_tells_unread_mentions_drafts_and_mutes(stage: Stage) -> None:
    """And puts pinned chats first, archived ones away until something new comes."""
    await stage.came(
        stage.text("hi", chat="@h"),
        stage.text("@小灰\u2005在吗", chat="@@p", sender="@w"),
        stage.text("再说", chat="@@p", sender="@w"),
    )
    await stage.account.keep_draft(chat(stage, "阿黄"), "好的，明")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await until(pilot, lambda: seen(app, "@1 2") and seen(app, "[草稿] 好的，明"))
        assert seen(app, "3 未读")
        app.main.list.select(0)
        await pilot.press("M")
        await until(pilot, lambda: seen(app, "🔕 Perl"))
        await pilot.press("A")
        await until(pilot, lambda: not seen(app, "🔕 Perl"))
        await pilot.press("5")
        await until(pilot, lambda: seen(app, "🔕 Perl"))
        await pilot.press("M", "4")
        await stage.came(stage.text("新的", chat="@@p", sender="@w"))
        await until(pilot, lambda: seen(app, "Perl") and not seen(app, "🔕 Perl"))


async def test_pins_and_reading_go_to_the_phone(stage: Stage) -> None:
    """P is a command of the service; opening a chat marks it read there, and U turns it round at this machine."""
    await stage.came(stage.text("hi"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("P")
        await until(pilot, lambda: any(isinstance(c, Pin) and c.on for c in stage.carried))
        await pilot.press("enter")
        await until(pilot, lambda: any(isinstance(c, MarkRead) for c in stage.carried))
        assert stage.account.chat_state(chat(stage, "老王")).unread == 0
        app.main.focus_pane("list")
        await pilot.press("U")
        await until(pilot, lambda: stage.account.chat_state(chat(stage, "老王")).unread == 1)
        await pilot.press("U")
        await until(pilot, lambda: stage.account.chat_state(chat(stage, "老王")).unread == 0)


@pytest.mark.parametrize(("policy", "left"), [("view", 0), ("bottom", 0), ("send", 1), ("never", 1)])
async def test_a_chat_counts_as_read_by_the_policy(stage: Stage, policy: str, left: int) -> None:
    """Looking at it is enough for two of four."""
    await stage.came(stage.text("hi"))
    app = stage.screen(read=policy)
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.main.chat is not None)
        await pilot.pause(0.1)
        assert stage.account.chat_state(chat(stage, "老王")).unread == left
        assert seen(app, "以下 1 条未读 · ")


async def test_reading_waits_until_somebody_looks(stage: Stage) -> None:
    """While the terminal has not the focus nothing counts as read, and the phone is told nothing."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await pilot.pause()
        app.app_focus = False
        await stage.came(stage.text("hi"))
        await until(pilot, lambda: seen(app, "hi"))
        assert stage.account.chat_state(chat(stage, "老王")).unread == 1
        assert not any(isinstance(c, MarkRead) for c in stage.carried)


async def test_next_unread_goes_to_mentions_first(stage: Stage) -> None:
    """Alt+A, then again; at last it says that there is none."""
    await stage.came(
        stage.text("一", chat="@h"),
        stage.text("@小灰\u2005在吗", chat="@@p", sender="@w"),
        stage.text("二", chat="@w"),
    )
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        been = []
        for _ in range(3):
            await pilot.press("alt+a")
            await until(pilot, lambda: app.main.chat is not None and app.main.chat.name not in been)
            assert app.main.chat is not None
            been.append(app.main.chat.name)
            await until(
                pilot,
                lambda: app.main.chat is not None and not stage.account.chat_state(app.main.chat).unread,
            )
        assert been[0] == "Perl 学习交流"
        await pilot.press("u")
        await until(pilot, lambda: seen(app, "没有未读"))


async def test_chats_are_reached_by_number_and_by_neighbour(stage: Stage) -> None:
    """Alt+2, Alt+Down, Alt+Up."""
    await stage.came(stage.text("一", chat="@h"), stage.text("二", chat="@w"), stage.text("三", chat="@l"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()

        def opened(called: str) -> bool:
            return app.main.chat is not None and app.main.chat.name == called

        await pilot.press("alt+2")
        await until(pilot, lambda: opened("老王"))
        await pilot.press("alt+down")
        await until(pilot, lambda: opened("阿黄"))
        await pilot.press("alt+up", "alt+up")
        await until(pilot, lambda: opened("李大壮"))


async def test_tabs_show_kinds_of_chats(stage: Stage) -> None:
    """Groups, friends, official accounts; by key and by mouse."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("1")
        await until(pilot, lambda: seen(app, "Perl") and not seen(app, "老王"))
        await pilot.press("2")
        await until(pilot, lambda: seen(app, "李大壮") and not seen(app, "Perl"))
        await pilot.press("3")
        await until(pilot, lambda: seen(app, "晨读") and not seen(app, "老王"))
        await pilot.click("#tabs", offset=(2, 0))
        await until(pilot, lambda: seen(app, "Perl"))
        await pilot.press("c")
        await until(pilot, lambda: seen(app, "李大壮"))


async def test_a_draft_is_there_at_the_next_start(stage: Stage) -> None:
    """With the message that it answers; it is kept while one writes, and when one leaves."""
    await stage.came(stage.text("周末见？"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await pilot.pause()
        await pilot.press("up", "r")
        await write(pilot, "带两把伞")
        await until(pilot, lambda: app.main.entry.text == "带两把伞")
    assert stage.account.chat_state(chat(stage, "老王")).draft == "带两把伞"
    again = stage.screen()
    async with again.run_test(notifications=True, size=(100, 30)) as pilot:
        again.main.open_chat(chat(stage, "老王"))
        await until(pilot, lambda: seen(again, "带两把伞") and seen(again, "回复 老王: 周末见？"))


async def test_the_status_line_tells_the_truth(stage: Stage) -> None:
    """Reason and next try while it is degraded, then the end of the login with what to do."""
    stage.holds = True
    for text in ("一", "二"):
        await stage.account.send(stage.account.find("老王"), text)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        await until(pilot, lambda: seen(app, "在线"))
        await stage.store.login.set_status(
            Status(state=LoginState.DEGRADED, reason="no-answer", retry_at=2e9, contacts_complete=True)
        )
        await until(pilot, lambda: seen(app, "连接不稳（服务器没有回应） · ") and seen(app, "秒后重试"))
        assert seen(app, "2 待发")
        await stage.store.login.set_status(
            Status(state=LoginState.ENDED, reason="login-ended.1101", contacts_complete=True)
        )
        await until(pilot, lambda: seen(app, "登录已结束"))


async def test_gaps_stand_where_they_were(stage: Stage) -> None:
    """Between the messages of before and after."""
    await stage.came(stage.text("前"))
    await stage.gap(NOW + 60, NOW + 3600)
    await stage.came(stage.text("后", at=NOW + 3700), at=NOW + 3700)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await until(pilot, lambda: seen(app, "这段时间的消息只在手机上"))
        lines = [line for line in shown(app) if "前" in line or "只在手机上" in line or "后" in line]
        assert ["前" in lines[-3], "只在手机上" in lines[-2], "后" in lines[-1]] == [True, True, True]


async def test_the_list_can_be_hidden_and_widened(stage: Stage) -> None:
    """Ctrl+B, Alt+., Alt+, and by dragging the line beside it."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        await pilot.pause()
        wide = app.main.query_one("#left").size.width
        await pilot.press("alt+full_stop")
        await until(pilot, lambda: app.main.query_one("#left").size.width == wide + 2)
        await pilot.press("alt+comma", "alt+comma")
        await until(pilot, lambda: app.main.query_one("#left").size.width == wide - 2)
        await pilot.mouse_down("#left-edge", offset=(0, 5))
        await pilot.hover("#center", offset=(10, 5))
        await pilot.mouse_up("#center", offset=(10, 5))
        await until(pilot, lambda: app.main.query_one("#left").size.width > wide)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: not app.main.query_one("#left").display)
        await pilot.press("ctrl+b", "ctrl+l")
        await until(pilot, lambda: app.main.query_one("#left").display)


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
    assert stage.account.chat_state(chat(stage, "老王")).draft == "等等"


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


async def test_ten_thousand_contacts_are_listed_without_being_drawn(stage: Stage) -> None:
    """Only rows on the screen are drawn, at the beginning and at the end."""
    from hongyan.model.contacts import ContactChange, ContactKind

    from ..conftest import LOGIN

    many = [
        ContactChange(
            name=name(f"@{n}"),
            kind=ContactKind.FRIEND,
            nickname=f"友{n:05}",
            in_contacts=True,
            pinyin=f"you{n:05}",
        )
        for n in range(10_000)
    ]
    await stage.store.directory.learn(LOGIN, many, "contacts")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: app.main.list.count > 10_000)
        drawn: list[int] = []
        draw = app.main.list._draw

        def counted(index: int, width: int) -> list[list[tuple[str, str]]]:
            drawn.append(index)
            return draw(index, width)  # type: ignore[return-value]  # as it was made

        app.main.list._draw = counted
        await pilot.press("G")
        await until(pilot, lambda: seen(app, "友09999"))
        assert len(set(drawn)) < 60


async def test_chats_that_the_service_names_appear_when_they_are_known(stage: Stage) -> None:
    """At a first login the list is empty until the contacts are there; then it fills by itself."""
    from hongyan.model.contacts import ContactChange, ContactKind

    from ..conftest import LOGIN

    await stage.store.login.set_status(Status(state=LoginState.ONLINE, contacts_complete=False))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await until(pilot, lambda: seen(app, "还没有会话"))
        helper = ContactChange(name=name("filehelper"), kind=ContactKind.SPECIAL, nickname="文件传输助手")
        await stage.store.directory.learn(LOGIN, [helper], "init")
        await stage.store.login.set_status(Status(state=LoginState.ONLINE, contacts_complete=True))
        await until(pilot, lambda: seen(app, "文件传输助手"))
        await stage.came(stage.text("hi"))
        await until(pilot, lambda: seen(app, "老王") and seen(app, "文件传输助手"))
