"""Every key of the key map does what its action is for, in every preset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.terminal.full.actions import registry
from hongyan.terminal.full.actions.registry import handlers
from hongyan.terminal.full.composer.entry import _OWN
from hongyan.terminal.full.keys.default_keys import ACTIONS, ScreenAction
from hongyan.terminal.full.keys.keymap import PRESETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from hongyan.terminal.full.app import FullScreen
    from hongyan.terminal.full.composer.entry import MessageEntry
    from hongyan.terminal.full.main.main_screen import Main

    from ..conftest import Stage


def test_every_action_has_a_deed() -> None:
    """And there is no deed without an action."""
    assert handlers().keys() == {action.id for action in ACTIONS}


@pytest.mark.parametrize("preset", PRESETS)
async def test_every_key_begins_its_action(
    stage: Stage, preset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its own context, sequences too; an entry that is not empty for those that need a text."""
    await stage.came(stage.text("一"), stage.text("二", chat="@h"))
    app = stage.screen(keys=preset)
    done: list[str] = []

    async def noted(_: Main, action: str, __: int) -> None:
        done.append(action)

    monkeypatch.setattr(registry, "perform_action", noted)
    for name in list(_OWN):
        monkeypatch.setitem(_OWN, name, _noting(done, name))
    async with app.run_test(notifications=True, size=(120, 40)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"))
        await pilot.pause()
        for action in ACTIONS:
            if preset != "default" and action.id not in PRESETS[preset]:
                continue  # as in the default map
            for key in app.context.keys.list_of(action.id):
                done.clear()
                await _press(pilot, app, action, key)
                assert done == [action.id], f"{key} in {action.context}"


def _noting(done: list[str], name: str) -> Callable[[MessageEntry], None]:
    return lambda _: done.append(name)


async def _press(pilot: Pilot[int], app: FullScreen, action: ScreenAction, key: str) -> None:
    main = app.main
    target = {"entry": main.entry, "messages": main.history, "list": main.list}.get(
        action.context, main.history
    )
    main.set_focus(target)
    main.entry.load_text("")
    await pilot.pause()
    await pilot.press(*key.split(" "))
