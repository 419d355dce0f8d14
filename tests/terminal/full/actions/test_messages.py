"""What can be done with messages, and what becomes of those that are sent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from textual import events

from hongyan.model.commands import ForwardMessage, Outcome, RecallMessage, SendFile, SendText
from hongyan.model.ids import MsgId, Seq
from hongyan.model.messages import Quote, Quoted, Recall, Text

from ..conftest import NOW, Stage, kinds, name, seen, shown, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "老王") -> None:
    """Open a chat and let the keys go to its messages."""
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.chat is not None and app.main.pane == "messages")
    await pilot.pause()


def sent(stage: Stage) -> list[str]:
    """Return the texts that were sent."""
    return [command.text for command in stage.carried if isinstance(command, SendText)]


async def test_a_text_is_sent_and_marked(stage: Stage) -> None:
    """It stands there at once, with a sign of its outcome and its time."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        stage.holds = True
        await pilot.press("i")
        await write(pilot, "好，我来带")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "好，我来带 … ") and app.main.entry.text == "")
        (row,) = stage.account.pending(stage.account.find("老王"))
        from hongyan.model.commands import Settlement

        await stage.store.settle(Settlement(row.id, Outcome.ACCEPTED, "777"), now=time.time())
        await until(pilot, lambda: seen(app, "好，我来带 ✓ "))
        assert sent(stage) == ["好，我来带"]


async def test_a_failed_one_says_why_and_goes_again(stage: Stage) -> None:
    """By Enter on it; the failed one is out of the way then."""
    stage.refuses = True
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("i")
        await write(pilot, "在吗")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "在吗 ✗ ") and seen(app, "没有发出：不允许发给这个对象"))
        stage.refuses = False
        await pilot.press("up", "enter")
        await until(pilot, lambda: seen(app, "在吗 ✓ ") and not seen(app, "✗"))
        assert sent(stage) == ["在吗", "在吗"]


async def test_a_key_that_repeats_sends_a_failed_one_once_more_once(stage: Stage) -> None:
    """A held key comes many times before the screen has drawn anew."""
    stage.refuses = True
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("i")
        await write(pilot, "在吗")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "在吗 ✗ "))
        stage.refuses = False
        await pilot.press("up")
        for _ in range(5):
            app.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: seen(app, "在吗 ✓ "))
        await pilot.pause(0.1)
        assert sent(stage) == ["在吗", "在吗"]


async def test_what_is_held_is_taken_back_by_escape(stage: Stage) -> None:
    """The text is in the entry again, and nothing was sent."""
    stage.now = time.time()  # the account's own clock, by which it is held
    app = stage.screen(hold=30.0)
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        stage.holds = True
        await pilot.press("i")
        await write(pilot, "等一下")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "秒后发出，Esc 取消"))
        await pilot.press("escape")
        await until(pilot, lambda: app.main.entry.text == "等一下" and seen(app, "已收回，没有发出"))
        assert not stage.account.pending(stage.account.find("老王"))


async def test_a_reply_quotes_as_phones_do(stage: Stage) -> None:
    """And shows as a quotation in the history, on both sides."""
    await stage.came(stage.text("周末见？地点发一下"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("r")
        await until(pilot, lambda: seen(app, "回复 老王: 周末见？地点发一下"))
        await write(pilot, "好")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "┃ 老王: 周末见？地点发一下"))
        assert sent(stage)[0].startswith("「老王: 周末见？地点发一下」\n- - -")
        assert not seen(app, "- - -")


async def test_a_quotation_leads_to_what_it_quotes(stage: Stage) -> None:
    """Far up in the chat."""
    first = stage.text("很久以前说的话")
    await stage.came(first, *(stage.text(f"之后 {n}") for n in range(300)))
    quoted = Quoted(id=first.id, sender_name="老王", shown_as="text", text="很久以前说的话")
    await stage.came(
        Quote(
            id=MsgId("5000"),
            chat=name("@w"),
            sender=name("@w"),
            created_at=int(NOW),
            text="还记得吗",
            quoted=quoted,
        )
    )
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("G")
        await until(pilot, lambda: seen(app, "还记得吗"))
        await pilot.press("enter")
        await until(
            pilot, lambda: app.main.history.selected is not None and app.main.history.selected.id == first.id
        )
        assert seen(app, "之后 3")


