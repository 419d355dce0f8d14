"""The toolkit calls the handler of every class in a class order: so none of ours may define one that another of ours has."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import pytest
from textual.message_pump import MessagePump
from textual.screen import Screen

from hongyan.terminal import full
from hongyan.terminal.full.main.main_screen import Main
from hongyan.terminal.full.screens.accounts import Accounts
from hongyan.terminal.full.screens.card import ContactCard
from hongyan.terminal.full.screens.details import Details
from hongyan.terminal.full.screens.leaving import Leaves
from hongyan.terminal.full.screens.log import Log
from hongyan.terminal.full.screens.outbox import OutboxPage
from hongyan.terminal.full.screens.requests import Requests
from hongyan.terminal.full.tty.probe import Probe

from .conftest import kinds, seen, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.terminal.full.app import FullScreen
    from hongyan.terminal.full.screens.pages import Page

    from .conftest import Stage


def own_classes() -> Iterator[type[MessagePump]]:
    """Return every class of the full screen that takes messages."""
    for module in pkgutil.walk_packages(full.__path__, f"{full.__name__}."):
        for found in vars(importlib.import_module(module.name)).values():
            if isinstance(found, type) and issubclass(found, MessagePump) and _is_own(found):
                yield found


def _is_own(found: type) -> bool:
    return found.__module__.startswith(full.__name__)


def _handlers(found: type) -> set[str]:
    return {name.lstrip("_") for name in vars(found) if name.lstrip("_").startswith("on_")}


@pytest.mark.parametrize("found", sorted(set(own_classes()), key=repr))
def test_a_handler_stands_once_in_a_class_order(found: type[MessagePump]) -> None:
    """Else one key would do two things, or close two screens."""
    lines = [cls for cls in found.__mro__ if _is_own(cls)]
    for number, cls in enumerate(lines):
        for other in lines[number + 1 :]:
            assert not _handlers(cls) & _handlers(other), f"{cls.__name__} and {other.__name__}"


@pytest.mark.parametrize("found", sorted(set(own_classes()), key=repr))
def test_every_screen_but_the_main_one_is_left_once(found: type[MessagePump]) -> None:
    """Whoever takes a screen away twice takes another one away too."""
    if issubclass(found, Screen) and found is not Main and found.__module__ != Probe.__module__:
        assert issubclass(found, Leaves)


def _page(app: FullScreen, kind: type[Page[Any]]) -> Page[Any]:
    chat = app.context.account.find("老王")
    if kind is ContactCard:
        return ContactCard(app.context, chat)
    if kind is Details:
        assert app.main.history.window is not None
        return Details(app.context, app.main.history.window[0])
    return kind(app.context)  # type: ignore[call-arg]  # the others take the program alone


@pytest.mark.parametrize("kind", [OutboxPage, Accounts, Requests, ContactCard, Details, Log])
@pytest.mark.parametrize("key", ["q", "enter", "escape"])
async def test_keys_that_close_a_page_close_it_once(stage: Stage, kind: type[Page[Any]], key: str) -> None:
    """However often they come before it is away; the main screen stays."""
    await stage.came(stage.text("一"))
    app = stage.screen()
    async with app.run_test(size=(100, 30)) as pilot:
        app.main.open_chat(stage.account.find("老王"))
        await pilot.pause()
        app.push_screen(_page(app, kind))
        await pilot.pause()
        await pilot.press(key, key, key)
        await pilot.pause()
        assert app.screen is app.main


async def test_a_key_moves_one_row(stage: Stage) -> None:
    """In a page that has keys of its own too."""
    app = stage.screen()
    async with app.run_test(size=(100, 30)) as pilot:
        page = ContactCard(app.context, stage.account.find("老王"))
        app.push_screen(page)
        await until(pilot, lambda: page.rows.count > 3)
        await pilot.press("j")
        assert page.rows.selected == 1
        await pilot.press("down")
        assert page.rows.selected == 2
        await pilot.press("k")
        assert page.rows.selected == 1


async def test_enter_accepts_a_request_and_the_page_stays(stage: Stage) -> None:
    """And a key that repeats asks once."""
    await stage.came(kinds(stage)[-1])
    app = stage.screen()
    async with app.run_test(size=(100, 30)) as pilot:
        page = Requests(app.context)
        app.push_screen(page)
        await until(pilot, lambda: seen(app, "柳杨"))
        await pilot.press("enter", "enter", "enter")
        await until(pilot, lambda: seen(app, "已"))
        assert app.screen is page
        assert [type(command).__name__ for command in stage.carried] == ["AcceptFriend"]
