"""The bottom of the main screen: where messages are written, what they answer, what goes with them, and the hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from hongyan.model.display_text import clean
from hongyan.terminal.full.composer.completion import Completion
from hongyan.terminal.full.composer.entry import MessageEntry
from hongyan.terminal.full.keys.typed_commands import typed_commands
from hongyan.terminal.full.main.bars import Divider, TextBar
from hongyan.terminal.full.main.perform import Perform

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from hongyan.model.contacts import Contact, Member
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.main.state import MainState
    from hongyan.terminal.full.main.status_bars import StatusBars
    from hongyan.terminal.full.messages.items import Item

__all__ = ["Composer"]

Piece = tuple[str, str]


class Composer(Vertical):
    """``quoting`` is the item that the entry answers, ``attached`` are the files that go with what is written."""

    DEFAULT_CSS = "Composer { height: auto; } Composer #reply { display: none; }"

    def __init__(self, context: ScreenContext, state: MainState, bars: StatusBars) -> None:
        super().__init__(id="bottom")
        self.quoting: Item | None = None
        self.attached: list[Path] = []
        self.context = context
        self._state = state
        palette = context.palette
        self.completion = Completion(palette, self._sources)
        self.entry = MessageEntry(
            context.keys,
            intercept=self.completion.takes,
            placeholder=context.say("placeholder"),
            id="entry",
        )
        self.completion.entry = self.entry
        hint: list[Piece] = [(context.say("drop-hint"), "notice")]
        self.edge = Divider(palette, across=True, id="entry-edge")
        self.reply = TextBar(palette, self._reply, lambda _: hint, id="reply")
        self.hint = TextBar(palette, bars.hint_left, bars.hint_right, id="hint")

    def compose(self) -> ComposeResult:
        """Put completions, reply, entry and hints together."""
        yield self.completion
        yield self.edge
        yield self.reply
        yield self.entry
        yield self.hint

    # -- what goes with the text

    def answer(self, item: Item | None) -> None:
        """Let the entry answer an item, or nothing."""
        self.quoting = item
        self.show_reply()

    def attach(self, paths: list[Path]) -> None:
        """Let files go with what is written, each once."""
        self.attached += [path for path in paths if path not in self.attached]
        self.show_reply()

    def drop_reply(self) -> None:
        """Let the entry answer nothing, and nothing go with it."""
        self.quoting, self.attached = None, []
        self.show_reply()

    def show_reply(self) -> None:
        """Show above the entry what it answers and what goes with it."""
        self.reply.display = self.quoting is not None or bool(self.attached)
        self.reply.refresh()

    def _reply(self, _: int) -> list[Piece]:
        say = self.context.say
        if self.quoting is not None:
            what = " ".join(row.text for row in self.quoting.body[:1])
            return [(" " + say("reply-to", who=self.quoting.who, what=what), "quote")]
        names = "、".join(clean(path.name) for path in self.attached)
        return [(" " + say("attached", names=names), "quote")]

    # -- what is written

    def _sources(self) -> tuple[list[tuple[Member, Contact | None]], list[tuple[str, str]]]:
        """Return whom ``@`` may name, with what is known of them, and what ``/`` may call."""
        chat, account = self._state.chat, self.context.account
        members = (chat.contact.members or ()) if chat is not None and chat.is_group else ()
        return [(member, account.people.known(member)) for member in members], typed_commands(
            self.context.language
        )

    def on_message_entry_action_requested(self, event: MessageEntry.ActionRequested) -> None:
        """Carry out what the entry asks for."""
        event.stop()
        self.post_message(Perform(event.action))

    def on_message_entry_submitted(self, event: MessageEntry.Submitted) -> None:
        """Send what was written."""
        event.stop()
        self.post_message(Perform("entry.send"))

    def on_message_entry_files_dropped(self, event: MessageEntry.FilesDropped) -> None:
        """Let files go with what is written."""
        event.stop()
        self.attach(event.paths)

    def on_text_area_changed(self) -> None:
        """Look for completions, and count what is written."""
        self._state.written = len(self.entry.text)
        self.completion.look()
        self.hint.refresh()

    def on_text_bar_pressed(self, event: TextBar.Pressed) -> None:
        """Drop the reply that was clicked."""
        event.stop()
        if event.bar is self.reply:
            self.drop_reply()

    def take_theme(self) -> None:
        """Offer completions in the present theme."""
        self.completion.palette = self.context.palette
