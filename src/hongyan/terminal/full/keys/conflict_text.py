"""Puts into words what is wrong with a key map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.full.keys.default_keys import BY_ID
from hongyan.terminal.full.keys.keynames import written
from hongyan.terminal.full.strings.keys import KEYS
from hongyan.terminal.strings.language import say

if TYPE_CHECKING:
    from hongyan.terminal.full.keys.keymap import Conflict
    from hongyan.terminal.strings.language import Language

__all__ = ["conflict_text"]


def conflict_text(conflict: Conflict, language: Language) -> str:
    """Return a conflict as a sentence."""
    both = say(KEYS, "and", language).join(
        say(KEYS, "doing", language, what=BY_ID[action].label(language), id=action) for action in conflict.ids
    )
    where = say(KEYS, conflict.context, language)
    return say(KEYS, conflict.kind, language, key=written(conflict.key), where=where, both=both)
