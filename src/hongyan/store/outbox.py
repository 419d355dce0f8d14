"""Keeps the rows of commands with their outcomes; when and how they are carried out is the client's business."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from hongyan.errors import UsageError
from hongyan.model.commands import (
    DISMISSED,
    STOPPING,
    Command,
    CommandRow,
    Outcome,
    SendFile,
    Settlement,
    UnknownCommand,
    cancelled,
    chat_of,
)
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, LoginId
from hongyan.store.rows import COMMAND_COLUMNS, command_from, encode
from hongyan.store.writer import too_large

if TYPE_CHECKING:
    import sqlite3

    from hongyan.model.commands import IdempotencyKey
    from hongyan.store.aliases import Aliases
    from hongyan.store.session import Session

__all__ = ["SqliteOutbox"]

_SELECT: Final = f"SELECT {COMMAND_COLUMNS} FROM command WHERE account_id = ?"  # noqa: S608  # a constant


class SqliteOutbox:
    """``ports.outbox.Outbox``. Methods that take a connection belong to the writer."""

    def __init__(self, session: Session, aliases: Aliases) -> None:
        self._aliases = aliases
        self._session = session
        self._account = session.account
        self._highest = 0
        with session.reading() as connection:
            self.take_in(connection)

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Look again for the newest row, under the writer's lock: another program may have added some."""
        (highest,) = connection.execute(
            "SELECT MAX(id) FROM command WHERE account_id = ?", (self._account,)
        ).fetchone()
        self._highest = max(self._highest, highest or 0)

    async def enqueue(
        self,
        command: Command,
        client_msg_id: ClientMsgId,
        *,
        now: float,
        idempotency_key: IdempotencyKey | None = None,
        not_before: float | None = None,
    ) -> CommandRow:
        """Add a command row; an earlier row with the same key is returned unchanged."""
        return await self._session.write(
            lambda c: self.add(c, command, client_msg_id, now, idempotency_key, not_before), wake=True
        )

    def add(
        self,
        connection: sqlite3.Connection,
        command: Command,
        client_msg_id: ClientMsgId,
        now: float,
        idempotency_key: IdempotencyKey | None,
        not_before: float | None,
    ) -> CommandRow:
        """Add a row; an earlier row with the same key is returned unchanged.

        A number that is taken already gives way to the next one: it has only four digits more than the milliseconds, and
        the server drops what comes a second time under the same.
        """
        if (
            idempotency_key is not None
            and (row := self._by_idempotency_key(connection, idempotency_key)) is not None
        ):
            return row
        while self._is_taken(connection, client_msg_id):
            client_msg_id = ClientMsgId(str(int(client_msg_id) + 1))
        cursor = connection.execute(
            "INSERT INTO command (account_id, client_msg_id, outcome, chat, created_at, not_before, due_at, login,"
            " consumer, event, ordinal, handler, command) VALUES (?, ?, 'queued', ?, ?, ?, ?, '', ?, ?, ?, ?, ?)",
            (
                self._account,
                client_msg_id,
                chat_of(command),
                now,
                not_before,
                not_before,
                *((None, None, None, "") if idempotency_key is None else idempotency_key),
                encode(command),
            ),
        )
        self._highest = max(self._highest, cursor.lastrowid or 0)
        number = CommandId(cursor.lastrowid or 0)
        if isinstance(command, SendFile):
            connection.execute(
                "INSERT INTO sent_file (account_id, command, name) VALUES (?, ?, ?)",
                (self._account, number, PurePath(command.path).name),
            )
        return self.row(connection, number)

    def _is_taken(self, connection: sqlite3.Connection, client_msg_id: ClientMsgId) -> bool:
        found = connection.execute(
            "SELECT 1 FROM command WHERE account_id = ? AND client_msg_id = ?", (self._account, client_msg_id)
        ).fetchone()
        return found is not None

    async def mark_sent(self, command: CommandId, *, login: LoginId, now: float) -> CommandRow:
        """Note that a command is being handed to the network, before it is; one that is no longer open stays as it is."""
        return await self._session.write(lambda c: self._mark_sent(c, command, login, now), wake=True)

    def _mark_sent(
        self, connection: sqlite3.Connection, command: CommandId, login: LoginId, now: float
    ) -> CommandRow:
        """Note that a command is being handed to the network under ``login``, unless it is no longer open.

        For one that was in doubt the time of its first handing over stays, so that doubt has an end.
        """
        connection.execute(
            "UPDATE command SET outcome = 'sent', login = ?, attempts = attempts + 1, said = '',"
            " reason = CASE reason WHEN ? THEN reason ELSE '' END, handle = CASE login WHEN ? THEN handle ELSE '' END,"
            " retry_at = NULL, sent_at = CASE outcome WHEN 'sent' THEN sent_at ELSE ? END"
            " WHERE account_id = ? AND id = ? AND outcome IN ('queued', 'sent')",
            (login, STOPPING, login, now, self._account, command),
        )
        return self.row(connection, command)

    def settle(self, connection: sqlite3.Connection, settlement: Settlement, now: float) -> CommandRow:
        """Set the outcome; one that is queued again keeps its reason and waits for ``retry_at``.

        What is over is not queued again: a person may have dropped it meanwhile. A transfer that a person gave up on its
        way is not queued again either.
        """
        s = settlement
        if s.outcome is Outcome.QUEUED and self.row(connection, s.command).reason == STOPPING:
            s = cancelled(s.command)
        still_open = " AND outcome IN ('queued', 'sent')" if s.outcome is Outcome.QUEUED else ""
        connection.execute(
            "UPDATE command SET outcome = ?, settled_at = ?, result = ?, reason = ?, said = ?, retry_at = ?,"  # noqa: S608  # a constant
            " not_before = ?, handle = CASE ? WHEN 'queued' THEN handle ELSE '' END"
            f" WHERE account_id = ? AND id = ?{still_open}",
            (
                s.outcome,
                None if s.outcome is Outcome.QUEUED else now,
                s.result,
                s.reason,
                s.said,
                s.retry_at,
                s.retry_at,
                s.outcome,
                self._account,
                s.command,
            ),
        )
        return self.row(connection, s.command)

    def drop(self, connection: sqlite3.Connection, command: CommandId, now: float) -> CommandRow:
        """Cancel a queued command: it fails as ``dropped``. One that failed, or of which nothing is known, is dismissed.

        A transfer on its way is marked, and the transfer stops at the next piece. UsageError for any other that is
        on its way or done.
        """
        row = self.row(connection, command)
        if row.outcome is Outcome.SENT and row.command.transfer and not row.handle:
            return self._give(connection, command, STOPPING)
        if row.outcome is Outcome.QUEUED:
            return self.settle(connection, cancelled(command), now)
        if not row.outcome.went_wrong:
            raise UsageError(
                f"command {command} is {row.outcome} and can no longer be dropped", "See: hongyan recall"
            )
        return self._give(connection, command, DISMISSED)

    def _give(self, connection: sqlite3.Connection, command: CommandId, reason: str) -> CommandRow:
        connection.execute(
            "UPDATE command SET reason = ? WHERE account_id = ? AND id = ?", (reason, self._account, command)
        )
        return self.row(connection, command)

    async def note(self, command: CommandId, handle: str) -> CommandRow:
        """Keep what an upload left for the send that follows it, unless a person has given it up."""
        return await self._session.write(lambda c: self._note(c, command, handle))

    def _note(self, connection: sqlite3.Connection, command: CommandId, handle: str) -> CommandRow:
        connection.execute(
            "UPDATE command SET handle = ? WHERE account_id = ? AND id = ? AND outcome = 'sent' AND reason <> ?",
            (handle, self._account, command, STOPPING),
        )
        return self.row(connection, command)

    def command(self, command: CommandId) -> CommandRow:
        """Return a row; UsageError where there is none."""
        with self._session.reading() as connection:
            return self.row(connection, command)

    def asked(self, idempotency_key: IdempotencyKey) -> CommandRow | None:
        """Return the row that a key has asked for, None where there is none yet."""
        with self._session.reading() as connection:
            return self._by_idempotency_key(connection, idempotency_key)

    def queued(self, after: int = 0) -> list[tuple[CommandRow, float | None]]:
        """Return queued rows after ``after`` in order, each with the time before which it must wait.

        One that this version cannot read is not among them: it waits for the version that can.
        """
        if after >= self._highest:
            return []
        return [
            (row, not_before)
            for *columns, not_before in self._rows(
                f"SELECT {COMMAND_COLUMNS}, not_before FROM command"  # noqa: S608  # constants
                " WHERE account_id = ? AND outcome = 'queued' AND id > ? ORDER BY id",
                after,
            )
            if not isinstance((row := command_from(columns)).command, UnknownCommand)
        ]

    def in_doubt(self) -> list[tuple[CommandRow, LoginId, float]]:
        """Return rows handed to the network of which no answer is known, with the login and the time of that.

        One that this version cannot read is not among them.
        """
        return [
            (row, LoginId(login), float(sent_at or 0.0))
            for *columns, login, sent_at in self._rows(
                f"SELECT {COMMAND_COLUMNS}, login, sent_at FROM command"  # noqa: S608  # constants
                " WHERE account_id = ? AND outcome = 'sent' ORDER BY id"
            )
            if not isinstance((row := command_from(columns)).command, UnknownCommand)
        ]

    def accepted(self, chat: ChatKey, *, since: float) -> list[CommandRow]:
        """Return the messages that were accepted in a chat since ``since``, the one sent last first."""
        rows = self._rows(
            f"{_SELECT} AND chat = ? AND outcome = 'accepted' AND settled_at >= ? ORDER BY sent_at DESC, id DESC",
            chat,
            since,
        )
        return [row for row in map(command_from, rows) if row.command.is_message]

    def pending(self, chat: ChatKey) -> list[CommandRow]:
        """Return the unsettled messages to a chat, oldest first."""
        chats = self._aliases.all_of(chat)
        rows = self._rows(
            f"{_SELECT} AND outcome IN ('queued', 'sent') AND chat IN ({', '.join('?' * len(chats))}) ORDER BY id",
            *chats,
        )
        return [row for row in map(command_from, rows) if row.command.is_message]

    def latest(self, *, limit: int = 50) -> list[CommandRow]:
        """Return the latest rows, newest first."""
        return [command_from(row) for row in self._rows(f"{_SELECT} ORDER BY id DESC LIMIT ?", limit)]

    def count_queued(self) -> int:
        """Return how many rows wait."""
        ((count,),) = self._rows("SELECT COUNT(*) FROM command WHERE account_id = ? AND outcome = 'queued'")
        return int(count)

    def _by_idempotency_key(
        self, connection: sqlite3.Connection, idempotency_key: IdempotencyKey
    ) -> CommandRow | None:
        row = connection.execute(
            f"{_SELECT} AND consumer = ? AND event = ? AND ordinal = ? AND handler = ?",
            (self._account, *idempotency_key),
        ).fetchone()
        return command_from(row) if row else None

    def row(self, connection: sqlite3.Connection, command: CommandId) -> CommandRow:
        """Return a row as the writer's transaction sees it; UsageError where there is none."""
        try:
            row = connection.execute(f"{_SELECT} AND id = ?", (self._account, command)).fetchone()
        except OverflowError as error:
            raise too_large() from error
        if row is None:
            raise UsageError(f"there is no command {command}")
        return command_from(row)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._session.reading() as connection:
            return connection.execute(sql, (self._account, *values)).fetchall()
