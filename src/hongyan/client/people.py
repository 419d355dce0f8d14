"""The people and groups that an account knows: by name, by key, as members of groups, and over several logins."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hongyan.client.arguments import require_name
from hongyan.client.chats import Chat, stranger
from hongyan.client.naming import by_name, described, means, names_of
from hongyan.errors import AmbiguousName, NoSuchChat, NotComplete, UsageError
from hongyan.model.commands import (
    AcceptFriend,
    AddFriend,
    FetchAvatar,
    IdempotencyKey,
    Outcome,
    SetRemark,
)
from hongyan.model.contacts import ContactKind
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hongyan.client.outbox import AccountOutbox
    from hongyan.client.receipts import Receipt
    from hongyan.model.contacts import Contact, Member
    from hongyan.model.events import Recorded
    from hongyan.ports.store import Store

__all__ = ["AccountPeople"]

_ACCEPT: Final = "hongyan accept"
_ALL_READ: Final = frozenset({ContactKind.FRIEND, ContactKind.OFFICIAL, ContactKind.SPECIAL})


class AccountPeople:
    """``account.people``."""

    def __init__(self, store: Store, outbox: AccountOutbox, clock: Callable[[], float]) -> None:
        self._store = store
        self._outbox = outbox
        self._now = clock

    @property
    def complete(self) -> bool:
        """Whether the contact list has been read to its end."""
        place = self._store.login.position()
        return bool(place and place.complete)

    def chat(self, key: ChatKey) -> Chat:
        """Return the chat of a key; one of which nothing is known yet has an empty name."""
        return Chat(key, self._store.directory.contact(key) or stranger(None))

    def contacts(self) -> list[Chat]:
        """Return friends, official and special accounts; raise NotComplete while the list is still loading."""
        return self.listed(lambda c: c.kind in _ALL_READ and (c.in_contacts or c.kind is ContactKind.SPECIAL))

    def listed(self, wanted: Callable[[Contact], bool]) -> list[Chat]:
        """Return the chats of which ``wanted(contact)`` is true, by name; NotComplete while the list is loading."""
        found = [Chat(key, contact) for key, contact in self._store.directory.contacts() if wanted(contact)]
        if not self.complete:
            raise NotComplete("the contact list", len(found), None)
        return sorted(found, key=by_name)

    def find(self, name: str) -> Chat:
        """Return the chat called ``name`` (remark, nickname, alias, special name, else a key); NoSuchChat, AmbiguousName."""
        name = require_name(name)
        found = self.candidates(name) or self._keyed(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousName(name, [described(chat) for chat in found])
        if not self.complete:
            raise NotComplete("the contact list", len(self._store.directory.contacts()), None)
        names = {n for _, contact in self._store.directory.contacts() for n in names_of(contact) if n}
        raise NoSuchChat(name, difflib.get_close_matches(name, names, n=3))

    def candidates(self, name: str) -> list[Chat]:
        """Return every chat called ``name``, in a stable order; letter case counts only if it distinguishes them."""
        name = require_name(name)
        alike = self._alike(name)
        # A stranger of some group takes no name from those whom the account knows.
        alike = [c for c in alike if c.contact.kind is not ContactKind.STRANGER] or alike
        exact = [chat for chat in alike if name in names_of(chat.contact)]
        return sorted(exact or alike, key=by_name)

    def known_as(self, chat: Chat, among: Collection[str]) -> frozenset[str]:
        """Return those of ``among`` (case-folded) that mean ``chat`` beyond doubt: see ``hongyan.client.naming``."""
        return frozenset(
            name for name in among if means(name, chat, lambda n: [*self._alike(n), *self._keyed(n)])
        )

    def _keyed(self, key: str) -> list[Chat]:
        """Return the chat of a lasting key: whatever has rows can be named by it, known or not."""
        if not key or key == self._store.me:
            return []
        known = (
            self._store.directory.contact(ChatKey(key)) is not None
            or self._store.journal.count(ChatKey(key)) > 0
        )
        return [self.chat(ChatKey(key))] if known else []

    def _alike(self, name: str) -> list[Chat]:
        folded = name.casefold()
        return [
            Chat(key, contact)
            for key, contact in self._store.directory.contacts()
            if key != self._store.me and any(n and n.casefold() == folded for n in names_of(contact))
        ]

    # -- members of groups

    def known(self, member: Member) -> Contact | None:
        """Return what is known of a group's member outside of the group, such as my remark; None where nothing is."""
        key = self._store.directory.key_of(self._store.login.current, member.name)
        return self._store.directory.contact(key) if key is not None else None

    def remark_of(self, member: Member) -> str:
        """Return my own word for a group's member, empty where I have none."""
        contact = self.known(member)
        return contact.remark if contact is not None else ""

    def called(self, member: Member) -> str:
        """Return the name by which a group's member is shown to me: my remark, else the name that others see."""
        return self.remark_of(member) or member.shown

    async def person(self, member: Member) -> Chat:
        """Return a group's member as a chat: to talk to, to send the card of, or to ask to become a friend."""
        keys = await self._store.directory.give_keys(self._store.login.current, [member.name])
        key = keys[member.name]
        return Chat(key, self._store.directory.contact(key) or stranger(member))

    def writer(self, recorded: Recorded, member: Member | None) -> Chat:
        """Return who wrote a message."""
        event = recorded.event
        if isinstance(event, MessageReceived) and event.message.outgoing:
            return self.chat(self._store.me)
        if not recorded.sender:
            return self.chat(recorded.chat)
        contact = self._store.directory.contact(recorded.sender)
        return Chat(recorded.sender, contact or stranger(member))

    # -- over several logins

    def unresolved(self) -> list[tuple[Chat, list[Chat]]]:
        """Return those of this login who may be known from before, each with the candidates."""
        return [
            (self.chat(one.new), [self.chat(key) for key in one.candidates])
            for one in self._store.directory.unresolved()
        ]

    async def merge(self, old: Chat, new: Chat) -> Chat:
        """Say that two are one person or group, known by the key of ``old`` from now on, and return it."""
        if old.contact.is_group is not new.contact.is_group:
            raise UsageError("a person and a group cannot be the same")
        await self._store.directory.merge(old.key, new.key, now=self._now())
        return self.chat(old.key)

    async def split(self, chat: Chat) -> Chat:
        """Say that a chat of this login is not who it was taken for, and return it with a new key."""
        return self.chat(await self._store.directory.split(self._store.login.current, chat.contact.name))

    # -- what can be done

    async def set_remark(self, person: Chat, remark: str) -> Receipt:
        """Give a friend a name of mine; empty takes it away."""
        return await self._outbox.add(SetRemark(chat=person.key, remark=remark))

    async def add(self, person: Chat, greeting: str = "") -> Receipt:
        """Ask a person to become a friend."""
        return await self._outbox.add(AddFriend(person=person.key, greeting=greeting))

    async def accept(self, recorded: Recorded) -> Receipt:
        """Accept the friend request of a journal row; asked twice it happens once, after a failure it is tried anew."""
        attempt = 0
        while True:
            idempotency_key = IdempotencyKey(_ACCEPT, recorded.seq, attempt)
            before = self._outbox.asked(idempotency_key)
            receipt = await self._outbox.add(AcceptFriend(seq=recorded.seq), idempotency_key=idempotency_key)
            if before is None or receipt.row.outcome is not Outcome.FAILED:
                return receipt
            attempt += 1

    async def picture(self, chat: Chat) -> Path:
        """Download the picture of a person or group and return its path."""
        return Path((await (await self._outbox.add(FetchAvatar(chat=chat.key))).accepted()).result)
