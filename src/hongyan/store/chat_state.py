"""Keeps what people at this machine made of each chat: drafts, what is muted, put away or hidden; ``unread`` counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hongyan.model.ids import ChatKey, Seq
from hongyan.store.chat_state_rows import COLUMNS, set_columns, state_from
from hongyan.store.unread import mark_seen, mark_unread

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from hongyan.model.chat_state import ChatState
    from hongyan.store.aliases import Aliases
    from hongyan.store.session import Session

__all__ = ["SqliteChatStates"]


class SqliteChatStates:
    """``ports.chat_state.ChatStates``."""

    def __init__(self, session: Session, aliases: Aliases) -> None:
        self._session = session
        self._account = session.account
        self._aliases = aliases

    def all(self) -> dict[ChatKey, ChatState]:
        """Return the states of all chats that have one, by the keys under which they were known first."""
        with self._session.reading() as connection:
            read = connection.execute(
                "SELECT key, unread, read_seq FROM chat WHERE account_id = ?", (self._account,)
            ).fetchall()
            made = {
                key: rest
                for key, *rest in connection.execute(
                    f"SELECT key, {COLUMNS} FROM chat_state WHERE account_id = ?",  # noqa: S608  # constants
                    (self._account,),
                )
            }
        states = {ChatKey(key): state_from(unread, seq, made.pop(key, None)) for key, unread, seq in read}
        states |= {ChatKey(key): state_from(0, 0, rest) for key, rest in made.items()}
        return states

    def of(self, chat: ChatKey) -> ChatState:
        """Return the state of one chat."""
        key = self._aliases.first(chat)
        with self._session.reading() as connection:
            read = connection.execute(
                "SELECT unread, read_seq FROM chat WHERE account_id = ? AND key = ?",
                (self._account, key),
            ).fetchone()
            made = connection.execute(
                f"SELECT {COLUMNS} FROM chat_state WHERE account_id = ? AND key = ?",  # noqa: S608  # constants
                (self._account, key),
            ).fetchone()
        unread, seq = read or (0, 0)
        return state_from(unread, seq, made)

    def hidden(self, seqs: Sequence[Seq]) -> set[Seq]:
        """Return those of these rows that a person does not want to see."""
        if not seqs:
            return set()
        with self._session.reading() as connection:
            rows = connection.execute(
                "SELECT seq FROM hidden WHERE account_id = ? AND seq BETWEEN ? AND ?",
                (self._account, min(seqs), max(seqs)),
            ).fetchall()
        return {Seq(seq) for (seq,) in rows} & set(seqs)

    async def mark_seen(self, chat: ChatKey, up_to: Seq | None) -> None:
        """Note that a chat was read, all of it or up to a row."""
        await self._write(lambda c: mark_seen(c, self._session.account, self._aliases.all_of(chat), up_to))

    async def mark_unread(self, chat: ChatKey) -> None:
        """Let a chat count as unread, for one message if there was none."""
        await self._write(lambda c: mark_unread(c, self._session.account, self._aliases.first(chat)))

    async def keep_draft(
        self, chat: ChatKey, draft: str, *, quoting: Seq, attached: Sequence[str], now: float
    ) -> None:
        """Keep a text that is not sent yet; an empty one that answers nothing and has nothing attached leaves none."""
        at = now if draft or attached or quoting else 0.0
        paths = json.dumps(list(attached), ensure_ascii=False)
        await self._set(chat, {"draft": draft, "quoting": quoting, "attached": paths, "drafted_at": at})

    async def set_local(self, chat: ChatKey, **values: bool | None) -> None:
        """Set ``muted`` or ``archived`` of a chat, for this machine alone."""
        await self._set(chat, values)

    async def hide(self, seq: Seq) -> None:
        """Note that a person does not want to see a row any more."""
        await self._write(
            lambda c: c.execute(
                "INSERT OR IGNORE INTO hidden (account_id, seq) VALUES (?, ?)", (self._session.account, seq)
            )
        )

    async def _set(self, chat: ChatKey, values: Mapping[str, Any]) -> None:
        await self._write(lambda c: set_columns(c, self._session.account, self._aliases.first(chat), values))

    async def _write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        await self._session.write(work, durable=False, wake=True)
