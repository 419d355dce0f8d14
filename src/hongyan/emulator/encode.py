"""The wire records of people, groups and members; independent of logins: it takes a name map and an skey.

Keys and defaults are those of captured answers; strings are escaped once, as the service does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hongyan.emulator.markup import wire_text
from hongyan.emulator.names import is_group_id, is_special
from hongyan.emulator.pinyin import pinyin

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator.world import Group, Person, World

    Names = Callable[[str], str]

__all__ = ["contact", "group", "group_members", "modified", "user"]

_CONTACT, _CHAT_CONTACT, _GROUP_ALIVE, _PINNED, _MUTED = 0x1, 0x2, 0x4, 0x800, 0x200


def shown(name: str) -> str:
    """A name or signature on the wire: one line, its older emoji as spans (captured member lists)."""
    return wire_text(name.replace("\n", " "), spans=True)


def icon(names: Names, permanent_id: str, seq: int, skey: str, *, room: bool = False) -> str:
    """HeadImgUrl: a path with a query on MAIN."""
    call = "webwxgetheadimg" if room else "webwxgeticon"
    return f"/cgi-bin/mmwebwx-bin/{call}?seq={seq}&username={names(permanent_id)}&skey={skey}"


def _flags(person: Person) -> int:
    if person.id == "filehelper":
        return 5
    flags = (_CONTACT | _CHAT_CONTACT if person.friend else 0) | (_PINNED if person.pinned else 0)
    return flags | (_MUTED if person.muted else 0)


def keyword(permanent_id: str) -> str:
    """KeyWord: the first three characters of the permanent id (`wxi`, `gh_`, `che`); empty for groups and special accounts."""
    return "" if is_special(permanent_id) or is_group_id(permanent_id) else permanent_id[:3]


def contact(person: Person, names: Names, skey: str) -> dict[str, Any]:
    """A person as webwxgetcontact and webwxbatchgetcontact have it."""
    initials, full = pinyin(person.nickname)
    remark_initials, remark_full = pinyin(person.remark)
    return {
        "Uin": 0,
        "UserName": names(person.id),
        "NickName": shown(person.nickname),
        "HeadImgUrl": icon(names, person.id, person.avatar_seq, skey),
        "ContactFlag": _flags(person),
        "MemberCount": 0,
        "MemberList": [],
        "RemarkName": shown(person.remark),
        "HideInputBarFlag": 0,
        "Sex": person.sex,
        "Signature": shown(person.signature),
        "VerifyFlag": person.verify_flag,
        "OwnerUin": 0,
        "PYInitial": initials,
        "PYQuanPin": full,
        "RemarkPYInitial": remark_initials,
        "RemarkPYQuanPin": remark_full,
        "StarFriend": int(person.starred),
        "AppAccountFlag": 0,
        "Statues": 0,
        "AttrStatus": person.attr_status,
        "Province": person.province,
        "City": person.city,
        "Alias": person.alias,
        "SnsFlag": person.sns_flag,
        "UniFriend": 0,
        "DisplayName": "",
        "ChatRoomId": 0,
        "KeyWord": keyword(person.id),
        "EncryChatRoomId": "",
        "IsOwner": 0,
    }


def group(room: Group, world: World, names: Names, skey: str, room_key: str) -> dict[str, Any]:
    """A group without its members, as webwxgetcontact has the saved ones."""
    flags = _CHAT_CONTACT | (_CONTACT | _GROUP_ALIVE if room.saved else 0) | (_PINNED if room.pinned else 0)
    alive = room.has(world.me.id)
    initials, full = pinyin(room.name)
    return contact(world.me, names, skey) | {
        "UserName": names(room.id),
        "NickName": shown(room.name),
        "HeadImgUrl": icon(names, room.id, room.avatar_seq, skey, room=True),
        "ContactFlag": flags | _GROUP_ALIVE if alive else 0,
        "RemarkName": "",
        "PYInitial": initials,
        "PYQuanPin": full,
        "Sex": 0,
        "Signature": "",
        "StarFriend": 0,
        "Statues": 0 if room.muted else 1,
        "AttrStatus": 0,
        "Province": "",
        "City": "",
        "Alias": "",
        "SnsFlag": 0,
        "KeyWord": "",
        "EncryChatRoomId": room_key,
        "IsOwner": int(room.owner == world.me.id),
        "ChatRoomOwner": names(room.owner),
    }


def group_members(room: Group, world: World, names: Names) -> list[dict[str, Any]]:
    """The MemberList of webwxbatchgetcontact."""
    listed = []
    for each in room.members:
        person = world.me if each.id == world.me.id else world.people[each.id]
        listed.append(
            {
                "Uin": 0,
                "UserName": names(each.id),
                "NickName": shown(person.nickname),
                "AttrStatus": person.attr_status,
                "PYInitial": "",
                "PYQuanPin": "",
                "RemarkPYInitial": "",
                "RemarkPYQuanPin": "",
                "MemberStatus": 0,
                "DisplayName": shown(each.display_name),
                "KeyWord": keyword(person.id),
            }
        )
    return listed


_MODIFIED = [
    "UserName",
    "NickName",
    "Sex",
    "HeadImgUrl",
    "ContactFlag",
    "MemberCount",
    "MemberList",
    "HideInputBarFlag",
    "Signature",
    "VerifyFlag",
    "RemarkName",
    "Statues",
    "AttrStatus",
    "Province",
    "City",
    "SnsFlag",
    "KeyWord",
    "Alias",
]


def modified(record: dict[str, Any], owner: str = "") -> dict[str, Any]:
    """A full record as ModContactList shows it: no pinyin and no EncryChatRoomId, three additional keys."""
    reduced = {key: record[key] for key in _MODIFIED}
    return reduced | {"HeadImgUpdateFlag": 1, "ContactType": 0, "ChatRoomOwner": owner}


def user(me: Person, uin: int, names: Names, skey: str) -> dict[str, Any]:
    """The User object of webwxinit."""
    return {
        "Uin": uin,
        "UserName": names(me.id),
        "NickName": shown(me.nickname),
        "HeadImgUrl": icon(names, me.id, me.avatar_seq, skey),
        "RemarkName": "",
        "PYInitial": "",
        "PYQuanPin": "",
        "RemarkPYInitial": "",
        "RemarkPYQuanPin": "",
        "HideInputBarFlag": 0,
        "StarFriend": 0,
        "Sex": me.sex,
        "Signature": shown(me.signature),
        "AppAccountFlag": 0,
        "VerifyFlag": 0,
        "ContactFlag": 0,
        "WebWxPluginSwitch": 0,
        "HeadImgFlag": 1,
        "SnsFlag": me.sns_flag,
    }


_NO_BUFFER = {"Buff": ""}


def no_profile() -> dict[str, Any]:
    """The Profile of a webwxsync answer that brings no change of oneself."""
    return {
        "BitFlag": 0,
        "UserName": _NO_BUFFER,
        "NickName": _NO_BUFFER,
        "BindUin": 0,
        "BindEmail": _NO_BUFFER,
        "BindMobile": _NO_BUFFER,
        "Status": 0,
        "Sex": 0,
        "PersonalCard": 0,
        "Alias": "",
        "HeadImgUpdateFlag": 0,
        "HeadImgUrl": "",
        "Signature": "",
    }


def profile(me: Person, names: Names, skey: str) -> dict[str, Any]:
    """The Profile after a change of the account's nickname or avatar: BitFlag 190 (official page)."""
    return no_profile() | {
        "BitFlag": 190,
        "UserName": {"Buff": names(me.id)},
        "NickName": {"Buff": shown(me.nickname)},
        "Sex": me.sex,
        "HeadImgUpdateFlag": 1,
        "HeadImgUrl": icon(names, me.id, me.avatar_seq, skey),
        "Signature": shown(me.signature),
    }
