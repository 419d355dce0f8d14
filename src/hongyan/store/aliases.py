"""Knows which keys belong to the same person or group, matches people after a new login, and undoes wrong guesses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from hongyan.errors import UsageError
from hongyan.model.contacts import ContactKind
from hongyan.model.ids import ChatKey
from hongyan.model.matching import Unresolved, match_contacts
from hongyan.store.chat_state_rows import bring_back, merge_chat_states
from hongyan.store.contacts import PARTED
from hongyan.store.unread import merge_unread, part_unread

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from hongyan.model.contacts import Contact
    from hongyan.model.events import Recorded
    from hongyan.model.ids import LoginId, TransientName
    from hongyan.model.matching import MatchResult
    from hongyan.store.contacts import People
    from hongyan.store.names import Names
    from hongyan.store.session import Session

__all__ = ["Aliases"]

_T = TypeVar("_T")

_FOUND_AGAIN: Final = frozenset({ContactKind.FRIEND, ContactKind.OFFICIAL, ContactKind.GROUP})


class Aliases:
    """The aliases of one account. Methods that take a connection belong to the writer."""

    def __init__(self, session: Session, names: Names, people: People) -> None:
        self._session = session
        self._account = session.account
        self._names = names
        self._people = people
        self._canonical: dict[ChatKey, ChatKey] = {}
        self._others: dict[ChatKey, tuple[ChatKey, ...]] = {}
        with session.reading() as connection:
            self.take_in(connection)

    # -- readers

    def first(self, key: ChatKey) -> ChatKey:
        """Return the key under which a contact was first known."""
        return self._canonical.get(key, key)

    def all_of(self, key: ChatKey) -> list[ChatKey]:
        """Return every key of the same chat as ``key``."""
        first = self.first(key)
        return [first, *self._others.get(first, ())]

    def renamed(self, recorded: Recorded) -> Recorded:
        """Return a row of the journal with the keys under which people were known first."""
        if recorded.chat not in self._canonical and recorded.sender not in self._canonical:
            return recorded
        return replace(recorded, chat=self.first(recorded.chat), sender=self.first(recorded.sender))

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Read the aliases again, under the writer's lock: another program changed them."""
        rows = connection.execute(
            "SELECT key, canonical FROM alias WHERE account_id = ?", (self._account,)
        ).fetchall()
        read = {ChatKey(key): ChatKey(canonical) for key, canonical in rows}
        others: dict[ChatKey, list[ChatKey]] = {}
        for key, first in read.items():
            others.setdefault(first, []).append(key)
        self._canonical, self._others = read, {first: tuple(keys) for first, keys in others.items()}

    def unresolved(self) -> list[Unresolved]:
        """Return those of the present login who may be an earlier contact."""
        with self._session.reading() as connection:
            rows = connection.execute(
                "SELECT key, candidates FROM unresolved WHERE account_id = ?", (self._account,)
            ).fetchall()
        return [Unresolved(ChatKey(key), tuple(map(ChatKey, json.loads(names)))) for key, names in rows]

    # -- the writer

    def recognise(self, connection: sqlite3.Connection, login: LoginId, now: float) -> MatchResult:
        """Find those of former logins again among those of ``login``, and note who is unresolved."""
        known = self._known_before(connection)
        old: dict[ChatKey, Contact] = {}
        new: dict[ChatKey, Contact] = {}
        parted: set[ChatKey] = set()
        for key, entry in self._people.all():
            if entry.contact.kind not in _FOUND_AGAIN or entry.gone:
                continue
            if entry.login != login:
                old[key] = entry.contact
            elif entry.source == PARTED:
                parted.add(key)
            elif key not in known:
                new[key] = entry.contact
        result = match_contacts(old, new)
        for found in result.found:
            self.merge(connection, found.old, found.new, found.evidence, found.confidence, now)
        for (key,) in connection.execute(
            "SELECT key FROM unresolved WHERE account_id = ?", (self._account,)
        ).fetchall():
            if key not in parted:
                connection.execute(
                    "DELETE FROM unresolved WHERE account_id = ? AND key = ?", (self._account, key)
                )
        for one in result.unresolved:
            self._leave_open(connection, one.new, one.candidates)
        return result

    def _leave_open(
        self, connection: sqlite3.Connection, new: ChatKey, candidates: Sequence[ChatKey]
    ) -> None:
        """Note that a person decides who a contact is."""
        connection.execute(
            "INSERT OR REPLACE INTO unresolved (account_id, key, candidates) VALUES (?, ?, ?)",
            (self._account, new, json.dumps(candidates)),
        )

    def merge(
        self,
        connection: sqlite3.Connection,
        old: ChatKey,
        new: ChatKey,
        evidence: str,
        confidence: float,
        now: float,
    ) -> None:
        """Make ``new`` an alias of ``old``: its names, its record and its place among the chats move over."""
        first = self.first(old)
        if self.first(new) == first:
            return
        for login, name in self._names.addresses_of(connection, new):
            self._names.bind(connection, login, name, first)
        self._people.move(connection, new, first)
        into, keys = self.all_of(first), self.all_of(new)
        came = merge_unread(connection, self._account, into, keys)
        merge_chat_states(connection, self._account, first, keys)
        bring_back(connection, self._account, [first] if came else [], self._people.muted)
        for key in keys:
            connection.execute(
                "INSERT OR REPLACE INTO alias (account_id, key, canonical, evidence, confidence, made_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (self._account, key, first, evidence, confidence, now),
            )
        self._join(first, keys)
        self._names.count(connection)
        connection.execute("DELETE FROM unresolved WHERE account_id = ? AND key = ?", (self._account, new))

    def split(self, connection: sqlite3.Connection, login: LoginId, name: TransientName) -> ChatKey:
        """Give an address a separate key again, and its rows of the journal with it; return the key.

        Who had it before stays a chat with a name, and a candidate: a merge of the two undoes the split.
        """
        before = self._names.find(login, name)
        if before is None:
            raise UsageError(f"no one has the name {name!r} under this login")
        fresh = self._session.database.fresh_key()
        self._names.bind(connection, login, name, fresh)
        for column in ("chat", "sender"):
            connection.execute(
                f"UPDATE journal SET {column} = ? WHERE account_id = ? AND login = ? AND {column}_name = ?",  # noqa: S608  # constants
                (fresh, self._account, login, name),
            )
        before = self.first(before)
        former = self._names.addresses_of(connection, before)
        self._people.part(connection, (login, name), fresh, former)
        part_unread(connection, self._account, self.all_of(before), fresh)
        self._leave_open(connection, fresh, [before])
        return fresh

    def _known_before(self, connection: sqlite3.Connection) -> set[ChatKey]:
        rows = connection.execute(
            "SELECT key FROM identity WHERE account_id = ? AND login <> '' GROUP BY key HAVING COUNT(*) > 1",
            (self._account,),
        )
        return {ChatKey(key) for (key,) in rows}

    def _join(self, first: ChatKey, keys: Sequence[ChatKey]) -> None:
        """Make keys aliases of ``first`` in memory, until the transaction is undone."""
        canonical, others = self._canonical, self._others
        before = {key: canonical.get(key) for key in keys}, {key: others.get(key) for key in (first, *keys)}

        def undo() -> None:
            _put_back(canonical, before[0])
            _put_back(others, before[1])

        self._session.undo.add(undo)
        canonical.update(dict.fromkeys(keys, first))
        others[first] = (*others.get(first, ()), *keys)
        for key in keys:
            others.pop(key, None)


def _put_back(mapping: dict[ChatKey, _T], before: dict[ChatKey, _T | None]) -> None:
    for key, value in before.items():
        if value is None:
            mapping.pop(key, None)
        else:
            mapping[key] = value
