"""The groups of an account: who is in them, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.client.arguments import chats_from, key_of, require_change, require_sendable
from hongyan.errors import NotComplete, UsageError
from hongyan.model.commands import (
    ChangeMembers,
    CreateGroup,
    FetchMembers,
    MemberChange,
    QuitGroup,
    RenameGroup,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.client.chats import Chat
    from hongyan.client.outbox import AccountOutbox
    from hongyan.client.people import AccountPeople
    from hongyan.client.receipts import Receipt
    from hongyan.model.contacts import Contact, Member
    from hongyan.model.ids import ChatKey, TransientName
    from hongyan.ports.directory import ContactDirectory

__all__ = ["AccountGroups"]

_REMEMBERED: Final = 200  # groups whose members are indexed by name


class AccountGroups:
    """``account.groups``; calling it returns all groups."""

    def __init__(self, directory: ContactDirectory, outbox: AccountOutbox, people: AccountPeople) -> None:
        self._directory = directory
        self._outbox = outbox
        self._people = people
        self._members: dict[ChatKey, tuple[tuple[Member, ...], dict[TransientName, Member]]] = {}

    def __call__(self) -> list[Chat]:
        """Return all known groups, saved or not; raise NotComplete while the list is still loading."""
        return self._people.listed(lambda c: c.is_group)

    async def members(self, group: Chat) -> list[Member]:
        """Return all members, asking the server where needed; raise NotComplete rather than return too few."""
        contact = self._directory.contact(key_of(group)) or group.contact
        if not contact.is_group:
            raise UsageError(f"{group.name!r} is not a group")
        if not _all_there(contact):
            await (await self._outbox.add(FetchMembers(group=key_of(group)))).accepted()
            contact = self._directory.contact(key_of(group)) or contact
        if not _all_there(contact):
            raise NotComplete(
                f"the member list of {group.name!r}", len(contact.members or ()), contact.member_count
            )
        return list(contact.members or ())

    def member(self, group: Chat, name: TransientName) -> Member | None:
        """Return the member of a group who has this transient name, as far as the list is known."""
        members = group.contact.members or ()
        known = self._members.get(key_of(group))
        if known is None or known[0] is not members:
            if len(self._members) > _REMEMBERED:
                self._members.clear()
            self._members[key_of(group)] = known = (members, {m.name: m for m in members})
        return known[1].get(name)

    async def create(self, members: Sequence[Chat], topic: str = "") -> Receipt:
        """Make a group; the row's ``result`` is its key where the service names it at once."""
        members = chats_from("members", members)
        return await self._outbox.add(CreateGroup(topic=topic, members=tuple(m.key for m in members)))

    async def change_members(self, group: Chat, members: Sequence[Chat], change: MemberChange) -> Receipt:
        """Add, invite or remove members; ``change`` may be the word."""
        require_sendable(group)
        members = chats_from("members", members)
        require_change(change)
        return await self._outbox.add(
            ChangeMembers(
                group=key_of(group), members=tuple(m.key for m in members), change=MemberChange(change)
            )
        )

    async def rename(self, group: Chat, topic: str) -> Receipt:
        """Give a group another name."""
        return await self._outbox.add(RenameGroup(group=key_of(group), topic=topic))

    async def quit(self, group: Chat) -> Receipt:
        """Leave a group."""
        return await self._outbox.add(QuitGroup(group=key_of(group)))


def _all_there(contact: Contact) -> bool:
    return bool(contact.members) and len(contact.members or ()) == contact.member_count
