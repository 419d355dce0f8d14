"""The members of the open group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import Stage, seen, until

if TYPE_CHECKING:
    from hongyan.client.account import Chat


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


async def test_members_can_be_shown_where_they_are_folded_away(stage: Stage) -> None:
    """F2 at 80 columns; again it hides them."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        app.main.open_chat(chat(stage, "Perl 学习交流"))
        await pilot.pause()
        assert not seen(app, "成员 3")
        await pilot.press("f2")
        await until(pilot, lambda: seen(app, "成员 3") and seen(app, "灰老师"))
        await pilot.press("f2")
        await until(pilot, lambda: not seen(app, "成员 3"))
