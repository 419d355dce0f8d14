"""What people and groups are called, and which names identify a person for sure; no name is looked up here.

Most names are chosen by others: anyone may take another person's nickname, and members choose their names in a group. So
a name *means* a person only if it is the account's own remark, or if no other contact has it; the nickname of a stranger
and a name within a group mean no one. The durable key always does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.contacts import ContactKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hongyan.client.chats import Chat
    from hongyan.model.contacts import Contact

__all__ = ["by_name", "described", "means", "names_of"]


def means(name: str, chat: Chat, alike: Callable[[str], Sequence[Chat]]) -> bool:
    """Return whether ``name`` (case-folded, or a key) means ``chat`` and no other.

    ``alike(name)`` returns all contacts with a name, without regard to letter case.
    """
    if name == chat.key or name == chat.key.casefold():
        return True
    contact = chat.contact
    if name not in {n.casefold() for n in names_of(contact) if n}:
        return False
    others = [other.contact for other in alike(name) if other.key != chat.key]
    if contact.remark.casefold() == name:
        return not any(other.remark.casefold() == name for other in others)
    return _is_in_contacts(contact) and not others


def _is_in_contacts(contact: Contact) -> bool:
    return contact.in_contacts or contact.is_group or contact.kind is ContactKind.SPECIAL


def by_name(chat: Chat) -> tuple[str, str, str]:
    """Return what chats are sorted by: how a name sounds, then the name, then the key."""
    return chat.contact.remark_pinyin or chat.contact.pinyin or chat.name.casefold(), chat.name, chat.key


def names_of(contact: Contact) -> tuple[str, ...]:
    """Return what a person or group goes by: remark, nickname, WeChat name, some of them empty."""
    names = (contact.remark, contact.nickname, contact.alias)
    if contact.kind is ContactKind.SPECIAL:
        return (*names, contact.name)
    return names if any(names) else (contact.shown,)


def described(chat: Chat) -> str:
    """Return a line by which chats of one name can be distinguished."""
    contact = chat.contact
    details = [str(contact.kind), contact.nickname if contact.nickname != chat.name else "", contact.alias]
    place = " ".join(part for part in (contact.province, contact.city) if part)
    count = f"{contact.member_count} members" if chat.is_group and contact.member_count else ""
    return f"{chat.key} is {chat.name} ({', '.join(part for part in (*details, place, count) if part)})"
