"""The full-screen program: its screens, its looks, the news that it follows and the login that it shows.

It sees an account and nothing below: the store tells what there is, and wishes become command rows. What keeps the login
is handed in as ``join``, which is awaited beside the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec.structs import replace
from textual import events, on
from textual.driver import Driver
from textual.filter import Monochrome, NoColor

from hongyan.errors import HongyanError, UsageError
from hongyan.model.chat_state import raises_unread
from hongyan.model.commands import Outcome
from hongyan.model.events import CommandSettled, Gap, LoginChanged, LoginState
from hongyan.model.times import local
from hongyan.terminal.clean import clean
from hongyan.terminal.faults import explained
from hongyan.terminal.full.boundary import GuardedApp, Overtaken
from hongyan.terminal.full.keys.default_keys import ACTIONS
from hongyan.terminal.full.keys.keymap import load_keys
from hongyan.terminal.full.main.main_screen import Main
from hongyan.terminal.full.main.status import told
from hongyan.terminal.full.pictures.draw import Mode
from hongyan.terminal.full.pictures.kitty import Kitty
from hongyan.terminal.full.settings.themes import built_in, chosen, own_themes, palette_of
from hongyan.terminal.full.strings import dates
from hongyan.terminal.full.strings.main import MAIN
from hongyan.terminal.full.tty.driver import TerminalDriver
from hongyan.terminal.full.tty.gate import Gate
from hongyan.terminal.seen import about
from hongyan.terminal.strings.line_mode import TALK, Language, language_of, say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from textual.screen import Screen

    from hongyan.client.account import Account, Chat
    from hongyan.model.events import Recorded
    from hongyan.model.login_progress import LoginProgress
    from hongyan.terminal.full.desktop.notify import Notification, Notifier, What, Where
    from hongyan.terminal.full.desktop.opening import Player
    from hongyan.terminal.full.messages.items import Item
    from hongyan.terminal.full.settings.settings import TerminalSettings

__all__ = ["FullScreen", "Logged", "Place"]

_BATCH_S: Final = 0.05  # news that come within this time are shown together
_LOGGED: Final = 1000
_THEMES_S: Final = 1.0  # between two looks at a person's own themes
_SURE_S: Final = 5.0  # within which a second key leaves
_ANYWHERE: Final = frozenset({"app.redraw", "app.suspend", "app.quit"})  # on every screen


class Logged(tuple[float, str, str]):
    """A line of the log: when (Unix seconds), ``info`` or ``error``, and what."""

    __slots__ = ()


@contextlib.asynccontextmanager
async def _nobody(_: str) -> AsyncIterator[Account | None]:
    yield None


async def _nowhere(_account: Account, _chat: Chat, _form: str, _folder: Path) -> Path:
    raise UsageError("this program cannot export", "Use hongyan export.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the program's own files are, and what lies outside of the one account.

    ``folder`` takes saved files, ``settings_file`` is the person's own settings. ``profile`` is the one in use, ``profiles``
    lists those that there are, and ``look_into`` opens one to be read. ``export`` writes a chat into a folder. ``lasts``
    False says that nothing outlives the program.
    """

    folder: Path
    settings_file: Path
    profile: str = "default"
    profiles: Callable[[], list[str]] = list
    look_into: Callable[[str], AbstractAsyncContextManager[Account | None]] = _nobody
    export: Callable[[Account, Chat, str, Path], Awaitable[Path]] = _nowhere
    lasts: bool = True


