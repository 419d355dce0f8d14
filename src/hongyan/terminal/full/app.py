"""The full-screen program: puts the context, the main screen, the login and the journal together, and carries out actions.

It sees an account and nothing below: the store reports the state, and requests become command rows. What keeps the login
is passed in as ``join``, which is awaited beside the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events, on
from textual.driver import Driver
from textual.filter import Monochrome, NoColor

from hongyan.errors import HongyanError
from hongyan.model.chat_state import raises_unread
from hongyan.model.display_text import clean
from hongyan.model.times import local
from hongyan.terminal.full.boundary import GuardedApp, Overtaken
from hongyan.terminal.full.context import ScreenContext
from hongyan.terminal.full.event_log import log_row
from hongyan.terminal.full.journal_feed import follow
from hongyan.terminal.full.keys.default_keys import ACTIONS
from hongyan.terminal.full.login_flow import LoginFlow
from hongyan.terminal.full.main.main_screen import Main
from hongyan.terminal.full.pictures.draw import Mode
from hongyan.terminal.full.tty.driver import TerminalDriver
from hongyan.terminal.full.tty.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
    from pathlib import Path

    from textual.screen import Screen

    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.desktop.notify import Notifier
    from hongyan.terminal.full.main.perform import Perform
    from hongyan.terminal.full.place import Place
    from hongyan.terminal.full.settings.settings import TerminalSettings

__all__ = ["FullScreen"]

_THEMES_S: Final = 1.0  # between two looks at a person's own themes
_SURE_S: Final = 5.0  # within which a second key leaves
_ANYWHERE: Final = frozenset({"app.redraw", "app.suspend", "app.quit"})  # on every screen


class FullScreen(GuardedApp, inherit_bindings=False):
    """The terminal WeChat of one account. ``join`` holds or attaches to the login, and returns when it holds.

    ``first`` is a chat to open; ``beside`` runs beside the screen once the login holds. ``clock()`` gives Unix
    seconds.

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
        beside: Sequence[Callable[[], Coroutine[Any, Any, None]]] = (),
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
        goes_on: bool = True,
    ) -> None:
        self.context = context = ScreenContext(
            self, account, settings, place, picture_mode=picture_mode, environment=environment, clock=clock
        )
        self.switch_to: str | None = None
        self._first = first
        self._sure_until = 0.0
        self._asked_about: object = None
        self._latest = account.archive.latest
        super().__init__(ansi_color=False, goes_on=goes_on)
        self._begin_themes()
        if settings.keymap:
            self._log_conflicts()
        self._bind_keys()
        self.main = Main(context)
        self.login = LoginFlow(self, context, join, beside, lambda: self.main.is_mounted)
        self.gate = Gate(self, self.is_settled, self.give_up_settling)

    def _begin_themes(self) -> None:
        # The toolkit's own monochrome mode fails on text without a style, and still sends greys.
        self._filters = [NoColor() if isinstance(f, Monochrome) else f for f in self._filters]
        themes = self.context.themes
        for theme in themes.themes.values():
            self.register_theme(theme)
        self.theme = themes.name
        for problem in themes.problems:
            self.context.note(self.context.problem_text(problem), error=True)

    def _log_conflicts(self) -> None:
        from hongyan.terminal.full.keys.conflict_text import conflict_text

        for conflict in self.context.keys.conflicts():
            self.context.note(conflict_text(conflict, self.context.language), error=conflict.grave)

    def _bind_keys(self) -> None:
        for action in ACTIONS:
            if action.context == "app" and (keys := self.context.keys.keys(action.id)):
                self.bind(keys, f"do('{action.id}')", show=False)
        self.bind("ctrl+c", "interrupted", show=False)

    @cached_property
    def _notifier(self) -> Notifier:
        from hongyan.terminal.full.desktop.notify import Notifier

        context = self.context
        return Notifier(
            context.settings.notify,
            context.language,
            write=self.write_sequence,
            ring=self.bell,
            failed=lambda program: context.note(context.say("hook-failed", program=program), error=True),
            environment=context.environment,
            monotonic=context.clock,
        )

    def get_default_screen(self) -> Screen[Any]:
        """Return the main screen: there is nothing below it."""
        return self.main

    def get_driver_class(self) -> type[Driver]:
        """Return what reads and writes the terminal."""
        return TerminalDriver

    def write_sequence(self, sequence: str, /) -> None:
        """Write an escape sequence to the terminal, where there is one."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    # -- life

    def on_mount(self) -> None:
        """Begin the login and follow the journal; the main screen shows what the store holds."""
        self.write_sequence("\x1b[22;2t")  # the terminal keeps its own title for later
        if isinstance(self._driver, TerminalDriver):
            self._driver.parting = self._parting
        self.later(self.gate.run())
        self.later(follow(self.context.account, self._latest, self._take_in))
        self.set_interval(_THEMES_S, self._reload_themes)
        self.login.begin()
        self._show_title()
        if self._first:
            self.call_after_refresh(self._open_first)

    def _open_first(self) -> None:
        try:
            self.main.open_chat(self.context.account.find(self._first))
        except HongyanError as problem:
            self.tell_problem(problem)

    async def on_unmount(self) -> None:
        """Keep drafts and end what goes on beside the screen."""
        await self.main.drafts.save_now()
        await self.context.player.stop()
        await self.main.gallery.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- what happens to the account

    def try_again(self) -> None:
        """Try again to hold the login."""
        self.login.begin()

    def look_again(self) -> None:
        """Show what the store holds by now."""
        self.main.take_in([])

    def _take_in(self, rows: Sequence[Recorded]) -> None:
        if self.main.is_mounted:
            self.main.take_in(rows)
        for row in rows:
            log_row(self.context, row)
        if rows:
            self._notify_of([row for row in rows if raises_unread(row.event)])
            self._show_title()

    def _notify_of(self, rows: Sequence[Recorded]) -> None:
        if not rows:
            return
        from hongyan.terminal.full.notifications import notification_of

        open_chat = self.main.state.chat.key if self.main.state.chat is not None else None
        found = [
            notification_of(self.context, row, open_chat=open_chat, has_focus=self.app_focus) for row in rows
        ]
        self.later(self._notifier.call(found, local(self.context.clock.now())))

    def _show_title(self) -> None:
        unread = self.context.roster.unread() if self.main.is_mounted else 0
        name = clean(self.context.account.me.name, newline=" ")
        title = f"({unread}) {name}" if unread else name
        if title != self.title:
            self.title = title
            self.write_sequence(f"\x1b]2;{clean(title)}\x07")

    def tell_problem(self, problem: HongyanError) -> None:
        """Show what went wrong and what to do about it."""
        self.context.tell_problem(problem)

    def tell_fault(self, report: Path | None) -> None:
        """Show that something failed by a fault of ours, and where its report is."""
        self.context.tell(self.context.say("fault", path=clean(str(report or "-"))), error=True)

    # -- settings

    def settings_changed(self, names: frozenset[str], /) -> None:
        """Let changed settings count."""
        if "theme" in names:
            self._show_theme()
        self._notifier.settings = self.context.settings.notify
        if names & {"keys", "keymap", "send_key"}:
            self._bindings = type(self._bindings)([])
            self._bind_keys()
            self.main.take_keys()

    def _reload_themes(self) -> None:
        """Take over newly saved themes of the person; errors in them are shown."""
        themes = self.context.themes
        if not themes.reload():
            return
        for theme in themes.own.values():
            self.register_theme(theme)
        for problem in themes.problems:
            self.tell_problem(problem)
        if themes.name in themes.own:
            themes.choose(themes.name)
            self._show_theme()

    def _show_theme(self) -> None:
        self.theme = self.context.themes.name
        self.refresh_css(animate=False)  # a theme of the same name may have other colours now
        self.main.take_theme()

    # -- actions, and keys that act anywhere

    def on_perform(self, message: Perform) -> None:
        """Carry out the action that the main screen asks for."""
        self._perform(message.action, message.count, self.main)

    def _perform(self, action: str, count: int, origin: Screen[Any]) -> None:
        """Start an action; it may ask the person something, so nothing waits for it."""
        from hongyan.terminal.full.actions import registry

        self.ask(registry.perform_action(self.main, action, count), action, origin)

    async def on_event(self, event: events.Event) -> None:
        """Let a key first be what it is on any screen; what is typed or pasted over the messages is for the entry."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._takes(event):
            return
        if isinstance(event, events.Paste) and not event.is_forwarded and self._pastes(event.text):
            return
        await super().on_event(event)

    def _takes(self, event: events.Key) -> bool:
        """Handle a key that means the same on every screen; return whether it was one, or is to be ignored."""
        if getattr(self.screen, "wants_any_key", False):
            return False
        action = self.context.keys.action("app", event.key)
        if event.key != "ctrl+c" and action != "app.quit":
            self._sure_until = 0.0  # another key in between takes it back
        if action in _ANYWHERE:
            self._perform(action, 1, self.screen)
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
        """Run the action of a global key on the main screen."""
        if self.screen is self.main:
            self._perform(action, 1, self.main)

    def action_interrupted(self) -> None:
        """Copy what is selected; otherwise leave at the second time."""
        selected = self.main.entry.selected_text if self.screen is self.main else ""
        if selected:
            self.copy_to_clipboard(selected)
        elif self.asked_to_leave():
            self.leave()
        else:
            self.context.tell(self.context.say("leave-hint", key=self.context.keys.shown("app.quit")))

    # -- leaving, and the terminal

    def asked_to_leave(self, unsent: object = None, /) -> bool:
        """Whether leaving was asked for a moment ago, or ever since the same was unsent; it is from now on."""
        now = self.context.clock()
        sure = now < self._sure_until or (unsent is not None and unsent == self._asked_about)
        self._sure_until, self._asked_about = now + _SURE_S, unsent
        return sure

    def leave(self, *, switch_to: str | None = None) -> None:
        """End the program, or let another account follow."""
        self.switch_to = switch_to
        self.has_left = True
        self.exit(0)

    def ended_by(self, number: int) -> None:
        """End because of a signal."""
        self.exit_code = 128 + number
        self.has_left = True
        self.exit(self.exit_code)

    def terminal_gone(self) -> None:
        """End because there is no terminal any more to draw on."""
        self.ended_by(signal.SIGHUP)

    def _parting(self) -> str:
        """Let the terminal free its pictures, while the screen that they belong to is there, and have its own title again."""
        return self.context.painter.kitty.freed() + "\x1b[23;2t"

    def put_back(self) -> None:
        """Put the terminal back at once, where it is not yet."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.put_back()

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
        """Stop until the shell calls the program to the front again; nothing if there is no shell to do so."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.pause(group=True)

    @on(Driver.SignalResume)
    def came_back(self) -> None:
        """Draw everything anew: the terminal was another program's."""
        self.main.gallery.again(self.main.history)
        self.refresh(layout=True)
