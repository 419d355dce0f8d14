"""What the archive keeps of a chat and what its rules would take away, as values; it removes nothing."""

from __future__ import annotations

from msgspec import Struct

from hongyan.model.ids import ChatKey, Seq

__all__ = ["Behind", "Holding", "Removal"]


class Holding(Struct, frozen=True, kw_only=True):
    """The stored content of one chat. Counts are of messages and of the account's sends, sizes in bytes of their rows and of their files.

    ``due`` of them are older than the rule allows; ``unread`` of those stay until every registered reader has had them.
    ``removed`` are deleted already.
    """

    chat: ChatKey
    rows: int = 0
    size: int = 0
    files: int = 0
    due: int = 0
    due_size: int = 0
    unread: int = 0
    removed: int = 0


class Removal(Struct, frozen=True):
    """What one step took away: rows, and their bytes."""

    rows: int = 0
    size: int = 0


class Behind(Struct, frozen=True):
    """A registered consumer that has not got the events after ``low`` yet, and how many these are."""

    consumer: str
    low: Seq
    events: int
