"""Keeps what people at this machine made of each chat: drafts, what is muted, put away or hidden; ``reading`` counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hongyan.model.chat_state import ChatState
from hongyan.model.ids import ChatKey, Seq
from hongyan.store import unread as reading

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from hongyan.store.aliases import Aliases
    from hongyan.store.database import Database

__all__ = ["Desk", "bring_back", "merge_chat_states"]

_COLUMNS: Final = "draft, quoting, attached, drafted_at, muted, archived"
_NOTHING: Final = ("", 0, "[]", 0.0, None, 0)


class Desk:
    """The desk of one account. Methods that take a connection belong to the writer."""

    def __init__(self, database: Database, account: int, aliases: Aliases) -> None:
        self._database = database
        self._account = account
        self._aliases = aliases

    def states(self) -> dict[ChatKey, ChatState]:
        """Return the states of all chats that have one, by the keys under which they were known first."""
        with self._database.reading() as connection:
            read = connection.execute(
                "SELECT key, unread, read_seq FROM chat WHERE account_id = ?", (self._account,)
            ).fetchall()
            made = {
                key: rest
                for key, *rest in connection.execute(
                    f"SELECT key, {_COLUMNS} FROM desk WHERE account_id = ?",  # noqa: S608  # constants
                    (self._account,),
                )
            }
        states = {ChatKey(key): _state(unread, seq, made.pop(key, None)) for key, unread, seq in read}
        states |= {ChatKey(key): _state(0, 0, rest) for key, rest in made.items()}
        return states

    def state(self, chat: ChatKey) -> ChatState:
        """Return the state of one chat."""
        key = self._aliases.first(chat)
        with self._database.reading() as connection:
            read = connection.execute(
                "SELECT unread, read_seq FROM chat WHERE account_id = ? AND key = ?",
                (self._account, key),
            ).fetchone()
            made = connection.execute(
                f"SELECT {_COLUMNS} FROM desk WHERE account_id = ? AND key = ?",  # noqa: S608  # constants
                (self._account, key),
            ).fetchone()
        unread, seq = read or (0, 0)
        return _state(unread, seq, made)

    def hidden(self, seqs: Sequence[Seq]) -> set[Seq]:
        """Return those of these rows that a person does not want to see."""
        if not seqs:
            return set()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT seq FROM hidden WHERE account_id = ? AND seq BETWEEN ? AND ?",
                (self._account, min(seqs), max(seqs)),
            ).fetchall()
        return {Seq(seq) for (seq,) in rows} & set(seqs)

    # -- the writer

    def mark_seen(self, connection: sqlite3.Connection, chat: ChatKey, up_to: Seq | None) -> None:
        """Note that a chat was read, all of it or up to a row."""
        reading.mark_seen(connection, self._account, self._aliases.all_of(chat), up_to)

    def mark_unread(self, connection: sqlite3.Connection, chat: ChatKey) -> None:
        """Let a chat count as unread, for one message if there was none."""
        reading.mark_unread(connection, self._account, self._aliases.first(chat))

    def set(self, connection: sqlite3.Connection, chat: ChatKey, **values: Any) -> None:
        """Set columns of a chat's row; a row that says nothing goes."""
        _set(connection, self._account, self._aliases.first(chat), values)

    def keep_draft(
        self,
        connection: sqlite3.Connection,
        chat: ChatKey,
        draft: str,
        quoting: Seq,
        attached: Sequence[str],
        now: float,
    ) -> None:
        """Keep a text that is not sent yet; an empty one that answers nothing and has nothing attached leaves none."""
        at = now if draft or attached or quoting else 0.0
        told = json.dumps(list(attached), ensure_ascii=False)
        self.set(connection, chat, draft=draft, quoting=quoting, attached=told, drafted_at=at)

    def hide(self, connection: sqlite3.Connection, seq: Seq) -> None:
        """Note that a person does not want to see a row any more."""
        connection.execute(
            "INSERT OR IGNORE INTO hidden (account_id, seq) VALUES (?, ?)", (self._account, seq)
        )


def bring_back(
    connection: sqlite3.Connection,
    account: int,
    chats: Sequence[ChatKey],
    is_muted: Callable[[ChatKey], bool],
) -> None:
    """Take chats of which something new came out of what was put away, unless they are muted, here or by the service."""
    if not chats:
        return
    put_away = connection.execute(
        "SELECT key, muted FROM desk WHERE account_id = ? AND archived <> 0"
        " AND key IN (SELECT value FROM json_each(?))",
        (account, json.dumps(chats)),
    ).fetchall()
    for key, muted in put_away:
        if not (is_muted(ChatKey(key)) if muted is None else muted):
            _set(connection, account, ChatKey(key), {"archived": False})


def merge_chat_states(
    connection: sqlite3.Connection, account: int, first: ChatKey, keys: Sequence[ChatKey]
) -> None:
    """Let what people made of the chats ``keys`` be of ``first``: the newest draft, and what was chosen for either."""
    places = ", ".join("?" * (len(keys) + 1))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM desk WHERE account_id = ? AND key IN ({places})"  # noqa: S608  # constants
        " ORDER BY key <> ?, drafted_at",
        (account, first, *keys, first),
    ).fetchall()
    if not rows:
        return
    draft = max(rows, key=lambda row: row[3])[:4]
    muted = next((row[4] for row in rows if row[4] is not None), None)
    archived = rows[0][5]
    connection.execute(
        f"DELETE FROM desk WHERE account_id = ? AND key IN ({places})",  # noqa: S608  # constants
        (account, first, *keys),
    )
    connection.execute(
        f"INSERT INTO desk (account_id, key, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # constants
        (account, first, *draft, muted, archived),
    )


def _set(connection: sqlite3.Connection, account: int, key: ChatKey, values: Mapping[str, Any]) -> None:
    names = ", ".join(values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values)
    connection.execute(
        f"INSERT INTO desk (account_id, key, {names}) VALUES (?, ?{', ?' * len(values)})"  # noqa: S608  # constants
        f" ON CONFLICT DO UPDATE SET {changes}",
        (account, key, *values.values()),
    )
    connection.execute(
        f"DELETE FROM desk WHERE account_id = ? AND key = ? AND ({_COLUMNS}) IS (?, ?, ?, ?, ?, ?)",  # noqa: S608  # constants
        (account, key, *_NOTHING),
    )


def _state(unread: int, read: int, made: Sequence[Any] | None) -> ChatState:
    draft, quoting, attached, drafted_at, muted, archived = made or _NOTHING
    return ChatState(
        unread=unread,
        read=Seq(read),
        draft=draft,
        quoting=Seq(quoting),
        attached=tuple(json.loads(attached)) if attached != "[]" else (),
        drafted_at=drafted_at,
        muted=None if muted is None else bool(muted),
        archived=bool(archived),
    )
