"""The list of chats: what it tells of each, its tabs and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import Stage, name, seen, until

if TYPE_CHECKING:
    from hongyan.client.account import Chat


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


async def test_the_list_tells_unread_mentions_drafts_and_mutes(stage: Stage) -> None:
    """And puts pinned chats first, archived ones away until something new comes."""
    await stage.came(
        stage.text("hi", chat="@h"),
        stage.text("@小灰\u2005在吗", chat="@@p", sender="@w"),
        stage.text("再说", chat="@@p", sender="@w"),
    )
    await stage.account.local.keep_draft(chat(stage, "阿黄"), "好的，明")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await until(pilot, lambda: seen(app, "@1 2") and seen(app, "[草稿] 好的，明"))
        assert seen(app, "3 未读")
        app.main.list.select(0)
        await pilot.press("M")
        await until(pilot, lambda: seen(app, "🔕 Perl"))
        await pilot.press("A")
        await until(pilot, lambda: not seen(app, "🔕 Perl"))
        await pilot.press("5")
        await until(pilot, lambda: seen(app, "🔕 Perl"))
        await pilot.press("M", "4")
        await stage.came(stage.text("新的", chat="@@p", sender="@w"))
        await until(pilot, lambda: seen(app, "Perl") and not seen(app, "🔕 Perl"))


async def test_tabs_show_kinds_of_chats(stage: Stage) -> None:
    """Groups, friends, official accounts; by key and by mouse."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("1")
        await until(pilot, lambda: seen(app, "Perl") and not seen(app, "老王"))
        await pilot.press("2")
        await until(pilot, lambda: seen(app, "李大壮") and not seen(app, "Perl"))
        await pilot.press("3")
        await until(pilot, lambda: seen(app, "晨读") and not seen(app, "老王"))
        await pilot.click("#tabs", offset=(2, 0))
        await until(pilot, lambda: seen(app, "Perl"))
        await pilot.press("c")
        await until(pilot, lambda: seen(app, "李大壮"))


async def test_the_list_can_be_hidden_and_widened(stage: Stage) -> None:
    """Ctrl+B, Alt+., Alt+, and by dragging the line beside it."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        await pilot.pause()
        wide = app.main.query_one("#left").size.width
        await pilot.press("alt+full_stop")
        await until(pilot, lambda: app.main.query_one("#left").size.width == wide + 2)
        await pilot.press("alt+comma", "alt+comma")
        await until(pilot, lambda: app.main.query_one("#left").size.width == wide - 2)
        await pilot.mouse_down("#left-edge", offset=(0, 5))
        await pilot.hover("#center", offset=(10, 5))
        await pilot.mouse_up("#center", offset=(10, 5))
        await until(pilot, lambda: app.main.query_one("#left").size.width > wide)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: not app.main.query_one("#left").display)
        await pilot.press("ctrl+b", "ctrl+l")
        await until(pilot, lambda: app.main.query_one("#left").display)


async def test_ten_thousand_contacts_are_listed_without_being_drawn(stage: Stage) -> None:
    """Only rows on the screen are drawn, at the beginning and at the end."""
    from hongyan.model.contacts import ContactChange, ContactKind

    from ..conftest import LOGIN

    many = [
        ContactChange(
            name=name(f"@{n}"),
            kind=ContactKind.FRIEND,
            nickname=f"友{n:05}",
            in_contacts=True,
            pinyin=f"you{n:05}",
        )
        for n in range(10_000)
    ]
    await stage.store.directory.learn(LOGIN, many, "contacts")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: app.main.list.count > 10_000)
        drawn: list[int] = []
        draw = app.main.list._draw

        def counted(index: int, width: int) -> list[list[tuple[str, str]]]:
            drawn.append(index)
            return draw(index, width)  # type: ignore[return-value]  # as it was made

        app.main.list._draw = counted
        await pilot.press("G")
        await until(pilot, lambda: seen(app, "友09999"))
        assert len(set(drawn)) < 60
