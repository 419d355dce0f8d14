"""The outbox: what waits is dropped, edited, sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from ..conftest import seen, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


async def test_the_outbox_drops_edits_and_repeats(stage: Stage) -> None:
    """What waits can be dropped or taken back into the entry; what failed goes again."""
    app = stage.screen()
    stage.holds = True
    old = stage.account.find("老王")
    await stage.account.send(old, "丢掉这个")
    await stage.account.send(old, "改一改这个")
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("f7")
        await until(pilot, lambda: seen(app, "发件箱") and seen(app, "丢掉这个") and seen(app, "改一改这个"))
        await pilot.press("down", "d")
        await until(pilot, lambda: len(stage.account.outbox.pending(old)) == 1)
        await pilot.press("up", "e")
        await until(pilot, lambda: app.main.entry.text == "改一改这个")
        assert not stage.account.outbox.pending(old)


async def test_a_key_that_repeats_on_a_page_asks_once(stage: Stage) -> None:
    """The outbox sends a failed one once more; the page of requests accepts once."""
    stage.refuses = True
    old = stage.account.find("老王")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await stage.account.send(old, "一次就好")
        await pilot.press("f7")
        await until(pilot, lambda: seen(app, "发件箱") and seen(app, "没有发出"))
        stage.refuses = False
        stage.carried.clear()
        for _ in range(5):
            app.post_message(events.Key("t", "t"))
        await until(pilot, lambda: seen(app, "没有在等") or bool(stage.carried))
        await pilot.pause(0.1)
        assert len(stage.carried) == 1
