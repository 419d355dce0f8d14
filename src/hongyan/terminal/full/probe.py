"""Tells the name of each key that is pressed, and what it would do; Esc twice ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.widgets import RichLog

from hongyan.terminal.full.actions import BY_ID, CONTEXTS

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from hongyan.terminal.full.keymap import KeyMap
    from hongyan.terminal.words import Language

__all__ = ["Probe"]


class Probe(App[int], inherit_bindings=False):
    """A screen that does nothing but name keys, as the settings have to call them."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = []

    def __init__(self, keys: KeyMap, language: Language) -> None:
        super().__init__()
        self._keys = keys
        self._language = language
        self._last = ""

    def compose(self) -> ComposeResult:
        """Show a list of what was pressed."""
        log = RichLog(markup=False)
        log.can_focus = False
        yield log

    def on_mount(self) -> None:
        """Say how to end it."""
        self.query_one(RichLog).write("Esc Esc")

    def told(self, key: str) -> str:
        """Return a key's name and what it does in each context."""
        does = [
            f"{context}: {action} ({BY_ID[action].told(self._language)})"
            for context in CONTEXTS
            if (action := self._keys.action(context, key)) is not None
        ]
        return f"{key}   {'; '.join(does)}".rstrip()

    def on_key(self, event: events.Key) -> None:
        """Name the key."""
        event.stop()
        event.prevent_default()
        if event.key == self._last == "escape":
            self.exit(0)
            return
        self._last = event.key
        self.query_one(RichLog).write(self.told(event.key))
