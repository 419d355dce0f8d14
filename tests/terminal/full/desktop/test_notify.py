"""Who is notified of what, how much is told, and by which way."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from hongyan.terminal.full.desktop.notify import (
    Notification,
    Notifier,
    decide,
    escape_for,
    is_quiet,
    notification_text,
)
from hongyan.terminal.full.settings.settings import NotifySettings
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from pathlib import Path


def at(clock: str) -> datetime:
    """Return a time of a day."""
    return datetime.fromisoformat(f"2026-03-08T{clock}").astimezone()


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("23:00-07:00", "23:30", True),
        ("23:00-07:00", "06:59", True),
        ("23:00-07:00", "07:00", False),
        ("12:00-13:00", "12:30", True),
        ("12:00-13:00", "13:00", False),
        ("", "03:00", False),
    ],
)
def test_quiet_hours_go_over_midnight(hours: str, clock: str, quiet: bool) -> None:
    """The end is no more within them."""
    assert is_quiet(hours, at(clock)) is quiet


def test_the_matrix_has_defaults_and_own_levels() -> None:
    """Nothing of the chat one looks at; in full while one is away; as one says otherwise."""
    plain = NotifySettings()
    assert decide(plain, "current", "private") == "none"
    assert decide(plain, "other", "mention") == "sender"
    assert decide(plain, "away", "private") == "full"
    assert decide(plain, "away", "muted") == "none"
    assert decide(NotifySettings(away={"muted": "count"}), "away", "muted") == "count"


CALL = Notification("private", "k", "老王", "老王", "你好\n\x1b]0;x\x07", 3)


def test_a_call_tells_as_much_as_its_level() -> None:
    """And holds no line end and no sequence, whatever was written."""
    assert notification_text(CALL, "count", Language.ZH) == ("微信", "3 条新消息")
    assert notification_text(CALL, "sender", Language.EN) == ("老王", "a message of 老王")
    title, text = notification_text(CALL, "full", Language.ZH)
    assert text.startswith("你好 ")
    assert "\x1b" not in title + text


@pytest.mark.parametrize(
    ("environment", "begin"),
    [
        ({"KITTY_WINDOW_ID": "1"}, "\x1b]99;"),
        ({"TERM_PROGRAM": "iTerm.app"}, "\x1b]9;"),
        ({"VTE_VERSION": "7000"}, "\x1b]777;notify;"),
        ({"TERM_PROGRAM": "iTerm.app", "TMUX": "x"}, "\x1bPtmux;\x1b\x1b]9;"),
        ({"TERM": "xterm"}, ""),
    ],
)
def test_each_terminal_is_spoken_to_in_its_way(environment: dict[str, str], begin: str) -> None:
    """One that is not known is left alone."""
    sequence = escape_for("a;b", "c\x1bd", environment)
    assert sequence.startswith(begin)
    assert bool(sequence) == bool(begin)
    assert "a；b" in sequence or not begin


async def test_a_chat_is_called_for_once_in_five_seconds_and_a_hook_hears_what_it_may(tmp_path: Path) -> None:
    """By the level; texts never become a part of a command; a broken hook is told once."""
    clock = [0.0]
    rung: list[int] = []
    wrote: list[str] = []
    failed: list[str] = []
    out = tmp_path / "out"
    hook = (
        sys.executable,
        "-c",
        f"import os; open({str(out)!r}, 'a').write(os.environ.get('HONGYAN_TEXT', '-') + '|' + os.environ['HONGYAN_KIND'])",
    )
    caller = Notifier(
        NotifySettings(by=("osc",), command=hook),
        Language.ZH,
        write=wrote.append,
        ring=lambda: rung.append(1),
        failed=failed.append,
        environment={"TERM_PROGRAM": "WezTerm"},
        monotonic=lambda: clock[0],
    )
    evil = CALL._replace(text="$(touch x); `id`")
    assert len(await caller.call([("away", evil), ("current", evil)], at("12:00"))) == 1
    assert await caller.call([("away", evil)], at("12:00")) == []
    clock[0] = 6.0
    assert [level for level, _ in await caller.call([("other", evil)], at("12:00"))] == ["sender"]
    assert out.read_text("utf-8") == "$(touch x); `id`|private-|private"
    assert len(rung) == len(wrote) == 2
    caller.settings = NotifySettings(by=(), command=("/nonexistent/hook",), bell=False)
    for _ in range(2):
        clock[0] += 10
        await caller.call([("away", evil)], at("12:00"))
    assert failed == ["/nonexistent/hook"]
    assert len(rung) == 2
