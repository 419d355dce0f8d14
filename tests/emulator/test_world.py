"""Worlds written as TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hongyan.emulator import Emulator, Faults, Group, Member, Person, World, worlds
from hongyan.emulator.generate import generate
from hongyan.emulator.kinds import KINDS
from hongyan.emulator.worlds import BadWorld, dump, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ME = '[me]\nid = "wxid_me"\nnickname = "我"\n'
ANNA = '[[people]]\nid = "anna"\nnickname = "Anna"\n'
ROOM = '[[groups]]\nid = "1@chatroom"\nname = "G"\nowner = "anna"\nmembers = ["anna"]\n'
LONELY = '[[groups]]\nid = "1@chatroom"\nname = "G"\nowner = "wxid_me"\nmembers = []\n'


def test_a_world_is_read(tmp_path: Path) -> None:
    """People, groups, names inside groups; the account is added to its groups, the usual accounts to its people."""
    text = (
        ME
        + ANNA
        + 'sex = "female"\nkind = "stranger"\n'
        + ROOM.replace('["anna"]', '[{id = "anna", as = "A"}]')
    )
    path = tmp_path / "w.toml"
    path.write_text(text, "utf-8")
    world, play = worlds.load(path)
    assert (world.people["anna"].sex, world.people["anna"].friend) == (2, False)
    assert world.groups["1@chatroom"].members == [Member("anna", "A"), Member("wxid_me")]
    assert {"filehelper", "weixin", "fmessage"} < set(world.people)
    assert (play.answers, play.events) == ([], [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[me", "w.toml: Expected ']'"),
        ("[me]\nid = 'x'\n", "w.toml: Object missing required field `nickname` - at `me`"),
        (ME + ANNA + "[[people]]\nid = 'b'\n", "field `nickname` - at `people, entry 2`"),
        (ME + ANNA + "colour = 'red'\n", "unknown field `colour` - at `people, entry 1`"),
        (ME + ANNA + "sex = 'yes'\n", "person anna: sex is 'yes'; write male, female, or leave it out"),
        (ME + ANNA + "kind = 'foe'\n", "person anna: kind is 'foe'; write friend, official"),
        (ME + ANNA + ANNA, "two people have the same id"),
        (ME + ANNA + ROOM + ROOM, "two groups have the id '1@chatroom'"),
        (ME + ANNA + ROOM.replace('1@chatroom"', '1"'), "group 1: its id must end in @chatroom"),
        (ME + ROOM, "group 1@chatroom: no person has the id 'anna'"),
        (
            ME + ANNA + ROOM.replace('owner = "anna"', 'owner = "bob"'),
            "its owner 'bob' is not among its members",
        ),
        (
            ME + ANNA + ROOM.replace('["anna"]', '[{as = "A"}]'),
            "missing required field `id` - at `groups, entry 1",
        ),
        (ME + "[[answers]]\nwho = 'bob'\n", "answer of bob: no person has the id 'bob'"),
        (ME + ANNA + "[[answers]]\nwho = 'anna'\nwhen = '('\n", "answer of anna: when is not a pattern"),
        (ME + ANNA + "[[answers]]\nwho = 'anna'\nchance = 2.0\n", "`answers, entry 1, chance`"),
        (ME + ANNA + "[[events]]\nat = -1.0\n", "`events, entry 1, at`"),
        (
            ME + ANNA + "[[events]]\nat = 1\nwho = 'bob'\nsay = 'x'\n",
            "event at 1: no person has the id 'bob'",
        ),
        (
            ME + ANNA + "[[events]]\nat = 1\nwho = 'anna'\n",
            "event at 1: nothing happens; write say, send or do",
        ),
        (
            ME + ANNA + "[[events]]\nat = 1\nwho = 'anna'\ndo = 'sing'\n",
            "do is 'sing'; write one of ask, join",
        ),
        (ME + ANNA + "[[events]]\nat = 1\nwho = 'anna'\ndo = 'rename'\n", "needs the id of a group in chat"),
        (ME + ANNA + "[[events]]\nat = 1\nwho = 'anna'\ndo = 'ask'\n", "do = 'ask' needs its words in say"),
        (ME + "[[events]]\nat = 1\nsay = 'x'\n", "write do = 'phone' and no who"),
        (ME + "[[events]]\nat = 1\nsay = 'x'\ndo = 'phone'\n", "do = 'phone' needs a chat"),
        (
            ME + ANNA + ROOM + "[[events]]\nat = 1\nwho = 'anna'\nchat = '1@chatroom'\ndo = 'join'\n",
            "people = [ids]",
        ),
        (
            ME + ANNA + LONELY + "[[events]]\nat = 1\nwho = 'anna'\nchat = '1@chatroom'\nsay = 'x'\n",
            "not a member",
        ),
        (
            ME + ANNA + "[[events]]\nat = 1\nwho = 'anna'\nsend = 'pigeon'\n",
            "no kind 'pigeon'; there are: announ",
        ),
        (ME + ANNA + "[[events]]\nat = 1\nwho = 'anna'\nsend = 'link'\n", "kind 'link' needs 'title'"),
        (
            ME + ANNA + "[[events]]\nat = 1\nwho = 'anna'\nsend = 'card'\nvalues = {person = 'bob'}\n",
            "event at 1: no person has the id 'bob'",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, words: str) -> None:
    """The file, the place in it, and what would be right."""
    with pytest.raises(BadWorld) as caught:
        parse(text, "w.toml")
    assert str(caught.value).startswith("w.toml: ")
    assert words in str(caught.value)


def test_a_world_comes_back_from_its_text() -> None:
    """Also one with quotes, line breaks and emoji in its names, and an invented one."""
    me = Person("wxid_me", 'a "b"\n\\ 😄', sex=2, signature="'")
    world = World(
        me, {"anna": Person("anna", "Anna", friend=False), "gh_1": Person("gh_1", "报", verify_flag=24)}
    )
    world.add_specials()
    world.groups["1@chatroom"] = Group(
        "1@chatroom", "", "anna", [Member("anna", "名"), Member("wxid_me")], muted=True
    )
    for each in (world, generate(3), worlds.demo()[0]):
        assert parse(dump(each))[0] == each


def test_the_demo_is_lively() -> None:
    """About thirty friends, six groups, official accounts, remarks, emoji, equal names; every kind of message comes."""
    world, play = worlds.demo()
    friends = [each for each in world.people.values() if each.friend and not each.verify_flag]
    assert 25 <= len(friends) <= 35
    assert len(world.groups) == 6
    assert sum(each.verify_flag == 24 for each in world.people.values()) >= 2
    assert len({each.nickname for each in friends}) < len(friends)
    assert any(each.remark for each in friends)
    assert {each.saved for each in world.groups.values()} == {True, False}
    sent = {event.action.send for event in play.events}
    assert {
        "picture",
        "voice",
        "video",
        "sticker",
        "file",
        "link",
        "location",
        "card",
        "call",
        "red-packet",
    } < sent
    assert {event.action.do for event in play.events} >= {"recall", "ask", "rename", "join", "phone"}
    assert sent - {""} <= set(KINDS)
    assert any(event.every for event in play.events)


def _ghost(world: World) -> None:
    world.groups["1@chatroom"] = Group("1@chatroom", "G", "me", [Member("me"), Member("ghost")])


def _other_key(world: World) -> None:
    world.people["x"] = Person("y", "Y")


@pytest.mark.parametrize(("harm", "told"), [(_ghost, "not among the people"), (_other_key, "has the key")])
def test_worlds_that_do_not_fit_together_are_told(harm: Callable[[World], None], told: str) -> None:
    """At once, with the name, not by an answer of 500 to some later call."""
    world = World(Person("me", "Me"), {}, {})
    harm(world)
    with pytest.raises(ValueError, match=told):
        Emulator(world)


def test_an_emulator_says_what_it_cannot_be() -> None:
    """No world, one account twice, a level or a page that is none, a fault for an endpoint that nobody asks."""
    world = World(Person("me", "Me"), {}, {})
    faults = Faults()
    faults.add("cut", "webwxsnyc")
    wrong: tuple[tuple[Any, dict[str, Any], str], ...] = (
        ([], {}, "needs a world"),
        ([world, world], {}, "same id"),
        (world, {"auth": "loose"}, "real, strict, lax"),
        (world, {"contact_page": 0}, "at least one"),
        (world, {"port": "x"}, "'x' is not a port"),
        (world, {"port": 65_536}, "is not a port"),
        (world, {"poll_seconds": "25"}, "poll_seconds is a number of seconds"),
        (world, {"media_seconds": float("nan")}, "media_seconds is a number of seconds"),
        (world, {"faults": faults}, "webwxsnyc"),
    )
    for given, options, told in wrong:
        with pytest.raises(ValueError, match=told):
            Emulator(given, **options)
    with pytest.raises(ValueError, match=r"there are: .*webwxsync"):
        Emulator(world).faults.add("cut", "webwxsnyc")
