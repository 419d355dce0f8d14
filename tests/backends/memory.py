"""A second way to have an account: one chat with Alice, texts alone, nothing outside of this process.

``MemoryService`` is the far end: it keeps what was said, and drops a second text under the same number as the real service
does. ``MemoryBackend`` serves an account by it. Tests that need no more than a friend who writes and hears run on both.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hongyan.errors import LoginEnded, NoAnswer, NoSuchChat, NotCapable, StorageDamaged
from hongyan.model.commands import Logout, SendText
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import MessageReceived
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.login_progress import QrReady
from hongyan.model.messages import Text
from hongyan.ports.backend import (
    EventBatch,
    LoginMade,
    LoginOver,
    LoginResumed,
    Reach,
    SavedLogin,
)
from hongyan.ports.vault import Sealed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from hongyan.model.commands import ActionKind, CommandRow
    from hongyan.model.contacts import ContactKind as Kind
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, CommandId, Seq
    from hongyan.model.messages import AnyMessage
    from hongyan.ports.backend import BackendContext, BackendEvent, Original

ME, ALICE = TransientName("me"), TransientName("alice")
_FIRST = 7_000


@dataclass
class Said:
    """What the account said."""

    msg_id: int
    text: str
    number: str


@dataclass
class Friend:
    """Alice, as emulated people are: she writes and hears."""

    service: MemoryService

    def says(self, text: str) -> None:
        """Write to the account."""
        self.service.written.append(text)
        self.service.news.set()

    async def hears(self, wanted: str | None = None, timeout: float = 5.0) -> Said:  # as the emulator's
        """Return the oldest text that fits and was not heard before; TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                for said in self.service.unheard:
                    if wanted is None or said.text == wanted:
                        self.service.unheard.remove(said)
                        return said
                await asyncio.sleep(0.01)


@dataclass
class MemoryService:
    """What outlives the programs of an account. ``login`` is the login that stands, empty for none."""

    written: list[str] = field(default_factory=list)
    unheard: list[Said] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    login: str = ""
    logins: int = 0
    away: bool = False
    delay: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def phone(self) -> MemoryService:
        """The account's phone, which confirms everything."""
        return self

    def confirm(self) -> None:
        """Confirm the next code."""

    def log_web_out(self, _: int = 1101) -> None:
        """End the login."""
        self.login = ""
        self.news.set()

    def person(self, _: str) -> Friend:
        """Return Alice."""
        return Friend(self)

    @property
    def faults(self) -> MemoryService:
        """What the service does wrong, as far as it can."""
        return self

    def add(self, fault: str, _: str, seconds: float) -> None:
        """Let the next answer to a text take so long; the text is there at once."""
        assert fault == "delay"
        self.delay = seconds

    def take(self, text: str, number: str) -> int:
        """Take a text once per number, and return the service's number of it."""
        if number not in self.numbers:
            self.numbers[number] = _FIRST + len(self.numbers)
            self.unheard.append(Said(self.numbers[number], text, number))
        return self.numbers[number]


class _NeverRejects:
    """What was accepted stays accepted."""

    async def catch_up(self) -> None:
        """Do nothing."""

    async def heard(self, written: Sequence[Recorded]) -> None:
        """Do nothing."""

    async def settled(self, chat: ChatKey) -> None:
        """Do nothing."""


