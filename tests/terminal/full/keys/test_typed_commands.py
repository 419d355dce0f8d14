"""Names of actions that can be typed behind a slash."""

from __future__ import annotations

import pytest

from hongyan.terminal.full.keys.default_keys import BY_ID
from hongyan.terminal.full.keys.typed_commands import action_of, typed_commands
from hongyan.terminal.strings.language import Language


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("recall", "messages.recall"),
        ("messages.recall", "messages.recall"),
        ("chat-pin", "list.pin"),
        ("quit", "app.quit"),
        ("up", None),
        ("3", None),
        ("nothing", None),
    ],
)
def test_a_typed_name_means_an_action(typed: str, action: str | None) -> None:
    """Its id, or its id without the context; moving about is no command."""
    assert action_of(typed) == action


@pytest.mark.parametrize("language", Language)
def test_every_command_that_is_offered_is_one(language: Language) -> None:
    """And is explained in each language."""
    offered = typed_commands(language)
    assert all(action_of(name) in BY_ID and text for name, text in offered)
    assert "recall" in dict(offered)
