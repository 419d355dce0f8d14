"""Puts a chat's rows together as people read them: with the gaps between, and of each command its last outcome alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hongyan.model.events import CommandSettled
from hongyan.model.ids import Seq

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey

__all__ = ["ChatRows", "around", "following", "newest"]


class ChatRows(Protocol):
    """Where the rows come from, oldest first."""

    def rows_before(self, chat: ChatKey, limit: int, before: Seq | None) -> list[Recorded]:
        """Return the latest messages and own sends of a chat before ``before``."""

    def rows_after(self, chat: ChatKey, after: Seq, limit: int) -> list[Recorded]:
        """Return the first messages and own sends of a chat after ``after``."""

    def gaps(self, after: Seq, before: Seq | None) -> list[Recorded]:
        """Return the gaps between two rows."""


def newest(journal: ChatRows, chat: ChatKey, limit: int, before: Seq | None) -> list[Recorded]:
    """Return the latest ``limit`` rows before ``before``, oldest first, and the gaps between them."""
    rows = journal.rows_before(chat, limit, before)
    gaps = journal.gaps(rows[0].seq, before) if rows else []
    return _without_former_outcomes([*rows, *gaps])


def following(journal: ChatRows, chat: ChatKey, after: Seq, limit: int) -> list[Recorded]:
    """Return the next ``limit`` rows after ``after`` and the gaps between them; an empty list is the end."""
    rows = journal.rows_after(chat, after, limit)
    if not rows:
        return []
    until = rows[-1].seq if len(rows) == limit else None
    gaps = journal.gaps(after or rows[0].seq, until)
    return _without_former_outcomes([*rows, *gaps])


def around(journal: ChatRows, chat: ChatKey, seq: Seq, before: int, after: int) -> list[Recorded]:
    """Return the row ``seq`` with so many rows of the chat before and after it, and the gaps between them."""
    earlier = journal.rows_before(chat, before + 1, Seq(seq + 1))
    later = journal.rows_after(chat, seq, after)
    rows = [*earlier, *later]
    if not rows:
        return []
    until = None if len(later) < after else rows[-1].seq
    return _without_former_outcomes([*rows, *journal.gaps(rows[0].seq, until)])


def _without_former_outcomes(rows: Iterable[Recorded]) -> list[Recorded]:
    """Return rows in order, of each command the last outcome only."""
    ordered = sorted(rows, key=lambda row: row.seq)
    last = {r.event.row.id: r.seq for r in ordered if isinstance(r.event, CommandSettled)}
    return [r for r in ordered if not isinstance(r.event, CommandSettled) or last[r.event.row.id] == r.seq]
