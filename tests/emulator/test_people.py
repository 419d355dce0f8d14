"""What scripted people answer and do, first without a service, then on one."""

from __future__ import annotations

import asyncio
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.emulator import Emulator, Person
from hongyan.emulator.kinds import KINDS
from hongyan.emulator.people import Event, PersonAction, Play, ScriptedAnswer
from hongyan.emulator.script_runner import ScriptRunner
from hongyan.emulator.worlds import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator import ManualClock

    from .browser import Browser

PING = ScriptedAnswer("laowang", re.compile("(?i)^ping$"), ("pong",), after=0.3)
ECHO = ScriptedAnswer("laowang", re.compile(r"^say (\w+) (\w+)"), ("{2} {1} {3}",))
EVER = ScriptedAnswer("laowang", re.compile("."), ("a", "b", "c"))
CHATTY = ScriptedAnswer("anna", re.compile("tea"), ("tea!",), in_groups=True)


def said(play: Play, words: str, names: dict[str, str], chat: str = "") -> list[str]:
    """The texts that come back."""
    return [due.action.say for due in play.on_message(chat or next(iter(names)), words, names)]


def test_the_first_rule_that_fits_answers() -> None:
    """After its delay, in the private chat, with captures; what was not captured stays."""
    play = Play([PING, ECHO, EVER])
    (due,) = play.on_message("laowang", "Ping", {"laowang": "老王"})
    assert (due.after, due.action) == (0.3, PersonAction("laowang", "", "pong"))
    assert said(play, "say one two", {"laowang": "老王"}) == ["two one {3}"]


def test_in_groups_one_has_to_be_named() -> None:
    """By the name used there, which is not part of what is said; those who listen always answer anyway."""
    play = Play([PING, CHATTY])
    room = {"laowang": "老王", "anna": "Anna"}
    assert said(play, "ping", room, "1@chatroom") == []
    assert said(play, "@老王\u2005ping", room, "1@chatroom") == ["pong"]
    assert said(play, "more tea please", room, "1@chatroom") == ["tea!"]
    (due,) = play.on_message("1@chatroom", "@老王 ping", room)
    assert due.action.chat == "1@chatroom"


def test_choices_follow_the_seed() -> None:
    """Which answer, and whether at all, is the same for the same seed."""
    rules = [ScriptedAnswer("laowang", re.compile("x"), ("1", "2", "3"), chance=0.5), EVER]
    names = {"laowang": "老王"}
    first = [said(Play(rules, seed=3), "x", names) for _ in range(2)]
    assert first[0] == first[1]
    play, again, other = Play(rules, seed=3), Play(rules, seed=3), Play(rules, seed=4)
    texts = [said(play, "x", names) for _ in range(30)]
    assert texts == [said(again, "x", names) for _ in range(30)]
    assert texts != [said(other, "x", names) for _ in range(30)]
    assert {text for (text,) in texts} == {"1", "2", "3", "a", "b", "c"}


def test_events_are_due_once_and_again() -> None:
    """Each in exactly one stretch of time, in order; repeated ones every so often."""
    once, often = (
        Event(1.0, PersonAction("a", say="once")),
        Event(0.5, PersonAction("b", say="often"), every=1.0),
    )
    play = Play([], [once, often])
    edges = [-1.0, 0.5, 0.9, 1.0, 2.5, 2.5, 10.0]
    found = [
        [(since + due.after, due.action.say) for due in play.due(since, until)]
        for since, until in itertools.pairwise(edges)
    ]
    assert found[:5] == [[(0.5, "often")], [], [(1.0, "once")], [(1.5, "often"), (2.5, "often")], []]
    assert [round(at, 6) for at, _ in found[5]] == [3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]
    assert [due.action.say for due in Play([], [Event(0.0, PersonAction("a", say="now"))]).due(-1, 0)] == [
        "now"
    ]


