"""Plays a conversation from a list of steps through a real account and reports what is missing; it invents no events."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hongyan.errors import HongyanError, UsageError
from hongyan.model.events import MessageReceived
from hongyan.model.ids import MsgId
from hongyan.terminal.line.memory import Memory
from hongyan.terminal.line.printer import Printer
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.media import SavePolicy, Saver
from hongyan.terminal.screen import Screen
from hongyan.terminal.seen import Seen, seen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from hongyan.client.account import Account, Chat, Receipt
    from hongyan.model.events import Recorded
    from hongyan.model.ids import Seq
    from hongyan.terminal.strings.language import Language

__all__ = ["AnswerStep", "ExpectStep", "RecallStep", "SaveStep", "SendFileStep", "Step", "WriteStep", "play"]

_WITHIN: Final = 5.0  # seconds that a message may take; a busy machine needs some of them


@dataclass(frozen=True, slots=True)
class ExpectStep:
    """A message must come: of a ``kind`` (its tag), from ``sender``, in the chat ``chat``, matching ``pattern``.

    Empty fields fit anything. Messages may come before they are expected and in any order; each serves one step.
    """

    kind: str = ""
    sender: str = ""
    chat: str = ""
    pattern: str = ""
    within: float = _WITHIN

    def __str__(self) -> str:
        filters = (("kind", self.kind), ("from", self.sender), ("in", self.chat), ("saying", self.pattern))
        return "a message " + ", ".join(f"{what} {value!r}" for what, value in filters if value)

    def fits(self, found: Seen, content: str) -> bool:
        """Whether a message is the one that is expected."""
        return (
            self.kind in {"", found.message.kind}
            and self.sender in {"", found.sender}
            and self.chat in {"", found.chat}
            and re.search(self.pattern, content) is not None
        )


@dataclass(frozen=True, slots=True)
class WriteStep:
    """Send a text to the chat with this name."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """Answer in the chat of the message that was expected last."""

    text: str


@dataclass(frozen=True, slots=True)
class SendFileStep:
    """Send a file that ``make`` writes into a folder and names; ``form`` as for ``Account.send``."""

    to: str
    make: Callable[[Path], Path]
    form: str = "auto"


@dataclass(frozen=True, slots=True)
class SaveStep:
    """Save what the message carries that was expected last; an empty file is none."""


@dataclass(frozen=True, slots=True)
class RecallStep:
    """Recall the message that was sent last."""


Step = ExpectStep | WriteStep | AnswerStep | SendFileStep | SaveStep | RecallStep


class _NotCome(Exception):
    """A step has no result; the text says which and why."""


async def play(
    account: Account,
    steps: Sequence[Step],
    *,
    folder: Path,
    language: Language,
    after: Seq | None = None,
    now: Callable[[], float] = time.time,
) -> int:
    """Play ``steps`` in order, printing everything that comes and goes as line mode does; return 0 or 1.

    ``folder`` takes saved and made files. ``after`` is the journal position from which on messages count; None: from
    now. What is missing is printed to standard error; the rest of the steps is then left out.
    """
    player = _Player(account, folder, language, now)
    reading = asyncio.create_task(player.read(after), name="read events")
    printing = asyncio.create_task(player.printer.run(account.events(after=after)), name="print events")
    try:
        return await player.play(steps)
    finally:
        for task in (reading, printing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@dataclass(slots=True)
class _Player:
    account: Account
    folder: Path
    language: Language
    now: Callable[[], float]
    screen: Screen = field(default_factory=Screen)
    lines: Lines = field(init=False)
    printer: Printer = field(init=False)
    arrived: list[tuple[Recorded, Seen]] = field(default_factory=list)
    expected: Recorded | None = None
    sent: tuple[Chat, Receipt] | None = None
    more: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.lines = Lines(Format.PLAIN, self.language, self.account.me.name, self.now)
        nothing = SavePolicy(self.folder, kinds=frozenset())
        saver = Saver(self.account, nothing, lambda *_: None, lambda *_: None)
        self.printer = Printer(self.account, self.lines, self.screen, saver, Memory())

    async def read(self, after: Seq | None) -> None:
        async for recorded in self.account.events(after=after):
            await self._note(recorded)

    async def _note(self, recorded: Recorded) -> None:
        async with self.more:
            if isinstance(recorded.event, MessageReceived):
                found = seen(self.account, recorded)
                assert found is not None  # the row holds a message
                self.arrived.append((recorded, found))
            self.more.notify_all()

    async def play(self, steps: Sequence[Step]) -> int:
        for number, step in enumerate(steps, 1):
            try:
                await _PLAYED[type(step)](self, step)
            except (_NotCome, HongyanError) as problem:
                self.screen.status(f"step {number} of {len(steps)}: {self.screen.one_line(str(problem))}")
                return 1
        return 0

    async def _expect(self, step: ExpectStep) -> None:
        async def fitting() -> int:
            async with self.more:
                while (at := self._first(step)) is None:
                    await self.more.wait()
                return at

        try:
            at = await asyncio.wait_for(fitting(), step.within)
        except TimeoutError:
            raise _NotCome(f"{step} did not come within {step.within:g} s") from None
        self.expected, _ = self.arrived.pop(at)

    def _first(self, step: ExpectStep) -> int | None:
        fitting = (
            at for at, (_, found) in enumerate(self.arrived) if step.fits(found, self.lines.content(found))
        )
        return next(fitting, None)

    async def _write(self, step: WriteStep) -> None:
        await self._send(self.account.find(step.to), step.text)

    async def _answer(self, step: AnswerStep) -> None:
        await self._send(self.account.chat(self._expected().chat), step.text)

    async def _send_file(self, step: SendFileStep) -> None:
        path = await asyncio.to_thread(step.make, self.folder)
        await self._send(self.account.find(step.to), path, form=step.form)

    async def _send(self, chat: Chat, content: str | Path, *, form: str = "auto") -> None:
        receipt = await self.account.send(chat, content, form=form)
        await self._accepted(receipt)
        self.sent = (chat, receipt)

    async def _accepted(self, receipt: Receipt) -> None:
        row = await receipt.accepted(_WITHIN)
        if not row.outcome.happened:
            raise _NotCome(f"{type(row.command).__name__} had no answer within {_WITHIN:g} s")
        await self.printer.printed({row.id}, _WITHIN)  # the transcript shows it before what follows

    async def _save(self, _: SaveStep) -> None:
        recorded = self._expected()
        incoming = self.account.incoming(recorded)
        assert incoming is not None  # only messages are expected
        path = await incoming.save(self.folder)
        if not path.stat().st_size:
            raise _NotCome(f"the file of #{recorded.seq} is empty")
        self.screen.status(self.lines.saved(recorded.seq, str(path)))

    async def _take_back(self, _: RecallStep) -> None:
        if self.sent is None:
            raise UsageError("nothing was sent that could be recalled")
        chat, receipt = self.sent
        await self._accepted(await self.account.recall(chat, MsgId(receipt.row.result)))

    def _expected(self) -> Recorded:
        if self.expected is None:
            raise UsageError("no message was expected before this step")
        return self.expected


_PLAYED: Final[dict[type[Any], Callable[[_Player, Any], Awaitable[None]]]] = {
    ExpectStep: _Player._expect,  # noqa: SLF001  # the table of the class's own methods
    WriteStep: _Player._write,  # noqa: SLF001  # as above
    AnswerStep: _Player._answer,  # noqa: SLF001  # as above
    SendFileStep: _Player._send_file,  # noqa: SLF001  # as above
    SaveStep: _Player._save,  # noqa: SLF001  # as above
    RecallStep: _Player._take_back,  # noqa: SLF001  # as above
}
