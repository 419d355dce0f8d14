"""Carries out typed lines on an account: who is meant, what is sent, what the slash commands do; it reads no keyboard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hongyan.errors import AmbiguousName, HongyanError, NoSuchChat, UsageError
from hongyan.model.commands import CANCELLED, DISMISSED
from hongyan.model.contacts import ContactKind
from hongyan.terminal import listing
from hongyan.terminal.faults import explained
from hongyan.terminal.line.grammar import (
    COMMANDS,
    Line,
    Mistake,
    Nothing,
    Quit,
    SayHere,
    SendAll,
    SendLines,
    SendPath,
    SlashCommand,
    Target,
    TypedText,
    parse,
)
from hongyan.terminal.lines import Format
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.line_mode import MISTAKES, usage
from hongyan.userdirs import expanded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from hongyan.client.account import Account, Chat, Receipt
    from hongyan.model.commands import Command, CommandRow
    from hongyan.model.ids import CommandId
    from hongyan.terminal.line.memory import Memory
    from hongyan.terminal.lines import Lines
    from hongyan.terminal.media import Saver
    from hongyan.terminal.screen import Screen

__all__ = ["CommandInterpreter"]


@dataclass(slots=True)
class CommandInterpreter:
    """A conversation by typed lines. ``ask`` puts a question to the person; ``allow_mass`` spares the one of ``->all:``.

    ``commands`` are the slash commands by name.

    ``opened`` is the chat that plain lines go to; ``receipts`` are the unsettled commands,
    ``asked_for`` the numbers of all that were made here, ``problems`` what went wrong, in order.
    """

    account: Account
    lines: Lines
    screen: Screen
    saver: Saver
    memory: Memory
    ask: Callable[[str], Awaitable[str]]
    commands: Mapping[str, Callable[[CommandInterpreter, SlashCommand], Awaitable[None]]]
    escapes: bool = False
    allow_mass: bool = False
    opened: Chat | None = None
    receipts: list[Receipt] = field(default_factory=list)
    asked_for: set[CommandId] = field(default_factory=set)
    problems: list[HongyanError] = field(default_factory=list)
    logged_out: bool = False

    async def take(self, line: str) -> bool:
        """Carry out a line; return False when it ends the conversation. What goes wrong is printed, never raised."""
        meant = parse(line, escapes=self.escapes)
        if isinstance(meant, Quit):
            return False
        try:
            await self._carry_out(meant)
        except HongyanError as problem:
            self.tell_problem(problem)
        return not self.logged_out

    def ends(self, line: str) -> bool:
        """Whether a line ends the conversation."""
        return isinstance(parse(line, escapes=self.escapes), Quit)

    async def open(self, name: str) -> None:
        """Open the chat called ``name``; raise NoSuchChat or AmbiguousName."""
        self.open_chat(self.chat(Target(name)))

    async def _carry_out(self, meant: Line) -> None:
        match meant:
            case SayHere(text):
                await self._say(text)
            case TypedText(to, text):
                await self.send(self.chat(to), text)
            case SendAll(text):
                await self._send_all(text)
            case SendLines(to, path):
                await self._send_lines(self.chat(to), path)
            case SendPath(to, path, form):
                await self.send(self.chat(to), _file(path, self.lines), form=form)
            case SlashCommand():
                await self.commands[meant.name](self, meant)
            case Mistake():
                self._tell_mistake(meant)
            case Nothing() | Quit():
                pass

    # Sending

    async def _say(self, text: str) -> None:
        if self.opened is None:
            raise UsageError(self.words("not-open"), self.words("not-open-advice"))
        await self.send(self.opened, text)

    async def send(self, chat: Chat, content: str | Path, *, form: str = "auto") -> None:
        """Send a text or the file at a path, and keep the receipt."""
        self.keep(await self.account.send(chat, content, form=form))

    async def do(self, command: Command) -> None:
        """Carry out a command, and keep the receipt."""
        self.keep(await self.account.do(command))

    def keep(self, receipt: Receipt) -> None:
        """Store a receipt whose outcome is awaited at the end."""
        self.receipts = [kept for kept in self.receipts if kept.row.settled_at is None]
        self.receipts.append(receipt)
        self.asked_for.add(receipt.row.id)

    def unsent(self) -> list[HongyanError]:
        """Return why what was asked for did not happen, in the order of asking; what a person gave up or put off is left out."""
        receipts = [self.account.outbox.command(number) for number in sorted(self.asked_for)]
        return [p for r in receipts if not _is_a_persons_wish(r.row) and (p := r.problem()) is not None]

    async def _send_all(self, text: str) -> None:
        friends = [chat for chat in self.account.contacts() if chat.contact.kind is ContactKind.FRIEND]
        if not self.allow_mass:
            answer = await self.ask(self.words("mass-ask", count=len(friends)))
            if answer.strip() != str(len(friends)):
                raise UsageError(self.words("mass-refused"), self.words("mass-advice"))
        for friend in friends:
            await self.send(friend, text)
        self.tell(self.words("mass-queued", count=len(friends)))

    async def _send_lines(self, chat: Chat, path: str) -> None:
        file = _file(path, self.lines)
        try:
            text = await asyncio.to_thread(_text_of, file)
        except OSError as problem:
            why = problem.strerror or str(problem)
            raise UsageError(self.words("unreadable", path=file, why=why)) from problem
        lines = [line for line in text.splitlines() if line.strip()]
        if not lines:
            raise UsageError(self.words("empty-file", path=file))
        for line in lines:
            await self.send(chat, line)

    # Who is meant

    def chat(self, target: Target | None) -> Chat:
        """Return the chat of a target, the opened one for None."""
        if target is None or target == Target():
            if self.opened is None:
                raise UsageError(self.words("not-open"), self.words("not-open-advice"))
            return self.opened
        if target.number or not target.name:
            return self._picked(target.number)
        try:
            return self.account.find(target.name)
        except AmbiguousName:
            chats = self.account.people.candidates(target.name)
            self.tell(self.words("several", count=len(chats), name=target.name))
            self.show_chats(chats)
            raise

    def _picked(self, number: int) -> Chat:
        if not 0 < number <= len(self.memory.picks):
            raise UsageError(self.words("no-pick", number=number), self.words("no-pick-advice"))
        return self.memory.picks[number - 1]

    def open_chat(self, chat: Chat) -> None:
        """Open a chat: plain lines go there."""
        self.opened = chat
        self.tell(self.words("opened", name=chat.name))

    # Output

    def words(self, key: str, /, **values: object) -> str:
        """Return a sentence of the catalogue."""
        return self.lines.words(key, **values)

    def tell(self, text: str) -> None:
        """Print a sentence about the program."""
        self.screen.status(self.lines.status_line(self.screen.one_line(text)))

    def tell_problem(self, problem: HongyanError) -> None:
        """Say what went wrong and what to do about it, and remember it for the exit code."""
        self.problems.append(problem)
        why, advice = self._put(problem)
        for line in self.lines.problem(problem.code, self.screen.one_line(why), self.screen.one_line(advice)):
            self.screen.status(line)

    def _put(self, problem: HongyanError) -> tuple[str, str]:
        match problem:
            case NoSuchChat():
                near = self.words("near", near="、".join(problem.near)) if problem.near else ""
                return self.words("no-chat", name=problem.name), near or self.words("no-such-chat-advice")
            case AmbiguousName():
                return self.words("pick"), ""  # the numbered list is above
            case _:
                return explained(problem.code, str(problem), problem.advice, self.lines.language)

    def _tell_mistake(self, mistake: Mistake) -> None:
        language = self.lines.language
        shape = COMMANDS.get(mistake.about, "")
        pattern = usage(f"/{mistake.about} {shape}".strip(), language)
        self.tell_problem(
            UsageError(
                say(MISTAKES, mistake.code, language, about=mistake.about),
                say(MISTAKES, f"{mistake.code}-advice", language, about=mistake.about, usage=pattern),
            )
        )

    def show_chats(self, chats: list[Chat]) -> None:
        """Print a numbered list, from which ``#3`` picks."""
        self.memory.picks = chats
        self.show("chats", listing.chat_values(chats), listing.chat_lines(chats, self.lines.language))

    def show(self, what: str, values: list[dict[str, object]], lines: list[str]) -> None:
        """Print a list as lines, or as one JSON object."""
        if self.lines.form is Format.JSON:
            self.screen.out(self.lines.values("list", what=what, items=values))
            return
        for line in lines or [self.words("none")]:
            self.screen.out(line)


def _is_a_persons_wish(row: CommandRow) -> bool:
    return row.reason in {CANCELLED, DISMISSED} or (row.open and row.due_at is not None)


def _file(path: str, lines: Lines) -> Path:
    file = expanded(path)
    if not file.is_file():
        raise UsageError(lines.words("not-a-file" if file.exists() else "no-file", path=file))
    return file


def _text_of(file: Path) -> str:
    """Return a text file's content: UTF-8, or the encoding of older Chinese Windows."""
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
