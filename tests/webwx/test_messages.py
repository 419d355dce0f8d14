"""Every kind of message: invented payloads and what they must become."""

from __future__ import annotations

import json
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
    (Path(__file__).parent / "samples" / "messages.json").read_text("utf-8")
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
