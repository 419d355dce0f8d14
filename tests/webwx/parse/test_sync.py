"""A sync answer in whole and in pieces: one damaged item costs no other."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.model import messages as m
from hongyan.model.events import ContactChanged, ContactGone, MessageReceived, ProfileChanged, UnknownEvent
from hongyan.webwx.parse import SyncAnswer, parse_sync

ME = "@me"


def message(number: int, content: str = "hello") -> dict[str, Any]:
    return {
        "MsgId": str(7000 + number),
        "FromUserName": "@friend",
        "ToUserName": ME,
        "MsgType": 1,
        "Content": f"{content} {number}",
        "CreateTime": 1500000000,
        "RecommendInfo": {"UserName": "", "Sex": 0},
        "AppInfo": {"AppID": "", "Type": 0},
        "NewMsgId": 7000 + number,
    }


def answer(messages: list[bytes], **more: Any) -> bytes:
    head = {"BaseResponse": {"Ret": 0, "ErrMsg": ""}, "AddMsgCount": len(messages)}
    tail = {
        "ModContactCount": 0,
        "ModContactList": [],
        "DelContactCount": 0,
        "DelContactList": [],
        "Profile": {"BitFlag": 0, "NickName": {"Buff": ""}},
        "ContinueFlag": 0,
        "SyncKey": {"Count": 2, "List": [{"Key": 1, "Val": 5}, {"Key": 2, "Val": 6}]},
        "SKey": "",
        "SyncCheckKey": {"Count": 1, "List": [{"Key": 1, "Val": 7}]},
        **more,
    }
    before, after = json.dumps(head)[:-1], json.dumps(tail, ensure_ascii=False)[1:]
    return before.encode() + b', "AddMsgList": [' + b", ".join(messages) + b"], " + after.encode()


def encoded(number: int, content: str = "hello") -> bytes:
    return json.dumps(message(number, content), ensure_ascii=False).encode()


def heard(told: SyncAnswer) -> list[m.AnyMessage]:
    return [i.event.message for i in told.items if isinstance(i.event, MessageReceived)]


def texts(told: SyncAnswer) -> list[str]:
    return [x.text for x in heard(told) if isinstance(x, m.Text)]


def test_a_sound_answer_is_read_strictly_and_in_order() -> None:
    """Profile, deletions, changes, messages; keys as sent."""
    body = answer(
        [encoded(1), encoded(2)],
        ModContactList=[{"UserName": "@b", "NickName": "B &amp; C", "ContactFlag": 3}],
        DelContactList=[{"UserName": "@gone", "ContactFlag": 0}],
        Profile={"BitFlag": 190, "NickName": {"Buff": "New"}, "HeadImgUrl": "/p&skey=@crypt_x"},
        ContinueFlag=1,
        SKey="@crypt_canary",
    )
    told = parse_sync(body, ME)
    kinds = [type(i.event) for i in told.items]
    assert kinds == [ProfileChanged, ContactGone, ContactChanged, MessageReceived, MessageReceived]
    assert told.rung == "strict"
    assert told.more
    assert told.sync_key is not None
    assert told.sync_key.joined == "1_5|2_6"
    assert told.sync_check_key is not None
    assert json.loads(msgspec.json.encode(told.sync_check_key)) == {
        "Count": 1,
        "List": [{"Key": 1, "Val": 7}],
    }
    assert "canary" not in repr(told)
    assert told.items[0].event == ProfileChanged(nickname="New", avatar="/p")


def test_every_item_keeps_its_own_bytes() -> None:
    """The journal writes what came, not what we made of it."""
    told = parse_sync(answer([encoded(1), encoded(2)]), ME)
    assert [i.raw for i in told.items] == [encoded(1), encoded(2)]


def test_a_damaged_answer_keeps_the_bytes_of_its_items_too() -> None:
    """Byte for byte, damage included."""
    poison = POISONS["lone surrogate escape"]
    told = parse_sync(answer([encoded(1), poison]), ME)
    assert told.rung == "lenient"
    assert [i.raw for i in told.items] == [encoded(1), poison]


def test_an_empty_key_does_not_replace_the_one_in_use() -> None:
    """Count 0 means that there is none."""
    told = parse_sync(answer([], SyncKey={"Count": 0, "List": []}), ME)
    assert told.sync_key is None
    assert not told.unreadable


POISONS: dict[str, bytes] = {
    "raw control character": encoded(2).replace(b"hello", b"he\x01llo"),
    "raw newline": encoded(2).replace(b"hello", b"he\nllo"),
    "lone surrogate escape": encoded(2).replace(b"hello", b"he\\ud83dllo"),
    "bad escape": encoded(2).replace(b"hello", b"he\\xllo"),
    "half an escape": encoded(2).replace(b"hello", b"he\\u12"),
    "broken UTF-8": encoded(2).replace(b"hello", b"he\xff\xfello"),
    "text where a number should be": encoded(2).replace(b'"MsgType": 1', b'"MsgType": "1"'),
    "number where a text should be": encoded(2).replace(b'"MsgId": "7002"', b'"MsgId": 7002'),
    "null where a text should be": encoded(2).replace(b'"Content": "hello 2"', b'"Content": null'),
    "a list where a text should be": encoded(2).replace(b'"hello 2"', b'["hello 2"]'),
    "an object where a number should be": encoded(2).replace(b"1500000000", b'{"a": 1}'),
    "a number too large": encoded(2).replace(b"1500000000", b"1" * 400),
    "deep nesting": encoded(2).replace(b'"hello 2"', b"[" * 100_000 + b"]" * 100_000),
    "deep objects": encoded(2).replace(b'"hello 2"', b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "a number": b"17",
    "null": b"null",
    "an empty object": b"{}",
    "a text": b'"hello 2"',
    "a list": b"[1, 2]",
    "an open quote": encoded(2).replace(b'"Content": "hello 2"', b'"Content": "hello 2'),
    "a quote too many": encoded(2).replace(b"hello 2", b'hel"lo 2'),
    "a backslash before the quote": encoded(2).replace(b'hello 2"', b'hello 2\\"'),
    "its first bracket lost": b"x" + encoded(2)[1:],
    "its last bracket lost": encoded(2)[:-1] + b"x",
    "its first name lost": encoded(2).replace(b'"MsgId"', b'"MsgIx"'),
    "a bracket too many": encoded(2).replace(b'"AppInfo"', b'}, "AppInfo"'),
    "cut in the middle": encoded(2)[: len(encoded(2)) // 2],
    "a square bracket for a curly one": encoded(2).replace(b"}, ", b"], ", 1),
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
def test_one_poisoned_message_costs_no_other(poison: bytes) -> None:
    """The neighbours are read, the key is read, and nothing is raised."""
    told = parse_sync(answer([encoded(1), poison, encoded(3)]), ME)
    assert {"hello 1", "hello 3"} <= set(texts(told))
    assert told.sync_key is not None
    assert told.sync_key.joined == "1_5|2_6"
    assert told.ret == 0


READABLE = [
    "raw control character",
    "lone surrogate escape",
    "bad escape",
    "broken UTF-8",
    "text where a number should be",
    "number where a text should be",
]


@pytest.mark.parametrize("name", READABLE)
def test_lesser_damage_is_read_through(name: str) -> None:
    """The damaged message itself arrives too, as a text under its own number."""
    told = parse_sync(answer([encoded(1), POISONS[name], encoded(3)]), ME)
    assert [x.id for x in heard(told)] == ["7001", "7002", "7003"]
    assert len(texts(told)) == 3
    json.dumps(texts(told)).encode()
    "".join(texts(told)).encode("utf-8")


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    """It could not be written to any file otherwise."""
    told = parse_sync(answer([POISONS["lone surrogate escape"]]), ME)
    assert texts(told) == ["he\ufffdllo 2"]


@given(place=st.integers(0, 10_000), octets=st.binary(min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_bytes_changed_inside_one_message_cost_no_other(place: int, octets: bytes) -> None:
    """Whatever happens inside one item stays inside it."""
    victim = bytearray(encoded(2, 'some "quoted" \\ text {} [] 中文'))
    at = place % len(victim)
    victim[at : at + len(octets)] = octets
    told = parse_sync(answer([encoded(1), bytes(victim), encoded(3), encoded(4)]), ME)
    assert {"hello 1", "hello 3", "hello 4"} <= set(texts(told))
    assert told.sync_key is not None


def test_a_key_is_not_taken_from_what_somebody_wrote() -> None:
    """A text that looks like a key stands in quotes that are escaped."""
    forged = encoded(1, '", "SyncKey": {"Count": 1, "List": [{"Key": 9, "Val": 9}]}, "x": "')
    told = parse_sync(answer([forged, POISONS["an open quote"]]), ME)
    assert told.sync_key is not None
    assert told.sync_key.joined == "1_5|2_6"


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b"null", b"[]", b"\xff\xfe", b"{", b'"x"'])
def test_something_else_altogether_is_one_unparsed_item(body: bytes) -> None:
    """The whole answer is kept, and that the key is lost is said."""
    told = parse_sync(body, ME)
    assert not told.key_readable
    assert told.unreadable
    assert [type(x) for x in heard(told)] == [m.Unparsed]
    assert told.items[0].raw == body


@pytest.mark.parametrize("field", ["ModContactList", "DelContactList"])
def test_a_contact_that_cannot_be_read_is_an_unknown_event(field: str) -> None:
    """It is written down, and the messages arrive."""
    told = parse_sync(answer([encoded(1)], **{field: [17, {"UserName": "@b"}]}), ME)
    assert isinstance(told.items[0].event, UnknownEvent)
    assert texts(told) == ["hello 1"]
    assert len(told.items) == 3


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_no_bytes_raise_anything(body: bytes) -> None:
    """Reading a sync never raises at all."""
    parse_sync(body, ME)


@given(cut=st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_an_answer_that_broke_off_yields_its_complete_messages(cut: int) -> None:
    """What came whole is read; without a key it will come again."""
    body = answer([encoded(1), encoded(2), encoded(3)])
    told = parse_sync(body[: cut % len(body)], ME)
    whole = [n for n in (1, 2, 3) if body[: cut % len(body)].find(encoded(n)) >= 0]
    assert {f"hello {n}" for n in whole} <= set(texts(told))


def test_a_pretty_printed_answer_is_read() -> None:
    """Some servers indent their JSON."""
    body = json.dumps(json.loads(answer([encoded(1)])), indent=1).encode()
    assert texts(parse_sync(body, ME)) == ["hello 1"]
