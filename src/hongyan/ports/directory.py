"""Who knows people and groups: their lasting keys, what is known of them, and who is the same as before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hongyan.model.contacts import Contact, ContactChange
    from hongyan.model.ids import ChatKey, LoginId, TransientName
    from hongyan.model.matching import MatchResult, Unresolved

__all__ = ["ContactDirectory"]


class ContactDirectory(Protocol):
    """The people and groups of one account. A transient name is good for one login, a key for ever."""

    def key_of(self, login: LoginId, name: TransientName) -> ChatKey | None:
        """Return the lasting key of a transient name, or None where it has none yet."""

    def name_of(self, login: LoginId, key: ChatKey) -> TransientName | None:
        """Return the transient name of a lasting key under a login."""

    async def give_keys(self, login: LoginId, names: Iterable[TransientName]) -> dict[TransientName, ChatKey]:
        """Return the lasting keys of transient names, giving fresh ones to those that have none."""

    async def learn(self, login: LoginId, changes: Sequence[ContactChange], source: str) -> list[ChatKey]:
        """Merge what an answer says of contacts, without journal rows, and return their keys."""

    def contact(self, key: ChatKey) -> Contact | None:
        """Return what is known of a person or group."""

    def source(self, key: ChatKey) -> str:
        """Return the source of a contact's first record, or an empty text."""

    def contacts(self) -> list[tuple[ChatKey, Contact]]:
        """Return everyone known under the current login and not deleted, in no particular order."""

    async def recognise(self, login: LoginId, *, now: float) -> MatchResult:
        """Find the people of former logins again among those of ``login``; who could be several stays unresolved."""

    async def merge(self, old: ChatKey, new: ChatKey, *, now: float) -> None:
        """Merge two keys of one person or group; from now on it is known by ``old``."""

    async def split(self, login: LoginId, name: TransientName) -> ChatKey:
        """Record that ``name`` under ``login`` is another person; return the new key."""

    def unresolved(self) -> list[Unresolved]:
        """Return those of the current login who may be known already."""
