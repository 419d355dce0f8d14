"""Notifies of what arrives: of which messages, how much is shown, in which way, and when not.

What is expected of a chat program: nothing about the chat one looks at; while one is in the program, a word about private
messages and mentions; while one is away, those in full and groups by number; nothing ever of what is muted unless it
mentions me. All of it can be set (``[terminal.notify]``). What is written to the terminal is one line without any control.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import shutil
import sys
from datetime import time as clock_time
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from hongyan.model.display_text import clean, fit
from hongyan.terminal.strings.language import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from hongyan.terminal.full.settings.settings import NotifySettings
    from hongyan.terminal.strings.language import Words

__all__ = ["DEFAULTS", "Notification", "Notifier", "decide", "escape_for", "is_quiet", "notification_text"]

Level = Literal["full", "sender", "count", "none"]
Where = Literal["current", "other", "away"]
What = Literal["private", "mention", "group", "muted"]

DEFAULTS: Final[Mapping[Where, Mapping[What, Level]]] = {
    "current": {"private": "none", "mention": "none", "group": "none", "muted": "none"},
    "other": {"private": "sender", "mention": "sender", "group": "none", "muted": "none"},
    "away": {"private": "full", "mention": "full", "group": "count", "muted": "none"},
}
"""How much is shown, by where the person looks and what arrived."""

_WIDE: Final = 120  # cells of a text
_PAUSE_S: Final = 5.0  # between two calls for one chat
_LIMIT_S: Final = 5.0  # that a program for calling may take

_WORDS: Final[Words] = {
    "count": ("{count} 条新消息", "{count} new messages", "{count} 則新訊息"),
    "sender": ("{who} 发来消息", "a message of {who}", "{who} 傳來訊息"),
    "mention": ("{who} 提到了你", "{who} mentioned you", "{who} 提到了你"),
    "title": ("微信", "WeChat", "微信"),
}


class Notification(NamedTuple):
    """Something that a person may be called for: clean names, one line of text, how many messages wait."""

    what: What
    chat_key: str
    chat: str
    sender: str
    text: str
    unread: int


def decide(settings: NotifySettings, where: Where, what: What) -> Level:
    """Return how much is shown of something, by where the person looks."""
    own: Mapping[str, Level] = getattr(settings, where)
    return own.get(what, DEFAULTS[where][what])


def is_quiet(hours: str, now: datetime) -> bool:
    """Whether a time of day is within hours like ``23:00-07:00``, which may go over midnight."""
    if not hours:
        return False
    begin, end = (clock_time.fromisoformat(part) for part in hours.split("-"))
    here = now.time().replace(second=0, microsecond=0)
    return begin <= here < end if begin <= end else here >= begin or here < end


def notification_text(call: Notification, level: Level, language: Language) -> tuple[str, str]:
    """Return title and text of a call at a level; the title of ``count`` has no name."""
    if level == "count":
        return say(_WORDS, "title", language), say(_WORDS, "count", language, count=call.unread)
    key = "mention" if call.what == "mention" else "sender"
    text = say(_WORDS, key, language, who=call.sender or call.chat)
    if level == "full":
        text = f"{call.sender}: {call.text}" if call.sender and call.sender != call.chat else call.text
    return fit(clean(call.chat, newline=" "), _WIDE), fit(clean(text, newline=" "), _WIDE)


def escape_for(title: str, text: str, environment: Mapping[str, str]) -> str:
    """Return the sequence by which this terminal shows a notification, wrapped for tmux; empty where none is known."""
    title, text = (part.replace(";", "；").replace("\x1b", "").replace("\x07", "") for part in (title, text))
    program = environment.get("TERM_PROGRAM", "")
    if environment.get("KITTY_WINDOW_ID"):
        sequence = f"\x1b]99;i=hongyan:d=0;{title}\x1b\\\x1b]99;i=hongyan:d=1:p=body;{text}\x1b\\"
    elif program in {"iTerm.app", "WezTerm", "ghostty"} or environment.get("WT_SESSION"):
        sequence = f"\x1b]9;{title}: {text}\x1b\\"
    elif (
        environment.get("VTE_VERSION")
        or program in {"foot", "rxvt"}
        or environment.get("TERM", "").startswith(("foot", "rxvt"))
    ):
        sequence = f"\x1b]777;notify;{title};{text}\x1b\\"
    else:
        return ""
    if environment.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence


class Notifier:
    """Carries out calls. ``write`` takes escape sequences, ``ring`` rings the bell, ``failed`` is called once for a broken command."""

    def __init__(
        self,
        settings: NotifySettings,
        language: Language,
        *,
        write: Callable[[str], None],
        ring: Callable[[], None],
        failed: Callable[[str], None],
        environment: Mapping[str, str] = os.environ,
        monotonic: Callable[[], float],
    ) -> None:
        self.settings = settings
        self._language = language
        self._write = write
        self._ring = ring
        self._failed = failed
        self._environment = environment
        self._monotonic = monotonic
        self._called: dict[str, float] = {}
        self._has_reported_failure = False

    async def call(
        self, calls: Sequence[tuple[Where, Notification]], now: datetime
    ) -> list[tuple[Level, Notification]]:
        """Notify of what arrived together, at most once in five seconds for each chat; return what was shown."""
        if is_quiet(self.settings.quiet, now):
            return []
        wanted: dict[str, tuple[Level, Notification]] = {}
        for where, call in calls:
            level = decide(self.settings, where, call.what)
            if level != "none" and self._may_call(call.chat_key):
                wanted[call.chat_key] = (level, call)
        for level, call in wanted.values():
            self._called[call.chat_key] = self._monotonic()
            await self._carry_out(level, call)
        if wanted and self.settings.bell:
            self._ring()
        return list(wanted.values())

    def _may_call(self, chat: str) -> bool:
        last = self._called.get(chat)
        return last is None or self._monotonic() - last >= _PAUSE_S

    async def _carry_out(self, level: Level, call: Notification) -> None:
        title, text = notification_text(call, level, self._language)
        for way in self.settings.by:
            if way == "osc":
                sequence = escape_for(title, text, self._environment)
                if sequence:
                    self._write(sequence)
                    break
            elif (command := _desktop(title, text, self._environment)) and await self._run(command):
                break
        if self.settings.command:
            await self._hook(level, call)

    async def _hook(self, level: Level, call: Notification) -> None:
        """Start the person's own program; what it may know is in its environment, by the level."""
        variables = {"HONGYAN_KIND": call.what, "HONGYAN_COUNT": str(call.unread)}
        if level in {"sender", "full"}:
            variables |= {
                "HONGYAN_CHAT": clean(call.chat, newline=" "),
                "HONGYAN_SENDER": clean(call.sender, newline=" "),
            }
        if level == "full":
            variables["HONGYAN_TEXT"] = clean(call.text, newline=" ")
        if (
            not await self._run(self.settings.command, {**os.environ, **variables})
            and not self._has_reported_failure
        ):
            self._has_reported_failure = True
            self._failed(self.settings.command[0])

    @staticmethod
    async def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
        """Run a program within a time limit, without a shell; return whether it did well."""
        try:
            child = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
            )
        except (OSError, ValueError):
            return False
        try:
            async with asyncio.timeout(_LIMIT_S):
                return await child.wait() == 0
        except TimeoutError:
            return False
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()


def _desktop(title: str, text: str, environment: Mapping[str, str]) -> list[str]:
    """Return the program with its arguments that shows a notification on this desktop, an empty list for none."""
    if sys.platform == "darwin" and shutil.which("osascript"):
        script = "on run a\ndisplay notification (item 2 of a) with title (item 1 of a)\nend run"
        return ["osascript", "-e", script, "--", title, text]
    if shutil.which("notify-send") and (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        # The text may hold markup, the title may not (desktop notifications, 1.2).
        return ["notify-send", "--app-name=Hongyan", "--", title, html.escape(text, quote=False)]
    return []
