"""Help for where one is, and the sheet of all keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.terminal.full.screens.help import Help, KeySheet

from ..conftest import seen, shown, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def opened(pilot: Pilot[int], app: FullScreen, key: str, kind: type[Screen[None]]) -> None:
    """Open a screen by its key, and let it be filled."""
    await pilot.pause()
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, kind) and app.screen.focused is not None)


async def emptied(pilot: Pilot[int], text: str) -> None:
    """Type something else into the field."""
    await pilot.press("ctrl+u")
    await write(pilot, text)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_sheet_of_keys_is_searched(stage: Stage, size: tuple[int, int]) -> None:
    """By what a key does, by its id, by the key itself; the places of what is left stand above it."""
    app = stage.screen(keys="vim")
    async with app.run_test(notifications=True, size=size) as pilot:
        await opened(pilot, app, "question_mark", KeySheet)
        await until(pilot, lambda: seen(app, "任何地方") and seen(app, "转到会话"))
        await write(pilot, "撤回")
        await until(pilot, lambda: seen(app, "d d") and not seen(app, "任何地方"))
        assert any("消息" in line for line in shown(app))
        await emptied(pilot, "ctrl+k")
        await until(pilot, lambda: seen(app, "转到会话") and not seen(app, "d d"))
        await emptied(pilot, "list.mute")
        await until(pilot, lambda: seen(app, "免打扰或取消") and not seen(app, "转到会话"))
        await emptied(pilot, "qqqq")
        await until(pilot, lambda: seen(app, "没有符合的"))
        await pilot.press("ctrl+u", *["pagedown"] * 12)
        await until(pilot, lambda: seen(app, "下一个未读会话"))  # the last of all
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("帮助 · 消息", "引用回复", "上一条")),
        ("en", ("Help · Messages", "reply with a quotation", "message above")),
        ("zh-TW", ("說明 · 訊息", "引用回覆", "上一則")),
    ],
)
async def test_help_tells_first_what_matters(
    stage: Stage, language: str, words: tuple[str, str, str]
) -> None:
    """Among the messages an answer comes before the arrow keys, and what acts anywhere comes last."""
    await stage.came(stage.text("一"))
    app = stage.screen(language=language)
    async with app.run_test(notifications=True, size=(80, 60)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"), focus="messages")
        await until(pilot, lambda: app.main.pane == "messages")
        await opened(pilot, app, "f1", Help)
        await until(pilot, lambda: all(seen(app, word) for word in words))
        lines = shown(app)
        title, reply, up = (next(n for n, line in enumerate(lines) if word in line) for word in words)
        assert title < reply < up
