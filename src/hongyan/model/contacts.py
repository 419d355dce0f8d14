"""People, groups and accounts that can be chat partners, and how a reported change is merged into the known record."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from hongyan.model.ids import TransientName

__all__ = ["Contact", "ContactChange", "ContactKind", "Member", "Sex", "merge"]


class ContactKind(StrEnum):
    """What a contact is; the order of the tests that decide it is the transport's."""

    SELF = "self"
    FRIEND = "friend"
    GROUP = "group"
    OFFICIAL = "official"
    SPECIAL = "special"  # filehelper, weixin, fmessage …: accounts of the service itself
    STRANGER = "stranger"  # found in a group or a card, not in the contact list


class Sex(StrEnum):
    """As stated in the profile."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"


class Member(Struct, frozen=True, kw_only=True, gc=False):
    """One member of a group. ``display_name`` is the name chosen for this group; all text is decoded."""

    name: TransientName
    nickname: str = ""
    display_name: str = ""
    attr_status: int = 0

    @property
    def shown(self) -> str:
        """The name that others see in the group."""
        return self.display_name or self.nickname


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A person, group or account. Text fields are decoded; flags are False if the server sent nothing.

    ``members`` is None until the full member list was received, which differs from an empty group.
    ``avatar`` is the path of the picture on the server, without secrets.
    """

    name: TransientName
    kind: ContactKind
    nickname: str = ""
    remark: str = ""
    alias: str = ""
    sex: Sex = Sex.UNKNOWN
    province: str = ""
    city: str = ""
    signature: str = ""
    avatar: str = ""
    initials: str = ""  # of the nickname, upper case: "LW"
    pinyin: str = ""  # of the nickname, lower case: "laowang"
    remark_initials: str = ""
    remark_pinyin: str = ""
    permanent_id: str = ""  # the same at every login, where the phone gave it
    keyword: str = ""  # first three characters of the permanent id, a weak hint
    attr_status: int = 0
    verify_flag: int = 0
    contact_flag: int = 0
    in_contacts: bool = False  # a friend, a followed account, or a group saved to the contacts
    starred: bool = False
    pinned: bool = False
    muted: bool = False
    blocked: bool = False
    owner: TransientName = TransientName("")
    owned: bool = False  # the group is this account's own
    group_id: str = ""  # the handle some member requests need (EncryChatRoomId)
    member_count: int = 0
    members: tuple[Member, ...] | None = None

    @property
    def shown(self) -> str:
        """The name to show: my remark, else the nickname, else the first members, else the transient name."""
        return self.remark or self.nickname or self._named_by_members() or self.name

    def _named_by_members(self) -> str:
        return "、".join(m.shown for m in (self.members or ())[:10] if m.shown)

    @property
    def is_group(self) -> bool:
        """Whether this is a group."""
        return self.kind is ContactKind.GROUP

    @property
    def verified(self) -> bool:
        """Whether an official account is verified (bit 16 of its verify flag)."""
        return bool(self.verify_flag & 16)


class ContactChange(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The part of a contact that one answer contains; ``UNSET`` for the rest, which differs from an empty value.

    ``full`` is True if the answer has the whole record (contact list, batch) and False for a reduced one.
    """

    name: TransientName
    full: bool = False
    kind: ContactKind | UnsetType = UNSET
    nickname: str | UnsetType = UNSET
    remark: str | UnsetType = UNSET
    alias: str | UnsetType = UNSET
    sex: Sex | UnsetType = UNSET
    province: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    signature: str | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    initials: str | UnsetType = UNSET
    pinyin: str | UnsetType = UNSET
    remark_initials: str | UnsetType = UNSET
    remark_pinyin: str | UnsetType = UNSET
    permanent_id: str | UnsetType = UNSET
    keyword: str | UnsetType = UNSET
    attr_status: int | UnsetType = UNSET
    verify_flag: int | UnsetType = UNSET
    contact_flag: int | UnsetType = UNSET
    in_contacts: bool | UnsetType = UNSET
    starred: bool | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    blocked: bool | UnsetType = UNSET
    owner: TransientName | UnsetType = UNSET
    owned: bool | UnsetType = UNSET
    group_id: str | UnsetType = UNSET
    member_count: int | UnsetType = UNSET
    members: tuple[Member, ...] | UnsetType = UNSET


# Empty values of these take over even from a reduced record: a remark can be removed.
_CLEARABLE: Final = frozenset({"remark", "signature", "nickname"})
_NEVER_CLEARED: Final = frozenset({"members", "member_count"})
_FLAGS: Final = frozenset({"contact_flag", "in_contacts", "starred", "pinned", "muted", "blocked", "owned"})


_FIELDS: Final = tuple(f for f in ContactChange.__struct_fields__ if f != "full")


def merge(old: Contact | None, change: ContactChange) -> Contact:
    """Return the record after ``change``.

    Fields that the change leaves unset stay. A full record overwrites everything except with an empty member list.
    A reduced record overwrites with non-empty values; an empty remark, signature or nickname takes over only
    when the record also has the contact flag (otherwise it is a stub), and its flags only when that flag is there.
    """
    if old is None:
        return msgspec.convert({"kind": ContactKind.STRANGER} | msgspec.to_builtins(change), Contact)
    fields = {
        f: v for f in _FIELDS if (v := getattr(change, f)) is not UNSET and _takes_over(f, v, change, old)
    }
    return msgspec.structs.replace(old, **fields)


def _takes_over(field: str, value: object, change: ContactChange, old: Contact) -> bool:
    if field in _NEVER_CLEARED:
        return bool(value)
    if change.full:
        return True
    stub = change.contact_flag is UNSET or (change.contact_flag == 0 and not old.is_group)
    if field in _FLAGS:
        return not stub
    if field in _CLEARABLE:
        return bool(value) or not stub
    return bool(value)
