"""A real account over a real store, with people who write: what apps are run on where no server is needed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hongyan.client.account import Account
from hongyan.model.commands import SendFile, SendText
from hongyan.model.contacts import ContactChange, ContactKind, Member
from hongyan.model.events import Event, LoginChanged, LoginState, MessageReceived, Status
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.bot import App
    from hongyan.model.messages import AnyMessage

LOGIN = LoginId("first")
ME = TransientName("@me")


def _name(text: str) -> TransientName:
    return TransientName(text)


MEMBERS = (
    Member(name=ME, nickname="小灰", display_name="灰灰"),
    Member(name=_name("@alice"), nickname="Alice"),
    Member(name=_name("@bob"), nickname="Bob"),
)
PEOPLE = (
    ContactChange(name=ME, kind=ContactKind.SELF, nickname="小灰", full=True),
    ContactChange(
        name=_name("@alice"), kind=ContactKind.FRIEND, nickname="Alice", in_contacts=True, full=True
    ),
    ContactChange(name=_name("@bob"), kind=ContactKind.FRIEND, nickname="Bob", in_contacts=True, full=True),
    ContactChange(
        name=_name("@news"), kind=ContactKind.OFFICIAL, nickname="晨读", in_contacts=True, full=True
    ),
    ContactChange(
        name=_name("@@home"),
        kind=ContactKind.GROUP,
        nickname="家人",
        member_count=3,
        members=MEMBERS,
        full=True,
    ),
)


@dataclass
class House:
    """The account with its store. ``says`` lets somebody write; ``answers`` lists what the account sent, in order."""

    folder: Path
    file: Path | None = None
    numbers: int = 0
    database: Database = field(init=False)
    account: Account = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Open the store, or open it again as after a crash."""
        self.database = Database(self.file)
        self.store = open_store(self.database, "me")
        self.account = Account(self.store, self.folder)

    async def furnish(self) -> None:
        """Let everybody be known and the login stand."""
        await self.store.append([], login=LOGIN, received_at=1.0, position=b"k")
        await self.store.directory.learn(LOGIN, PEOPLE, "contacts")
        await self.store.login.set_complete(LOGIN, complete=True)
        await self.store.login.set_status(Status(state=LoginState.ONLINE, contacts_complete=True))

    async def happens(self, event: Event, at: float | None = None) -> None:
        """Write an event into the journal."""
        await self.store.append(
            [(event, b"")], login=LOGIN, received_at=time.time() if at is None else at, position=b"k"
        )

    async def says(
        self, who: str, text: str, *, group: str = "", at: float | None = None, outgoing: bool = False
    ) -> None:
        """Let somebody write a text, to this account or into a group."""
        await self.receives(Text, who, group=group, at=at, text=text, outgoing=outgoing)

    async def receives(
        self, kind: type[AnyMessage], who: str, *, group: str = "", at: float | None = None, **fields: Any
    ) -> None:
        """Let a message of any kind come in."""
        self.numbers += 1
        message = kind(
            id=MsgId(str(time.time_ns())), chat=_name(group or who), sender=_name(who), created_at=1, **fields
        )
        await self.happens(MessageReceived(message=message), at)

    async def ends(self, reason: str = "login-ended.1101") -> None:
        """Let the login end."""
        await self.store.login.set_status(Status(state=LoginState.ENDED, reason=reason))
        await self.happens(LoginChanged(state=LoginState.ENDED, reason=reason))

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What was sent so far, as (name of the chat, text or name of the file)."""
        rows = [row.command for row in reversed(self.account.outbox(10_000))]
        sends = [command for command in rows if isinstance(command, (SendText, SendFile))]
        return [
            (self.account.chat(s.chat).name, s.text if isinstance(s, SendText) else s.name) for s in sends
        ]

    async def answered(self, count: int, limit: float = 15.0) -> list[tuple[str, str]]:
        """Wait until so many sends were asked for, and return them."""
        async with asyncio.timeout(limit):
            while len(self.answers) < count:
                await self.store.changed()
        return self.answers

    async def settled(self, consumer: str, limit: float = 15.0) -> None:
        """Wait until a reader that is at work has finished everything that is in the journal."""
        async with asyncio.timeout(limit):
            while self.low(consumer) < self.store.journal.latest():
                await asyncio.sleep(0.005)

    def low(self, consumer: str) -> int:
        """Return up to where a reader has finished everything."""
        readers = self.store.consumers
        window = readers._windows.get(consumer)
        return (window.position() if window else readers.progress(consumer)).low

    def close(self) -> None:
        """Close the store."""
        self.database.close()


@contextlib.asynccontextmanager
async def running(app: App, account: Account) -> AsyncIterator[asyncio.Task[None]]:
    """Run an app beside the test; it has taken its position when this begins, and is stopped at the end."""
    started = asyncio.Event()

    async def note(_: Account) -> None:
        started.set()

    app.on_start(note)
    task = asyncio.create_task(app.run(account))
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield task
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.wait({task, waiting})
