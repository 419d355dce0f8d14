"""Sending what is written, holding it back, and typed commands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hongyan.model.commands import Outcome, SendText

from ..conftest import Stage, seen, until, write

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
        (row,) = stage.account.outbox.pending(stage.account.find("老王"))
        from hongyan.model.commands import Settlement

        await stage.store.settle(Settlement(row.id, Outcome.ACCEPTED, "777"), now=time.time())
        await until(pilot, lambda: seen(app, "好，我来带 ✓ "))
        assert sent(stage) == ["好，我来带"]


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
        assert not stage.account.outbox.pending(stage.account.find("老王"))


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