class FullScreen(GuardedApp, inherit_bindings=False):
    """The terminal WeChat of one account. ``join`` holds or attaches to the login, and returns when it stands.

    ``first`` is a chat to open; ``beside`` are what runs beside the screen once the login stands.

    ``exit_code`` is 0, or 128 and the signal that ended it; ``crash`` is a fault of ours that did. ``goes_on`` False lets
    every fault end it. ``switch_to`` names the profile that a person wants next.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = (
        False  # the terminal selects (Shift); the toolkit's own way fails on a widget that is just going away
    )
    BINDINGS: ClassVar = []

    def __init__(
        self,
        account: Account,
        settings: TerminalSettings,
        place: Place,
        *,
        join: Callable[[], Awaitable[object]] | None = None,
        picture_mode: Mode = Mode.HALFCELL,
        first: str = "",
        beside: Sequence[Callable[[FullScreen], Coroutine[Any, Any, None]]] = (),
        environment: Mapping[str, str] = os.environ,
        now: Callable[[], float] = time.time,
        goes_on: bool = True,
    ) -> None:
        self.account = account
        self.settings = settings
        self.place = place
        self.folder = place.folder
        self.language = Language(settings.language) if settings.language else language_of(environment)
        self.environment = environment
        self.picture_mode = picture_mode
        self.kitty = Kitty(self._write_sequence, in_tmux=bool(environment.get("TMUX")))
        self.keys = load_keys(settings)
        self.switch_to: str | None = None
        self.marked: list[Item] = []
        self.recent_faces: list[str] = []
        self.logged: deque[Logged] = deque(maxlen=_LOGGED)
        self.began = now()
        self._join = join
        self._first = first
        self._beside = beside
        self._now = now
        self._sure_until = 0.0
        self._asked_about: object = None
        self._seen = account.latest
        own, problems = own_themes(place.settings_file.parent / "themes")
        self._themes = {**built_in(), **own}
        self._theme_stamps: dict[Path, int] = {}
        self.theme_name = chosen(settings.theme, environment, self._themes)
        self.palette = palette_of(self._themes[self.theme_name])
        super().__init__(ansi_color=False, goes_on=goes_on)
        # The toolkit's own way to do without colours gives up at text without a style, and still sends greys.
        self._filters = [NoColor() if isinstance(f, Monochrome) else f for f in self._filters]
        for theme in self._themes.values():
            self.register_theme(theme)
        self.theme = self.theme_name
        for problem in problems:
            self.note(told(problem, self.language), error=True)
        if settings.keymap:
            self._tell_conflicts()
        self._bind_keys()
        self.main = Main(self)
        self.gate = Gate(self, self.is_settled, self.give_up_settling)

    def _tell_conflicts(self) -> None:
        from hongyan.terminal.full.strings.keys import told_conflict

        for conflict in self.keys.conflicts():
            self.note(told_conflict(conflict, self.language), error=conflict.grave)

    def _bind_keys(self) -> None:
        for action in ACTIONS:
            if action.context == "app" and (keys := self.keys.keys(action.id)):
                self.bind(keys, f"do('{action.id}')", show=False)
        self.bind("ctrl+c", "interrupted", show=False)

    @cached_property
    def player(self) -> Player:
        """What plays voices."""
        from hongyan.terminal.full.desktop.opening import Player

        return Player()

    @cached_property
    def _caller(self) -> Notifier:
        from hongyan.terminal.full.desktop.notify import Notifier

        return Notifier(
            self.settings.notify,
            self.language,
            write=self._write_sequence,
            ring=self.bell,
            failed=lambda program: self.note(self.say("hook-failed", program=program), error=True),
            environment=self.environment,
            monotonic=time.monotonic,
        )

    def get_default_screen(self) -> Screen[Any]:
        """Return the main screen: there is nothing below it."""
        return self.main

    def get_driver_class(self) -> type[Driver]:
        """Return what reads and writes the terminal."""
        return TerminalDriver

    def _write_sequence(self, sequence: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    # -- words and times

    def now(self) -> float:
        """Return the time (Unix seconds)."""
        return self._now()

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence of the main screen."""
        return say(MAIN, key, self.language, **values)

    def clock(self, at: float) -> str:
        """Return a time as messages show it."""
        return dates.clock(at, self._now(), self.settings.times)

    def day(self, at: float) -> str:
        """Return a day as the history shows it."""
        return dates.day_line(at, self._now(), self.language)

    def list_time(self, at: float) -> str:
        """Return a time as the list of chats shows it."""
        return dates.list_time(at, self._now(), self.language)

    def faces(self, text: str) -> str:
        """Return a received text with its faces as the settings want them."""
        if "[" not in text or self.settings.emoji == "text":
            return text
        from hongyan.terminal.full.composer.emoji import shown_faces

        return shown_faces(text, self.settings.emoji)

    @property
    def shows_pictures(self) -> bool:
        """Whether there are pictures in the history."""
        return self.picture_mode is not Mode.OFF and not self.palette.plain

    # -- life

    def on_mount(self) -> None:
        """Look after the login and the news; the main screen shows what the store holds."""
        self._write_sequence("\x1b[22;2t")  # the terminal keeps its own title for later
        if isinstance(self._driver, TerminalDriver):
            self._driver.parting = self._parting
        self.later(self.gate.run())
        self.later(self._follow())
        self.set_interval(_THEMES_S, self._look_at_themes)
        if self._join is not None:
            self.later(self._stand())
        self._show_title()
        if self._first:
            self.call_after_refresh(self._open_first)

    def _open_first(self) -> None:
        try:
            self.main.open_chat(self.account.find(self._first))
        except HongyanError as problem:
            self.tell_problem(problem)

    async def _stand(self) -> None:
        """Hold the login or attach to whoever does; what goes wrong is shown with what to do about it."""
        assert self._join is not None
        try:
            await self._join()
        except HongyanError as problem:
            self.tell_problem(problem)
            self.on_login_failed(problem)
        else:
            self.on_login_stands()

    def on_login_failed(self, problem: HongyanError) -> None:
        """Show why there is no login."""
        from hongyan.terminal.full.screens.login import LoginView

        if isinstance(self.screen, LoginView):
            self.screen.refused(problem)
        else:
            self.push_screen(LoginView(self, problem=problem))

    def on_login_stands(self) -> None:
        """Take away what showed the login on its way."""
        from hongyan.terminal.full.screens.login import LoginView

        if isinstance(self.screen, LoginView):
            self.screen.dismiss(None)
        self.main.take_in([])
        beside, self._beside = self._beside, ()
        for work in beside:
            self.later(work(self))

    def login_progress(self, step: LoginProgress) -> None:
        """Show a step of a login that comes about; before there is a screen, and after it, nobody looks."""
        if self.has_left or not self.main.is_mounted:
            return
        from hongyan.terminal.full.screens.login import LoginView

        if not isinstance(self.screen, LoginView):
            self.push_screen(LoginView(self))
        page = self.screen
        if isinstance(page, LoginView):
            page.step(step)

    def try_again(self) -> None:
        """Try once more to hold the login."""
        if self._join is not None:
            self.later(self._stand())

    async def _follow(self) -> None:
        """Show what happens to the account as it happens, in batches that the eye cannot tell from single news."""
        while True:
            changed = asyncio.ensure_future(self.account.changed())
            try:
                rows = self.account.journal(self._seen)
                if rows:
                    self._seen = rows[-1].seq
                self._take_in(rows)
                if len(rows) < 1000:
                    await changed
                    await asyncio.sleep(_BATCH_S)
            finally:
                changed.cancel()

    def _take_in(self, rows: list[Recorded]) -> None:
        if self.main.is_mounted:
            self.main.take_in(rows)
        for row in rows:
            self._log_row(row)
        if rows:
            self._call(rows)
            self._show_title()

    def _call(self, rows: list[Recorded]) -> None:
        """Notify the person where the settings want it."""
        calls = [call for row in rows if (call := self._call_of(row)) is not None]
        if calls:
            self.later(self._caller.call(calls, local(self._now())))

    def _call_of(self, row: Recorded) -> tuple[Where, Notification] | None:
        if not raises_unread(row.event):
            return None
        incoming = self.account.incoming(row)
        assert incoming is not None  # what asks for reading is a message
        chat, roster = incoming.chat, self.main.roster
        mention = str(incoming.mentions_me) == "yes"
        muted = roster.muted(chat) and not mention
        what: What = "muted" if muted else "mention" if mention else "group" if chat.is_group else "private"
        is_open = self.main.chat is not None and self.main.chat.key == chat.key
        from hongyan.terminal.full.desktop.notify import Notification

        where: Where = "away" if not self.app_focus else "current" if is_open else "other"
        items = self.main.maker.items([row])
        text = " ".join(part.text for part in items[0].body) if items else ""
        unread = roster.state(chat).unread
        return where, Notification(what, chat.key, chat.name, incoming.sender_name, text, unread)

    def _show_title(self) -> None:
        unread = self.main.roster.unread() if self.main.is_mounted else 0
        name = clean(self.account.me.name, newline=" ")
        title = f"({unread}) {name}" if unread else name
        if title != self.title:
            self.title = title
            self._write_sequence(f"\x1b]2;{clean(title)}\x07")

    def _log_row(self, row: Recorded) -> None:
        match row.event:
            case LoginChanged(state=state, reason=reason, advice=advice):
                why, hint = explained(reason, "", advice, self.language) if reason else ("", "")
                told_state = say(TALK, f"state-{state}", self.language)
                self.note(" ".join(p for p in (told_state, why, hint) if p), error=state is LoginState.ENDED)
                if state is LoginState.ENDED:
                    self.tell(self.say("login-ended", why=why or reason), error=True)
            case Gap(since=since, until=until):
                self.note(say(TALK, "gap", self.language, since=self.clock(since), until=self.clock(until)))
            case CommandSettled(row=command) if not command.command.silent:
                what = clean(
                    say(TALK, about(command).what, self.language, name=about(command).name), newline=" "
                )
                if command.outcome is Outcome.FAILED:
                    why, advice = explained(command.reason, command.said, "", self.language)
                    sentence = self.say("not-done", what=what.strip(), why=f"{why} {advice}".strip())
                    if command.command.is_message:
                        self.note(sentence, error=True)
                    else:
                        self.tell(sentence, error=True)
                elif not command.command.is_message:
                    self.note(self.say("done", what=what.strip()))

    async def on_unmount(self) -> None:
        """Keep drafts and end what goes on beside the screen."""
        await self.main.progress.draft_kept()
        await self.player.stop()
        await self.main.gallery.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- telling

    def note(self, text: str, *, error: bool = False) -> None:
        """Write a line into the log."""
        self.logged.append(Logged((self._now(), "error" if error else "info", clean(text, newline=" "))))

    def tell(self, text: str, *, error: bool = False) -> None:
        """Tell the person something for a few seconds; the log keeps it."""
        self.note(text, error=error)
        self.clear_notifications()
        self.notify(
            clean(text, newline=" "), severity="error" if error else "information", timeout=4, markup=False
        )

    def tell_problem(self, problem: HongyanError) -> None:
        """Tell what went wrong and what to do about it."""
        self.tell(told(problem, self.language), error=True)

    def tell_fault(self, report: Path | None) -> None:
        """Tell that something failed by a fault of ours, and where its report is."""
        self.tell(self.say("fault", path=clean(str(report or "-"))), error=True)

    # -- settings

    def change(self, **changes: Any) -> None:
        """Change settings of the full screen for now."""
        self.settings = replace(self.settings, **changes)
        if "theme" in changes:
            self._take_theme(changes["theme"])
        self._caller.settings = self.settings.notify
        if changes.keys() & {"keys", "keymap", "send_key"}:
            self._take_keys()

    def _take_keys(self) -> None:
        """Let another key map count at once."""
        self.keys = load_keys(self.settings)
        self._bindings = type(self._bindings)([])
        self._bind_keys()
        self.main.take_keys()

    def themes(self) -> list[str]:
        """Return the names of the themes."""
        return sorted(self._themes)

    def _look_at_themes(self) -> None:
        """Take over what a person has just saved of their own themes; what is wrong in them is told."""
        folder = self.place.settings_file.parent / "themes"
        stamps = {path: path.stat().st_mtime_ns for path in folder.glob("*.toml")} if folder.is_dir() else {}
        if stamps == self._theme_stamps:
            return
        self._theme_stamps = stamps
        own, problems = own_themes(folder)
        self._themes = {**built_in(), **own}
        for theme in own.values():
            self.register_theme(theme)
        for problem in problems:
            self.tell_problem(problem)
        if self.theme_name in own:
            self._take_theme(self.theme_name)

    def _take_theme(self, name: str) -> None:
        self.theme_name = chosen(name, self.environment, self._themes)
        self.palette = palette_of(self._themes[self.theme_name])
        self.theme = self.theme_name
        self.refresh_css(animate=False)  # a theme of the same name may have other colours now
        self.main.take_theme()

    def commands(self) -> list[tuple[str, str]]:
        """Return what can be typed behind a slash: names of actions without their context, and what they do."""
        return [
            (name, action.told(self.language))
            for action in ACTIONS
            if (name := _short(action.id)) is not None
        ]

    def command(self, name: str) -> str | None:
        """Return the action that a typed command means."""
        return next((action.id for action in ACTIONS if name in {action.id, _short(action.id)}), None)

    # -- keys that act anywhere

    async def on_event(self, event: events.Event) -> None:
        """Let a key first be what it is on any screen; what is typed or pasted over the messages is for the entry."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._takes(event):
            return
        if isinstance(event, events.Paste) and not event.is_forwarded and self._pastes(event.text):
            return
        await super().on_event(event)

    def _takes(self, event: events.Key) -> bool:
        """Take a key that means the same on every screen; return whether it was one, or is for nobody."""
        if getattr(self.screen, "wants_any_key", False):
            return False
        action = self.keys.action("app", event.key)
        if event.key != "ctrl+c" and action != "app.quit":
            self._sure_until = 0.0  # whoever does something else in between stays
        if action in _ANYWHERE:
            self.main.perform(action, 1)
            return True
        if self.screen is self.main:
            return self.main.take_typed(event)
        if event.key == "ctrl+c" and not getattr(self.focused, "selected_text", ""):
            self.action_interrupted()
            return True
        return False

    def _pastes(self, text: str) -> bool:
        if self.screen is not self.main or self.main.pane == "entry":
            return False
        self.main.take_paste(text)
        return True

    def action_do(self, action: str) -> None:
        """Do what a key that acts anywhere stands for, on the main screen."""
        if self.screen is self.main:
            self.main.perform(action, 1)

    def action_interrupted(self) -> None:
        """Copy what is selected; otherwise leave at the second time."""
        selected = self.main.entry.selected_text if self.screen is self.main else ""
        if selected:
            self.copy_to_clipboard(selected)
        elif self.asked_to_leave():
            self.leave()
        else:
            self.tell(self.say("leave-hint", key=self.keys.shown("app.quit")))

    def asked_to_leave(self, unsent: object = None) -> bool:
        """Whether leaving was asked for a moment ago, or ever since the same was unsent; it is from now on."""
        sure = self._now() < self._sure_until or (unsent is not None and unsent == self._asked_about)
        self._sure_until, self._asked_about = self._now() + _SURE_S, unsent
        return sure

    def ended_by(self, number: int) -> None:
        """End because of a signal."""
        self.exit_code = 128 + number
        self.has_left = True
        self.exit(self.exit_code)

    def _parting(self) -> str:
        """Let the terminal free its pictures, while the screen that they belong to is there, and have its own title again."""
        return self.kitty.freed() + "\x1b[23;2t"

    def put_back(self) -> None:
        """Put the terminal back at once, where it is not yet."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.put_back()

    def terminal_gone(self) -> None:
        """End because there is no terminal to draw on any more."""
        self.ended_by(signal.SIGHUP)

    @contextlib.contextmanager
    def suspend(self) -> Iterator[None]:
        """Give the terminal to another program; it comes back however that ends. One at a time has it."""
        driver = self._driver
        if not isinstance(driver, TerminalDriver):
            yield
            return
        if driver.is_stopped:
            raise Overtaken
        driver.stop_application_mode(flush=False)
        try:
            with contextlib.redirect_stdout(sys.__stdout__), contextlib.redirect_stderr(sys.__stderr__):
                yield
        finally:
            driver.start_application_mode()
            self.came_back()

    def pause(self) -> None:
        """Stop until the shell calls the program to the front again; nothing where there is no shell to do so."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.pause(group=True)

    @on(Driver.SignalResume)
    def came_back(self) -> None:
        """Draw everything anew: the terminal was another program's."""
        self.main.gallery.again(self.main.history)
        self.refresh(layout=True)

    def leave(self, *, switch_to: str | None = None) -> None:
        """End the program, or let another account follow."""
        self.switch_to = switch_to
        self.has_left = True
        self.exit(0)


def _short(action: str) -> str | None:
    """Return the name by which an action can be typed; keys that merely move have none."""
    context, _, name = action.partition(".")
    if context in {"entry", "pane"} or name.isdigit() or name in _MOVES:
        return None
    return f"chat-{name}" if context == "list" else name


_MOVES: Final = frozenset(
    [
        "up",
        "down",
        "page-up",
        "page-down",
        "first",
        "last",
        "day-previous",
        "day-next",
        "to-entry",
        "next",
        "previous",
        "next-hit",
        "previous-hit",
        "find",
    ]
)
