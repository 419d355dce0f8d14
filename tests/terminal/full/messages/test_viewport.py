"""Moving through a chat of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.ids import Seq

from ..conftest import LOGIN, NOW, Stage, seen, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "老王") -> None:
    """Open a chat and let the keys go to its messages."""
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.chat is not None and app.main.pane == "messages")
    await pilot.pause()


async def test_moving_goes_over_days_and_to_both_ends(stage: Stage) -> None:
    """Counts, screens, days, the line of the unread, the first and the newest."""
    for day in range(10):
        at = NOW - (10 - day) * 86_400
        await stage.came(*(stage.text(f"日{day} 话{n}", at=at) for n in range(50)), at=at)
    await stage.account.local.mark_seen(stage.account.find("老王"), Seq(420))
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


async def test_what_waits_to_be_sent_is_drawn_as_it_is_by_now(stage: Stage) -> None:
    """It counts down, waits in line, and is on its way: an old state on the screen is a wrong one."""
    stage.holds = True
    app = stage.screen()
    wang = stage.account.find("老王")
    await stage.account.send(wang, "later", at=NOW + 50)
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await until(pilot, lambda: seen(app, "50 秒"))
        stage.now += 20
        await until(pilot, lambda: seen(app, "30 秒"))
        stage.now += 40
        await until(pilot, lambda: seen(app, "排队中"))
        (row,) = stage.account.outbox.pending(wang)
        await stage.store.outbox.mark_sent(row.id, login=LOGIN, now=stage.now)
        await until(pilot, lambda: seen(app, "发送中"))
