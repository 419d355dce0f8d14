"""The names by which actions can be typed behind a slash, as in ``/recall``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.terminal.full.keys.default_keys import ACTIONS

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Language

__all__ = ["action_of", "typed_commands"]

_MOVES: Final = frozenset(
    {
        *("up", "down", "page-up", "page-down", "first", "last", "day-previous", "day-next", "to-entry"),
        *("next", "previous", "next-hit", "previous-hit", "find"),
    }
)


def typed_commands(language: Language) -> list[tuple[str, str]]:
    """Return what can be typed behind a slash: names of actions without their context, and what they do."""
    return [
        (name, action.label(language)) for action in ACTIONS if (name := _short_name(action.id)) is not None
    ]


def action_of(name: str) -> str | None:
    """Return the id of the action that a typed command means."""
    return next((action.id for action in ACTIONS if name in {action.id, _short_name(action.id)}), None)


def _short_name(action: str) -> str | None:
    """Return the name by which an action can be typed; keys that merely move have none."""
    context, _, name = action.partition(".")
    if context in {"entry", "pane"} or name.isdigit() or name in _MOVES:
        return None
    return f"chat-{name}" if context == "list" else name
