"""The records of people, groups and members, without a service."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hongyan.emulator import Group, Member, Person, World, encode
from hongyan.emulator.names import TransientNames

OPEN = Path(os.environ.get("HONGYAN_SHARED", Path(__file__).parents[3] / "shared")) / "corpus" / "open"
SKEY = "@crypt_1_2"


@pytest.fixture
def world() -> World:
    """Three people, one group."""
    me = Person("wxid_self0000000001", "我", signature="a & b")
    people = [
        Person(
            "wxid_friend00000001", '<b>"小林"</b> 🌙🦊', remark="林", pinned=True, muted=True, starred=True
        ),
        Person("chosenname", "Anna's"),
        Person("gh_0123456789ab", "日报", verify_flag=24),
        Person("wxid_stranger000001", "路人", friend=False),
        Person("filehelper", "文件传输助手"),
    ]
    room = Group(
        "123456@chatroom", "家 & 友", me.id, [Member(me.id), Member("chosenname", "安妮'")], saved=True
    )
    return World(me, {each.id: each for each in people}, {room.id: room})


@pytest.fixture
def names(world: World) -> TransientNames:
    """The names of one login."""
    return TransientNames(b"key", world.ids)


def captured(name: str) -> Any:
    """An open sample; skips where the shared folder is not there."""
    path = OPEN / f"{name}.json"
    if not path.exists():
        pytest.skip("the captured samples are not here (HONGYAN_SHARED)")
    raw = json.loads(path.read_text())["raw"]
    return json.loads(raw) if isinstance(raw, str) else raw


def test_names_and_signatures_are_escaped_once(world: World, names: TransientNames) -> None:
    """The five entities, older emoji as spans, newer ones raw."""
    record = encode.contact(world.people["wxid_friend00000001"], names, SKEY)
    assert (
        record["NickName"] == '&lt;b&gt;&quot;小林&quot;&lt;/b&gt; <span class="emoji emoji1f319"></span>🦊'
    )
    assert encode.contact(world.people["chosenname"], names, SKEY)["NickName"] == "Anna&#39;s"
    assert encode.user(world.me, 1, names, SKEY)["Signature"] == "a &amp; b"


@pytest.mark.parametrize(
    ("who", "flag", "keyword"),
    [
        ("wxid_friend00000001", 3 | 0x800 | 0x200, "wxi"),
        ("chosenname", 3, "cho"),
        ("gh_0123456789ab", 3, "gh_"),
        ("wxid_stranger000001", 0, "wxi"),
        ("filehelper", 5, ""),
    ],
)
def test_flags_and_keyword_tell_who_it_is(
    world: World, names: TransientNames, who: str, flag: int, keyword: str
) -> None:
    """ContactFlag bits by friendship, pin and mute; KeyWord is the start of the permanent id."""
    record = encode.contact(world.people[who], names, SKEY)
    assert (record["ContactFlag"], record["KeyWord"]) == (flag, keyword)


def test_sorting_keys_are_spelled(world: World, names: TransientNames) -> None:
    """Nickname and remark have keys of their own; groups have theirs."""
    record = encode.contact(world.people["wxid_friend00000001"], names, SKEY)
    assert record["RemarkPYInitial"] == "L"
    assert record["RemarkPYQuanPin"] == "lin"
    room = encode.group(world.groups["123456@chatroom"], world, names, SKEY, "@room")
    assert room["PYQuanPin"] == "jia?you"


def test_a_group_says_who_owns_it(world: World, names: TransientNames) -> None:
    """IsOwner, the owner's name, notifications on, an icon of its own call."""
    room = encode.group(world.groups["123456@chatroom"], world, names, SKEY, "@room")
    assert (room["IsOwner"], room["ChatRoomOwner"], room["Statues"]) == (1, names(world.me.id), 1)
    assert room["HeadImgUrl"].startswith("/cgi-bin/mmwebwx-bin/webwxgetheadimg?seq=")
    assert room["EncryChatRoomId"] == "@room"


def test_members_have_the_name_they_chose(world: World, names: TransientNames) -> None:
    """DisplayName beside the nickname."""
    members = encode.group_members(world.groups["123456@chatroom"], world, names)
    assert [each["DisplayName"] for each in members] == ["", "安妮&#39;"]
    assert members[1]["UserName"] == names("chosenname")


def test_contact_records_have_every_captured_key(world: World, names: TransientNames) -> None:
    """In the order of webwxgetcontact."""
    record = encode.contact(world.people["chosenname"], names, SKEY)
    sample = captured("contacts-w4u")["MemberList"][0]
    assert [key for key in record if key in sample] == list(sample)


def test_groups_and_members_have_every_captured_key(world: World, names: TransientNames) -> None:
    """As webwxbatchgetcontact brought them."""
    sample = captured("batch-emoji")["ContactList"][0]
    room = world.groups["123456@chatroom"]
    assert set(sample) <= set(encode.group(room, world, names, "", "@room"))
    assert list(encode.group_members(room, world, names)[0]) == list(sample["MemberList"][0])


def test_changed_records_have_exactly_the_captured_keys(world: World, names: TransientNames) -> None:
    """ModContactList items are shorter than contacts and have keys of their own."""
    sample = captured("sync-frag-mod")["ModContactList"][0]
    room = encode.group(world.groups["123456@chatroom"], world, names, SKEY, "@room")
    assert set(encode.modified(room, room["ChatRoomOwner"])) == set(sample)


def test_own_record_and_profile_have_the_captured_keys(world: World, names: TransientNames) -> None:
    """The User of webwxinit and the Profile of webwxsync."""
    assert set(captured("init-w4u")["User"]) <= set(encode.user(world.me, 1, names, SKEY))
    assert list(encode.profile(world.me, names, SKEY)) == list(captured("sync-2019")["Profile"])
