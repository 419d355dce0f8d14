"""The rows of chat states as the writer's other transactions touch them: a new message brings a chat back, a merge joins two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hongyan.model.chat_state import ChatState
from hongyan.model.ids import ChatKey, Seq

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["COLUMNS", "bring_back", "merge_chat_states", "set_columns", "state_from"]

COLUMNS: Final = "draft, quoting, attached, drafted_at, muted, archived"
NOTHING: Final = ("", 0, "[]", 0.0, None, 0)


def bring_back(
    connection: sqlite3.Connection,
    account: int,
    chats: Sequence[ChatKey],
    is_muted: Callable[[ChatKey], bool],
) -> None:
    """Unarchive chats with something new, unless they are muted, here or by the service."""
    if not chats:
        return
    put_away = connection.execute(
        "SELECT key, muted FROM chat_state WHERE account_id = ? AND archived <> 0"
        " AND key IN (SELECT value FROM json_each(?))",
        (account, json.dumps(chats)),
    ).fetchall()
    for key, muted in put_away:
        if not (is_muted(ChatKey(key)) if muted is None else muted):
            set_columns(connection, account, ChatKey(key), {"archived": False})


def merge_chat_states(
    connection: sqlite3.Connection, account: int, first: ChatKey, keys: Sequence[ChatKey]
) -> None:
    """Let what people made of the chats ``keys`` be of ``first``: the newest draft, and what was chosen for either."""
    places = ", ".join("?" * (len(keys) + 1))
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM chat_state WHERE account_id = ? AND key IN ({places})"  # noqa: S608  # constants
        " ORDER BY key <> ?, drafted_at",
        (account, first, *keys, first),
    ).fetchall()
    if not rows:
        return
    draft = max(rows, key=lambda row: row[3])[:4]
    muted = next((row[4] for row in rows if row[4] is not None), None)
    archived = rows[0][5]
    connection.execute(
        f"DELETE FROM chat_state WHERE account_id = ? AND key IN ({places})",  # noqa: S608  # constants
        (account, first, *keys),
    )
    connection.execute(
        f"INSERT INTO chat_state (account_id, key, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # constants
        (account, first, *draft, muted, archived),
    )


def set_columns(
    connection: sqlite3.Connection, account: int, key: ChatKey, values: Mapping[str, Any]
) -> None:
    """Set columns of a chat's row; a row that says nothing goes."""
    names = ", ".join(values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values)
    connection.execute(
        f"INSERT INTO chat_state (account_id, key, {names}) VALUES (?, ?{', ?' * len(values)})"  # noqa: S608  # constants
        f" ON CONFLICT DO UPDATE SET {changes}",
        (account, key, *values.values()),
    )
    connection.execute(
        f"DELETE FROM chat_state WHERE account_id = ? AND key = ? AND ({COLUMNS}) IS (?, ?, ?, ?, ?, ?)",  # noqa: S608  # constants
        (account, key, *NOTHING),
    )


def state_from(unread: int, read: int, made: Sequence[Any] | None) -> ChatState:
    """Return the state in the two rows of a chat, if there are any."""
    draft, quoting, attached, drafted_at, muted, archived = made or NOTHING
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
