"""The state of one account's login: its position with the server, its status and its rate limits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hongyan.errors import StorageError
from hongyan.model.events import LoginState, Status
from hongyan.model.ids import LoginId
from hongyan.ports.login import LoginPosition
from hongyan.store.rows import decode_status, encode

if TYPE_CHECKING:
    import sqlite3

    from hongyan.store.session import Session

__all__ = ["SqliteLogin"]


class SqliteLogin:
    """``ports.login.LoginRecord``. Methods that take a connection belong to the writer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._account = session.account
        self._unwritten: Status | None = None
        self._current = LoginId("")
        with session.reading() as connection:
            self.take_in(connection)

    @property
    def current(self) -> LoginId:
        """The login that the present transient names belong to, empty before the first."""
        return self._current

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Read under the writer's lock which login is the current one: another program may have started it."""
        row = connection.execute(
            "SELECT login FROM position WHERE account_id = ?", (self._account,)
        ).fetchone()
        self._current = LoginId(row[0]) if row else LoginId("")

    def keep_position(
        self, connection: sqlite3.Connection, login: LoginId, position: bytes, now: float
    ) -> None:
        """Write what the next request must say, in the transaction of the rows that it acknowledges."""
        connection.execute(
            "INSERT INTO position (account_id, login, keys, saved_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " complete = complete AND login = excluded.login, login = excluded.login, keys = excluded.keys,"
            " saved_at = excluded.saved_at",
            (self._account, login, position, now),
        )
        if login != self._current:
            self._session.undo.add(partial(setattr, self, "_current", self._current))
            self._current = login

    def position(self) -> LoginPosition | None:
        """Return where the next request goes on, None before the first login."""
        with self._session.reading() as connection:
            row = connection.execute(
                "SELECT login, keys, complete FROM position WHERE account_id = ?", (self._account,)
            ).fetchone()
        return LoginPosition(LoginId(row[0]), bytes(row[1]), bool(row[2])) if row else None

    def last_seen(self) -> float:
        """Return when the position was last written (Unix seconds), 0.0 before the first."""
        with self._session.reading() as connection:
            row = connection.execute(
                "SELECT saved_at FROM position WHERE account_id = ?", (self._account,)
            ).fetchone()
        return float(row[0]) if row else 0.0

    async def set_complete(self, login: LoginId, *, complete: bool) -> None:
        """Note whether the contact list of ``login`` has been read to its end."""
        await self._session.write(lambda c: self.write_complete(c, login, complete=complete), wake=True)

    def write_complete(self, connection: sqlite3.Connection, login: LoginId, *, complete: bool) -> None:
        """Note whether the contact list has been read to its end, in the writer's transaction."""
        connection.execute(
            "UPDATE position SET complete = ? WHERE account_id = ? AND login = ?",
            (complete, self._account, login),
        )

    def status(self) -> Status:
        """Return the last status that was set, also one that found no room on the disk."""
        if self._unwritten is not None:
            return self._unwritten
        with self._session.reading() as connection:
            row = connection.execute(
                "SELECT status FROM status WHERE account_id = ?", (self._account,)
            ).fetchone()
        return decode_status(row[0]) if row else Status(state=LoginState.OFFLINE)

    async def set_status(self, status: Status) -> None:
        """Replace the status row; where the disk has no room for it, this program knows it all the same."""
        try:
            await self._session.write(
                lambda c: c.execute(
                    "INSERT OR REPLACE INTO status (account_id, status) VALUES (?, ?)",
                    (self._account, encode(status)),
                ),
                durable=False,
                wake=True,
            )
        except StorageError:
            self._unwritten = status
            self._session.wake()
        else:
            self._unwritten = None

    def rate_limits(self) -> dict[str, bytes]:
        """Return the stored state of each token bucket."""
        with self._session.reading() as connection:
            rows = connection.execute(
                "SELECT bucket, state FROM rate_limit WHERE account_id = ?", (self._account,)
            )
            return {bucket: bytes(state) for bucket, state in rows}

    async def set_rate_limit(self, bucket: str, state: bytes) -> None:
        """Keep the state of one token bucket."""
        await self._session.write(
            lambda c: c.execute(
                "INSERT OR REPLACE INTO rate_limit (account_id, bucket, state) VALUES (?, ?, ?)",
                (self._account, bucket, state),
            ),
            durable=False,
        )