class MemoryBackend:
    """``ports.backend.Backend`` on a ``MemoryService``."""

    name = "Memory"
    server = "memory"
    is_official = False
    latency = None
    commands: frozenset[type[Any]] = frozenset({SendText, Logout})

    def __init__(self, service: MemoryService, context: BackendContext) -> None:
        self._service = service
        self._context = context
        self._login = ""
        self._at: int | None = None
        self._reach: dict[CommandId, Reach] = {}

    @property
    def position(self) -> bytes | None:
        """How many of Alice's texts were read."""
        return None if self._at is None else str(self._at).encode()

    def saved(self, credentials: Sealed) -> SavedLogin:
        """Return what saved credentials say."""
        try:
            return self._saved(json.loads(credentials.content)["login"])
        except (ValueError, KeyError, TypeError) as error:
            raise StorageDamaged("the saved login cannot be read", "Log in again.") from error

    def _saved(self, login: str) -> SavedLogin:
        secret = Sealed(json.dumps({"login": login}).encode())
        return SavedLogin(LoginId(login), 42, self._context.clock(), secret, Sealed(b"{}"))

    async def resume(self, saved: SavedLogin, position: bytes | None) -> AsyncGenerator[BackendEvent]:
        """Go on from a position."""
        self._require_reachable()
        self._login = str(saved.login)
        self._at = int(position) if position is not None else len(self._service.written)
        yield LoginResumed()
        async for event in self._events():
            yield event

    async def log_in(self, keepsake: Sealed | None) -> AsyncGenerator[BackendEvent]:
        """Make a login by a code that is confirmed at once; there is no other way."""
        if keepsake is not None:
            return
        self._require_reachable()
        yield QrReady("memory:1", "", 0)
        self._service.logins += 1
        self._login = self._service.login = f"login-{self._service.logins}"
        self._at = len(self._service.written)
        people = (
            ContactChange(name=ME, kind=ContactKind.SELF, nickname="鸿雁", full=True),
            ContactChange(name=ALICE, kind=ContactKind.FRIEND, nickname="Alice", in_contacts=True, full=True),
        )
        yield LoginMade(self._saved(self._login), str(self._at).encode(), people, fresh=True)
        async for event in self._events():
            yield event

    def _require_reachable(self) -> None:
        if self._service.away:
            raise NoAnswer("memory", "the service is away")

    async def _events(self) -> AsyncGenerator[BackendEvent]:
        service = self._service
        yield self._batch()
        while True:
            if service.login != self._login:
                error = LoginEnded(1101)
                yield LoginOver(error, 0.0)
                raise error
            if self._at is not None and len(service.written) > self._at:
                yield self._batch()
            else:
                service.news.clear()
                await service.news.wait()

    def _batch(self) -> EventBatch:
        at = self._at or 0
        told = self._service.written[at:]
        events = tuple(
            (MessageReceived(message=self._text(at + n, text)), text.encode()) for n, text in enumerate(told)
        )
        return EventBatch(LoginId(self._login), events, str(at + len(told)).encode())

    def _text(self, number: int, text: str) -> Text:
        now = int(self._context.clock())
        return Text(id=MsgId(str(number + 1)), chat=ALICE, sender=ALICE, created_at=now, text=text)

    def commit(self, batch: EventBatch) -> None:
        """Go on behind a batch."""
        self._at = int(batch.position)

    def recheck(self) -> None:
        """Look at once."""
        self._service.news.set()

    def jobs(self, *, listed: bool) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """Return the one job: everybody is known from the beginning."""

        async def complete() -> None:
            if not listed:
                await self._context.store.complete_contacts(LoginId(self._login), now=self._context.clock())
                await self._context.on_complete()

        return {"listing everybody": complete}

    def heard(self, written: Sequence[Recorded]) -> None:
        """There is nobody to be looked up."""

    def judged(self, message: AnyMessage, writer: Kind | None, original: Original) -> AnyMessage:
        """Nobody can claim anything in a text."""
        del writer, original
        return message

    async def carry(self, row: CommandRow) -> str:
        """Take a text to Alice, or log out."""
        self._reach[row.id] = Reach.BEFORE
        match row.command:
            case SendText(chat=chat, text=text):
                if self._context.store.directory.name_of(self._context.store.login.current, chat) != ALICE:
                    raise NoSuchChat(str(chat))
                self._reach[row.id] = Reach.LEFT
                number = self._service.take(text, str(row.client_msg_id))
                delay, self._service.delay = self._service.delay, 0.0
                await asyncio.sleep(delay)
                return str(number)
            case Logout():
                self._reach[row.id] = Reach.LEFT
                await self._context.leave(self._left)
                return ""
            case _:
                raise NotCapable("do that", self.name)

    async def _left(self) -> None:
        self._service.log_web_out()

    def reached(self, command: CommandId) -> Reach:
        """Return how far a command got."""
        return self._reach.get(command, Reach.BEFORE)

    def rejections(self, widen: Callable[[ActionKind], Awaitable[float]]) -> _NeverRejects:
        """Nothing is refused late."""
        del widen
        return _NeverRejects()

    async def fetch(self, seq: Seq, message: AnyMessage, size: str) -> Path:
        """Texts carry no file."""
        raise NotCapable(f"fetch {message.kind} {seq} ({size})", self.name)

    def sweep(self) -> None:
        """There is nothing to sweep."""

    async def close(self) -> None:
        """There is nothing to close."""
