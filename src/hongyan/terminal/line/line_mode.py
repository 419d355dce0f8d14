"""Line mode: what comes in is printed a line at a time, what is typed is carried out; it draws no screen."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hongyan.errors import HongyanError, NoAnswer
from hongyan.model.display_text import clean
from hongyan.terminal.line.command_interpreter import CommandInterpreter
from hongyan.terminal.line.completion import NameCompleter
from hongyan.terminal.line.keyboard import Interrupted, keyboard_for
from hongyan.terminal.line.memory import Memory
from hongyan.terminal.line.printer import Printer
from hongyan.terminal.line.slash_commands import SLASH_COMMANDS
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.media import SavePolicy, Saver
from hongyan.terminal.screen import Screen
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.terminal.line.keyboard import Keyboard

__all__ = ["LineSettings", "run"]

_YES: Final = frozenset({"y", "yes", "是"})
_NO: Final = frozenset({"", "n", "no", "否", "不"})
_OUTCOMES_WAITED: Final = 600.0  # seconds at the end of input; pacing spreads many sends over minutes
_SAVING_WAITED: Final = 30.0  # seconds
_INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class LineSettings:
    r"""How line mode behaves.

    ``escapes`` reads ``\\n`` in typed texts as a new line; ``allow_mass`` spares the question of ``->all:``;
    ``consumer`` is the name under which the journal is read on (None: only what comes from now on); ``follow`` goes on
    printing when the input has ended; ``open`` is a chat to open at the start.
    """

    save: SavePolicy
    form: Format = Format.PLAIN
    language: Language = Language.EN
    escapes: bool = False
    allow_mass: bool = False
    consumer: str | None = None
    follow: bool = False
    open: str = ""

    @classmethod
    def into(cls, folder: Path) -> LineSettings:
        """Return the defaults, with saved files in ``folder``."""
        return cls(save=SavePolicy(folder))


async def run(
    account: Account,
    settings: LineSettings,
    *,
    auto_reply: Callable[[], Awaitable[None]] | None = None,
    events: AsyncIterator[Recorded] | None = None,
    loading: Callable[[Callable[[int, str], None]], Awaitable[None]] | None = None,
    now: Callable[[], float] = time.time,
) -> int:
    """Chat by lines until ``quit``, Ctrl-D or the end of the input, and return the exit code.

    The account is ready, or ``loading`` waits until it is, and reports how many people are known and what keeps the others:
    meanwhile what comes is printed, and of what is typed only ``quit`` is carried out. On a terminal, a person is asked whether to reply automatically where ``auto_reply`` is
    given; it is awaited if so. ``events`` are what to print, where they were asked for before the contacts were
    loaded, so that nothing of that time is missed; else those of ``settings.consumer``. Exit codes: 0; 3 when the login ended; 130 after Ctrl-C; where there is no terminal
    also that of the first problem or of the first send that did not go, by ``errors.EXIT_CODES``.
    """
    conversation = _Conversation(account, settings, events or account.events(settings.consumer), now)
    conversation.loading = loading
    try:
        return await conversation.run(auto_reply)
    except Interrupted:
        return _INTERRUPTED


class _Conversation:
    """The parts of one run, put together."""

    def __init__(
        self,
        account: Account,
        settings: LineSettings,
        events: AsyncIterator[Recorded],
        now: Callable[[], float],
    ) -> None:
        self.loading: Callable[[Callable[[int, str], None]], Awaitable[None]] | None = None
        self._settings = settings
        self._events = events
        self._screen = Screen()
        self._lines = Lines(settings.form, settings.language, account.me.name, now)
        self._keyboard: Keyboard = keyboard_for(self._prompt, NameCompleter(account))
        self._saver = Saver(account, settings.save, self._tell_saved, self._tell_unsaved)
        memory = Memory()
        self._printer = Printer(account, self._lines, self._screen, self._saver, memory)
        self._interpreter = CommandInterpreter(
            account=account,
            lines=self._lines,
            screen=self._screen,
            saver=self._saver,
            memory=memory,
            ask=self._keyboard.ask,
            commands=SLASH_COMMANDS,
            escapes=settings.escapes,
            allow_mass=settings.allow_mass,
        )

    async def run(self, auto_reply: Callable[[], Awaitable[None]] | None) -> int:
        with self._keyboard.on_screen():
            printing = asyncio.create_task(self._printer.run(self._events), name="print events")
            try:
                await self._begin(auto_reply)
                await self._until_end(printing)
            finally:
                printing.cancel()
                with suppress(asyncio.CancelledError):
                    await printing
            return self._exit_code()

    async def _begin(self, auto_reply: Callable[[], Awaitable[None]] | None) -> None:
        if self._keyboard.interactive:
            self._interpreter.tell(self._lines.words("hello", me=self._lines.me))
        if self.loading is None:
            await self._open()
        if auto_reply is None or not self._keyboard.interactive:
            return
        if await self._agrees(self._lines.words("auto-reply-ask")):
            await auto_reply()

    async def _open(self) -> None:
        """Open the chat that was asked for at the start."""
        if self._settings.open:
            try:
                await self._interpreter.open(self._settings.open)
            except HongyanError as problem:
                self._interpreter.tell_problem(problem)

    async def _agrees(self, question: str) -> bool:
        """Ask until it is a yes or a no: a line that was typed ahead is neither."""
        while (answer := (await self._keyboard.ask(question)).strip().lower()) not in _YES | _NO:
            self._interpreter.tell(self._lines.words("yes-or-no"))
        return answer in _YES

    async def _load(self) -> None:
        """Wait until everyone is known; before that, a name may seem to be one person's that is another's, too."""
        if self.loading is None:
            return
        while True:
            try:
                await self.loading(self._tell_loading)
                break
            except NoAnswer as problem:
                if not self._keyboard.interactive:
                    raise
                self._interpreter.tell_problem(problem)  # a person reads on, and leaves when they like
        await self._open()

    def _tell_loading(self, have: int, problem: str) -> None:
        text = self._lines.words("loading", have=have)
        self._interpreter.tell(f"{text} ({problem})" if problem else text)

    async def _until_end(self, printing: asyncio.Task[None]) -> None:
        """Carry out lines until one ends it, the login ends, or the events cannot be read any more."""
        typing = asyncio.create_task(self._carry_out_lines(), name="carry out lines")
        ended = asyncio.create_task(self._printer.ended.wait(), name="login ended")
        tasks = {typing, ended, printing}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (typing, ended):
                task.cancel()
            await asyncio.gather(typing, ended, return_exceptions=True)

    async def _carry_out_lines(self) -> None:
        loading = asyncio.create_task(self._load(), name="load people")
        await asyncio.sleep(0)  # where nothing is to be loaded it is over at once
        try:
            while (line := await self._next_line(loading)) is not None:
                if not self._interpreter.ends(line):
                    await loading
                if not await self._interpreter.take(line):
                    break
            else:
                await loading
                if self._settings.follow:
                    await self._printer.ended.wait()
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
        await self._settle()

    async def _next_line(self, loading: asyncio.Task[None]) -> str | None:
        return await (self._keyboard.line() if loading.done() else self._line_beside(loading))

    async def _line_beside(self, loading: asyncio.Task[None]) -> str | None:
        """Return the next line; raise what goes wrong with the loading while no line is typed."""
        line = asyncio.ensure_future(self._keyboard.line())
        try:
            await asyncio.wait({line, loading}, return_when=asyncio.FIRST_COMPLETED)
            if loading.done():
                loading.result()
            return await line
        finally:
            line.cancel()
            await asyncio.gather(line, return_exceptions=True)

    async def _settle(self) -> None:
        """Wait for what was asked for: outcomes printed, files saved."""
        waiting = self._interpreter.asked_for - self._printer.outcomes.keys()
        if waiting and self._keyboard.interactive:
            self._interpreter.tell(self._lines.words("sending", count=len(waiting)))
        if not await self._printer.printed(self._interpreter.asked_for, _OUTCOMES_WAITED):
            left = len(self._interpreter.asked_for - self._printer.outcomes.keys())
            self._interpreter.tell(self._lines.words("unsent", count=left))
        await self._saver.settled(_SAVING_WAITED)

    def _exit_code(self) -> int:
        if self._printer.ended.is_set() and not self._interpreter.logged_out:
            return 3
        if self._keyboard.interactive:
            return 0
        problems = [*self._interpreter.problems, *self._interpreter.unsent()]
        return problems[0].exit_code if problems else 0

    def _prompt(self) -> str:
        opened = self._interpreter.opened
        return f"{clean(opened.name, newline=' ')}> " if opened is not None else "> "

    def _tell_saved(self, seq: int, path: Path) -> None:
        self._screen.status(self._lines.saved(seq, str(path)))

    def _tell_unsaved(self, seq: int, problem: HongyanError) -> None:
        self._interpreter.tell(self._lines.words("not-saved", id=seq, why=problem))
