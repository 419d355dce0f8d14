"""The encoded contact records of a login, cached so that a book of ten thousand is encoded once."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import msgspec

from hongyan.emulator import encode as wire
from hongyan.emulator.answers import encode
from hongyan.emulator.markup import wire_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hongyan.emulator.logins import Login
    from hongyan.emulator.messages import StoredMessage
    from hongyan.emulator.world import Group, Person

__all__ = [
    "articles",
    "batch_record",
    "book_ids",
    "init_record",
    "list_record",
    "member_record",
    "modified_record",
    "unknown_record",
]


_OFFICIAL = 8  # of VerifyFlag
_ARTICLES = 5
_ARTICLE_ACCOUNTS = 10


def book_ids(login: Login) -> list[str]:
    """The contents of webwxgetcontact, in order: self, friends and accounts, saved groups; unsaved groups are left out."""
    world = login.world
    people = [each.id for each in world.people.values() if each.friend and each.id != world.me.id]
    return [world.me.id, *people, *(room.id for room in world.groups.values() if room.saved)]


def articles(login: Login, messages: Iterable[StoredMessage]) -> list[dict[str, Any]]:
    """MPSubscribeMsgList: the newest articles of each official account; `messages` come latest first."""
    world, found = login.world, dict[str, dict[str, Any]]()
    for message in messages:
        sender = world.people.get(message.sender)
        if sender is None or not sender.verify_flag & _OFFICIAL or sender.id in found:
            continue
        if message.content.fields.get("AppMsgType") == _ARTICLES and not message.recalled:
            listed = _articles_of(unescape(message.content.content))
            found[sender.id] = {
                "UserName": login.names(sender.id),
                "MPArticleCount": len(listed),
                "MPArticleList": listed,
                "Time": int(message.time),
                "NickName": wire_text(sender.nickname, spans=True),
            }
    return list(found.values())[:_ARTICLE_ACCOUNTS]


def _articles_of(xml: str) -> list[dict[str, str]]:
    """Title, Digest, Cover and Url of each article in the XML of a message; of the link itself where it has no list."""
    named = {"Title": "title", "Digest": "digest", "Cover": "cover", "Url": "url"}
    items = re.findall(r"<item>(.*?)</item>", xml, re.DOTALL)
    if not items:
        items, named = [xml], {"Title": "title", "Digest": "des", "Cover": "thumburl", "Url": "url"}
    return [{key: wire_text(_leaf(item, name)) for key, name in named.items()} for item in items]


def _leaf(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(<!\[CDATA\[)?(.*?)(?(1)\]\]>)</{name}>", xml, re.DOTALL)
    return "" if found is None else found[2] if found[1] else unescape(found[2])


def list_record(login: Login, permanent_id: str) -> bytes:
    """A record of webwxgetcontact: groups have no members there."""
    return _kept(
        login, "list:" + permanent_id, lambda: encode(_record(login, permanent_id, login.secrets.skey))
    )


def init_record(login: Login, permanent_id: str) -> bytes:
    """A record of webwxinit's ContactList: groups show flags 0, no EncryChatRoomId, and members with names only."""
    record = _record(login, permanent_id, login.secrets.skey)
    room = login.world.groups.get(permanent_id)
    if room is not None:
        members = [_bare_member(login, each.id) for each in room.members]
        record |= {
            "ContactFlag": 0,
            "EncryChatRoomId": "",
            "MemberCount": len(members),
            "MemberList": members,
        }
    return encode(record)


def batch_record(login: Login, permanent_id: str) -> bytes:
    """A record of webwxbatchgetcontact: with members, and with an empty skey in HeadImgUrl."""
    return _kept(login, "batch:" + permanent_id, lambda: _batch_record(login, permanent_id))


def _batch_record(login: Login, permanent_id: str) -> bytes:
    record = _record(login, permanent_id, "")
    room = login.world.groups.get(permanent_id)
    if room is not None and room.has(login.account_id):
        members = wire.group_members(room, login.world, login.names)
        record |= {"MemberCount": len(members), "MemberList": members}
    return encode(record)


def member_record(login: Login, permanent_id: str, room: Group) -> bytes:
    """A member of a group in full: sex, region and signature, also of strangers."""
    record = _record(login, permanent_id, "")
    display = next((each.display_name for each in room.members if each.id == permanent_id), "")
    return encode(record | {"DisplayName": display, "EncryChatRoomId": login.names.room_key(room.id)})


def modified_record(login: Login, permanent_id: str) -> bytes:
    """A ModContactList item."""
    record = msgspec.json.decode(_batch_record(login, permanent_id))
    return encode(wire.modified(record, record.get("ChatRoomOwner", "")))


def unknown_record(name: str) -> bytes:
    """The service's answer for a name it does not know: an empty record."""
    return encode(
        {"UserName": name, "NickName": "", "MemberCount": 0, "MemberList": [], "ContactFlag": 0} | _EMPTY
    )


_EMPTY: dict[str, Any] = {
    "Uin": 0,
    "HeadImgUrl": "",
    "RemarkName": "",
    "HideInputBarFlag": 0,
    "Sex": 0,
    "Signature": "",
    "VerifyFlag": 0,
    "OwnerUin": 0,
    "PYInitial": "",
    "PYQuanPin": "",
    "RemarkPYInitial": "",
    "RemarkPYQuanPin": "",
    "StarFriend": 0,
    "AppAccountFlag": 0,
    "Statues": 0,
    "AttrStatus": 0,
    "Province": "",
    "City": "",
    "Alias": "",
    "SnsFlag": 0,
    "UniFriend": 0,
    "DisplayName": "",
    "ChatRoomId": 0,
    "KeyWord": "",
    "EncryChatRoomId": "",
    "IsOwner": 0,
}


def _kept(login: Login, key: str, make: Any) -> bytes:
    found = login.records.get(key)
    if found is None:
        found = login.records[key] = make()
    return found


def _record(login: Login, permanent_id: str, skey: str) -> dict[str, Any]:
    world = login.world
    room = world.groups.get(permanent_id)
    if room is not None:
        return wire.group(room, world, login.names, skey, login.names.room_key(room.id))
    return wire.contact(_person(login, permanent_id), login.names, skey)


def _person(login: Login, permanent_id: str) -> Person:
    world = login.world
    return world.me if permanent_id == world.me.id else world.people[permanent_id]


def _bare_member(login: Login, permanent_id: str) -> dict[str, Any]:
    return {
        "Uin": 0,
        "UserName": login.names(permanent_id),
        "NickName": "",
        "AttrStatus": 0,
        "PYInitial": "",
        "PYQuanPin": "",
        "RemarkPYInitial": "",
        "RemarkPYQuanPin": "",
        "MemberStatus": 0,
        "DisplayName": "",
        "KeyWord": "",
    }
