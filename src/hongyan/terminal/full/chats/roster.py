"""Which chats the list shows, in which order, and what it shows of each: names, previews, counts; it draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from hongyan.errors import NotComplete
from hongyan.model.chat_state import ChatState
from hongyan.model.contacts import ContactKind
from hongyan.model.display_text import cells, clean, fit
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey, Seq
from hongyan.terminal.full.strings.main import MAIN
from hongyan.terminal.strings.language import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.client.account import Account, Chat
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.messages.items import ItemBuilder

__all__ = ["TABS", "Roster", "Tab"]

Tab = Literal["groups", "friends", "officials", "all", "archived"]
TABS: Final[tuple[Tab, ...]] = ("groups", "friends", "officials", "all", "archived")
"""The tabs in the order of the keys 1 to 5."""

_LOOKED_THROUGH: Final = 100  # unread messages of a group that are looked through for mentions
_FIRST: Final = 60  # chats that fill any screen
_NO_STATE: Final = ChatState()

Piece = tuple[str, str]


class _Preview(NamedTuple):
    seq: Seq
    at: float
    text: str


class Roster:
    """The chats of an account as a list shows them. ``when(at)`` is a time in the few cells that a list has.

    ``refresh`` looks at the store again; everything else is answered from what it found.
    """

    def __init__(
        self,
        account: Account,
        items: ItemBuilder,
        language: Language,
        when: Callable[[float], str],
        marks: Mapping[str, str],
    ) -> None:
        self._account = account
        self._items = items
        self._language = language
        self._when = when
        self.marks = marks
        self.tab: Tab = "all"
        self.chats: list[Chat] = []
        self.states: dict[ChatKey, ChatState] = {}
        self._closed: dict[ChatKey, Seq] = {}
        self._recent: list[ChatKey] | None = None
        self._previews: dict[ChatKey, _Preview | None] = {}
        self._mentions: dict[ChatKey, tuple[Seq, int, int]] = {}

    # -- which

    def begin(self) -> None:
        """Look at the store for the first screenful alone, so that there is one at once."""
        self.states = self._account.local.states()
        talked = [chat for chat in self._account.archive.chats(_FIRST) if not self.state(chat).archived]
        self.chats = sorted(talked, key=lambda chat: not chat.contact.pinned)

    def refresh(self, touched: set[ChatKey] | None = None) -> None:
        """Look at the store again; ``touched`` are the chats that have something new, None for any."""
        if touched is None:
            self._previews.clear()
            self._recent = None
        else:
            for key in touched:
                self._previews.pop(key, None)
        self.states = self._account.local.states()
        self.chats = self._ordered()

    def _ordered(self) -> list[Chat]:
        if self.tab in {"groups", "friends", "officials"}:
            return self._by_kind()
        chats = [chat for chat in self._listed() if self._is_open(chat)]
        archived = self.tab == "archived"
        chats = [chat for chat in chats if self.state(chat).archived is archived]
        return sorted(chats, key=lambda chat: not chat.contact.pinned)  # stable: the latest stay first

    def _listed(self) -> list[Chat]:
        """Return the chats with traffic, then those that the service named as recent; the latter are looked for once."""
        talked = self._account.archive.chats()
        keys = {chat.key for chat in talked}
        if self._recent is None:
            self._recent = [chat.key for chat in self._account.chats() if chat.key not in keys]
        return [*talked, *(self._account.chat(key) for key in self._recent if key not in keys)]

    def _is_open(self, chat: Chat) -> bool:
        closed = self._closed.get(chat.key)
        if closed is None:
            return True
        newest = self._account.archive.last(chat)
        if newest is not None and newest.seq > closed:
            del self._closed[chat.key]
            return True
        return False

    def _by_kind(self) -> list[Chat]:
        listed = self._account.groups if self.tab == "groups" else self._account.contacts
        try:
            chats = listed()
        except NotComplete:
            chats = self._account.chats()
        wanted = {
            "groups": {ContactKind.GROUP},
            "friends": {ContactKind.FRIEND},
            "officials": {ContactKind.OFFICIAL, ContactKind.SPECIAL},
        }[self.tab]
        return [chat for chat in chats if chat.contact.kind in wanted]

    def close(self, chat: Chat) -> None:
        """Take a chat out of the list until something new comes."""
        newest = self._account.archive.last(chat)
        self._closed[chat.key] = newest.seq if newest is not None else Seq(0)

    def index_of(self, key: ChatKey) -> int | None:
        """Return the position of a chat in the list."""
        return next((i for i, chat in enumerate(self.chats) if chat.key == key), None)

    def state(self, chat: Chat) -> ChatState:
        """Return what people at this machine made of a chat."""
        return self.states.get(chat.key, _NO_STATE)

    def muted(self, chat: Chat) -> bool:
        """Whether a chat is muted: here, else on the phone."""
        own = self.state(chat).muted
        return chat.contact.muted if own is None else own

    def unread(self) -> int:
        """Return how many messages wait to be read, without those of muted chats."""
        return sum(s.unread for key, s in self.states.items() if s.unread and not self._is_silent(key))

    def _is_silent(self, key: ChatKey) -> bool:
        return self.muted(self._account.chat(key))

    def next_unread(self, after: ChatKey | None, step: int = 1) -> Chat | None:
        """Return the next unread chat after ``after``, those that mention me first, muted ones last."""
        self.states = self._account.local.states()  # what was read a moment ago is not unread
        waiting = [self._account.chat(key) for key, s in self.states.items() if s.unread and not s.archived]
        waiting = [chat for chat in waiting if chat.key != after]
        if not waiting:
            return None
        if step < 0:
            return waiting[-1]
        return min(waiting, key=lambda chat: (not self.mentions(chat), self.muted(chat)))

    def mentions(self, chat: Chat) -> int:
        """Return how many of the unread messages of a group mention me."""
        state = self.state(chat)
        if not chat.is_group or not state.unread:
            return 0
        newest = self._account.archive.last(chat)
        seq = newest.seq if newest is not None else Seq(0)
        known = self._mentions.get(chat.key)
        if known is not None and known[:2] == (seq, state.unread):
            return known[2]
        rows = self._account.history(chat, min(state.unread, _LOOKED_THROUGH))
        count = sum(row.seq > state.read and self.mentions_me(row) for row in rows)
        self._mentions[chat.key] = (seq, state.unread, count)
        return count

    def mentions_me(self, row: Recorded) -> bool:
        """Whether a row is a message of another person that mentions me."""
        if not isinstance(row.event, MessageReceived) or row.event.message.outgoing:
            return False
        incoming = self._account.incoming(row)
        return incoming is not None and str(incoming.mentions_me) == "yes"

    # -- what is shown of each

    def preview(self, chat: Chat) -> _Preview | None:
        """Return the newest row of a chat: its number, its time and one line."""
        if chat.key not in self._previews:
            self._previews[chat.key] = self._previewed(chat)
        return self._previews[chat.key]

    def _previewed(self, chat: Chat) -> _Preview | None:
        newest = self._account.archive.last(chat)
        items = self._items.items([newest]) if newest is not None else []
        if not items:
            return None
        item = items[0]
        text = " ".join(row.text for row in item.body[:2])
        shown = f"{item.who}: {text}" if chat.is_group and item.side == "other" and item.who else text
        return _Preview(item.seq, item.at, clean(shown, newline=" "))

    def row(self, index: int, width: int, lines: int) -> list[list[Piece]]:
        """Return what is shown of a chat in so many lines of so many cells."""
        chat = self.chats[index]
        return self._two_lines(chat, width) if lines == 2 else [self._one_line(chat, width)]

    def _two_lines(self, chat: Chat, width: int) -> list[list[Piece]]:
        preview = self.preview(chat)
        name = self._name(chat)
        when = self._when(preview.at) if preview is not None else ""
        badge = self._badge(chat)
        indent = 2 if width >= 16 else 0
        return [
            _spread([(self._flags(chat), ""), name], (when, "time"), width),
            _spread([(" " * indent, ""), *self._preview_pieces(chat, preview)], badge, width),
        ]

    def _one_line(self, chat: Chat, width: int) -> list[Piece]:
        preview = self.preview(chat)
        return _spread(
            [(self._flags(chat), ""), self._name(chat), ("  ", ""), *self._preview_pieces(chat, preview)],
            self._badge(chat),
            width,
        )

    def _name(self, chat: Chat) -> Piece:
        name = clean(chat.name, newline=" ", tab=" ") or say(MAIN, "wechat", self._language)
        return (name, "title" if self.state(chat).unread and not self.muted(chat) else "")

    def _flags(self, chat: Chat) -> str:
        marks = self.marks
        flags = (marks["pinned"] if chat.contact.pinned else "") + (
            marks["muted"] if self.muted(chat) else ""
        )
        return f"{flags} " if flags else ""

    def _preview_pieces(self, chat: Chat, preview: _Preview | None) -> list[Piece]:
        draft = self.state(chat).draft
        if draft:
            return [
                (say(MAIN, "draft", self._language), "draft"),
                (" " + clean(draft, newline=" "), "notice"),
            ]
        return [(preview.text if preview is not None else "", "notice")]

    def _badge(self, chat: Chat) -> Piece:
        unread = self.state(chat).unread
        if not unread:
            return ("", "")
        count = "99+" if unread > 99 else str(unread)
        mentions = self.mentions(chat)
        text = f"@{mentions} {count}" if mentions else count
        return (f" {text} ", "badge-muted" if self.muted(chat) and not mentions else "badge")


def _spread(left: list[Piece], right: Piece, width: int) -> list[Piece]:
    """Return pieces at both ends of a line; the left ones give way."""
    used = cells(right[0])
    if used + 4 > width:
        right, used = ("", ""), 0
    room = width - used - (1 if used else 0)
    pieces: list[Piece] = []
    for text, style in left:
        shown = fit(text, room)
        pieces.append((shown, style))
        room -= cells(shown)
    if used:
        pieces += [(" " * (room + 1), ""), right]
    return pieces
