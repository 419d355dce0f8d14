"""Lines that a person types for the people of a world, and what is printed of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.emulator import Emulator
from hongyan.emulator.console import HINT, Console, shown
from hongyan.emulator.worlds import demo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def console() -> AsyncIterator[Console]:
    """A console for the demo's world."""
    async with Emulator([demo()[0]]) as service:
        yield Console(service, print)


@pytest.mark.parametrize(
    ("line", "group"),
    [
        ("老王: ping", ""),
        ("老王：ping", ""),
        ("老王 @ 吃饭群: ping", "吃饭群"),
        ("laowang@吃饭群:ping", "吃饭群"),
    ],
)
async def test_a_line_is_written_by_whom_it_names(console: Console, line: str, group: str) -> None:
    account = console._account
    if group:
        group = next(g.name for g in account.world.groups.values() if g.has("laowang"))
        line = line.replace("吃饭群", group)
    before = len(account.messages)
    answer = console.obey(line)
    assert line[:2] in answer
    assert group in answer
    assert [m.text for m in list(account.messages.values())[before:]] == ["ping"]


@pytest.mark.parametrize("line", [":", ": ping", "老王:", "老王:  ", "/help", "x" * 5000])
async def test_a_line_that_says_nothing_is_answered_by_how_to_write_one(console: Console, line: str) -> None:
    answer = console.obey(line)
    assert answer == HINT or answer.startswith("Who is")


@pytest.mark.parametrize(
    "line", ["Nobody: hi", "老王 @ Nowhere: hi", "\x1b[2J: hi", "老王 @ \x1b]0;x\x07: hi"]
)
async def test_an_unknown_name_is_asked_back_and_cannot_move_the_cursor(console: Console, line: str) -> None:
    answer = console.obey(line)
    assert answer.startswith("Who is")
    assert "\x1b" not in answer


async def test_people_are_listed(console: Console) -> None:
    listed = console.obey("/people")
    assert "老王" in listed
    assert "groups:" in listed


def test_what_does_not_print_is_escaped() -> None:
    assert shown("a\x1b[2Jb\u202e") == "a\\x1b[2Jb\\u202e"
