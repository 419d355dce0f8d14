"""What one can talk to: people, groups and accounts of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.contacts import Contact, ContactKind
from hongyan.model.ids import TransientName

if TYPE_CHECKING:
    from hongyan.model.contacts import Member
    from hongyan.model.ids import ChatKey

__all__ = ["Chat", "stranger"]


class Chat:
    """Anything one can talk to: a person, group or account, under its lasting ``key``. ``contact`` is what is known."""

    __slots__ = ("contact", "is_group", "key", "name")

    def __init__(self, key: ChatKey, contact: Contact) -> None:
        self.key = key
        self.contact = contact
        self.name = contact.shown
        self.is_group = contact.is_group

    def __repr__(self) -> str:
        return f"<Chat {self.name!r} {self.contact.kind}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chat) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


def stranger(member: Member | None) -> Contact:
    """Return what is known of a person in no list."""
    if member is None:
        return Contact(name=TransientName(""), kind=ContactKind.STRANGER)
    return Contact(name=member.name, kind=ContactKind.STRANGER, nickname=member.nickname)
