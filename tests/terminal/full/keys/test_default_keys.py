"""Every action has words in three languages, and keys that do not clash."""

from __future__ import annotations

from hongyan.terminal.full.keys.default_keys import ACTIONS, BY_ID
from hongyan.terminal.full.keys.keymap import KeyMap, load_keys
from hongyan.terminal.full.settings.settings import TerminalSettings
from hongyan.terminal.strings.language import Language


def test_conflicts_are_found() -> None:
    """Twice in a context, shadowed from everywhere, hidden by a sequence, not to be sent."""
    keys = KeyMap(
        {"messages.copy": "r", "list.pin": "ctrl+k", "messages.hide": "g g", "entry.newline": "ctrl+enter"}
    )
    found = {(c.kind, c.key) for c in keys.conflicts()}
    assert {("twice", "r"), ("shadowed", "ctrl+k"), ("twice", "g"), ("unsendable", "ctrl+enter")} <= found


def test_every_action_is_told_in_three_languages() -> None:
    """No id twice; a taken away key is no key."""
    assert len(BY_ID) == len(ACTIONS)
    assert all(action.label(language) for action in ACTIONS for language in Language)
    assert load_keys(TerminalSettings(keymap={"app.quit": ""})).list_of("app.quit") == []
