"""Keeps what is known of people and groups, in rows and in memory; how answers are asked for is the client's business."""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from hongyan.model.contacts import Contact, ContactChange, ContactKind, merge
from hongyan.model.ids import ChatKey, LoginId, TransientName
from hongyan.store.rows import decode_contact, encode

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from hongyan.store.names import Names
    from hongyan.store.session import Session

__all__ = ["PARTED", "Known", "People"]

PARTED: Final = "parted"
"""The source of a record that a person separated from another: no matching joins the two again."""

_NO_LOGIN: Final = LoginId("")


_SINGLY: Final = 1000  # entries that are read one by one before all are


class Known(Struct, frozen=True, gc=False):
    """One directory entry: the contact, the login it comes from, the source of its first record, and whether it is gone."""

    contact: Contact
    login: LoginId
    source: str
    gone: bool = False


class People:
    """The directory of one account. Merging happens in the writer; readers look into the same memory.

    Memory is loaded before the first change and then changes with the tables, under the writer's lock. A reader that
    has loaded it keeps that only where nothing was taken in from other programs meanwhile (``_generation``).
    """

    def __init__(self, session: Session, names: Names) -> None:
        self._session = session
        self._account = session.account
        self._me = session.me
        self._names = names
        self._entries: dict[ChatKey, Known] | None = None
        self._door = threading.Lock()
        self._generation = 0
        self._revision = 0
        self._singly = 0

    def get(self, key: ChatKey) -> Known | None:
        """Return the entry of a key.

        A caller that needs a few of them at the start does not wait until all are read.
        """
        if self._entries is None and self._singly < _SINGLY:
            self._singly += 1
            return self._read_one(key)
        return self._loaded().get(key)

    def _read_one(self, key: ChatKey) -> Known | None:
        with self._session.reading() as connection:
            row = connection.execute(
                "SELECT login, source, gone, contact FROM contact WHERE account_id = ? AND key = ?",
                (self._account, key),
            ).fetchone()
        return Known(decode_contact(row[3]), LoginId(row[0]), row[1], bool(row[2])) if row else None

    def muted(self, key: ChatKey) -> bool:
        """Return whether the service says that a chat is muted."""
        known = self.get(key)
        return known is not None and known.contact.muted

    def all(self) -> list[tuple[ChatKey, Known]]:
        """Return every entry, those of former logins and deleted ones included."""
        return list(self._loaded().items())

    def merge(
        self, connection: sqlite3.Connection, login: LoginId, changes: Iterable[ContactChange], source: str
    ) -> list[ChatKey]:
        """Write the changes and return the keys, in the writer's transaction."""
        entries = self._loaded(connection)
        changes = list(changes)
        self._bind_me(connection, login, changes)
        keys = self._names.give_all(connection, login, [change.name for change in changes])
        self._note_before(entries, keys)
        for key, change in zip(keys, changes, strict=True):
            entries[key] = _after(entries.get(key), login, change, source)
        self._write(connection, {key: entries[key] for key in keys})
        return keys

    def mark_gone(self, connection: sqlite3.Connection, login: LoginId, name: TransientName) -> None:
        """Note that a contact was deleted or a group left; its name stays for history."""
        key = self._names.give(connection, login, name)
        if (known := self._loaded(connection).get(key)) is not None:
            known = Known(known.contact, known.login, known.source, gone=True)
            self._put(key, known)
            self._write(connection, {key: known})

    def move(self, connection: sqlite3.Connection, key: ChatKey, to: ChatKey) -> None:
        """Move the record of ``key`` to ``to``; the newer record wins."""
        known = self._loaded(connection).get(key)
        self._put(key, None)
        connection.execute("DELETE FROM contact WHERE account_id = ? AND key = ?", (self._account, key))
        if known is not None:
            self._put(to, known)
            self._write(connection, {to: known})

    def part(
        self,
        connection: sqlite3.Connection,
        place: tuple[LoginId, TransientName],
        to: ChatKey,
        former: list[tuple[LoginId, TransientName]],
    ) -> None:
        """Let the record that a login gave of a name be known under ``to``.

        Who had it before is left with what is lasting of it, under the last of its ``former`` addresses: a name for
        its rows, by which it can be found, merged again and exported.
        """
        for key, known in list(self._loaded(connection).items()):
            if (known.login, known.contact.name) == place:
                self.move(connection, key, to)
                parted = Known(known.contact, known.login, PARTED, known.gone)
                login, name = former[-1] if former else (_NO_LOGIN, TransientName(""))
                left = Known(replace(_stale(known.contact), name=name), login, PARTED)
                self._put(to, parted)
                self._put(key, left)
                self._write(connection, {to: parted, key: left})

    def take_in(self, connection: sqlite3.Connection, *, rebound: bool) -> None:
        """Read what another program changed, all of it anew where it ``rebound`` keys; under the writer's lock."""
        with self._door:
            self._generation += 1
            if rebound:
                self._entries = None
        if self._entries is not None:
            read, self._revision = _read_after(connection, self._account, self._revision)
            self._entries.update(read)

    def _put(self, key: ChatKey, known: Known | None) -> None:
        """Put an entry into memory, or take it out, until the transaction is undone."""
        entries = self._entries
        assert entries is not None  # it is loaded before it is changed
        self._note_before(entries, [key])
        _put_back(entries, {key: known})

    def _note_before(self, entries: dict[ChatKey, Known], keys: Iterable[ChatKey]) -> None:
        """Note what entries are that are about to be changed, for the case that the transaction is undone."""
        self._session.undo.add(partial(_put_back, entries, {key: entries.get(key) for key in keys}))

    def _bind_me(self, connection: sqlite3.Connection, login: LoginId, changes: list[ContactChange]) -> None:
        """Map the account's name of this login to the account's own key."""
        for change in changes:
            if change.kind is ContactKind.SELF:
                self._names.bind(connection, login, change.name, self._me)

    def _write(self, connection: sqlite3.Connection, entries: dict[ChatKey, Known]) -> None:
        """Write entries, each with the next revision."""
        before = self._revision
        self._session.undo.add(partial(setattr, self, "_revision", before))
        self._revision += len(entries)
        connection.executemany(
            "INSERT INTO contact (account_id, key, login, source, gone, revision, contact)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET login = excluded.login,"
            " source = excluded.source, gone = excluded.gone, revision = excluded.revision,"
            " contact = excluded.contact",
            [
                (self._account, key, known.login, known.source, known.gone, number, encode(known.contact))
                for number, (key, known) in enumerate(entries.items(), before + 1)
            ],
        )

    def _loaded(self, writing: sqlite3.Connection | None = None) -> dict[ChatKey, Known]:
        """Return all entries; the writer reads them by its own connection where they are not in memory yet."""
        while (entries := self._entries) is None:
            generation = self._generation
            with contextlib.nullcontext(writing) if writing else self._session.reading() as connection:
                read, revision = _read_after(connection, self._account, -1)
            with self._door:
                if self._entries is None and self._generation == generation:
                    self._entries, self._revision = read, revision
        return entries