async def test_own_messages_are_recalled_within_two_minutes(stage: Stage) -> None:
    """With a question that counts down; others' cannot be; old ones are asked about, since a clock may be wrong."""
    await stage.came(stage.text("别人的"), stage.text("旧的", sender="@me"))
    stage.now = time.time() + 10  # a moment after it is sent, by the account's own clock
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("i")
        await write(pilot, "错了")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "错了 ✓ "))
        await pilot.press("up", "d")
        await until(pilot, lambda: seen(app, "撤回这条消息？还剩 "))
        await pilot.press("y")
        await until(pilot, lambda: any(isinstance(c, RecallMessage) for c in stage.carried))
        await until(pilot, lambda: seen(app, "(已撤回)"))
        await pilot.press("g", "d")
        await until(pilot, lambda: seen(app, "只能撤回自己发的消息"))
        await pilot.press("down", "d")
        await until(pilot, lambda: seen(app, "按本机时钟已超过两分钟"))


@pytest.mark.parametrize(("policy", "there"), [("keep", True), ("hide", False), ("erase", False)])
async def test_what_others_take_back_is_shown_by_the_policy(stage: Stage, policy: str, there: bool) -> None:
    """Kept and marked, hidden until asked for, or gone from the screen."""
    said = stage.text("说漏嘴了")
    await stage.came(said, stage.text("别的"))
    app = stage.screen(recalled=policy)
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await until(pilot, lambda: seen(app, "说漏嘴了"))
        notice = Recall(
            id=MsgId("6000"), chat=name("@w"), sender=name("@w"), recalled=said.id, created_at=int(NOW)
        )
        await stage.came(notice)
        await until(pilot, lambda: seen(app, "⟲ 老王 撤回了一条消息"))
        await until(pilot, lambda: seen(app, "说漏嘴了") is there)
        await pilot.press("g", "full_stop")
        if policy == "hide":
            await until(pilot, lambda: seen(app, "说漏嘴了") and seen(app, "(已撤回)"))
        await pilot.pause()


