"""Gives lasting keys to the server's transient names; it knows nothing of who is behind a name.

A name is good for one login only, except those of the service's own accounts (``filehelper`` …), which do not begin
with ``@`` and are the same at every login. Keys are given by the writer, inside the transaction of the row that first
names a contact, so that a key is never seen without its row. Only the writer puts keys into memory: what a reader looks
up may be older than what the writer has just bound.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hongyan.model.ids import ChatKey, LoginId, TransientName

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from hongyan.store.session import Session

__all__ = ["Names"]

_ANY_LOGIN = LoginId("")
_Place = tuple[LoginId, TransientName]


class Names:
    """The two-way table of (login, transient name) and permanent key, with the writer's part cached in memory."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._account = session.account
        self._keys: dict[tuple[LoginId, TransientName], ChatKey] = {}
        self._whole: set[LoginId] = set()
        self._alone: set[LoginId] = set()  # whole, and no other program has written since
        with session.reading() as connection:
            self._bindings = self._counted(connection)

    def find(self, login: LoginId, name: TransientName) -> ChatKey | None:
        """Return the key of a name, or None where it has none yet."""
        place = _place(login, name)
        if (key := self._keys.get(place)) is not None:
            return key
        if place[0] in self._alone:
            return None
        with self._session.reading() as connection:
            return self._stored(connection, place)

    def name_of(self, login: LoginId, key: ChatKey) -> TransientName | None:
        """Return the name by which the server knows ``key`` under ``login``, or None."""
        with self._session.reading() as connection:
            row = connection.execute(
                "SELECT name FROM identity WHERE account_id = ? AND key = ? AND login IN (?, '') LIMIT 1",
                (self._account, key, login),
            ).fetchone()
        return TransientName(row[0]) if row else None

    def give(self, connection: sqlite3.Connection, login: LoginId, name: TransientName) -> ChatKey:
        """Return the key of a name, a fresh one where it has none; for the writer, inside its transaction."""
        if not name:
            return ChatKey("")
        return self._keys.get(_place(login, name)) or self.give_all(connection, login, [name])[0]

    def give_all(
        self, connection: sqlite3.Connection, login: LoginId, names: Sequence[TransientName]
    ) -> list[ChatKey]:
        """Return the keys of many names at once, in their order."""
        places = [_place(login, name) for name in names]
        for place in places:
            if place not in self._keys and place[0] not in self._whole:
                self._load(connection, place[0])
        missing = [place for place in dict.fromkeys(places) if place not in self._keys]
        if missing:
            self._add(connection, missing)
        return [self._keys[place] for place in places]

    def _load(self, connection: sqlite3.Connection, login: LoginId) -> None:
        """Read all names of a login, so that a name that is not among them needs no query."""
        rows = connection.execute(
            "SELECT name, key FROM identity WHERE account_id = ? AND login = ?", (self._account, login)
        )
        self._put({(login, TransientName(name)): ChatKey(key) for name, key in rows})
        self._session.undo.add(partial(self._alone.discard, login))
        self._session.undo.add(partial(self._whole.discard, login))
        self._whole.add(login)
        self._alone.add(login)

    def _add(self, connection: sqlite3.Connection, places: list[tuple[LoginId, TransientName]]) -> None:
        """Give fresh keys; if a program beside this one was faster, its keys are used."""
        fresh = {place: self._session.database.fresh_key() for place in places}
        cursor = connection.executemany(
            "INSERT INTO identity (account_id, login, name, key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            sorted(
                (self._account, *place, key) for place, key in fresh.items()
            ),  # in the order of the table on disk
        )
        if cursor.rowcount < len(fresh):
            for login in {place[0] for place in places}:
                self._load(connection, login)
        else:
            self._put(fresh)

    def bind(self, connection: sqlite3.Connection, login: LoginId, name: TransientName, key: ChatKey) -> None:
        """Map ``name`` to a key that exists already."""
        place = _place(login, name)
        if self._keys.get(place) == key:
            return
        connection.execute(
            "INSERT INTO identity (account_id, login, name, key) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET key = excluded.key",
            (self._account, *place, key),
        )
        self._put({place: key})
        self.count(connection)

    def count(self, connection: sqlite3.Connection) -> None:
        """Notify other programs that a name or a key belongs to another contact from now on."""
        connection.execute("UPDATE account SET bindings = bindings + 1 WHERE id = ?", (self._account,))
        self._session.undo.add(partial(setattr, self, "_bindings", self._bindings))
        self._bindings += 1
        self._session.rewritten += 1

    def _counted(self, connection: sqlite3.Connection) -> int:
        (count,) = connection.execute(
            "SELECT bindings FROM account WHERE id = ?", (self._account,)
        ).fetchone()
        return int(count)

    def addresses_of(
        self, connection: sqlite3.Connection, key: ChatKey
    ) -> list[tuple[LoginId, TransientName]]:
        """Return every (login, name) of ``key``."""
        rows = connection.execute(
            "SELECT login, name FROM identity WHERE account_id = ? AND key = ?", (self._account, key)
        )
        return [(LoginId(login), TransientName(name)) for login, name in rows]

    def take_in(self, connection: sqlite3.Connection) -> bool:
        """Take into account that another program may have given keys, under the writer's lock.

        Return whether it moved a name or a key to another contact: then the cache is dropped.
        """
        self._alone.clear()
        bindings = self._counted(connection)
        if bindings == self._bindings:
            return False
        self._bindings = bindings
        self._session.rewritten += 1
        self._keys.clear()
        self._whole.clear()
        return True

    def _put(self, keys: dict[_Place, ChatKey]) -> None:
        """Put keys into memory, until the transaction is undone."""
        before = {place: self._keys.get(place) for place in keys}
        self._session.undo.add(partial(self._put_back, before))
        self._keys.update(keys)

    def _put_back(self, before: dict[_Place, ChatKey | None]) -> None:
        for place, key in before.items():
            if key is None:
                self._keys.pop(place, None)
            else:
                self._keys[place] = key

    def _stored(self, connection: sqlite3.Connection, place: tuple[LoginId, TransientName]) -> ChatKey | None:
        row = connection.execute(
            "SELECT key FROM identity WHERE account_id = ? AND login = ? AND name = ?",
            (self._account, *place),
        ).fetchone()
        return ChatKey(row[0]) if row else None


def _place(login: LoginId, name: TransientName) -> tuple[LoginId, TransientName]:
    return (login if name.startswith("@") else _ANY_LOGIN, name)
