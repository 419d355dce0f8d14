"""Holds the part of a chat's history that is near the screen, and loads more of it at either end; it draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.events import CommandSettled
from hongyan.model.ids import CommandId, Seq

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.client.account import Account, Chat
    from hongyan.model.events import Recorded
    from hongyan.model.ids import MsgId
    from hongyan.terminal.full.messages.items import Item, ItemBuilder

__all__ = ["HistoryWindow"]

_PAGE: Final = 100  # rows loaded at a time
_MOST: Final = 1500  # items held; what is far from the screen is let go


class HistoryWindow:
    """A run of consecutive items of one chat. ``at_start`` and ``at_end`` are whether it touches the chat's ends.

    Queued messages of this chat follow the last item, as ``pending``. ``hidden`` rows are left out.
    """

    def __init__(self, account: Account, builder: ItemBuilder, chat: Chat) -> None:
        self.chat = chat
        self._account = account
        self._builder = builder
        self._kept: list[Item] = []
        self._pending: list[Item] = []
        self.at_start = False
        self.at_end = True
        self._first_seq = Seq(0)
        self._last_seq = Seq(0)
        self._begins: Seq | None = None
        self.load_end()

    def __len__(self) -> int:
        return len(self._kept) + (len(self._pending) if self.at_end else 0)

    def __getitem__(self, index: int) -> Item:
        return self._kept[index] if index < len(self._kept) else self._pending[index - len(self._kept)]

    @property
    def span(self) -> tuple[Seq, Seq]:
        """The journal's numbers of the first and the last row that are held."""
        return self._first_seq, self._last_seq

    def index_of(self, seq: Seq, command: CommandId | None = None) -> int | None:
        """Return the position of an item, None if it is not held."""
        for index in range(len(self) - 1, -1, -1):
            item = self[index]
            if (seq and item.seq == seq) or (command is not None and item.command == command):
                return index
        return None

    def index_of_message(self, message: MsgId) -> int | None:
        """Return the position of the item of a message, by the service's number."""
        return next((i for i in range(len(self) - 1, -1, -1) if message and self[i].id == message), None)

    # -- loading

    def load_end(self) -> None:
        """Hold the end of the chat."""
        rows = self._account.history(self.chat, _PAGE)
        self._hold(rows, at_start=_counted(rows) < _PAGE, at_end=True)
        self.refresh_pending()

    def load_start(self) -> None:
        """Hold the beginning of the chat."""
        rows = self._account.archive.conversation(self.chat, limit=_PAGE)
        self._hold(rows, at_start=True, at_end=_counted(rows) < _PAGE)

    def load_around(self, seq: Seq) -> None:
        """Load the rows around a row."""
        before = self._account.history(self.chat, _PAGE // 2, before=Seq(seq + 1))
        after = self._account.archive.conversation(self.chat, after=seq, limit=_PAGE // 2)
        later = [row for row in after if row.seq > seq]
        self._hold(
            [*before, *later], at_start=_counted(before) < _PAGE // 2, at_end=_counted(later) < _PAGE // 2
        )
        self.refresh_pending()

    def _hold(self, rows: Sequence[Recorded], *, at_start: bool, at_end: bool) -> None:
        self._kept = self._made(rows)
        self.at_start, self.at_end = at_start, at_end
        self._first_seq = rows[0].seq if rows else Seq(0)
        self._last_seq = rows[-1].seq if rows else Seq(0)

    def _made(self, rows: Sequence[Recorded]) -> list[Item]:
        hidden = self._account.local.hidden([row.seq for row in rows])
        return self._builder.items([row for row in rows if row.seq not in hidden])

    def older(self) -> int:
        """Load the page before the first item and return how many items were added in front."""
        if self.at_start:
            return 0
        rows = self._account.history(self.chat, _PAGE, before=self._first_seq)
        self.at_start = _counted(rows) < _PAGE
        if not rows:
            return 0
        built = self._made(rows)
        self._kept[:0] = built
        self._first_seq = rows[0].seq
        if len(self._kept) > _MOST:
            del self._kept[_MOST:]
            self.at_end = False
            self._last_seq = self._kept[-1].seq
        return len(built)

    def newer(self) -> tuple[int, int]:
        """Load the page after the last item; return how many items were added, and how many were removed in front."""
        if self.at_end:
            return 0, 0
        rows = self._account.archive.conversation(self.chat, after=self._last_seq, limit=_PAGE)
        rows = [row for row in rows if row.seq > self._last_seq]
        self.at_end = _counted(rows) < _PAGE
        built = self._made(rows)
        self._kept += built
        if rows:
            self._last_seq = rows[-1].seq
        gone = max(len(self._kept) - _MOST, 0)
        if gone:
            del self._kept[:gone]
            self.at_start = False
            self._first_seq = self._kept[0].seq
        return len(built), gone

    # -- news

    def take_in(self, rows: Sequence[Recorded]) -> int:
        """Append new rows of this chat, if the end is held; return how many items are new.

        A later outcome of a command takes the place of the former one.
        """
        rows = [row for row in rows if row.seq > self._last_seq]
        if not self.at_end or not rows:
            return len(self._made(rows))
        settled = {row.event.row.id for row in rows if isinstance(row.event, CommandSettled)}
        if settled:
            self._kept = [item for item in self._kept if item.command not in settled]
        built = self._made(rows)
        self._kept += built
        self._last_seq = rows[-1].seq
        self._first_seq = self._first_seq or rows[0].seq
        self.refresh_pending()
        return len(built)

    def refresh_pending(self) -> bool:
        """Look again at what waits to be sent; return whether that changed."""
        if not self.at_end:
            return False
        pending = self._builder.pending(self._account.outbox.pending(self.chat))
        changed = pending != self._pending
        self._pending = pending
        return changed

    def make_again(self, seqs: set[Seq] | None = None) -> None:
        """Make items anew, all or those of some rows: something that they show has changed."""
        rows = [item.row for item in self._kept if item.row is not None]
        again = {item.seq: item for item in self._made([r for r in rows if seqs is None or r.seq in seqs])}
        gone = {row.seq for row in rows if seqs is None or row.seq in seqs} - again.keys()
        self._kept = [again.get(item.seq, item) for item in self._kept if item.seq not in gone]

    def seq_at(self, fraction: float) -> Seq:
        """Return the row at about that place in the whole chat, 0 for its start and 1 for its end."""
        first, last = self.ends()
        return Seq(round(first + fraction * (last - first)))

    def ends(self) -> tuple[Seq, Seq]:
        """Return the numbers of the chat's first and last row."""
        first = self._first_seq
        if not self.at_start:
            if self._begins is None:
                rows = self._account.archive.conversation(self.chat, limit=1)
                self._begins = rows[0].seq if rows else first
            first = self._begins
        last = self._last_seq
        if not self.at_end:
            newest = self._account.archive.last(self.chat)
            last = newest.seq if newest is not None else last
        return first, max(first, last)


def _counted(rows: Sequence[Recorded]) -> int:
    """Return how many rows count for a page: gaps come as they are."""
    from hongyan.model.events import Gap

    return sum(not isinstance(row.event, Gap) for row in rows)