SCENE = """
[me]
id = "wxid_me"
nickname = "me"
[[people]]
id = "laowang"
nickname = "老王"
[[people]]
id = "anna"
nickname = "Anna"
[[people]]
id = "carol"
nickname = "Carol"
kind = "stranger"
[[groups]]
id = "1@chatroom"
name = "茶"
owner = "laowang"
members = ["laowang"]
[[events]]
at = 0.0
who = "laowang"
say = "first"
[[events]]
at = 1.0
who = "laowang"
do = "recall"
[[events]]
at = 2.0
who = "laowang"
chat = "1@chatroom"
do = "rename"
say = "酒"
[[events]]
at = 3.0
who = "laowang"
chat = "1@chatroom"
do = "join"
values = { people = ["anna"] }
[[events]]
at = 4.0
who = "laowang"
chat = "1@chatroom"
do = "remove"
values = { people = ["anna"] }
[[events]]
at = 5.0
who = "carol"
do = "ask"
say = "hello"
[[events]]
at = 6.0
chat = "filehelper"
do = "phone"
say = "note"
[[events]]
at = 7.0
who = "anna"
send = "link"
values = { title = "T", url = "http://example.com/" }
[[events]]
at = 8.0
who = "laowang"
chat = "1@chatroom"
send = "announcement"
values = { words = "停水" }
"""


async def test_a_play_runs_on_a_service(
    clock: ManualClock, open_browser: Callable[[Emulator], Browser]
) -> None:
    """Every deed reaches the client as the service would send it."""
    world, play = parse(SCENE)
    async with Emulator(world, clock=clock, poll_seconds=0.2) as service, ScriptRunner(service, play):
        browser = await open_browser(service).log_in()
        seen: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while len(seen) < 8:
                seen += await browser.messages()
                await browser.check()
                clock.advance(1.0)
        assert [each["MsgType"] for each in seen] == [1, 10002, 10000, 10000, 37, 1, 49, 10002]
        assert seen[0]["Content"] == "first"
        assert "修改群名为“酒”" in seen[2]["Content"]
        assert seen[5]["ToUserName"] == "filehelper"
        room = world.groups["1@chatroom"]
        assert (room.name, room.has("anna")) == ("酒", False)


async def test_people_answer_the_client(service: Emulator, logged_in: Browser) -> None:
    """What the client writes is heard, what comes back reaches it."""
    play = Play([ScriptedAnswer("wxid_robot000000001", re.compile("(.+)"), ("{1}!",), after=0.0)])
    service.accounts[0].world.people["wxid_robot000000001"] = Person("wxid_robot000000001", "Robot")
    async with ScriptRunner(service, play):
        await logged_in.send("wxid_robot000000001", "ping")
        async with asyncio.timeout(5):
            while not (told := await logged_in.messages()):
                await logged_in.check()
    assert [each["Content"] for each in told] == ["ping!"]


async def test_nobody_answers_an_echo_of_himself_for_ever(service: Emulator, logged_in: Browser) -> None:
    """A bot that repeats what it is told has the last word; new words are answered again."""
    play = Play([ScriptedAnswer("wxid_robot000000001", re.compile("."), ("well, well",), after=0.0)])
    service.accounts[0].world.people["wxid_robot000000001"] = Person("wxid_robot000000001", "Robot")
    told: list[str] = []
    async with ScriptRunner(service, play), asyncio.timeout(10):
        for words in ("hello", "Robot: well, well", "hello again"):
            await logged_in.send("wxid_robot000000001", words)
            await asyncio.sleep(0)
        while len(told) < 2:
            told += [each["Content"] for each in await logged_in.messages()]
            await logged_in.check()
    assert told == ["well, well"] * 2


async def test_who_is_spoken_for_does_not_answer_by_himself(
    service: Emulator, logged_in: Browser, clock: ManualClock
) -> None:
    """Whoever plays a person gets the answers to his words, not to those of the play; after a minute it goes on."""
    play = Play([ScriptedAnswer("wxid_robot000000001", re.compile("."), ("by myself",), after=0.0)])
    service.accounts[0].world.people["wxid_robot000000001"] = Person("wxid_robot000000001", "Robot")
    told: list[str] = []
    async with ScriptRunner(service, play), asyncio.timeout(10):
        service.person("Robot").says("ping")
        await logged_in.send("wxid_robot000000001", "pong")
        clock.advance(61)
        await logged_in.send("wxid_robot000000001", "are you there?")
        while len(told) < 2:
            told += [each["Content"] for each in await logged_in.messages()]
            await logged_in.check()
    assert told == ["ping", "by myself"]


def test_every_kind_is_in_the_guide() -> None:
    """docs/worlds.md lists what can be sent."""
    guide = Path(__file__).parents[2] / "docs" / "worlds.md"
    if not guide.exists():
        pytest.skip("the guides are not beside the tests")
    text = guide.read_text("utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


def test_nothing_written_is_nothing_done() -> None:
    """No rules, no events."""
    assert Play().on_message("laowang", "hi", {"laowang": "老王"}) == []
    assert Play().due(-1, 1e9) == []
