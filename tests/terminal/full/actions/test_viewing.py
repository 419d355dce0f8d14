"""Opening what a message holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.ids import MsgId
from hongyan.model.messages import Quote, Quoted

from ..conftest import NOW, Stage, kinds, name, seen, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "老王") -> None:
    """Open a chat and let the keys go to its messages."""
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.chat is not None and app.main.pane == "messages")
    await pilot.pause()


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
