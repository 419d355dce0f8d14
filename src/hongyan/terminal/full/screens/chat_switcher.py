"""Go to a chat by a few letters of its name, or to a command behind ``>``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.widgets import Input

from hongyan.model.display_text import clean, fit
from hongyan.terminal.full.chats.fuzzy import Finder, keys_of
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.keys.default_keys import ACTIONS
from hongyan.terminal.full.screens.choices import everybody
from hongyan.terminal.full.screens.dialogs import Dialog, marked

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.terminal.full.chats.fuzzy import Hit
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["ChatSwitcher"]

_SHOWN: Final = 200
_AGAIN_S: Final = 0.5

Piece = tuple[str, str]


class ChatSwitcher(Dialog["Chat | str | None"]):
    """Chats that had traffic last come first, then contacts and groups; ``>`` searches the actions, giving an id."""

    def __init__(self, context: ScreenContext, value: str = "") -> None:
        super().__init__(context)
        self._value = value
        self._chats: Finder[Chat] | None = None
        self._complete = False  # whether everyone was known at the last search
        self._commands = Finder(
            (action.id, (action.label(context.language), action.id), ()) for action in ACTIONS
        )
        self._found: list[Hit[Chat]] | list[Hit[str]] = []
        self._rows = RowList(self._draw, context.palette, empty=self.say("nothing"))

    def compose(self) -> ComposeResult:
        """Put the field and the list together."""
        with Vertical():
            yield self.title_line(self.say("go-to"))
            yield Input(self._value, select_on_focus=False)
            yield self._rows
            yield self.hint_line("choose-hint")

    def begin(self) -> None:
        """Show what there is before anything is typed."""
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(self._value)
        self._look(self._value)
        self.set_interval(_AGAIN_S, self._look_again)

    def _look_again(self) -> None:
        """See who was added while the contact list is loading."""
        if not self._complete and not self.query_one(Input).value.startswith(">"):
            selected = self._rows.selected
            self._look(self.query_one(Input).value)
            self._rows.select(max(selected, 0))

    def _look(self, typed: str) -> None:
        if typed.startswith(">"):
            self._found = self._commands.find(typed[1:], _SHOWN)
        else:
            complete = self.context.account.status().contacts_complete
            if self._chats is None or not self._complete:
                self._complete = complete
                self._chats = Finder(
                    (chat, *keys_of(chat.contact)) for chat in everybody(self.context.account)
                )
            self._found = self._chats.find(typed, _SHOWN)
        self._rows.reset(len(self._found))
        self._rows.styles.height = min(max(len(self._found), 1), 16)

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        hit = self._found[index]
        gutter = self.context.palette.marks["selected"] if index == self._rows.selected else " "
        if isinstance(hit.item, str):
            action = next(a for a in ACTIONS if a.id == hit.item)
            text = fit(action.label(self.context.language), max(width - 24, 8))
            return [
                [
                    (f"{gutter} ", "me"),
                    *marked(text, hit.at),
                    (f"  {self.context.keys.shown(action.id)}", "notice"),
                    (f"  {action.id}", "time"),
                ]
            ]
        chat = hit.item
        name = fit(clean(chat.name, newline=" ", tab=" "), max(width // 2, 8))
        contact = chat.contact
        more = contact.nickname if contact.remark and contact.nickname != contact.remark else contact.alias
        unread = self.context.roster.state(chat).unread
        badge = [(f" {unread} ", "badge")] if unread else []
        kind = self.say(f"kind-{contact.kind}")
        return [
            [
                (f"{gutter} ", "me"),
                *marked(name, hit.at),
                ("  ", ""),
                *badge,
                (f" {kind} {clean(more, newline=' ')}", "notice"),
            ]
        ]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look again."""
        self._look(event.value)

    def on_row_list_highlighted(self) -> None:
        """Show which row is selected without colour too."""
        self._rows.redraw()

    def on_input_submitted(self) -> None:
        """Go there."""
        self._rows.choose()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Give back what was chosen."""
        self.dismiss(self._found[event.index].item)

    def pressed(self, key: str) -> bool:
        """Move in the list."""
        return self._rows.moved_by(key)
