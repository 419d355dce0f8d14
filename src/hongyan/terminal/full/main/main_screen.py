"""The main screen: the list of chats, the open chat, its members and the entry; it shows what the store holds.

What is done by a key is in the ``do_*`` modules; here is what is on the screen, and how news reach it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from hongyan.model.events import CommandSettled, ContactChanged, LoginChanged, MessageReceived
from hongyan.model.ids import ChatKey, Seq
from hongyan.model.messages import Recall
from hongyan.terminal.clean import clean, fit
from hongyan.terminal.full.actions.registry import perform_action
from hongyan.terminal.full.chats.roster import TABS, Roster
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.composer.completion import Completion
from hongyan.terminal.full.composer.entry import MessageEntry
from hongyan.terminal.full.keys.default_keys import CHAT_MENU, MESSAGE_MENU
from hongyan.terminal.full.keys.keymap import Sequences
from hongyan.terminal.full.keys.keynames import writes
from hongyan.terminal.full.main.bars import Divider, TextBar
from hongyan.terminal.full.main.progress import Progress
from hongyan.terminal.full.main.status import ConnectionStatus
from hongyan.terminal.full.main.status_bars import StatusBars
from hongyan.terminal.full.messages.bubbles import BubbleLayout
from hongyan.terminal.full.messages.history import History
from hongyan.terminal.full.messages.items import ItemBuilder
from hongyan.terminal.full.messages.window import HistoryWindow
from hongyan.terminal.full.pictures.draw import shape
from hongyan.terminal.full.pictures.gallery import Gallery
from hongyan.terminal.full.strings.main import MAIN
from hongyan.terminal.strings.line_mode import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.model.contacts import Contact, Member
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.app import FullScreen
    from hongyan.terminal.full.messages.items import Item

__all__ = ["Main"]

_WIDE: Final = 100
_NARROW: Final = 60
_SMALLEST: Final = (30, 8)
_DRAFT_S: Final = 2.0
_MEMBERS_WIDTH: Final = 20

Piece = tuple[str, str]


class Main(Screen[None], inherit_bindings=False):
    """What a person looks at. ``chat`` is the open chat, ``quoting`` the item that the entry answers."""

    DEFAULT_CSS = """
    Main { layout: vertical; background: $background; }
    #panes { height: 1fr; }
    #left { width: 24; }
    #list { height: 1fr; }
    #center { width: 1fr; }
    #members-pane { width: 20; }
    #members { height: 1fr; }
    #small { display: none; width: 1fr; height: 1fr; content-align: center middle; }
    #reply { display: none; }
    """
    BINDINGS: ClassVar = []

    def __init__(self, terminal: FullScreen) -> None:
        super().__init__()
        self.terminal = terminal
        self.account = terminal.account
        self.language = terminal.language
        self.chat: Chat | None = None
        self.quoting: Item | None = None
        self.attached: list[Path] = []
        self.hits: list[Seq] = []
        self.sequences = {context: Sequences(terminal.keys, context) for context in ("messages", "list")}
        self._members_wanted: bool | None = None
        self._complete = False  # whether everybody was known when the list was filled
        self._list_wanted = True
        self.members_shown: list[Member] = []
        self.commanding = False  # whether single letters are commands
        palette = terminal.palette
        self.maker = ItemBuilder(
            account=self.account,
            language=self.language,
            clock=terminal.clock,
            recalled=terminal.settings.recalled,
            faces=terminal.faces,
        )
        self.roster = Roster(self.account, self.maker, self.language, terminal.list_time, palette.marks)
        self.status = ConnectionStatus(self.account, self.language)
        self.edges = StatusBars(self)
        self.progress = Progress(self)
        self.gallery = Gallery(terminal, self.maker.has_file)
        self.list = RowList(self._draw_chat, palette, lines=2, empty=self.say("no-chats"), id="list")
        self.history = History(
            self._typeset(),
            palette,
            empty=self._history_hint(),
            below=lambda count: self.maker.say("below", count=count),
            picture=self.gallery.drawn,
            id="history",
        )
        self.members = RowList(self._draw_member, palette, id="members")
        self.completion = Completion(palette, self._complete_sources)
        self.entry = MessageEntry(
            terminal.keys, intercept=self.completion.takes, placeholder=self.say("placeholder"), id="entry"
        )
        self.completion.entry = self.entry

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence of the main screen."""
        return say(MAIN, key, self.language, **values)

    def _history_hint(self) -> str:
        return self.maker.say("no-chat", key=self.terminal.keys.shown("chat.go-to"))

    def _typeset(self) -> BubbleLayout:
        terminal = self.terminal
        return BubbleLayout(
            terminal.clock,
            terminal.day,
            marks=dict(terminal.palette.marks),
            picture_size=terminal.settings.picture_size if terminal.shows_pictures else None,
            shape=shape,
        )

    # -- what is on the screen

    def compose(self) -> ComposeResult:
        """Put the panes together."""
        palette = self.terminal.palette
        yield Static("", id="small", markup=False)
        yield TextBar(
            palette, self.edges.top_left, self.edges.top_right, fill=palette.marks["rule"], id="top"
        )
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield self.list
                yield TextBar(palette, self.edges.tabs, id="tabs")
            yield Divider(palette, id="left-edge")
            with Vertical(id="center"):
                yield TextBar(palette, self.edges.title, self.edges.title_right, id="title")
                yield self.history
            yield Divider(palette, id="right-edge")
            with Vertical(id="members-pane"):
                yield TextBar(palette, self.edges.members_title, id="members-title")
                yield self.members
        yield self.completion
        with Vertical(id="bottom"):
            yield Divider(palette, across=True, id="entry-edge")
            yield TextBar(
                palette, self.edges.reply_left, lambda _: [(self.say("drop-hint"), "notice")], id="reply"
            )
            yield self.entry
            yield TextBar(palette, self.edges.hint_left, self.edges.hint_right, id="hint")

    def on_mount(self) -> None:
        """Fill the panes with what the store holds."""
        self.query_one("#bottom").styles.height = "auto"
        self.query_one("#left").styles.width = self.terminal.settings.list_width
        self.roster.begin()
        self.list.reset(len(self.roster.chats))
        self.call_after_refresh(self._refresh_list)
        self.set_interval(_DRAFT_S, self.progress.keep_draft)
        self.set_interval(1.0, self._tick)
        self._arrange()
        self.list.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Fold the panes for another size."""
        self._arrange(event.size.width, event.size.height)

    def _arrange(self, width: int = 0, height: int = 0) -> None:
        width, height = width or self.app.size.width, height or self.app.size.height
        narrow = width < _NARROW
        tiny = width < _SMALLEST[0] or height < _SMALLEST[1]
        self.set_class(narrow, "-narrow")
        self.set_class(tiny, "-tiny")
        small = self.query_one("#small", Static)
        small.update(self.say("too-small", width=width, height=height))
        small.display = tiny
        for part in ("#panes", "#top", "#bottom"):
            self.query_one(part).display = not tiny
        one = self.chat is not None and self.pane != "list" if narrow else False
        self.query_one("#left").display = self._list_wanted and not one if not narrow else not one
        self.query_one("#left-edge").display = self._list_wanted and not narrow
        self.query_one("#center").display = not narrow or one
        if narrow:
            self.query_one("#left").styles.width = "1fr"
        else:
            self.query_one("#left").styles.width = min(self.terminal.settings.list_width, width // 2)
        lines = 1 if narrow or height < 16 else 2
        if lines != self.list.row_lines:
            self.list.reset(self.list.count, self.list.selected, lines=lines)
        group = self.chat is not None and self.chat.is_group
        shown = (
            group
            and (width >= _WIDE if self._members_wanted is None else self._members_wanted)
            and not narrow
        )
        self.query_one("#members-pane").display = shown
        self.query_one("#right-edge").display = shown
        self.query_one("#tabs").display = height >= 10
        self.query_one("#hint").display = height >= 12
        self.query_one("#entry-edge").display = height >= 14

    @property
    def pane(self) -> str:
        """Where the keys go: ``list``, ``messages``, ``members`` or ``entry``."""
        focused = self.focused
        if focused is self.entry:
            return "entry"
        if focused is self.history:
            return "messages"
        if focused is self.members:
            return "members"
        return "list"

    def toggle_members(self) -> None:
        """Show the members' pane, or no longer."""
        self._members_wanted = not self.query_one("#members-pane").display
        self._arrange()

    def toggle_list(self) -> None:
        """Show the list of chats, or no longer."""
        self._list_wanted = not self._list_wanted
        if not self._list_wanted and self.focused is self.list:
            self.focus_pane("entry")
        self._arrange()

    def widen_list(self, by: int) -> None:
        """Give the list of chats more columns, or fewer."""
        self.terminal.change(list_width=min(max(self.terminal.settings.list_width + by, 12), 80))
        self._arrange()

    def focus_pane(self, pane: str) -> None:
        """Let the keys go to a pane; on a narrow screen it is the one that is shown."""
        target = {"list": self.list, "messages": self.history, "members": self.members, "entry": self.entry}[
            pane
        ]
        if self.has_class("-narrow"):
            one = pane != "list" and self.chat is not None
            self.query_one("#left").display = not one
            self.query_one("#center").display = one
        if not target.display or (target.parent is not None and not getattr(target.parent, "display", True)):
            return
        target.focus()
        self.call_after_refresh(self._arrange)
        self.refresh_bars()

    def panes(self) -> list[str]:
        """Return the panes that are on the screen, in the order of Tab."""
        shown = ["list"] if self.query_one("#left").display or self.has_class("-narrow") else []
        shown += ["messages", "entry"] if self.chat is not None else []
        return [*shown, "members"] if self.query_one("#members-pane").display else shown

    def refresh_bars(self) -> None:
        """Draw the one-line bars anew."""
        for bar in self.query(TextBar):
            bar.refresh()

    # -- lists

    def _draw_chat(self, index: int, width: int) -> list[list[Piece]]:
        rows = self.roster.row(index, max(width - 1, 1), self.list.row_lines)
        is_open = self.chat is not None and self.roster.chats[index].key == self.chat.key
        gutter = self.terminal.palette.marks["selected"] if is_open else " "
        return [[(gutter, "me"), *row] for row in rows]

    def _draw_member(self, index: int, width: int) -> list[list[Piece]]:
        member = self.members_shown[index]
        assert self.chat is not None
        name = clean(self.account.called(member), newline=" ", tab=" ")
        mark = ""
        if member.name == self.chat.contact.owner:
            mark = f" {self.say('owner-mark')}"
        if member.name == self.account.me.contact.name:
            mark = f" {self.say('me-mark')}"
        return [[(" ", ""), (fit(name, max(width - 8, 4)), f"nick:{member.name}"), (mark, "notice")]]

    def member(self, index: int) -> Member | None:
        """Return a member of the members' pane."""
        return self.members_shown[index] if 0 <= index < len(self.members_shown) else None

    def _show_members(self) -> None:
        contact = self.chat.contact if self.chat is not None else None
        members = list(contact.members or ()) if contact is not None and contact.is_group else []
        owner = contact.owner if contact is not None else ""
        self.members_shown = sorted(members, key=lambda m: m.name != owner)
        self.members.reset(len(self.members_shown))

    # -- chats

    def open_chat(self, chat: Chat, *, at: Seq | None = None, focus: str = "entry") -> None:
        """Open a chat: at its end or where it is unread, or at a row."""
        if self.chat is not None and self.chat.key != chat.key:
            former = self.chat, self.entry.text, self.quoting, tuple(map(str, self.attached))
            self.terminal.later(self.progress.kept(*former))
        fresh = self.chat is None or self.chat.key != chat.key
        self.chat = chat
        if fresh or at is None:
            self._load_chat(chat, fresh=fresh)
        if at is not None:
            self.history.view.to_seq(at)
            self.history.moved()
        if (index := self.roster.index_of(chat.key)) is not None:
            self.list.select(index)
        self.list.redraw()
        self._show_members()
        self._arrange()
        self.focus_pane(focus)
        self.call_after_refresh(self.progress.read_here)

    def _load_chat(self, chat: Chat, *, fresh: bool) -> None:
        state = self.account.chat_state(chat)
        window = HistoryWindow(self.account, self.maker, chat)
        self.quoting, self.attached, self.hits = None, [], []
        if fresh:
            self.progress.take_up(chat)
        first = next(
            (
                window[i]
                for i in range(len(window))
                if window[i].seq > state.read and window[i].side == "other"
            ),
            None,
        )
        told = ""
        if state.unread and first is not None:
            told = self.maker.say("unread-line", count=state.unread, time=self.terminal.clock(first.at))
        self.history.show(
            window, unread_from=first.seq if told and first is not None else Seq(0), unread_told=told
        )
        self.history.empty = self.maker.say("empty")

    def show_reply(self) -> None:
        """Show above the entry what it answers and what goes with it."""
        self.query_one("#reply").display = self.quoting is not None or bool(self.attached)
        self.query_one("#reply").refresh()

    def selected_chat(self) -> Chat | None:
        """Return the chat that is selected in the list."""
        index = self.list.selected
        return self.roster.chats[index] if 0 <= index < len(self.roster.chats) else None

    def show_tab(self, tab: int) -> None:
        """Show another tab of the list."""
        self.roster.tab = TABS[tab]
        self._refresh_list(keep=False)
        self.query_one("#tabs").refresh()

    def _refresh_list(self, touched: set[ChatKey] | None = None, *, keep: bool = True) -> None:
        selected = self.selected_chat() if keep else None
        self.roster.refresh(touched)
        index = self.roster.index_of(selected.key) if selected is not None else None
        self.list.reset(len(self.roster.chats), index if index is not None else 0)

    # -- news

    def take_in(self, rows: Sequence[Recorded]) -> None:
        """Show rows of the journal that just came."""
        touched = {row.chat for row in rows if row.chat}
        renewed = any(isinstance(row.event, LoginChanged | ContactChanged) for row in rows)
        self._refresh_list(None if renewed else touched)
        window = self.history.window
        if self.chat is not None and window is not None:
            self.chat = window.chat = self.account.chat(self.chat.key)
            here = [row for row in rows if row.chat == self.chat.key and _in_history(row)]
            came = window.take_in(here) if here else 0
            if any(_takes_back(row) for row in here):
                window.make_again()
                self.history.view.forget()
            pending = window.refresh_pending()
            if came or pending or here:
                self.history.news(came)
            if here:
                self.progress.read_here()
            self._show_members_again()
            self.gallery.wish(self.history)
        self.refresh_bars()

    def _show_members_again(self) -> None:
        members = self.chat.contact.members if self.chat is not None and self.chat.is_group else ()
        if len(members or ()) != len(self.members_shown):
            self._show_members()

    def _tick(self) -> None:
        complete = self.account.status().contacts_complete
        if complete is not self._complete:
            self._complete = complete
            self._refresh_list()
        window = self.history.window
        if window is not None and window.refresh_pending():
            self.history.news()
        self.query_one("#top").refresh()

    # -- keys and the mouse

    def perform(self, action: str, count: int) -> None:
        """Begin to do what an action stands for; it may ask the person something, so nobody waits for it."""
        self.terminal.ask(perform_action(self, action, count), action)

    def on_key(self, event: events.Key) -> None:
        """Carry out what a key does in the pane that has the focus."""
        if (
            self.pane == "members"
            and not (self.types_here and writes(event.key))
            and self._members_key(event.key)
        ):
            event.stop()
            return
        context = {"list": "list", "messages": "messages"}.get(self.pane)
        if context is None or (self.types_here and writes(event.key)):
            return
        matcher = self.sequences[context]
        found = matcher.feed(event.key)
        self.query_one("#hint").refresh()
        if found is not None:
            event.stop()
            event.prevent_default()
            self.perform(*found)
        elif matcher.pending:
            event.stop()
        elif event.key == "escape":
            event.stop()
            self.step_back()

    # -- what is typed

    @property
    def types_here(self) -> bool:
        """Whether what is typed outside of the entry is meant for it, and no letter is a command."""
        return self.terminal.settings.auto_focus and not self.commanding

    def take_typed(self, event: events.Key) -> bool:
        """Let the entry have a character that is typed elsewhere; return whether nobody is to have it.

        The focus is there at once: nothing that is typed next can overtake it.
        """
        if self.pane == "entry" or not self.types_here or not event.is_printable:
            return False
        if not self._can_write():
            find, key = (self.terminal.keys.shown(action) for action in ("chat.go-to", "app.commands"))
            self.terminal.tell(self.say("typing-nowhere", find=find, key=key))
            return True
        self.to_entry()
        return False

    def take_paste(self, text: str) -> None:
        """Let the entry have what is pasted elsewhere: it is never read as keys."""
        if self._can_write():
            self.to_entry()
            self.entry.take_paste(text)

    def _can_write(self) -> bool:
        return self.chat is not None and not self.has_class("-tiny")

    def to_entry(self) -> None:
        """Let the keys go to the entry from this very moment on."""
        if self.has_class("-narrow"):
            self.query_one("#left").display = False
            self.query_one("#center").display = True
        self.set_focus(self.entry)
        self.call_after_refresh(self._arrange)

    def turn_commands(self) -> None:
        """Let single letters be commands, or no longer."""
        if self.pane == "entry":
            self.focus_pane("messages" if self.chat is not None else "list")
            self.commanding = True
        else:
            self.commanding = not self.commanding
        for matcher in self.sequences.values():
            matcher.forget()
        self.refresh_bars()

    def on_descendant_focus(self) -> None:
        """Tell what the keys do where they go now; whoever writes gives no commands."""
        if self.pane == "entry":
            self.commanding = False
        self.refresh_bars()

    def _members_key(self, key: str) -> bool:
        moves = {"up": -1, "k": -1, "down": 1, "j": 1}
        if key in moves:
            self.members.move(moves[key])
        elif key in {"pageup", "pagedown"}:
            self.members.page(-1 if key == "pageup" else 1)
        elif key == "enter":
            self.members.choose()
        elif key == "escape":
            self.focus_pane("entry")
        else:
            return False
        return True

    def step_back(self) -> None:
        """Leave what one is in: marks, then the selection, then the chat on a narrow screen."""
        if self.pane == "messages" and self.history.marked:
            self.history.marked.clear()
            self.history.refresh()
        elif self.pane == "messages":
            self.history.view.select(None)
            self.focus_pane("entry" if not self.has_class("-narrow") else "list")
        elif self.pane == "list" and self.chat is not None and not self.has_class("-narrow"):
            self.focus_pane("entry")
        self.commanding = False
        self.refresh_bars()

    def on_message_entry_action_requested(self, event: MessageEntry.ActionRequested) -> None:
        """Carry out what the entry asks for."""
        self.perform(event.action, 1)

    def on_message_entry_submitted(self) -> None:
        """Send what was written."""
        self.perform("entry.send", 1)

    def on_message_entry_files_dropped(self, event: MessageEntry.FilesDropped) -> None:
        """Let files go with what is written."""
        self.attached += [path for path in event.paths if path not in self.attached]
        self.show_reply()

    def on_text_area_changed(self) -> None:
        """Look for completions, and count what is written."""
        self.completion.look()
        self.query_one("#hint").refresh()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open what was chosen in a list."""
        if event.rows is self.list:
            self.perform("list.open", 1)
        elif event.rows is self.members and (member := self.member(event.index)) is not None:
            self.terminal.ask(self._show_member(member), "show a member")

    def on_row_list_menu_requested(self, event: RowList.MenuRequested) -> None:
        """Show what can be done with a chat."""
        if event.rows is self.list:
            self._show_menu(CHAT_MENU, event.x, event.y)

    async def _show_member(self, member: Member) -> None:
        from hongyan.terminal.full.actions.chats import show_member

        await show_member(self, member)

    def _show_menu(self, actions: Sequence[str], x: int, y: int) -> None:
        from hongyan.terminal.full.actions.chats import pick

        self.terminal.ask(pick(self, actions, x, y), "show a menu")

    def on_history_opened(self, _: History.Opened) -> None:
        """Open the message that was clicked."""
        self.perform("messages.open", 1)

    def on_history_menu_requested(self, event: History.MenuRequested) -> None:
        """Show what can be done with a message."""
        self._show_menu(MESSAGE_MENU, event.x, event.y)

    def on_history_moved(self, _: History.Moved) -> None:
        """Fetch the pictures that are on the screen now, and count as read what is."""
        self.gallery.wish(self.history)
        if self.terminal.settings.read == "bottom":
            self.progress.read_here()

    def on_divider_dragged(self, event: Divider.Dragged) -> None:
        """Give the list the columns that the mouse says."""
        if event.divider.id == "left-edge":
            self.terminal.change(list_width=min(max(event.x, 12), 80))
            self._arrange()

    def on_text_bar_pressed(self, event: TextBar.Pressed) -> None:
        """Do what a bar that was clicked stands for."""
        if event.bar.id == "tabs":
            self._press_tab(event.x)
        elif event.bar.id == "reply":
            self.drop_reply()
        elif event.bar.id == "title":
            self.perform("app.card", 1)
        elif event.bar.id == "top":
            self.perform("chat.go-to" if event.x < self.size.width - 10 else "app.help", 1)

    def _press_tab(self, x: int) -> None:
        from hongyan.terminal.clean import cells

        at = 1
        for index, name in enumerate(self.edges.tab_names(self.query_one("#tabs").size.width)):
            at += cells(name) + 1
            if x < at:
                self.show_tab(index)
                return

    def drop_reply(self) -> None:
        """Let the entry answer nothing, and nothing go with it."""
        self.quoting, self.attached = None, []
        self.show_reply()

    def _complete_sources(self) -> tuple[list[tuple[Member, Contact | None]], list[tuple[str, str]]]:
        """Return whom ``@`` may name, with what is known of them, and what ``/`` may call."""
        is_group = self.chat is not None and self.chat.is_group
        members = (self.chat.contact.members or ()) if self.chat is not None and is_group else ()
        return [(member, self.account.known(member)) for member in members], self.terminal.commands()

    def take_keys(self) -> None:
        """Let another key map count."""
        keys = self.terminal.keys
        self.sequences = {context: Sequences(keys, context) for context in ("messages", "list")}
        self.entry.keys = keys
        self.refresh_bars()

    def take_theme(self) -> None:
        """Draw everything in the present theme."""
        palette = self.terminal.palette
        self.roster.marks = palette.marks
        for widget in self.query(RowList):
            widget.take(palette)
        for bar in self.query(TextBar):
            bar.take(palette)
        for divider in self.query(Divider):
            divider.take(palette)
        self.completion.palette = palette
        self.history.relayout(self._typeset(), palette)
        self.gallery.again(self.history)


def _in_history(row: Recorded) -> bool:
    return not isinstance(row.event, LoginChanged)


def _takes_back(row: Recorded) -> bool:
    """Whether a row changes how another one is shown: a message was taken back."""
    from hongyan.model.commands import Recall as TakeBack

    if isinstance(row.event, MessageReceived):
        return isinstance(row.event.message, Recall)
    return isinstance(row.event, CommandSettled) and isinstance(row.event.row.command, TakeBack)
