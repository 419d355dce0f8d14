"""Help: what can be done where one is, most important first, or all keys; as the key map in force has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.clean import pad
from hongyan.terminal.full.actions import ACTIONS, CONTEXTS
from hongyan.terminal.full.pages import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.terminal.full.app import FullScreen

__all__ = ["Help"]

Line = tuple[tuple[str, str], ...]


class Help(Page[None]):
    """The keys of one context and of everywhere, or of all contexts for None."""

    def __init__(self, terminal: FullScreen, context: str | None) -> None:
        super().__init__(terminal, "")
        self._where = context
        self._title = (
            self.say("keys-title")
            if context is None
            else self.say("help-title", where=self.say(f"context-{context}"))
        )

    def lines(self, width: int) -> Sequence[Line]:
        """Return the keys with what they do."""
        contexts = CONTEXTS if self._where is None else (self._where, "app")
        lines: list[Line] = []
        for context in dict.fromkeys(contexts):
            lines.append(((self.say(f"context-{context}"), "title"),))
            for action in ACTIONS:
                if action.context == context and (keys := self.terminal.keys.list_of(action.id)):
                    from hongyan.terminal.full.keymap import written

                    shown = pad("  " + "  ".join(map(written, keys)), min(26, width // 2))
                    lines.append(((shown, "link"), (action.told(self.terminal.language), "")))
            lines.append((("", ""),))
        return lines
