"""Shows the name of each key that is pressed, and what it would do; it does none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import App
from textual.screen import Screen
from textual.widgets import Static

from hongyan.model.display_text import clean, pad
from hongyan.terminal.full.keys.default_keys import BY_ID, CONTEXTS
from hongyan.terminal.full.keys.keynames import sendable, written
from hongyan.terminal.full.strings.keys import KEYS
from hongyan.terminal.strings.language import say

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.driver import Driver

    from hongyan.terminal.full.keys.keymap import KeyMap
    from hongyan.terminal.strings.language import Language

__all__ = ["Probe", "does"]

_ENDS: Final = frozenset({"ctrl+c", "escape"})


def does(keys: KeyMap, key: str, language: Language) -> list[str]:
    """Return what a key does, one sentence for each place where it does something."""
    meanings: list[str] = []
    for context in CONTEXTS:
        where = say(KEYS, context, language)
        if action := keys.action(context, key):
            meanings.append(say(KEYS, "does", language, where=where, what=BY_ID[action].label(language)))
        meanings += [
            say(
                KEYS,
                "begins",
                language,
                where=where,
                keys=written(" ".join(parts)),
                what=BY_ID[action].label(language),
            )
            for parts, action in keys.sequences(context).items()
            if parts[0] == key
        ]
    return meanings


class _Keys(Screen[None], inherit_bindings=False):
    """Takes every key: none moves the focus here."""

    BINDINGS: ClassVar = []


class Probe(App[list[str]], inherit_bindings=False):
    """Lines about the keys that were pressed, the newest at the bottom; the program returns them all."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = []
    CSS = "#lines { height: 1fr; text-wrap: nowrap; text-overflow: ellipsis; overflow: hidden; }"

    def __init__(self, keys: KeyMap, language: Language) -> None:
        super().__init__(ansi_color=True)
        self._keys = keys
        self._language = language
        self._last = ""
        self.lines: list[str] = []

    def get_default_screen(self) -> Screen[None]:
        """Return a screen without key bindings."""
        return _Keys()

    def get_driver_class(self) -> type[Driver]:
        """Return what reads keys as the full screen reads them."""
        from hongyan.terminal.full.tty.driver import TerminalDriver

        return TerminalDriver

    def compose(self) -> ComposeResult:
        """Put the hint above the lines."""
        yield Static(say(KEYS, "probe-title", self._language), markup=False)
        yield Static("", id="lines", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Show a key; end at the second of those that end."""
        event.stop()
        self.lines.append(self._line(event.key))
        if event.key in _ENDS and event.key == self._last:
            self.exit(self.lines)
        self._last = event.key
        self._show()

    def _line(self, key: str) -> str:
        text = does(self._keys, key, self._language) or [say(KEYS, "does-nothing", self._language)]
        text += [] if sendable(key) else [say(KEYS, "not-everywhere", self._language)]
        return f"{pad(clean(key), 24)} {pad(clean(written(key)), 16)} {'; '.join(text)}"

    def on_resize(self) -> None:
        """Show as many lines as there is room for."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        shown = self.query_one("#lines", Static)
        shown.update("\n".join(self.lines[-max(shown.size.height, 1) :]))