def _read_after(
    connection: sqlite3.Connection, account: int, revision: int
) -> tuple[dict[ChatKey, Known], int]:
    """Return the entries that were written after a revision, and the last revision."""
    rows = connection.execute(
        "SELECT key, login, source, gone, revision, contact FROM contact WHERE account_id = ? AND revision > ?",
        (account, revision),
    ).fetchall()
    read = {
        ChatKey(key): Known(decode_contact(contact), LoginId(login), source, bool(gone))
        for key, login, source, gone, _, contact in rows
    }
    return read, max((row[4] for row in rows), default=max(revision, 0))


def _put_back(entries: dict[ChatKey, Known], before: dict[ChatKey, Known | None]) -> None:
    for key, known in before.items():
        if known is None:
            entries.pop(key, None)
        else:
            entries[key] = known


def _after(known: Known | None, login: LoginId, change: ContactChange, source: str) -> Known:
    """Return the entry after ``change``; the record of a former login is taken over only under the new name."""
    if known is None:
        return Known(merge(None, change), login, source)
    old = known.contact
    if known.login != login:
        return Known(merge(_stale(old), change), login, source)
    return Known(merge(old, change), login, known.source)


def _stale(old: Contact) -> Contact:
    """Return a contact without the parts that name people by a former login's names."""
    return Contact(
        name=old.name,
        kind=old.kind,
        nickname=old.nickname,
        remark=old.remark,
        alias=old.alias,
        permanent_id=old.permanent_id,
    )
