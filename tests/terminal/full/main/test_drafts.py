"""What is written and not sent is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import Stage, seen, until, write

if TYPE_CHECKING:
    from hongyan.client.account import Chat


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


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
    assert stage.account.local.state(chat(stage, "老王")).draft == "带两把伞"
    again = stage.screen()
    async with again.run_test(notifications=True, size=(100, 30)) as pilot:
        again.main.open_chat(chat(stage, "老王"))
        await until(pilot, lambda: seen(again, "带两把伞") and seen(again, "回复 老王: 周末见？"))
