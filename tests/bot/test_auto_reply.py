"""Automatic answers on a real account: the three modes, and who is never answered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hongyan.bot.auto_reply import auto_reply
from hongyan.bot.rules_file import parse_rules
from hongyan.model.messages import FriendAccepted, Notice, Picture, Text

from .house import House, running

if TYPE_CHECKING:
    from hongyan.bot.auto_reply import AutoReplyMode

RULES = """
[[rule]]
name = "greeting"
pattern = '^(hi|hello) *(?P<who>.*)'
mention = true
answer = "hello from {who}, {sender}"
[[rule]]
name = "seen"
kind = "picture"
answer = "nice picture"
"""


async def _all_sorts(house: House) -> None:
    """Let everybody write once what a rule fits."""
    await house.says("@alice", "hi Bob")
    await house.says("@bob", "@灰灰\u2005hi you", group="@@home")
    await house.says("@bob", "hi everybody", group="@@home")
    await house.says("@me", "hi myself", group="@alice", outgoing=True)
    await house.says("@news", "hi reader")
    await house.receives(Notice, "@alice", text="hi notice", plain="hi notice")
    await house.receives(Text, "@alice", text="hi friend", event=FriendAccepted())
    await house.says("@alice", "hi from yesterday", at=time.time() - 86400)
    await house.receives(Picture, "@alice")


ANSWERED = [("Alice", "hello from Bob, Alice"), ("家人", "hello from you, Bob"), ("Alice", "nice picture")]


@pytest.mark.parametrize(("mode", "sent", "told"), [("on", 3, 0), ("dry", 0, 3), ("off", 0, 0)])
async def test_the_modes(house: House, mode: AutoReplyMode, sent: int, told: int) -> None:
    """On sends, dry tells, off does neither; only what people wrote just now is answered."""
    lines: list[str] = []
    app = auto_reply(parse_rules(RULES, "r", Path()), mode, lines.append)
    async with running(app, house.account):
        await _all_sorts(house)
        await house.settled(app.name)
    assert sorted(house.answers) == (sorted(ANSWERED) if sent else [])
    assert len(lines) == told
    if told:
        assert "auto-reply (dry) to 家人 / Bob: hello from you, Bob  [greeting]" in lines


async def test_what_dry_tells_cannot_move_the_cursor(house: House) -> None:
    """Names and captures come from the wire."""
    lines: list[str] = []
    app = auto_reply(parse_rules(RULES, "r", Path()), "dry", lines.append)
    async with running(app, house.account):
        await house.says("@alice", "hi \x1b[31m\u202ered\nline")
        await house.settled(app.name)
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert "\\x1b[31m\\u202ered" in lines[0]


async def test_a_file_is_sent(house: House, tmp_path: Path) -> None:
    """The answer may be a file."""
    (tmp_path / "menu.txt").write_text("soup")
    app = auto_reply(parse_rules('[[rule]]\nfile = "menu.txt"', "r", tmp_path), "on")
    async with running(app, house.account):
        await house.says("@alice", "x")
        assert await house.answered(1) == [("Alice", "menu.txt")]


async def test_two_away_messages_stop_answering_each_other(house: House) -> None:
    """The loop guard works for rules as for any app."""
    app = auto_reply(parse_rules('[[rule]]\nanswer = "away"', "r", Path()), "on")
    async with running(app, house.account):
        for _ in range(15):
            await house.says("@alice", "I am away too")
            await house.settled(app.name)
    assert len(house.answers) == 8
