"""What every part of the full screen works with: account, settings, language, looks, keys, clock, and the ways to act.

Screens and widgets type against this, and never against the application.
"""

from __future__ import annotations

import os
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from msgspec.structs import replace

from hongyan.clock import Clock
from hongyan.model.display_text import clean
from hongyan.terminal.faults import in_one_line
from hongyan.terminal.full.chats.roster import Roster
from hongyan.terminal.full.keys.keymap import load_keys
from hongyan.terminal.full.messages.items import ItemBuilder
from hongyan.terminal.full.pictures.draw import Mode
from hongyan.terminal.full.pictures.kitty import Kitty
from hongyan.terminal.full.pictures.painter import Painter
from hongyan.terminal.full.settings.theme_library import ThemeLibrary
from hongyan.terminal.full.strings import dates
from hongyan.terminal.full.strings.main import MAIN
from hongyan.terminal.strings.language import Language, language_of, say

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from textual.screen import Screen

    from hongyan.client.account import Account
    from hongyan.errors import HongyanError
    from hongyan.terminal.full.desktop.opening import Player
    from hongyan.terminal.full.messages.items import Item
    from hongyan.terminal.full.place import Place
    from hongyan.terminal.full.settings.settings import TerminalSettings
    from hongyan.terminal.full.settings.themes import Palette

__all__ = ["Host", "LogLine", "ScreenContext"]

_LOG_LINES: Final = 1000
_NOTICE_S: Final = 4.0


class LogLine(NamedTuple):
    """A line of the log. ``at`` is Unix seconds."""

    at: float
    level: Literal["info", "error"]
    text: str


class Host(Protocol):
    """The application, as far as a part of the screen asks something of it."""

    def later(self, work: Coroutine[Any, Any, Any], /) -> asyncio.Task[Any]:
        """Do something beside the screen; a failure is shown."""

    def ask(self, work: Awaitable[None], doing: str, /) -> None:
        """Begin to do something that may ask a person; ``doing`` names it where it fails."""

    async def push_screen_wait(self, screen: Screen[Any], /) -> Any:
        """Show a screen and wait for its answer."""

    def clear_notifications(self) -> None:
        """Remove the notices that are shown."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Literal["information", "warning", "error"] = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notice for so many seconds."""

    def write_sequence(self, sequence: str, /) -> None:
        """Write an escape sequence to the terminal, where there is one."""

    def settings_changed(self, names: frozenset[str], /) -> None:
        """Let changed settings count."""

    def look_again(self) -> None:
        """Show what the store holds by now."""

    def try_again(self) -> None:
        """Try again to hold the login."""

    def asked_to_leave(self, unsent: object = None, /) -> bool:
        """Whether leaving was asked for a moment ago, or ever since the same was unsent; it is from now on."""

    def leave(self, *, switch_to: str | None = None) -> None:
        """End the program, or let another account follow."""

    def pause(self) -> None:
        """Stop until the shell calls the program to the front again."""


class ScreenContext:
    """One account on one screen. ``clock()`` counts evenly in seconds, ``clock.now()`` is the time in Unix seconds.

    ``host`` is the application. ``items`` turns rows into items, ``roster`` knows the chats of the list, ``painter`` draws
    pictures. ``log`` are the latest lines of the log, ``marked`` the messages that were marked to be sent on, and
    ``recent_emoji`` what was picked last.
    """

    def __init__(
        self,
        host: Host,
        account: Account,
        settings: TerminalSettings,
        place: Place,
        *,
        picture_mode: Mode,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float],
    ) -> None:
        self.host = host
        self.account = account
        self.settings = settings
        self.place = place
        self.environment = environment
        self.clock = Clock.beside(clock)
        self.started = self.clock()
        self.language = Language(settings.language) if settings.language else language_of(environment)
        self.keys = load_keys(settings)
        self.themes = ThemeLibrary(place.settings_file.parent / "themes", settings.theme, environment)
        self.log: deque[LogLine] = deque(maxlen=_LOG_LINES)
        self.marked: list[Item] = []
        self.recent_emoji: list[str] = []
        kitty = Kitty(host.write_sequence, in_tmux=bool(environment.get("TMUX")))
        self.painter = Painter(picture_mode, kitty, lambda: self.palette.ground)
        self.items = self._new_items()
        self.roster = Roster(account, self.items, self.language, self.list_time_text, self.palette.marks)

    def _new_items(self) -> ItemBuilder:
        return ItemBuilder(
            account=self.account,
            language=self.language,
            time_text=self.time_text,
            now=self.clock.now,
            recalled=self.settings.recalled,
            emoji=self.with_emoji,
        )

    @property
    def palette(self) -> Palette:
        """The styles and marks of the theme in use."""
        return self.themes.palette

    @property
    def shows_pictures(self) -> bool:
        """Whether there are pictures in the history."""
        return self.painter.mode is not Mode.OFF and not self.palette.plain

    @cached_property
    def player(self) -> Player:
        """What plays voices."""
        from hongyan.terminal.full.desktop.opening import Player

        return Player()

    # -- strings

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence of the main screen."""
        return say(MAIN, key, self.language, **values)

    def time_text(self, at: float) -> str:
        """Return a time as messages show it."""
        return dates.clock(at, self.clock.now(), self.settings.times)

    def day_text(self, at: float) -> str:
        """Return a day as the history shows it."""
        return dates.day_line(at, self.clock.now(), self.language)

    def list_time_text(self, at: float) -> str:
        """Return a time as the list of chats shows it."""
        return dates.list_time(at, self.clock.now(), self.language)

    def with_emoji(self, text: str) -> str:
        """Return a received text with its emoticons as the settings want them."""
        if "[" not in text or self.settings.emoji == "text":
            return text
        from hongyan.terminal.full.messages.emoticon_text import with_emoji

        return with_emoji(text, self.settings.emoji)

    # -- notifications

    def note(self, text: str, *, error: bool = False) -> None:
        """Write a line into the log."""
        self.log.append(LogLine(self.clock.now(), "error" if error else "info", clean(text, newline=" ")))

    def tell(self, text: str, *, error: bool = False) -> None:
        """Show a notice for a few seconds; the log keeps it."""
        self.note(text, error=error)
        self.host.clear_notifications()
        self.host.notify(
            clean(text, newline=" "),
            severity="error" if error else "information",
            timeout=_NOTICE_S,
            markup=False,
        )

    def problem_text(self, problem: HongyanError) -> str:
        """Return what went wrong and what to do about it, in one line."""
        return in_one_line(problem, self.language)

    def tell_problem(self, problem: HongyanError) -> None:
        """Show what went wrong and what to do about it."""
        self.tell(self.problem_text(problem), error=True)

    # -- acting

    def later(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something beside the screen; a failure is shown."""
        return self.host.later(work)

    def ask(self, work: Awaitable[None], doing: str) -> None:
        """Begin to do something that may ask a person; ``doing`` names it where it fails."""
        self.host.ask(work, doing)

    async def push(self, screen: Screen[Any]) -> Any:
        """Show a screen and return its answer; raise if another screen has covered the one that it was started on."""
        return await self.host.push_screen_wait(screen)

    def change(self, **changes: Any) -> None:
        """Change settings of the full screen for now."""
        self.settings = replace(self.settings, **changes)
        if "theme" in changes:
            self.themes.choose(changes["theme"])
        if changes.keys() & {"keys", "keymap", "send_key"}:
            self.keys = load_keys(self.settings)
        self.host.settings_changed(frozenset(changes))
