"""Every kind of message: invented payloads and what they must become."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hongyan.model import messages as m
from hongyan.model.summary import line
from hongyan.webwx.parse import parse_message
from hongyan.webwx.parse.apps import APP_TYPES
from hongyan.webwx.parse.messages import MSG_TYPES

ME = "@" + "00" * 32
SAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "samples" / "messages.json").read_text("utf-8")
)
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=[s["title"] for s in SAMPLES])


def parsed(sample: dict[str, Any]) -> m.AnyMessage:
    return parse_message(json.dumps(sample["wire"], ensure_ascii=False).encode(), ME)


@each_sample
def test_a_payload_becomes_the_expected_value(sample: dict[str, Any]) -> None:
    """The fields that the sample names have the values it names."""
    message = parsed(sample)
    told = {k: json.loads(msgspec.json.encode(getattr(message, k))) for k in sample["expect"]}
    assert told == sample["expect"]
    assert message.id == sample["wire"]["MsgId"]
    assert message.created_at == sample["wire"]["CreateTime"]


@each_sample
def test_a_message_survives_json(sample: dict[str, Any]) -> None:
    """What is written to the journal reads back as the same value."""
    message = parsed(sample)
    assert msgspec.json.decode(msgspec.json.encode(message), type=m.AnyMessage) == message


@each_sample
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_message_has_a_line(sample: dict[str, Any], language: Any) -> None:
    """No kind is silent, and none but texts runs over several lines."""
    message = parsed(sample)
    said = line(message, language)
    assert said.strip()
    assert "\n" not in said or isinstance(message, m.Text | m.Quote | m.Solitaire | m.Announcement)


@each_sample
def test_the_same_message_as_plain_data(sample: dict[str, Any]) -> None:
    """A mapping is read like its bytes."""
    first, second = parsed(sample), parse_message(sample["wire"], ME)
    if not isinstance(first, m.Unknown | m.Unparsed):
        assert first == second


def test_samples_cover_every_type_that_has_a_reader() -> None:
    """A new reader needs a sample."""
    types = {s["wire"]["MsgType"] for s in SAMPLES}
    assert set(MSG_TYPES) <= types
    app_types = {s["wire"].get("AppMsgType") for s in SAMPLES}
    assert set(APP_TYPES) - {26, 76, 92, 100001} <= app_types


def test_samples_cover_every_kind() -> None:
    """Every kind of the union is produced by at least one payload."""
    assert {parsed(s).kind for s in SAMPLES} == set(m.MESSAGE_KINDS)


@pytest.mark.parametrize("title", ["friend request", "suggested friend", "card"])
def test_tickets_are_in_no_repr(title: str) -> None:
    """A log line of a message must not hold what lets others act in its name."""
    message = parsed(next(s for s in SAMPLES if s["title"] == title))
    ticket = getattr(message, "ticket", "")
    assert "ticket" in repr(message) or not ticket
    assert "canary" not in repr(message)
    assert not ticket or ticket not in repr(message)


def test_a_group_without_me_known_still_tells_own_messages() -> None:
    """A message to a group was written by this account, whatever its name is."""
    message = parse_message({"FromUserName": "@x", "ToUserName": "@@g", "MsgType": 1, "Content": "k"})
    assert (message.outgoing, message.chat, message.sender) == (True, "@@g", "@x")


def test_a_stray_sender_prefix_of_a_gateway_is_removed() -> None:
    """Gateways write the permanent id and a newline, once with a quote before it."""
    message = parse_message(
        {"FromUserName": "1@chatroom", "ToUserName": "x", "MsgType": 1, "Content": '"qq1:\nhello'}
    )
    assert isinstance(message, m.Text)
    assert (message.sender, message.text) == ("qq1", "hello")


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("Call not answered", m.CallOutcome.MISSED),
        ("對方無回應", m.CallOutcome.MISSED),
        ("對方忙碌中", m.CallOutcome.MISSED),
        ("已在其他设备拒绝", m.CallOutcome.DECLINED),
        ("对方已取消", m.CallOutcome.CANCELLED),
        ("已在其他设备接听", m.CallOutcome.ANSWERED),
        ("未接听", m.CallOutcome.MISSED),
        ("聊天时长 00:05", m.CallOutcome.ANSWERED),
        ("连接失败", m.CallOutcome.UNKNOWN),
    ],
)
def test_what_became_of_a_call_by_its_bubble(words: str, outcome: m.CallOutcome) -> None:
    """The words for a call that was not taken hold those for one that was."""
    bubble = f"<voipmsg><VoIPBubbleMsg><msg>{words}</msg><room_type>1</room_type></VoIPBubbleMsg></voipmsg>"
    message = parse_message({"FromUserName": "@x", "ToUserName": "@y", "MsgType": 50, "Content": bubble})
    assert isinstance(message, m.Call)
    assert message.outcome == outcome


@pytest.mark.parametrize(
    ("wording", "outcome"),
    [("1", "cancelled"), ("4", "answered"), ("5", "declined"), ("8", "missed"), ("10", "missed")],
)
def test_what_became_of_a_call_by_its_number(wording: str, outcome: str) -> None:
    """Where there are no words and it lasted no time."""
    roots = (
        "<voipinvitemsg><status>4</status><invitetype>1</invitetype></voipinvitemsg>",
        f"<voiplocalinfo><wordingtype>{wording}</wordingtype><duration>0</duration></voiplocalinfo>",
    )
    message = parse_message(
        {"FromUserName": "@x", "ToUserName": "@y", "MsgType": 50, "Content": "".join(roots)}
    )
    assert isinstance(message, m.Call)
    assert message.outcome == outcome


def test_a_greeting_whose_quotes_broke_the_xml_comes_from_the_json() -> None:
    """What the damaged attribute still holds ends at the first quote."""
    content = (
        '&lt;msg fromusername="wxid_1" fromnickname="Q" content="I am "Q" of "R"" scene="14" ticket="v2"/&gt;'
    )
    message = parse_message(
        {
            "FromUserName": "fmessage",
            "ToUserName": "@y",
            "MsgType": 37,
            "Content": content,
            "RecommendInfo": {"UserName": "@q", "NickName": "Q", "Content": 'I am "Q" of "R"'},
        }
    )
    assert isinstance(message, m.FriendRequest)
    assert (message.nickname, message.greeting, message.scene) == ("Q", 'I am "Q" of "R"', 14)


@pytest.mark.parametrize(
    ("text", "ids", "members"),
    [
        ('你邀请"“a、b””加入了群聊  ', ("1",), ("“a、b”",)),
        ('你邀请"“a”、b"加入了群聊  ', ("1", "2"), ("“a”", "b")),
        ('You invited "a, b" to the group chat.   ', ("1",), ("a, b",)),
        ("You invited a, b to the group chat.   ", ("1", "2"), ("a", "b")),
        ('你邀请"a"加入了群聊  ', ("1",), ("a",)),
    ],
)
def test_names_of_invited_people_may_hold_quotes(
    text: str, ids: tuple[str, ...], members: tuple[str, ...]
) -> None:
    """The ids say how many there are, whatever marks stand in the names."""
    listed = "".join(f"<username>{i}</username>" for i in ids)
    content = (
        f'<sysmsg type="delchatroommember"><delchatroommember><text><![CDATA[{text}]]></text>'
        f"<link><scene>invite</scene><memberlist>{listed}</memberlist></link></delchatroommember></sysmsg>"
    )
    message = parse_message({"FromUserName": "@@g", "ToUserName": "@y", "MsgType": 10002, "Content": content})
    assert isinstance(message, m.GroupChange)
    assert message.members == members
    assert isinstance(message.event, m.GroupJoined)
    assert message.event.joined == members


def test_a_blank_before_the_picture_of_a_place() -> None:
    """The line of the address may end in one."""
    content = "Road 5: <br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=1&pictype=location"
    message = parse_message({"FromUserName": "@x", "ToUserName": "@y", "MsgType": 1, "Content": content})
    assert isinstance(message, m.Location)
    assert message.label == "Road 5"


EXTREMES = [
    *("1e30", "-1e30", "1e999", "NaN", "-Infinity", "-1", "0", "-0", "253402300800", "1546214741000", "1"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "9" * 5_000, "1." + "9" * 5_000),
    *(
        '"soon"',
        '""',
        '"1e30"',
        '"-1"',
        f'"{"9" * 5_000}"',
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "[1546214741]",
    ),
]


@pytest.mark.parametrize("extreme", EXTREMES)
def test_a_time_that_cannot_be_is_none_and_costs_nothing_else(extreme: str) -> None:
    """Whatever stands for the time: the message is what it is, with its number, and without a time."""
    raw = (
        f'{{"MsgId":"77","FromUserName":"@a","MsgType":1,"Content":"hello","CreateTime":{extreme}}}'.encode()
    )
    message = parse_message(raw)
    assert isinstance(message, m.Text)
    assert (message.id, message.text, message.created_at) == ("77", "hello", 0)


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize(
    "field", ["MsgType", "NewMsgId", "ImgWidth", "VoiceLength", "AppMsgType", "StatusNotifyCode"]
)
def test_a_number_that_cannot_be_is_none(field: str, extreme: str) -> None:
    """Every number of a message fits into 64 bits, or it is none."""
    raw = f'{{"MsgId":"77","FromUserName":"@a","Content":"hello","MsgType":43,"{field}":{extreme}}}'.encode()
    message = parse_message(raw)
    assert not isinstance(message, m.Unparsed)
    numbers = [v for v in msgspec.to_builtins(message).values() if isinstance(v, int)]
    assert all(abs(n) < 1 << 63 for n in numbers)
    assert msgspec.json.decode(msgspec.json.encode(message), type=m.AnyMessage) == message


@pytest.mark.parametrize("extreme", ['"soon"', "1e30", "-5", "99999999999999", "9" * 5_000])
def test_times_inside_messages_are_times_or_none(extreme: str) -> None:
    """Of a quoted message, an article, a transfer, an announcement."""
    told = extreme.strip('"')
    pieces = {
        57: f"<refermsg><createtime>{told}</createtime></refermsg>",
        5: f"<mmreader><category><item><title>t</title><pub_time>{told}</pub_time></item></category></mmreader>",
        2000: f"<wcpayinfo><begintransfertime>{told}</begintransfertime><invalidtime>{told}</invalidtime></wcpayinfo>",
    }
    for number, piece in pieces.items():
        content = f"<msg><appmsg><type>{number}</type>{piece}</appmsg></msg>"
        message = parse_message({"MsgType": 49, "FromUserName": "@a", "Content": content})
        shown = msgspec.json.encode(message).decode()
        assert not re.search(r'"(?:created_at|published_at|begun_at|expires_at)":(?!0)', shown)


@pytest.mark.parametrize("told", ['"0"', "0", '"-1"', "-1", '"00"', '"0.0"', '""', "null"])
def test_a_number_that_many_may_have_is_none(told: str) -> None:
    """The journal knows a repeat by its number: two messages of number 0 are two."""
    fields = f'"MsgId":{told},"FromUserName":"@a","MsgType":1,"Content":"hello"'
    assert parse_message(f"{{{fields}}}".encode(), ME).id == ""
    assert parse_message(f'{{{fields},"NewMsgId":77}}'.encode(), ME).id == "77"
