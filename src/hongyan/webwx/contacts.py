"""Contacts as the server records them turned into contact changes; it merges nothing and remembers nobody.

Kinds and flags are those of the service's web page (``confFactory``, ``contactFactory``), with the special names found
there and in other clients.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, UnsetType

from hongyan.model.contacts import ContactChange, ContactKind, Member, Sex
from hongyan.model.ids import TransientName
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
    if is_group_name(name):
        return ContactKind.GROUP
    if name in SPECIAL_NAMES or name.endswith(_SPECIAL_SUFFIXES):
        return ContactKind.SPECIAL
    if verify_flag & OFFICIAL:
        return ContactKind.OFFICIAL
    return ContactKind.FRIEND if contact_flag & IN_CONTACTS else ContactKind.STRANGER


def member_of(wire: WireMember) -> Member:
    """Return a group member with decoded names."""
    return Member(
        name=TransientName(wire.user_name),
        nickname=decode(wire.nick_name),
        display_name=decode(wire.display_name),
        attr_status=wire.attr_status,
    )


def members_of(wire: WireContact) -> tuple[Member, ...] | UnsetType:
    """Return the members of a group record, UNSET where it lists none.

    An init lists members without names: such a list says who is there, but is no list to show, so it is left out.
    """
    listed = wire.member_list or []
    if not any(m.nick_name or m.display_name for m in listed):
        return UNSET
    return tuple(member_of(m) for m in listed)


def change_of(wire: WireContact, me: str = "", *, full: bool = False) -> ContactChange:
    """Return what a record says of a contact; what it does not carry is UNSET.

    A record without ``ContactFlag`` is a stub, whose flags and kind say nothing beyond the form of its name.
    """
    name = wire.user_name
    told = _flags(wire, group=is_group_name(name)) if wire.contact_flag is not None else {}
    return ContactChange(
        name=TransientName(name),
        full=full,
        kind=kind_of(name, wire.verify_flag or 0, wire.contact_flag or 0, me),
        nickname=_text(wire.nick_name),
        remark=_text(wire.remark_name),
        alias=_text(wire.alias),
        sex=UNSET if wire.sex is None else _SEXES.get(wire.sex, Sex.UNKNOWN),
        province=_text(wire.province),
        city=_text(wire.city),
        signature=_text(wire.signature),
        avatar=UNSET if wire.head_img_url is None else avatar_path(wire.head_img_url),
        initials=_text(wire.py_initial),
        pinyin=_text(wire.py_quan_pin),
        remark_initials=_text(wire.remark_py_initial),
        remark_pinyin=_text(wire.remark_py_quan_pin),
        keyword=_text(wire.key_word),
        attr_status=_number(wire.attr_status),
        verify_flag=_number(wire.verify_flag),
        contact_flag=_number(wire.contact_flag),
        starred=UNSET if wire.star_friend is None else bool(wire.star_friend),
        owner=UNSET if wire.chat_room_owner is None else TransientName(wire.chat_room_owner),
        owned=UNSET if wire.is_owner is None else bool(wire.is_owner),
        group_id=_group_id(wire.encry_chat_room_id),
        member_count=_number(wire.member_count),
        members=members_of(wire) if wire.member_list else UNSET,
        **told,
    )


def _flags(wire: WireContact, *, group: bool) -> dict[str, bool]:
    flag = wire.contact_flag or 0
    told = {
        "in_contacts": bool(flag & IN_CONTACTS),
        "pinned": bool(flag & PINNED),
        "blocked": bool(flag & BLOCKED),
    }
    if not group:
        told["muted"] = bool(flag & MUTED)
    elif wire.statues is not None:
        told["muted"] = wire.statues == 0
    return told


def _text(value: str | None) -> str | UnsetType:
    if value is None:
        return UNSET
    return decode(value) if "<" in value or "&" in value else value


def _number(value: int | None) -> int | UnsetType:
    return UNSET if value is None else value


def _group_id(value: str | None) -> str | UnsetType:
    return UNSET if value is None else "" if value == "0" else value


def avatar_path(address: str) -> str:
    """Return a picture's path without the key that the server writes into it."""
    return address.partition("&skey=")[0]


def change_of_user(user: WireUser) -> ContactChange:
    """Return the account itself, as webwxinit tells of it."""
    return ContactChange(
        name=TransientName(user.user_name),
        kind=ContactKind.SELF,
        nickname=decode(user.nick_name),
        avatar=avatar_path(user.head_img_url),
        sex=sex_of(user.sex),
        signature=decode(user.signature),
    )
