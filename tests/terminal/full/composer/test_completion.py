"""What is offered while somebody writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.terminal.full.composer.completion import asked_for

from ..conftest import seen, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("@老", ("mention", "老", 2)),
        ("找 ＠", ("mention", "", 1)),
        ("a@b.c", None),
        ("[微", ("face", "微", 2)),
        (":smi", ("emoji", "smi", 4)),
        ("好:smi", ("emoji", "smi", 4)),
        ("12:30", None),
        ("a:b", None),
        ("他说：好", None),
        ("/sea", ("command", "sea", 4)),
        ("a/b", None),
    ],
)
def test_only_what_asks_for_it_is_completed(before: str, asked: tuple[str, str, int] | None) -> None:
    """Times, addresses and Chinese colons ask for nothing."""
    assert asked_for(before) == asked


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


@pytest.mark.parametrize("typed", ["@老王", "@lw", "@laowang", "@隔壁"])
async def test_members_are_called_as_i_know_them(stage: Stage, typed: str) -> None:
    """My remark stands in the pane, on the card and behind @, as in the history; what is sent has the group's name."""
    app = stage.screen()
    async with app.run_test(size=(140, 40)) as pilot:
        await opened(stage, app, pilot)
        await until(pilot, lambda: seen(app, "老王 群主"))
        await pilot.press("f5")
        await until(pilot, lambda: seen(app, "老王  隔壁老王"))
        await pilot.press("escape")
        app.main.entry.focus()
        await write(pilot, typed)
        await until(pilot, lambda: app.main.completion.is_open)
        await pilot.press("enter")
        await until(pilot, lambda: app.main.entry.text == "@隔壁老王\u2005")


async def test_members_are_mentioned_as_wechat_does(stage: Stage) -> None:
    """By part of a name, with the blank that phones look for behind it."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("Perl 学习交流"))
        await until(pilot, lambda: app.main.pane == "entry")
        await write(pilot, "@灰老")
        await until(pilot, lambda: app.main.completion.is_open)
        await pilot.press("enter")
        await until(pilot, lambda: app.main.entry.text == "@灰老师\u2005")
        await write(pilot, "@")
        await until(pilot, lambda: app.main.completion.is_open)
        await pilot.press("escape")
        await until(pilot, lambda: not app.main.completion.is_open)
        assert app.main.pane == "entry"
