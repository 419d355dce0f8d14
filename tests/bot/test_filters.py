"""Conditions alone and joined, on messages of a real account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hongyan.bot import (
    App,
    Filter,
    Message,
    MessageContext,
    command,
    from_,
    in_group,
    mentions_me,
    private,
    text,
)
from hongyan.bot.filters import holds
from hongyan.errors import UsageError

from .house import House, running

if TYPE_CHECKING:
    from collections.abc import Callable

MENTION = "@灰灰\u2005"


async def _received(house: House, who: str, words: str, group: str = "") -> MessageContext:
    """Return a message as a handler gets it."""
    app, got = App(f"reader {house.numbers}"), []

    @app.on(Message)
    async def keep(message: MessageContext) -> None:
        got.append(message)

    async with running(app, house.account):
        await house.says(who, words, group=group)
        await house.settled(app.name)
    return got[0]


@pytest.mark.parametrize(
    ("condition", "who", "words", "group", "expected"),
    [
        (text("^pi"), "@alice", "ping", "", True),
        (text("^pi"), "@alice", "no ping", "", False),
        (in_group, "@alice", "x", "@@home", True),
        (in_group, "@alice", "x", "", False),
        (private, "@alice", "x", "", True),
        (from_("alice"), "@alice", "x", "@@home", True),
        (from_("家人"), "@alice", "x", "@@home", True),
        (from_("Bob"), "@alice", "x", "@@home", False),
        (mentions_me, "@alice", f"{MENTION}hi", "@@home", True),
        (mentions_me, "@alice", "hi", "@@home", False),
        (mentions_me, "@alice", f"{MENTION}hi", "", False),
        (command("/help"), "@alice", "/help", "", True),
        (command("/help"), "@alice", "/helpless", "", False),
        (command("/help"), "@alice", f"{MENTION}/help me", "@@home", True),
        (in_group & from_("Bob"), "@bob", "x", "@@home", True),
        (in_group & from_("Bob"), "@bob", "x", "", False),
        (in_group | from_("Bob"), "@bob", "x", "", True),
        (~in_group & ~from_("Bob"), "@bob", "x", "", False),
        ((lambda m: m.text == "x") & in_group, "@bob", "x", "@@home", True),
        (in_group | (lambda m: m.text == "x"), "@bob", "x", "", True),
        (~Filter(lambda m: m.text == "x"), "@bob", "x", "", False),
    ],
)
async def test_conditions(
    house: House, condition: Callable[[Any], Any], who: str, words: str, group: str, expected: bool
) -> None:
    """Each condition, and each way of joining them."""
    assert await holds(condition, await _received(house, who, words, group)) is expected


async def test_async_conditions_can_be_joined(house: House) -> None:
    """A condition may ask somebody."""

    async def slow(message: MessageContext) -> bool:
        return message.text == "x"

    message = await _received(house, "@bob", "x")
    assert await holds(slow & private, message)
    assert not await holds(~Filter(slow), message)


async def test_a_handler_finds_what_its_filter_found(house: House) -> None:
    """Captures and the words behind a command."""
    message = await _received(house, "@alice", f"{MENTION}/roll 2d6 please", "@@home")
    assert await holds(command("/roll"), message)
    assert await holds(~text("tea"), message)
    assert message.match["args"] == "2d6 please"
    assert [m.me for m in message.mentions] == [True]


def test_a_broken_pattern_is_told_at_once() -> None:
    """Not when the first message comes."""
    with pytest.raises(UsageError, match="cannot be read"):
        text("(")


async def test_a_handler_without_a_text_filter_has_no_match(house: House) -> None:
    """It is told so, with what to write."""
    message = await _received(house, "@alice", "x")
    with pytest.raises(UsageError, match="no text filter"):
        _ = message.match
