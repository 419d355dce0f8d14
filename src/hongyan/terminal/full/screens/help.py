"""Help: what can be done where one is, most important first, or all keys to be searched; as the key map in force has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.widgets import Input

from hongyan.model.display_text import column
from hongyan.terminal.full.chats.fuzzy import Finder
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.keys.default_keys import ACTIONS, CHAT_MENU, CONTEXTS, MESSAGE_MENU
from hongyan.terminal.full.keys.keynames import written
from hongyan.terminal.full.screens.dialogs import Dialog
from hongyan.terminal.full.screens.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.app import ComposeResult

    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.keys.default_keys import ScreenAction

__all__ = ["Help", "KeySheet"]

Line = tuple[tuple[str, str], ...]

_FIRST: Final = {"messages": MESSAGE_MENU, "list": CHAT_MENU}
"""What matters most in a context, where that is not the order of the table."""


class Help(Page[None]):
    """The keys of one context, and those of everywhere."""

    def __init__(self, context: ScreenContext, where: str) -> None:
        super().__init__(context, "")
        self._where = where
        self._title = self.say("help-title", where=self.say(f"context-{where}"))

    def lines(self, width: int) -> Sequence[Line]:
        """Return the keys with what they do."""
        first = _FIRST.get(self._where, ())
        actions = sorted(ACTIONS, key=lambda a: first.index(a.id) if a.id in first else len(first))
        return list(_lines(self, actions, dict.fromkeys((self._where, "app")), width))


class KeySheet(Dialog[None]):
    """All keys by where they act, narrowed by what is typed: a key, an id, or what it does."""

    DEFAULT_CSS = """
    KeySheet > Vertical { width: 96%; max-width: 110; height: 90%; }
    KeySheet RowList { height: 1fr; max-height: 100%; }
    """

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context)
        self._lines: list[Line] = []
        language, keys = context.language, context.keys
        self._finder = Finder(
            (a, (a.label(language), a.id, *map(written, keys.list_of(a.id))), ()) for a in ACTIONS
        )
        self.rows = RowList(
            lambda index, _: [self._lines[index]],
            context.palette,
            empty=self.say("nothing"),
            opens_at_once=False,
        )

    def compose(self) -> ComposeResult:
        """Put title, field and keys together."""
        with Vertical():
            yield self.title_line(self.say("keys-title"))
            yield Input(placeholder=self.say("filter"), select_on_focus=False)
            yield self.rows
            yield self.hint_line("close-hint")

    def begin(self) -> None:
        """Show all."""
        self.query_one(Input).focus()
        self.call_after_refresh(self._fill)

    def on_resize(self) -> None:
        """Lay the lines out for another width."""
        self.call_after_refresh(self._fill)

    def on_input_changed(self) -> None:
        """Show what fits."""
        self._fill()

    def _fill(self) -> None:
        found = {hit.item.id for hit in self._finder.find(self.query_one(Input).value, len(ACTIONS))}
        actions = [action for action in ACTIONS if action.id in found]
        self._lines = list(_lines(self, actions, CONTEXTS, max(self.rows.size.width - 1, 10)))[:-1]
        self.rows.reset(len(self._lines))

    def pressed(self, key: str) -> bool:
        """Move in the list."""
        return self.rows.moved_by(key)


def _lines(
    dialog: Help | KeySheet, actions: Sequence[ScreenAction], contexts: Iterable[str], width: int
) -> Iterator[Line]:
    """Return the actions that have keys under the names of their contexts, a blank line behind each."""
    language, keys = dialog.context.language, dialog.context.keys
    for context in contexts:
        here = [action for action in actions if action.context == context and keys.list_of(action.id)]
        if not here:
            continue
        yield ((dialog.say(f"context-{context}"), "title"),)
        for action in here:
            shown = column("  " + "  ".join(map(written, keys.list_of(action.id))), min(30, width // 2))
            yield ((shown, "link"), (action.label(language), ""))
        yield (("", ""),)
