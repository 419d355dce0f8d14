"""The directory of one account: lasting keys, what is known of people and groups, and who is the same as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.store.aliases import Aliases
from hongyan.store.contacts import People
from hongyan.store.names import Names

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from hongyan.model.contacts import Contact, ContactChange
    from hongyan.model.ids import ChatKey, LoginId, TransientName
    from hongyan.model.matching import MatchResult, Unresolved
    from hongyan.store.login import SqliteLogin
    from hongyan.store.session import Session

__all__ = ["SqliteDirectory"]


class SqliteDirectory:
    """``ports.directory.ContactDirectory``, made of names, people and aliases."""

    def __init__(self, session: Session, login: SqliteLogin) -> None:
        self._session = session
        self._login = login
        self.names = Names(session)
        self.people = People(session, self.names)
        self.aliases = Aliases(session, self.names, self.people)

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Let memory follow what other programs have committed, under the writer's lock."""
        rebound = self.names.take_in(connection)
        if rebound:
            self.aliases.take_in(connection)
        self.people.take_in(connection, rebound=rebound)

    def key_of(self, login: LoginId, name: TransientName) -> ChatKey | None:
        """Return the lasting key of a transient name, or None where it has none yet."""
        return self.names.find(login, name)

    def name_of(self, login: LoginId, key: ChatKey) -> TransientName | None:
        """Return the transient name of a lasting key under a login."""
        return self.names.name_of(login, self.aliases.first(key))

    async def give_keys(self, login: LoginId, names: Iterable[TransientName]) -> dict[TransientName, ChatKey]:
        """Return the lasting keys of transient names, giving fresh ones to those that have none."""
        wanted = list(dict.fromkeys(names))
        return await self._session.write(lambda c: {name: self.names.give(c, login, name) for name in wanted})

    async def learn(self, login: LoginId, changes: Sequence[ContactChange], source: str) -> list[ChatKey]:
        """Merge what an answer says of contacts, without journal rows, and return their keys."""
        return await self._session.write(lambda c: self.people.merge(c, login, changes, source), wake=True)

    def contact(self, key: ChatKey) -> Contact | None:
        """Return what is known of a person or group."""
        known = self.people.get(self.aliases.first(key))
        return known.contact if known else None

    def source(self, key: ChatKey) -> str:
        """Return the source of a contact's first record, or an empty text."""
        known = self.people.get(self.aliases.first(key))
        return known.source if known else ""

    def contacts(self) -> list[tuple[ChatKey, Contact]]:
        """Return all contacts known under the present login and not deleted, in no particular order."""
        login = self._login.current
        return [(key, k.contact) for key, k in self.people.all() if k.login == login and not k.gone]

    async def recognise(self, login: LoginId, *, now: float) -> MatchResult:
        """Find the people of former logins again among those of ``login``; who could be several stays unresolved."""
        return await self._session.write(lambda c: self.aliases.recognise(c, login, now), wake=True)

    async def merge(self, old: ChatKey, new: ChatKey, *, now: float) -> None:
        """Merge two keys of one person or group; from now on it is known by ``old``."""
        await self._session.write(lambda c: self.aliases.merge(c, old, new, "person", 1.0, now), wake=True)

    async def split(self, login: LoginId, name: TransientName) -> ChatKey:
        """Say that ``name`` under ``login`` is another contact; return the new key."""
        return await self._session.write(lambda c: self.aliases.split(c, login, name), wake=True)

    def unresolved(self) -> list[Unresolved]:
        """Return those of the present login who may be an earlier contact."""
        return self.aliases.unresolved()
