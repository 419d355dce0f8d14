"""Runs the full screen on a profile: first what the store has, then the login; it draws nothing itself."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hongyan import reports
from hongyan.assemble import open_view, stand_by
from hongyan.cli.limits import TO_CONNECT, require_room
from hongyan.cli.options import acknowledgement, require_server
from hongyan.cli.signals import StopRequested
from hongyan.errors import InternalError, NotLoggedIn, UsageError
from hongyan.settings import Settings, settings_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
    from typing import Any

    from hongyan.bot.app import App
    from hongyan.cli.options import Options
    from hongyan.client.account import Account, Chat
    from hongyan.client.engine.leadership import Leadership
    from hongyan.model.login_progress import LoginProgress
    from hongyan.terminal.full.app import FullScreen

__all__ = ["full_screen", "on_profiles", "prepare_terminal"]

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_ENDS_WITHIN_S: Final = 10.0  # after a signal


async def full_screen(
    options: Options,
    settings: Settings,
    *,
    first: str = "",
    must_hold: bool = False,
    apps: Sequence[App] = (),
    folder: Path | None = None,
    own_settings: Path | None = None,
    level: int = logging.WARNING,
) -> tuple[int, str | None]:
    """Run the full screen until a person leaves; return the exit code, and the profile that is wanted next.

    ``first`` is a chat to open, ``apps`` run beside the screen, ``folder`` takes saved files, and
    ``own_settings`` receives changes of the settings, in place of the user's; log records from ``level`` on go into
    the log screen.
    """
    prepare_terminal()
    ends = _Ends()
    try:
        return await _shown(
            options,
            settings,
            ends,
            first=first,
            must_hold=must_hold,
            apps=apps,
            folder=folder,
            own_settings=own_settings,
            level=level,
        )
    except asyncio.CancelledError:
        if ends.number:
            raise StopRequested(ends.number) from None
        raise
    finally:
        ends.forget()


async def _shown(
    options: Options,
    settings: Settings,
    ends: _Ends,
    *,
    first: str,
    must_hold: bool,
    apps: Sequence[App],
    folder: Path | None,
    own_settings: Path | None,
    level: int,
) -> tuple[int, str | None]:
    gc.disable()  # objects imported and read now stay; collecting them again and again only delays the first frame
    from hongyan.terminal.full.app import FullScreen
    from hongyan.terminal.full.pictures.draw import Mode
    from hongyan.terminal.full.pictures.graphics import prepare
    from hongyan.terminal.full.place import Place

    mode = prepare(settings.terminal.pictures, os.environ)
    if mode is Mode.KITTY:
        os.environ["COLORTERM"] = (
            "truecolor"  # colours spell the numbers of pictures; a remote shell may not report them
        )
    steps: list[LoginProgress] = []
    shown: Callable[[LoginProgress], None] = steps.append

    def on_login(step: LoginProgress) -> None:
        shown(step)

    async with stand_by(settings, on_login=on_login, acknowledgement=acknowledgement(options, settings)) as (
        account,
        leadership,
    ):
        place = Place(
            folder=folder or Path("hongyan-files"),
            settings_file=own_settings or settings_file() or settings.folder.parent / "settings.toml",
            profile=settings.profile,
            profiles=lambda: on_profiles(settings),
            look_into=lambda profile: _looked_into(replace(settings, profile=profile)),
            export=_exported,
            lasts=own_settings is None,
        )
        screen = FullScreen(
            account,
            settings.terminal,
            place,
            join=_joining(settings, leadership, must_hold=must_hold),
            picture_mode=mode,
            first=first,
            beside=[_running(app, account) for app in apps],
        )
        shown = screen.login.progress
        gc.freeze()
        gc.enable()
        code = await _run(screen, ends, level, mouse=settings.terminal.mouse)
        return code, screen.switch_to


async def _run(screen: FullScreen, ends: _Ends, level: int, *, mouse: bool) -> int:
    """Run the screen; InternalError where a fault of ours ended it, whose report is written by then."""
    handler = _ToScreen(screen, level)
    logging.getLogger().addHandler(handler)
    ends.screen = screen
    try:
        await screen.run_async(mouse=mouse)
        if ends.number:
            return 128 + ends.number
        if screen.crash is None and screen.has_left:
            return screen.exit_code
        fault = screen.crash or RuntimeError("it ended by itself")
        path = reports.note(fault, doing="showing the full screen")
    finally:
        screen.put_back()
        logging.getLogger().removeHandler(handler)
    problem = InternalError("showing the full screen", type(fault).__name__)
    problem.advice = f"Report it with {path}, which holds no message and no key." if path else "Report it."
    raise problem


class _Ends:
    """Handles signals while a screen starts, runs and ends: the terminal is restored and the program ends in order.

    ``number`` is the first signal received. If ending takes too long, the program ends at once.
    """

    def __init__(self) -> None:
        self.number = 0
        self.screen: FullScreen | None = None
        self._task = asyncio.current_task()
        self._handled = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
        for number in self._handled:
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: int) -> None:
        if self.number:
            return
        self.number = number
        last = threading.Timer(_ENDS_WITHIN_S, self._at_once)
        last.daemon = True
        last.start()
        if self.screen is not None and self.screen.is_running:
            self.screen.ended_by(number)
        elif self._task is not None:
            self._task.cancel()

    def _at_once(self) -> None:
        if self.screen is not None:
            self.screen.put_back()
        os._exit(128 + self.number)

    def forget(self) -> None:
        """Restore the previous signal handlers."""
        for number in self._handled:
            asyncio.get_running_loop().remove_signal_handler(number)


class _ToScreen(logging.Handler):
    """Writes what the program logs into the screen's own log: stderr is under the screen."""

    def __init__(self, screen: FullScreen, level: int) -> None:
        super().__init__(level)
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self._screen.context.note(record.getMessage(), error=record.levelno >= logging.ERROR)


async def _exported(account: Account, chat: Chat, form: str, folder: Path) -> Path:
    from hongyan.cli.chat_files import write_chat

    return await write_chat(account, chat, form, folder)


@contextlib.asynccontextmanager
async def _looked_into(settings: Settings) -> AsyncIterator[Account | None]:
    """Open a profile to be read; None where it has nothing that can be."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            account = await stack.enter_async_context(open_view(settings))
        except UsageError:
            account = None
        yield account


def _joining(
    settings: Settings, leadership: Leadership, *, must_hold: bool
) -> Callable[[], Coroutine[Any, Any, None]]:
    async def join() -> None:
        require_room(TO_CONNECT)
        try:
            await leadership.join(must_hold=must_hold)
        except NotLoggedIn:
            await require_server(settings)
            raise

    return join


def _running(app: App, account: Account) -> Callable[[], Coroutine[Any, Any, None]]:
    async def run() -> None:
        await app.run(account)

    return run


def prepare_terminal() -> None:
    """Ask the terminal itself for its size, and keep the input of input methods in iTerm2.

    Sizes in the environment are those of the shell's start and would outdo every later one. iTerm2 loses text while its
    newer keyboard reports are on; the library checks that when it is imported.
    """
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # empty it means nothing; the library treats it as set
    if os.environ.get("TERM_PROGRAM") == "iTerm.app" and not os.environ.get("TMUX"):
        os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


def on_profiles(settings: Settings) -> list[str]:
    """Return the names of the profiles beside this one that have ever been used."""
    home = settings.folder.parent
    if not home.is_dir():
        return []
    return sorted(folder.name for folder in home.iterdir() if (folder / "journal.db").is_file())
