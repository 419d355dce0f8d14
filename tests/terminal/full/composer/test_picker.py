"""Emoji, stickers and files are picked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import (
    SendSticker,
)
from hongyan.terminal.full.screens.dialogs import Dialog

from ..conftest import kinds, seen, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


async def test_faces_are_picked_by_pinyin(stage: Stage) -> None:
    """From the grid, from behind a bracket; a time of day opens nothing."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"))
        await until(pilot, lambda: app.main.pane == "entry")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, "weixiao")
        await until(pilot, lambda: seen(app, "微笑 Smile"))
        await pilot.press("enter")
        await until(pilot, lambda: app.main.entry.text == "[微笑]")
        await write(pilot, "[cg")
        await until(pilot, lambda: app.main.completion.is_open and seen(app, "吃瓜"))
        await pilot.press("tab")
        await until(pilot, lambda: app.main.entry.text == "[微笑][吃瓜]")
        await write(pilot, " 12:30 a:b 说：好")
        assert not app.main.completion.is_open


async def test_a_file_is_picked_from_a_folder(stage: Stage) -> None:
    """By typing where it is."""
    (stage.folder / "里").mkdir()
    (stage.folder / "里" / "报告.pdf").write_bytes(b"x" * 2000)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"))
        await until(pilot, lambda: app.main.pane == "entry")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await write(pilot, f"{stage.folder}/里/报")
        await until(pilot, lambda: seen(app, "报告.pdf") and seen(app, "2 KB"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: seen(app, "附件：报告.pdf"))
        await pilot.press("escape")
        await until(pilot, lambda: not seen(app, "附件："))


async def test_a_favourite_sticker_is_sent_from_the_picker(stage: Stage) -> None:
    """Kept by a key on a received one, there at the next start, and sent by itself."""
    await stage.came(next(m for m in kinds(stage, "@w") if m.kind == "sticker"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot, "老王")
        await pilot.press("asterisk")
        await until(pilot, lambda: seen(app, "已收藏表情"))
    again = stage.screen()
    async with again.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, again, pilot, "阿黄")
        await pilot.press("i", "ctrl+s")
        await until(pilot, lambda: seen(again, "★ 00000000"))
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(c, SendSticker) and c.md5 == "0" * 32 for c in stage.carried)
        )
        assert again.main.entry.text == ""
