"""The main screen: the chats, the open chat, its members and the composer, arranged for the size; it shows what the store holds.

Keys and the mouse end here as a ``Perform`` message; what an action does is in ``actions/``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from hongyan.model.events import ContactChanged, LoginChanged
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.keys.keymap import Sequences
from hongyan.terminal.full.keys.keynames import writes
from hongyan.terminal.full.main.bars import Divider, TextBar
from hongyan.terminal.full.main.chat_list import ChatList
from hongyan.terminal.full.main.composer import Composer
from hongyan.terminal.full.main.conversation_pane import ConversationPane
from hongyan.terminal.full.main.drafts import Drafts
from hongyan.terminal.full.main.layout import Size, layout
from hongyan.terminal.full.main.members_pane import MembersPane
from hongyan.terminal.full.main.perform import Perform
from hongyan.terminal.full.main.reading import count_as_read, is_read_here
from hongyan.terminal.full.main.state import MainState
from hongyan.terminal.full.main.status_bars import StatusBars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.model.contacts import Member
    from hongyan.model.events import Recorded
    from hongyan.model.ids import Seq
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.main.state import Pane
    from hongyan.terminal.full.messages.history import History

__all__ = ["Main"]

_DRAFT_S: Final = 2.0
_LIST_WIDTHS: Final = (12, 80)  # columns, at least and at most


class Main(Screen[None], inherit_bindings=False):
    """What a person looks at. ``chat`` is the open chat."""

    DEFAULT_CSS = """
    Main { layout: vertical; background: $background; }
    #panes { height: 1fr; }
    #small { display: none; width: 1fr; height: 1fr; content-align: center middle; }
    """
    BINDINGS: ClassVar = []

    def __init__(self, context: ScreenContext) -> None:
        super().__init__()
        self.context = context
        self.state = MainState()
        self._complete = False  # whether everyone was known when the list was filled
        self._bars = StatusBars(context, self.state)
        self.chats = ChatList(context, self.state, self._bars)
        self.conversation = ConversationPane(context, self._bars)
        self.members_pane = MembersPane(context)
        self.composer = Composer(context, self.state, self._bars)
        self.drafts = Drafts(context, self.state, self.composer)
        self.list, self.members = self.chats.rows, self.members_pane.rows
        self.history, self.gallery = self.conversation.history, self.conversation.gallery
        self.entry, self.completion = self.composer.entry, self.composer.completion
        self._focusable = {
            "list": self.list,
            "messages": self.history,
            "members": self.members,
            "entry": self.entry,
        }
        self._sequences = self._new_sequences()

    @property
    def chat(self) -> Chat | None:
        """The open chat."""
        return self.state.chat

    # -- what is on the screen

    def compose(self) -> ComposeResult:
        """Put the panes together."""
        palette, bars = self.context.palette, self._bars
        yield Static("", id="small", markup=False)
        yield TextBar(palette, bars.top_left, bars.top_right, fill=palette.marks["rule"], id="top")
        with Horizontal(id="panes"):
            yield self.chats
            yield Divider(palette, id="left-edge")
            yield self.conversation
            yield Divider(palette, id="right-edge")
            yield self.members_pane
        yield self.composer

    def on_mount(self) -> None:
        """Fill the panes with what the store holds."""
        self.chats.styles.width = self.context.settings.list_width
        self.chats.begin()
        self.set_interval(_DRAFT_S, self.drafts.begin_save)
        self.set_interval(1.0, self._tick)
        self._arrange()
        self.list.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Fold the panes for another size."""
        self._arrange(Size(event.size.width, event.size.height))

    def _arrange(self, size: Size | None = None) -> None:
        """Show the panes that fit a size, that of the screen for None."""
        size = size or Size(self.app.size.width, self.app.size.height)
        was_tiny = self.has_class("-tiny")
        self._note_pane()
        self._show_panes(size)
        if was_tiny and not self.has_class("-tiny"):
            self.call_after_refresh(self.focus_pane, self.state.pane)

    def _note_pane(self) -> None:
        """Note where the keys go; a screen that is too small hides every pane, and keeps the last one in mind."""
        if not self.has_class("-tiny"):
            self.state.pane = self.pane

    def _show_panes(self, size: Size) -> None:
        shown = layout(size, self.state, self.context.settings.list_width)
        self.set_class(shown.narrow, "-narrow")
        self.set_class(shown.tiny, "-tiny")
        small = self.query_one("#small", Static)
        small.update(self.context.say("too-small", width=size.width, height=size.height))
        visible = {
            "#small": shown.tiny,
            **dict.fromkeys(("#panes", "#top", "#bottom"), not shown.tiny),
            "#left": shown.list,
            "#left-edge": shown.list_edge,
            "#center": shown.center,
            "#members-pane": shown.members,
            "#right-edge": shown.members,
            "#tabs": shown.tabs,
            "#hint": shown.hint,
            "#entry-edge": shown.entry_edge,
        }
        for part, is_shown in visible.items():
            self.query_one(part).display = is_shown
        self.chats.styles.width = "1fr" if shown.list_width is None else shown.list_width
        if shown.row_lines != self.list.row_lines:
            self.list.reset(self.list.count, self.list.selected, lines=shown.row_lines)

    def toggle_members(self) -> None:
        """Show the members' pane, or no longer."""
        self.state.members_wanted = not self.members_pane.display
        self._arrange()

    def toggle_list(self) -> None:
        """Show the list of chats, or no longer."""
        self.state.list_wanted = not self.state.list_wanted
        if not self.state.list_wanted and self.focused is self.list:
            self.focus_pane("entry")
        self._arrange()

    def set_list_width(self, columns: int) -> None:
        """Give the list of chats so many columns, as far as that makes sense."""
        least, most = _LIST_WIDTHS
        self.context.change(list_width=min(max(columns, least), most))
        self._arrange()

    def refresh_bars(self) -> None:
        """Draw the one-line bars anew."""
        self._note_pane()
        for bar in self.query(TextBar):
            bar.refresh()

    def take_keys(self) -> None:
        """Let another key map count."""
        self._sequences = self._new_sequences()
        self.entry.keys = self.context.keys
        self.refresh_bars()

    def take_theme(self) -> None:
        """Draw everything in the present theme."""
        palette = self.context.palette
        self.context.roster.marks = palette.marks
        for widget in (*self.query(RowList), *self.query(TextBar), *self.query(Divider)):
            widget.take(palette)
        self.composer.take_theme()
        self.conversation.take_theme()

    # -- panes

    @property
    def pane(self) -> Pane:
        """Where the keys go."""
        focused = self.focused
        if focused is self.entry:
            return "entry"
        if focused is self.history:
            return "messages"
        return "members" if focused is self.members else "list"

    def panes(self) -> list[Pane]:
        """Return the panes that are on the screen, in the order of Tab."""
        shown: list[Pane] = ["list"] if self.chats.display or self.has_class("-narrow") else []
        if self.chat is not None:
            shown += ["messages", "entry"]
        return [*shown, "members"] if self.members_pane.display else shown

    def focus_pane(self, pane: Pane) -> None:
        """Let the keys go to a pane; on a narrow screen it is the one that is shown."""
        target = self._focusable[pane]
        if self.has_class("-narrow"):
            self._show_alone(pane)
        if not target.display or (target.parent is not None and not getattr(target.parent, "display", True)):
            return
        target.focus()
        self.call_after_refresh(self._arrange)
        self.refresh_bars()

    def _show_alone(self, pane: Pane) -> None:
        only_chat = pane != "list" and self.chat is not None
        self.chats.display = not only_chat
        self.conversation.display = only_chat

    def on_descendant_focus(self) -> None:
        """Show what the keys do in this pane; in the entry letters are never commands."""
        if self.pane == "entry":
            self.state.commanding = False
        self.refresh_bars()

    # -- chats

    def open_chat(self, chat: Chat, *, at: Seq | None = None, focus: Pane = "entry") -> None:
        """Open a chat: at its end or where it is unread, or at a row."""
        former = self.chat
        fresh = former is None or former.key != chat.key
        if former is not None and fresh:
            self.drafts.begin_save_of(former)
        self.state.chat = chat
        if fresh or at is None:
            self._load_chat(chat, fresh=fresh)
        if at is not None:
            self.history.view.to_seq(at)
            self.history.moved()
        self.chats.select(chat.key)
        self.members_pane.show(chat)
        self._arrange()
        self.focus_pane(focus)
        self.call_after_refresh(self._read_here)

    def _load_chat(self, chat: Chat, *, fresh: bool) -> None:
        self.composer.quoting, self.composer.attached, self.state.hits = None, [], []
        if fresh:
            self.drafts.take_up(chat)
        self.conversation.show(chat)

    def take_in(self, rows: Sequence[Recorded]) -> None:
        """Show new rows of the journal."""
        renewed = any(isinstance(row.event, LoginChanged | ContactChanged) for row in rows)
        self.chats.show_again(None if renewed else {row.chat for row in rows if row.chat})
        if self.chat is not None and self.history.window is not None:
            chat = self.state.chat = self.context.account.chat(self.chat.key)
            if self.conversation.take_in(rows, chat):
                self._read_here()
            self.members_pane.show_again(chat)
            self.gallery.wish(self.history)
        self.refresh_bars()

    def _tick(self) -> None:
        complete = self.context.account.status().contacts_complete
        if complete is not self._complete:
            self._complete = complete
            self.chats.show_again()
        self.conversation.count_down()
        self.query_one("#top").refresh()

    def _read_here(self) -> None:
        """Count the open chat as read, where the settings and what is on the screen say so."""
        if self.chat is not None and is_read_here(
            self.context, has_focus=self.app.app_focus, at_end=self.history.view.follows
        ):
            count_as_read(self.context, self.chat)

    def on_history_moved(self, _: History.Moved) -> None:
        """Count as read what is on the screen now."""
        if self.context.settings.read == "bottom":
            self._read_here()

    def on_members_pane_chosen(self, event: MembersPane.Chosen) -> None:
        """Show the card of the member."""
        self.context.ask(self.show_member(event.member), "show a member")

    async def show_member(self, member: Member) -> None:
        """Show the card of a person, and open the chat that is chosen there."""
        from hongyan.terminal.full.screens.card import ContactCard

        person = await self.context.account.people.person(member)
        chosen = await self.context.push(ContactCard(self.context, person))
        if chosen is not None:
            self.open_chat(chosen)

    # -- keys and the mouse

    def perform(self, action: str, count: int = 1) -> None:
        """Ask the application for an action."""
        self.app.post_message(Perform(action, count))

    def _new_sequences(self) -> dict[str, Sequences]:
        return {name: Sequences(self.context.keys, name) for name in ("messages", "list")}

    def on_key(self, event: events.Key) -> None:
        """Ask for what a key does in the pane that has the focus."""
        pane = self.pane
        if self._types_here and writes(event.key):
            return
        if pane == "members" and self._members_key(event.key):
            event.stop()
        elif pane in self._sequences:
            self._sequence_key(self._sequences[pane], event)

    def _sequence_key(self, sequences: Sequences, event: events.Key) -> None:
        found = sequences.feed(event.key)
        self.state.pending = sequences.pending
        self.composer.hint.refresh()
        if found is not None:
            event.stop()
            event.prevent_default()
            self.perform(*found)
        elif sequences.pending:
            event.stop()
        elif event.key == "escape":
            event.stop()
            self.step_back()

    def _members_key(self, key: str) -> bool:
        if key == "escape":
            self.focus_pane("entry")
            return True
        return self.members_pane.pressed(key)

    def step_back(self) -> None:
        """Leave what one is in: marks, then the selection, then the chat on a narrow screen."""
        pane, narrow = self.pane, self.has_class("-narrow")
        if pane == "messages" and self.history.marked:
            self.history.marked.clear()
            self.history.refresh()
        elif pane == "messages":
            self.history.view.select(None)
            self.focus_pane("list" if narrow else "entry")
        elif pane == "list" and self.chat is not None and not narrow:
            self.focus_pane("entry")
        self.state.commanding = False
        self.refresh_bars()

    def turn_commands(self) -> None:
        """Let single letters be commands, or no longer."""
        if self.pane == "entry":
            self.focus_pane("messages" if self.chat is not None else "list")
            self.state.commanding = True
        else:
            self.state.commanding = not self.state.commanding
        for sequences in self._sequences.values():
            sequences.forget()
        self.state.pending = ""
        self.refresh_bars()

    def on_divider_dragged(self, event: Divider.Dragged) -> None:
        """Give the list the columns that the mouse says."""
        if event.divider.id == "left-edge":
            self.set_list_width(event.x)

    def on_text_bar_pressed(self, event: TextBar.Pressed) -> None:
        """Run the action of the clicked part of the line on top."""
        if event.bar.id == "top":
            self.perform("chat.go-to" if event.x < self.size.width - 10 else "app.help")

    # -- what is typed or pasted outside of the entry

    @property
    def _types_here(self) -> bool:
        """Whether what is typed outside of the entry is meant for it, and no letter is a command."""
        return self.context.settings.auto_focus and not self.state.commanding

    def take_typed(self, event: events.Key) -> bool:
        """Let the entry have a character that is typed elsewhere; return whether nothing else is to have it.

        The focus is there at once: nothing that is typed next can overtake it.
        """
        if self.pane == "entry" or not self._types_here or not event.is_printable:
            return False
        if not self._can_write():
            find, key = (self.context.keys.shown(action) for action in ("chat.go-to", "app.commands"))
            self.context.tell(self.context.say("typing-nowhere", find=find, key=key))
            return True
        self._to_entry()
        return False

    def take_paste(self, text: str) -> None:
        """Let the entry have what is pasted elsewhere: it is never read as keys."""
        if self._can_write():
            self._to_entry()
            self.entry.take_paste(text)

    def _can_write(self) -> bool:
        return self.chat is not None and not self.has_class("-tiny")

    def _to_entry(self) -> None:
        """Let the keys go to the entry from this very moment on."""
        if self.has_class("-narrow"):
            self._show_alone("entry")
        self.set_focus(self.entry)
        self.call_after_refresh(self._arrange)
