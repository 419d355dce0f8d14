"""A chat counts as read by the policy of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.commands import MarkRead

from ..conftest import Stage, seen, until

if TYPE_CHECKING:
    from hongyan.client.account import Chat


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


@pytest.mark.parametrize(("policy", "left"), [("view", 0), ("bottom", 0), ("send", 1), ("never", 1)])
async def test_a_chat_counts_as_read_by_the_policy(stage: Stage, policy: str, left: int) -> None:
    """Looking at it is enough for two of four."""
    await stage.came(stage.text("hi"))
    app = stage.screen(read=policy)
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.main.chat is not None)
        await pilot.pause(0.1)
        assert stage.account.local.state(chat(stage, "老王")).unread == left
        assert seen(app, "以下 1 条未读 · ")


async def test_reading_waits_until_somebody_looks(stage: Stage) -> None:
    """While the terminal has not the focus nothing counts as read, and the phone is told nothing."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await pilot.pause()
        app.app_focus = False
        await stage.came(stage.text("hi"))
        await until(pilot, lambda: seen(app, "hi"))
        assert stage.account.local.state(chat(stage, "老王")).unread == 1
        assert not any(isinstance(c, MarkRead) for c in stage.carried)
