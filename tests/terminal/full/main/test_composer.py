"""What goes with the text that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from hongyan.model.commands import SendFile

from ..conftest import Stage, seen, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "老王") -> None:
    """Open a chat and let the keys go to its messages."""
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.chat is not None and app.main.pane == "messages")
    await pilot.pause()


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
