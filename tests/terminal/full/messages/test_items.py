"""What a history shows of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.ids import MsgId
from hongyan.model.messages import Recall, Text

from ..conftest import NOW, Stage, name, seen, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "老王") -> None:
    """Open a chat and let the keys go to its messages."""
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.chat is not None and app.main.pane == "messages")
    await pilot.pause()


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