async def test_messages_are_sent_on(stage: Stage) -> None:
    """Two marked ones to two chats, and once more by pasting them into a third."""
    await stage.came(stage.text("一"), stage.text("二"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("k", "space", "k", "space", "f")
        await until(pilot, lambda: seen(app, "转发给"))
        await write(pilot, "ldz")
        await until(pilot, lambda: seen(app, "李大壮"))
        await pilot.press("enter")
        await until(pilot, lambda: sum(isinstance(c, ForwardMessage) for c in stage.carried) == 2)
        target = stage.account.find("李大壮").key
        assert {c.chat for c in stage.carried if isinstance(c, ForwardMessage)} == {target}
        await pilot.press("k", "space")
        app.main.open_chat(stage.account.find("阿黄"), focus="messages")
        await pilot.pause()
        await pilot.press("p")
        await until(pilot, lambda: sum(isinstance(c, ForwardMessage) for c in stage.carried) == 3)


async def test_text_is_copied_whole(stage: Stage) -> None:
    """With its line ends."""
    await stage.came(stage.text("一行\n两行"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: seen(app, "已复制"))
        assert app.clipboard == "一行\n两行"


async def test_a_hidden_message_stays_in_the_archive(stage: Stage) -> None:
    """It is gone from the screen at the next start too."""
    await stage.came(stage.text("不想看"), stage.text("想看"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("g", "D")
        await until(pilot, lambda: seen(app, "在本机隐藏 1 条消息？"))
        await pilot.press("y")
        await until(pilot, lambda: not seen(app, "不想看"))
    again = stage.screen()
    async with again.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, again, pilot)
        await until(pilot, lambda: seen(again, "想看"))
        assert not any("不想看" in line for line in shown(again))
    assert len(stage.account.history(stage.account.find("老王"))) == 2


async def test_moving_goes_over_days_and_to_both_ends(stage: Stage) -> None:
    """Counts, screens, days, the line of the unread, the first and the newest."""
    for day in range(10):
        at = NOW - (10 - day) * 86_400
        await stage.came(*(stage.text(f"日{day} 话{n}", at=at) for n in range(50)), at=at)
    await stage.account.mark_seen(stage.account.find("老王"), Seq(420))
    app = stage.screen(read="never")
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)

        def selected() -> str:
            item = app.main.history.selected
            return item.text if item is not None else ""

        await pilot.press("g")
        await until(pilot, lambda: seen(app, "日0 话0") and selected() != "")
        await pilot.press("1", "2", "j")
        await until(pilot, lambda: selected() == "日0 话12")
        await pilot.press("right_curly_bracket")
        await until(pilot, lambda: selected() == "日1 话0")
        await pilot.press("left_curly_bracket")
        await until(pilot, lambda: selected() == "日0 话0")
        await pilot.press("pagedown")
        await until(pilot, lambda: not seen(app, "日0 话0 ") and selected() != "日0 话0")
        await pilot.press("G")
        await until(pilot, lambda: seen(app, "日9 话49") and app.main.history.view.follows)
        await pilot.press("apostrophe")
        await until(pilot, lambda: selected() == "日8 话20")
        assert seen(app, "以下 80 条未读")


async def test_news_below_are_counted_and_reached(stage: Stage) -> None:
    """While one reads above, the place stays and the number of new messages is told."""
    await stage.came(*(stage.text(f"话{n}") for n in range(200)))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("g")
        await until(pilot, lambda: seen(app, "话0"))
        await stage.came(stage.text("新来的"), stage.text("又一条"))
        await until(pilot, lambda: seen(app, "↓ 2 条新消息"))
        assert seen(app, "话0")
        await pilot.click("#history", offset=(40, app.main.history.size.height - 1))
        await until(pilot, lambda: seen(app, "又一条") and not seen(app, "条新消息"))


async def test_a_record_unfolds(stage: Stage) -> None:
    """By Enter, and folds again."""
    record = next(m for m in kinds(stage, "@w") if m.kind == "record")
    await stage.came(record)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "第 5 条") and seen(app, "⏎ 收起"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "还有 3 条"))


async def test_details_and_raw_data_are_shown(stage: Stage) -> None:
    """Number, times, text; then the bytes, and back."""
    await stage.came(stage.text("看看"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("full_stop")
        await until(pilot, lambda: seen(app, "消息详情") and seen(app, "服务器编号: 101"))
        await pilot.press("x")
        await until(pilot, lambda: seen(app, '"Content": "x"'))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("x")
        await until(pilot, lambda: seen(app, '"Content": "x"'))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("link", "打开 news.example？"),
        ("location", "打开 apis.map.qq.com？"),
        ("card", "柳杨"),
        ("friend-request", "好友请求"),
    ],
)
async def test_enter_opens_what_a_message_holds(stage: Stage, kind: str, told: str) -> None:
    """Links ask with the host that they lead to; cards and requests have screens of their own."""
    await stage.came(next(m for m in kinds(stage, "@w") if m.kind == kind))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not app.main and seen(app, told))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_links_are_chosen_among_several(stage: Stage) -> None:
    """Hosts of other scripts are told as they are asked for."""
    await stage.came(stage.text("看 https://a.example/1 和 http://аррӏе.com/x"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("O")
        await until(pilot, lambda: seen(app, "a.example") and seen(app, "xn--"))


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


async def test_a_private_answer_goes_to_the_writer(stage: Stage) -> None:
    """With the quotation; not to somebody who is no friend."""
    await stage.came(stage.text("群里说", chat="@@p", sender="@w"), stage.text("谁", chat="@@p", sender="@x"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "Perl 学习交流")
        await pilot.press("g", "R")
        await until(
            pilot,
            lambda: (
                app.main.chat is not None and app.main.chat.name == "老王" and seen(app, "回复 老王: 群里说")
            ),
        )
        await opened(stage, app, pilot, "Perl 学习交流")
        await pilot.press("G", "k", "R")
        await until(pilot, lambda: seen(app, "不能私下回复"))


async def test_a_file_goes_with_the_text(stage: Stage) -> None:
    """Chosen or dragged, told above the entry, sent behind the text."""
    path = stage.folder / "周报.txt"
    path.write_text("x", "utf-8")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("i")

        app.main.entry.post_message(events.Paste(f"'{path}'"))
        await until(pilot, lambda: seen(app, "附件：周报.txt"))
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(c, SendFile) and c.name == "周报.txt" for c in stage.carried)
        )
        await until(pilot, lambda: not seen(app, "附件："))


async def test_typed_commands_are_carried_out_and_unknown_ones_are_not_sent(stage: Stage) -> None:
    """A slash begins a command, a backslash before it a text."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("i")
        await write(pilot, "/stats")
        await until(pilot, lambda: seen(app, "/stats"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "持有登录的进程"))
        await pilot.press("escape")
        await write(pilot, "/nonsense")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "没有这个命令：/nonsense"))
        assert app.main.entry.text == "/nonsense"
        app.main.entry.set_text("\\/etc/hosts")
        await pilot.press("enter")
        await until(pilot, lambda: sent(stage) == ["/etc/hosts"])


async def test_messages_of_impossible_times_are_shown(stage: Stage) -> None:
    """A journal of an older version holds them: the chat, its list and the details open."""
    for number, at in enumerate((10**15, 253402300800, -(10**12), (1 << 63) - 1), 1):
        await stage.came(
            Text(id=MsgId(str(number)), chat=name("@w"), sender=name("@w"), text=f"早{number}", created_at=at)
        )
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await until(pilot, lambda: all(seen(app, f"早{n}") for n in (1, 2, 3, 4)))
        await pilot.press("full_stop")
        await pilot.pause()
        assert app.is_running
