"""The card of a person or a group, and what can be done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import (
    ChangeMembers,
    MemberChange,
    RenameGroup,
)

from ..conftest import seen, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def opened(stage: Stage, app: FullScreen, pilot: Pilot[int], called: str = "Perl 学习交流") -> None:
    """Open a chat with the keys going to its messages."""
    await pilot.pause()
    app.main.open_chat(stage.account.find(called), focus="messages")
    await until(pilot, lambda: app.main.pane == "messages")


async def test_a_group_is_managed_from_its_card(stage: Stage) -> None:
    """Renamed, people invited and removed; members are listed."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(stage, app, pilot)
        await pilot.press("f5")
        await until(pilot, lambda: seen(app, "灰老师") and seen(app, "群主"))
        await pilot.press("n")
        await until(pilot, lambda: seen(app, "新的群名"))
        await pilot.press("ctrl+u")
        await write(pilot, "Raku 学习")
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(c, RenameGroup) and c.topic == "Raku 学习" for c in stage.carried)
        )
        await pilot.press("i")
        await until(pilot, lambda: seen(app, "邀请谁"))
        await write(pilot, "ldz")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: any(
                isinstance(c, ChangeMembers) and c.change is MemberChange.INVITE for c in stage.carried
            ),
        )
        await pilot.press("d")
        await until(pilot, lambda: seen(app, "移出谁"))
        await write(pilot, "灰老师")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "把 灰老师 移出群？"))
        await pilot.press("y")
        await until(
            pilot,
            lambda: any(
                isinstance(c, ChangeMembers) and c.change is MemberChange.REMOVE for c in stage.carried
            ),
        )
