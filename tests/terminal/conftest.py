"""A talk on a real account over a store in memory, for the tests of the terminal."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import pytest

from hongyan.client.account import Account
from hongyan.model.commands import Command, Outcome, Settlement
from hongyan.model.contacts import ContactChange, ContactKind, Member
from hongyan.model.events import LoginState, MessageReceived, Status
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store
from hongyan.terminal.line.command_interpreter import CommandInterpreter
from hongyan.terminal.line.memory import Memory
from hongyan.terminal.line.printer import Printer
from hongyan.terminal.line.slash_commands import SLASH_COMMANDS
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.media import SavePolicy, Saver
from hongyan.terminal.screen import Screen
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.model.messages import AnyMessage
    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("first")


def _name(text: str) -> TransientName:
    return TransientName(text)


PEOPLE = (
    ContactChange(name=_name("@me"), kind=ContactKind.SELF, nickname="小灰"),
    ContactChange(
        name=_name("@w"),
        kind=ContactKind.FRIEND,
        nickname="隔壁老王",
        remark="老王",
        in_contacts=True,
        pinyin="laowang",
    ),
    ContactChange(name=_name("@h1"), kind=ContactKind.FRIEND, nickname="阿黄", city="上海", in_contacts=True),
    ContactChange(name=_name("@h2"), kind=ContactKind.FRIEND, nickname="阿黄", city="北京", in_contacts=True),
    ContactChange(name=_name("@c"), kind=ContactKind.FRIEND, nickname="a:b", in_contacts=True),
    ContactChange(name=_name("@o"), kind=ContactKind.OFFICIAL, nickname="晨读", in_contacts=True),
    ContactChange(
        name=_name("@@p"),
        kind=ContactKind.GROUP,
        nickname="Perl 学习交流",
        member_count=3,
        members=(
            Member(name=_name("@me"), nickname="小灰"),
            Member(name=_name("@w"), nickname="隔壁老王"),
            Member(name=_name("@x"), nickname="灰太狼", display_name="灰老师"),
        ),
    ),
)


@dataclass
class Room:
    """A talk with everything around it; ``carried`` are the commands that the carrier saw, ``answers`` what is typed."""

    store: SqliteStore
    account: Account
    talk: CommandInterpreter
    printer: Printer
    carried: list[Command] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refuse: str = ""
    results: dict[type, str] = field(default_factory=dict)

    async def type(self, *lines: str) -> None:
        """Carry out lines and wait until what they asked for is settled and printed."""
        for line in lines:
            await self.talk.take(line)
        await self.carry()
        assert await self.printer.printed(self.talk.asked_for, 5)

    async def carry(self) -> None:
        """Answer every command that waits, as a server would."""
        for row in reversed(self.account.outbox()):
            if row.outcome is not Outcome.QUEUED:
                continue
            self.carried.append(row.command)
            outcome = Outcome.FAILED if self.refuse else Outcome.ACCEPTED
            result = "" if self.refuse else self.results.get(type(row.command), f"71{row.id}")
            await self.store.settle(Settlement(row.id, outcome, result, self.refuse), now=time.time())

    async def receive(self, number: int, message: AnyMessage, chat: str = "@w", sender: str = "@w") -> None:
        """Let a message come in, and wait until it was printed."""
        placed = msgspec.structs.replace(
            message,
            id=MsgId(str(number)),
            chat=_name(chat),
            sender=_name(sender),
            created_at=int(time.time()),
        )
        (row,) = await self.store.append(
            [(MessageReceived(message=placed), b"")], login=LOGIN, received_at=1.0
        )
        async with asyncio.timeout(5):
            while self.talk.memory.find(str(row.seq)) is None:
                await asyncio.sleep(0.001)

    async def ask(self, question: str) -> str:
        """Answer a question with the next of ``answers``."""
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else ""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A talk in English on an account with a few friends and a group."""
    database = Database(None)
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=1.0, position=b"k")
    await store.directory.learn(LOGIN, PEOPLE, "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    await store.login.set_status(Status(state=LoginState.ONLINE, queued=0))
    account = Account(store, tmp_path)
    lines, screen, memory = Lines(Format.PLAIN, Language.EN, "小灰", time.time), Screen(), Memory()
    saver = Saver(account, SavePolicy(tmp_path), lambda *_: None, lambda *_: None)
    printer = Printer(account, lines, screen, saver, memory)
    room = Room(store, account, None, printer)  # type: ignore[arg-type]  # the talk follows, it needs the room's ask
    room.talk = CommandInterpreter(account, lines, screen, saver, memory, room.ask, SLASH_COMMANDS)
    printing = asyncio.create_task(printer.run(account.events()))
    await asyncio.sleep(0)
    yield room
    printing.cancel()
    with suppress(asyncio.CancelledError):
        await printing
    database.close()
