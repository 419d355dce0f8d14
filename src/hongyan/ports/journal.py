"""Who keeps what happened, in the order in which it was written, and shows a chat's rows to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, Seq

__all__ = ["Journal"]


class Journal(Protocol):
    """The journal of one account, for reading; the store itself appends to it. Rows are numbered from 1 and never move."""

    def latest(self) -> Seq:
        """Return the newest row's number, 0 in an empty journal."""

    async def wait(self, after: Seq) -> None:
        """Return as soon as the journal holds a row after ``after``."""

    def read(self, after: Seq, *, limit: int = 256) -> list[Recorded]:
        """Return rows after ``after``, oldest first."""

    def event(self, seq: Seq) -> Recorded | None:
        """Return one row."""

    def raw(self, seq: Seq) -> bytes:
        """Return the bytes that a row was read from, empty where there are none."""

    def message(self, message: str) -> Recorded | None:
        """Return the row of the message with this number of the service."""

    def recalled(self, messages: Iterable[str]) -> set[str]:
        """Return those of these messages, by the service's numbers, that were recalled."""

    def chats(self, *, limit: int = 1000) -> list[ChatKey]:
        """Return chats with traffic, latest first."""

    def history(self, chat: ChatKey, *, limit: int = 20, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages and own sends of a chat, oldest first, and the gaps between them.

        Of a command only its last outcome is there; ``limit`` does not count the gaps.
        """

    def history_around(self, chat: ChatKey, seq: Seq, before: int, after: int) -> list[Recorded]:
        """Return the row ``seq`` as ``history`` does, with so many rows of the chat before and after it."""

    def conversation(self, chat: ChatKey, *, after: Seq = ..., limit: int = 1000) -> list[Recorded]:
        """Return what follows ``after`` in a chat as ``history`` does, but from its beginning on: the next ``limit`` rows.

        The last number that is returned is where to go on; an empty list is the end.
        """

    def last(self, chat: ChatKey) -> Recorded | None:
        """Return the newest message or own send of a chat that is not hidden."""

    def count(self, chat: ChatKey) -> int:
        """Return how many rows a chat has, news of its members and the like among them."""
