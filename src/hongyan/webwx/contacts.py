"""Contacts as the server records them turned into contact changes; it merges nothing and stores nothing.

Kinds and flags are those of the service's web page (``confFactory``, ``contactFactory``), with the special names found
there and in other clients.
"""

from __future__ import annotations

from typing import Final, TypeVar

from msgspec import UNSET, UnsetType

from hongyan.model.contacts import ContactChange, ContactKind, Member, Sex
from hongyan.webwx.markup import decode
from hongyan.webwx.wire import WireContact, WireMember, WireUser

__all__ = ["SPECIAL_NAMES", "change_of", "change_of_user", "is_group_name", "kind_of", "members_of", "sex_of"]

_SPECIAL: Final = (
    "filehelper weixin fmessage newsapp weibo qqmail qmessage qqsync qqfriend tmessage floatbottle lbsapp shakeapp "
    "medianote readerapp blogapp blogappweixin facebookapp masssendapp meishiapp feedsapp voip brandsessionholder "
    "officialaccounts weixinreminder wxid_novlwrv3lqwv11 gh_22b87fa7cb3c notification_messages notifymessage "
    "userexperience_alarm wxitil webwxapp exmail_tool helper_entry"
)
SPECIAL_NAMES: Final = frozenset(_SPECIAL.split())
_SPECIAL_SUFFIXES: Final = ("@qqim", "@lbsroom", "@talkroom")
_SEXES: Final = {0: Sex.UNKNOWN, 1: Sex.MALE, 2: Sex.FEMALE}

IN_CONTACTS: Final = 0x1
BLOCKED: Final = 0x8
MUTED: Final = 0x200
PINNED: Final = 0x800
OFFICIAL: Final = 0x8  # of VerifyFlag


def is_group_name(name: str) -> bool:
    """Whether ``name`` is a group's: ``@@…`` on the web, ``…@chatroom`` as a permanent id."""
    return name.startswith("@@") or name.endswith("@chatroom")


def sex_of(number: int | None) -> Sex:
    """Return the sex of the wire's 0, 1, 2."""
    return _SEXES.get(number or 0, Sex.UNKNOWN)


def kind_of(name: str, verify_flag: int, contact_flag: int, me: str = "") -> ContactKind:
    """Return what a contact is; the order of the rules decides."""
    if me and name == me:
        return ContactKind.SELF
    if name.startswith("@@") or name.endswith("@chatroom"):
        return ContactKind.GROUP
    if name in SPECIAL_NAMES or name.endswith(_SPECIAL_SUFFIXES):
        return ContactKind.SPECIAL
    if verify_flag & OFFICIAL:
        return ContactKind.OFFICIAL
    return ContactKind.FRIEND if contact_flag & IN_CONTACTS else ContactKind.STRANGER


def member_of(wire: WireMember) -> Member:
    """Return a group member with decoded names."""
    return Member(
        name=wire.user_name,
        nickname=_text(wire.nick_name),
        display_name=_text(wire.display_name),
        attr_status=wire.attr_status,
    )


def members_of(wire: WireContact) -> tuple[Member, ...] | UnsetType:
    """Return the members of a group record, UNSET where it lists none.

    An init lists members without names: such a list shows who is in the group, but cannot be displayed, so it is left out.
    """
    listed = wire.member_list or []
    if not any(m.nick_name or m.display_name for m in listed):
        return UNSET
    return tuple(member_of(m) for m in listed)


def change_of(wire: WireContact, me: str = "", *, full: bool = False) -> ContactChange:
    """Return what a record contains about a contact; fields it lacks are UNSET.

    A record without ``ContactFlag`` is a stub, whose flags and kind carry no information beyond the form of its name.
    """
    name, flag = wire.user_name, wire.contact_flag
    bits = flag or 0
    kind = kind_of(name, wire.verify_flag or 0, bits, me)
    return ContactChange(
        name=name,
        full=full,
        kind=kind,
        nickname=_text(wire.nick_name),
        remark=_text(wire.remark_name),
        alias=wire.alias,
        sex=_SEXES.get(wire.sex, Sex.UNKNOWN) if wire.sex is not UNSET else UNSET,
        province=_text(wire.province),
        city=_text(wire.city),
        signature=_text(wire.signature),
        avatar=avatar_path(wire.head_img_url) if wire.head_img_url is not UNSET else UNSET,
        initials=wire.py_initial,
        pinyin=wire.py_quan_pin,
        remark_initials=wire.remark_py_initial,
        remark_pinyin=wire.remark_py_quan_pin,
        keyword=wire.key_word,
        attr_status=wire.attr_status,
        verify_flag=wire.verify_flag,
        contact_flag=flag,
        in_contacts=bits & IN_CONTACTS != 0 if flag is not UNSET else UNSET,
        pinned=bits & PINNED != 0 if flag is not UNSET else UNSET,
        blocked=bits & BLOCKED != 0 if flag is not UNSET else UNSET,
        muted=_muted(wire, bits, kind) if flag is not UNSET else UNSET,
        starred=wire.star_friend != 0 if wire.star_friend is not UNSET else UNSET,
        owner=wire.chat_room_owner,
        owned=_owned(wire, me),
        group_id=wire.encry_chat_room_id if wire.encry_chat_room_id != "0" else "",
        member_count=wire.member_count,
        members=members_of(wire) if wire.member_list else UNSET,
    )


def _owned(wire: WireContact, me: str) -> bool | UnsetType:
    """Return whether this account owns a group: by its flag, else by the owner it names; changes name only the owner."""
    if wire.is_owner is not UNSET:
        return wire.is_owner != 0
    return wire.chat_room_owner == me if me and wire.chat_room_owner else UNSET


def _muted(wire: WireContact, bits: int, kind: ContactKind) -> bool | UnsetType:
    """Return whether a contact is muted: ``Statues`` for a group, a flag for any other contact."""
    if kind is not ContactKind.GROUP:
        return bits & MUTED != 0
    return UNSET if wire.statues is UNSET else wire.statues == 0


_S = TypeVar("_S", str, str | UnsetType)


def _text(value: _S) -> _S:
    """Decode a text of which most need nothing."""
    if value and ("<" in value or "&" in value):
        return decode(value)
    return value


def avatar_path(address: str) -> str:
    """Return a picture's path without the key that the server writes into it."""
    return address.partition("&skey=")[0]


def change_of_user(user: WireUser) -> ContactChange:
    """Return the account itself, from webwxinit."""
    return ContactChange(
        name=user.user_name,
        kind=ContactKind.SELF,
        nickname=decode(user.nick_name),
        avatar=avatar_path(user.head_img_url),
        sex=sex_of(user.sex),
        signature=decode(user.signature),
    )
