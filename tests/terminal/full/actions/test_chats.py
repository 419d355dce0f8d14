"""What the keys of the list of chats do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import (
    CreateGroup,
    MarkRead,
    Pin,
)

from ..conftest import Stage, seen, until

if TYPE_CHECKING:
    from hongyan.client.account import Chat

    from ..conftest import Stage


async def test_a_new_group_needs_two_friends(stage: Stage) -> None:
    """Marked by Space in the list."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("N")
        await until(pilot, lambda: seen(app, "新群：选择成员"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "建群至少要两位好友"))
        await pilot.press("N")
        await until(pilot, lambda: seen(app, "新群：选择成员"))
        await until(pilot, lambda: app.screen.focused is not None)
        await pilot.press("space", "down", "space", "enter")
        await until(
            pilot, lambda: any(isinstance(c, CreateGroup) and len(c.members) == 2 for c in stage.carried)
        )


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


async def test_pins_and_reading_go_to_the_phone(stage: Stage) -> None:
    """P is a command of the service; opening a chat marks it read there, and U turns it round at this machine."""
    await stage.came(stage.text("hi"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("P")
        await until(pilot, lambda: any(isinstance(c, Pin) and c.on for c in stage.carried))
        await pilot.press("enter")
        await until(pilot, lambda: any(isinstance(c, MarkRead) for c in stage.carried))
        assert stage.account.local.state(chat(stage, "老王")).unread == 0
        app.main.focus_pane("list")
        await pilot.press("U")
        await until(pilot, lambda: stage.account.local.state(chat(stage, "老王")).unread == 1)
        await pilot.press("U")
        await until(pilot, lambda: stage.account.local.state(chat(stage, "老王")).unread == 0)


async def test_next_unread_goes_to_mentions_first(stage: Stage) -> None:
    """Alt+A, then again; at last it says that there is none."""
    await stage.came(
        stage.text("一", chat="@h"),
        stage.text("@小灰\u2005在吗", chat="@@p", sender="@w"),
        stage.text("二", chat="@w"),
    )
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        been = []
        for _ in range(3):
            await pilot.press("alt+a")
            await until(pilot, lambda: app.main.chat is not None and app.main.chat.name not in been)
            assert app.main.chat is not None
            been.append(app.main.chat.name)
            await until(
                pilot,
                lambda: app.main.chat is not None and not stage.account.local.state(app.main.chat).unread,
            )
        assert been[0] == "Perl 学习交流"
        await pilot.press("u")
        await until(pilot, lambda: seen(app, "没有未读"))


async def test_chats_are_reached_by_number_and_by_neighbour(stage: Stage) -> None:
    """Alt+2, Alt+Down, Alt+Up."""
    await stage.came(stage.text("一", chat="@h"), stage.text("二", chat="@w"), stage.text("三", chat="@l"))
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()

        def opened(called: str) -> bool:
            return app.main.chat is not None and app.main.chat.name == called

        await pilot.press("alt+2")
        await until(pilot, lambda: opened("老王"))
        await pilot.press("alt+down")
        await until(pilot, lambda: opened("阿黄"))
        await pilot.press("alt+up", "alt+up")
        await until(pilot, lambda: opened("李大壮"))
