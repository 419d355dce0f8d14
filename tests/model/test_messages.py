"""What is true of each kind of message, kind by kind; the class says it, once, and everything else asks the class."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest

from hongyan.model.messages import MESSAGE_KINDS, AnyMessage, Message
from hongyan.model.summary import line, sentence


class Traits(NamedTuple):
    """By whom it is, whether a handler of ``Message`` gets it, whether it counts as unread, whether people see it."""

    by_service: bool
    for_bots: bool
    raises_unread: bool
    shown: bool = True


PERSON = Traits(by_service=False, for_bots=True, raises_unread=True)
SERVICE = Traits(by_service=True, for_bots=False, raises_unread=False)
# Something came in that no bot can answer, and that a person should look at.
LOOK = Traits(by_service=False, for_bots=False, raises_unread=True)

TRAITS = {
    "text": PERSON,
    "picture": PERSON,
    "voice": PERSON,
    "video": PERSON,
    "sticker": PERSON,
    "file": PERSON,
    "file-placeholder": LOOK,  # the file follows
    "link": PERSON,
    "music": PERSON,
    "group-invitation": PERSON,
    "location": PERSON,
    "live-location": PERSON,
    "card": PERSON,
    "friend-request": LOOK,
    "suggested-friend": LOOK,
    "call": PERSON,
    "mini-program": PERSON,
    "channels": PERSON,
    "record": PERSON,
    "favorite-record": PERSON,
    "solitaire": PERSON,
    "quote": PERSON,
    "transfer": PERSON,
    "red-packet": PERSON,
    "payment-notice": SERVICE,
    "announcement": PERSON._replace(raises_unread=False),  # its text comes as a message, too
    "group-todo": SERVICE,
    "coupon": PERSON,
    "product": PERSON,
    "sticker-set": PERSON,
    "app": PERSON,
    "unsupported": LOOK,  # the phone shows it
    "recall": SERVICE,
    "notice": SERVICE,
    "group-change": SERVICE,
    "pat": SERVICE,
    "status": SERVICE._replace(shown=False),  # what the phone does
    "legacy": LOOK._replace(raises_unread=False),  # only old journals hold them
    "unknown": LOOK,  # somebody may have written it
    "unparsed": LOOK,
}
"""Each kind. Counters that are stored stay as they are when a line changes here."""


def test_every_kind_is_listed() -> None:
    """A new kind says here what it is."""
    assert list(TRAITS) == list(MESSAGE_KINDS)


@pytest.mark.parametrize("tag", TRAITS)
def test_the_traits_of_a_kind(tag: str) -> None:
    """They are facts of the class."""
    kind = MESSAGE_KINDS[tag]
    assert Traits(kind.by_service, kind.for_bots, kind.raises_unread, kind.shown) == TRAITS[tag]


@pytest.mark.parametrize("tag", TRAITS)
def test_traits_stand_in_no_json(tag: str) -> None:
    """The journal and the archive hold what came, not what this version thinks of it."""
    data = msgspec.json.encode(MESSAGE_KINDS[tag]())
    assert msgspec.json.decode(data) == {"kind": tag}
    assert msgspec.json.decode(data, type=AnyMessage) == MESSAGE_KINDS[tag]()


@pytest.mark.parametrize("tag", TRAITS)
def test_every_kind_has_a_line_in_every_language(tag: str) -> None:
    """Also where nothing but the kind is known; only a text may be empty."""
    message = msgspec.json.decode(msgspec.json.encode({"kind": tag}), type=AnyMessage)
    for language in ("zh", "en", "zh-TW"):
        assert line(message, language) or tag in {"text", "quote"}
        assert not sentence(message, language) or message.by_service


def test_what_the_service_says_is_for_no_bot_and_not_unread() -> None:
    """A bot would answer the service; a person need not read its sentences."""
    for kind in MESSAGE_KINDS.values():
        assert not (kind.by_service and (kind.for_bots or kind.raises_unread)), kind


def test_every_class_of_message_is_a_kind() -> None:
    """One that is not in the union would be written and could not be read."""

    def leaves(kind: type[Message]) -> set[type[Message]]:
        below = kind.__subclasses__()
        return {leaf for each in below for leaf in leaves(each)} if below else {kind}

    assert leaves(Message) == set(MESSAGE_KINDS.values())
