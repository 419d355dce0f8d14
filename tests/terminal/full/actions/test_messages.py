"""What can be done with messages, and what becomes of those that are sent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import events

from hongyan.model.commands import ForwardMessage, RecallMessage, SendText

from ..conftest import Stage, seen, shown, until, write

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


async def test_a_private_answer_goes_to_the_writer(stage: Stage) -> None:
    """With the quotation; not to somebody who is not a friend."""
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
