"""What front ends call: an account as a view of the store plus commands; nothing here opens a connection."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hongyan.client.archive import AccountArchive
from hongyan.client.arguments import (
    chats_from,
    file_name,
    key_of,
    require_sendable,
    seq_from,
    text_for,
    time_from,
)
from hongyan.client.chats import Chat
from hongyan.client.consumers import AccountConsumers
from hongyan.client.groups import AccountGroups
from hongyan.client.local_state import AccountLocalState
from hongyan.client.messages import Delivery, Incoming
from hongyan.client.outbox import AccountOutbox
from hongyan.client.people import AccountPeople
from hongyan.client.recalls import recall, recall_last
from hongyan.client.receipts import Receipt
from hongyan.errors import LoginEnded, NoAnswer, UsageError
from hongyan.files.attachments import keep_copy
from hongyan.files.private_files import present
from hongyan.model.commands import (
    CommandRow,
    FetchMedia,
    ForwardMessage,
    IdempotencyKey,
    Logout,
    MarkRead,
    Pin,
    Refresh,
    SendCard,
    SendFile,
    SendLocation,
    SendSticker,
)
from hongyan.model.contacts import ContactKind
from hongyan.model.events import LoginState, MessageReceived
from hongyan.model.media_files import Verified
from hongyan.model.numbers import whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from hongyan.model.commands import Command
    from hongyan.model.events import Recorded, Status
    from hongyan.model.ids import ChatKey, CommandId, MsgId, Seq
    from hongyan.model.search import Query
    from hongyan.ports.store import Store

__all__ = ["Account", "Chat", "Delivery", "Incoming", "Receipt"]

_ALL_READ: Final = frozenset({ContactKind.FRIEND, ContactKind.OFFICIAL, ContactKind.SPECIAL})

Progress = "Callable[[int, int | None], None]"


class Account:
    """One WeChat account. Every action is a durable command; every view is what the store holds.

    Related methods are grouped: ``people``, ``groups``, ``outbox``, ``archive``, ``local`` (what
    people at this machine made of the chats) and ``consumers``.

    ``media`` is the folder with copies of sent files; ``clock()`` gives Unix seconds, ``entropy(n)`` random bytes.
    """

    def __init__(
        self,
        store: Store,
        media: Path,
        *,
        clock: Callable[[], float] = time.time,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._media = media
        self.outbox = AccountOutbox(store, clock, entropy)
        self.people = AccountPeople(store, self.outbox, clock)
        self.groups = AccountGroups(store.directory, self.outbox, self.people)
        self.archive = AccountArchive(store, self.people, media, clock)
        self.local = AccountLocalState(store.chat_state, clock)
        self.consumers = AccountConsumers(store, clock)
        self.progress: dict[CommandId, Callable[[int, int | None], None]] = {}
        self.opened_at: Seq = store.journal.latest()
        """The end of the journal when the account was opened: what a restored login brings comes after it."""

    def __repr__(self) -> str:
        return f"<Account {self.me.name!r} {self.status().state}>"

    async def ready(self, limit: float | None = None) -> None:
        """Wait until the login holds and the contact list is complete; LoginEnded, or a NoAnswer after ``limit``."""
        try:
            async with asyncio.timeout(limit):
                while not self._is_ready():
                    await self._store.changed()
        except TimeoutError as error:
            raise NoAnswer(
                "the server", f"the account is not ready after {limit:g} seconds{self._hindrance()}"
            ) from error

    async def standing(self) -> None:
        """Wait until the login holds, even if the contact list is still loading; LoginEnded."""
        while not self._stands():
            await self._store.changed()

    def _hindrance(self) -> str:
        """Return in words what the account waits for."""
        status = self.status()
        if status.state in {LoginState.ONLINE, LoginState.DEGRADED} and not status.contacts_complete:
            problem = f" ({status.contacts_problem})" if status.contacts_problem else ""
            return f": {status.contacts} contacts have come so far{problem}"
        return f": {reason}" if (reason := status.said or status.reason) else ""

    def _is_ready(self) -> bool:
        return self._stands() and self.status().contacts_complete and self.people.complete

    def _stands(self) -> bool:
        status = self.status()
        if status.state is LoginState.ENDED:
            number = status.reason.partition(".")[2]
            raise LoginEnded(whole(number))
        return status.state in {LoginState.ONLINE, LoginState.DEGRADED}

    @property
    def me(self) -> Chat:
        """The account itself."""
        return self.chat(self._store.me)

    def status(self) -> Status:
        """Return the state of the login as the holder last wrote it, and how many commands wait now."""
        return replace(self._store.login.status(), queued=self._store.outbox.count_queued())

    # -- contacts

    def chats(self) -> list[Chat]:
        """Return chats with traffic, latest first, then those the server listed as recent."""
        with_traffic = self._store.journal.chats()
        seen = set(with_traffic)
        recent = [
            key
            for key, _ in self._store.directory.contacts()
            if self._store.directory.source(key) == "init" and key not in seen
        ]
        return [self.chat(key) for key in (*with_traffic, *recent) if key != self._store.me]

    def contacts(self) -> list[Chat]:
        """Return friends, official and special accounts; raise NotComplete while the list is still loading."""
        return self.people.contacts()

    def find(self, name: str) -> Chat:
        """Return the chat called ``name`` (remark, nickname, alias, special name, else a key); NoSuchChat, AmbiguousName."""
        return self.people.find(name)

    def chat(self, key: ChatKey) -> Chat:
        """Return the chat of a key; one of which nothing is known yet has an empty name."""
        return self.people.chat(key)

    # -- people of former logins

    # -- what happened

    def incoming(self, recorded: Recorded, delivery: Delivery | None = None) -> Incoming | None:
        """Return the message of a journal row with its surroundings, or None for other events."""
        event = recorded.event
        return (
            Incoming(self, recorded, event.message, delivery) if isinstance(event, MessageReceived) else None
        )

    def events(self, consumer: str | None = None, *, after: Seq | None = None) -> AsyncIterator[Recorded]:
        """Yield events: from a named consumer's own position, or from ``after``, else from now on.

        A named consumer's event counts as handled when the next one is requested; ``deliveries`` leaves that to you.
        """
        if consumer is not None:
            return self._consumed(consumer)
        return self._from(self._store.journal.latest() if after is None else seq_from(after))

    async def deliveries(self, consumer: str) -> AsyncIterator[Delivery]:
        """Yield events for a named reader that deals with several at a time and gives each back by ``done``."""
        feed = self._store.consumers.feed(consumer)
        async with contextlib.aclosing(feed):
            async for recorded in feed:
                yield Delivery(self, consumer, recorded)

    async def _consumed(self, consumer: str) -> AsyncIterator[Recorded]:
        feed = self._store.consumers.feed(consumer)
        async with contextlib.aclosing(feed):
            async for recorded in feed:
                yield recorded
                await self._store.done(consumer, recorded.seq)

    async def _from(self, after: Seq) -> AsyncIterator[Recorded]:
        while True:
            await self._store.journal.wait(after)
            for recorded in self._store.journal.read(after):
                after = recorded.seq
                yield recorded

    def history(self, chat: Chat, limit: int = 20, *, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages of a chat and what was sent to it (CommandSettled), oldest first."""
        return self.archive.history(chat, limit, before=before)

    # -- what people at this machine made of the chats

    def reached(self, reader: str) -> Seq:
        """Return the row up to which a named reader has finished everything, the newest for a new one."""
        return self._store.consumers.reached(reader)

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return the messages and own sends that fit, newest first; nothing is asked of the server.

        ``progress`` hears how many rows are still to be taken into the index, which happens first.
        """
        return await self.archive.search(query, progress=progress)

    async def changed(self) -> None:
        """Return as soon as anything in the journal, the outbox or the state has changed."""
        await self._store.changed()

    # -- what to do

    async def send(
        self,
        chat: Chat,
        content: str | Path,
        *,
        form: str = "auto",
        mentions: Sequence[Chat] = (),
        idempotency_key: IdempotencyKey | None = None,
        at: float | None = None,
    ) -> Receipt:
        """Send a text, or the file at a Path as picture, sticker, video or file (``form``).

        ``idempotency_key`` binds the send to an event of a consumer, so that it happens once (see ``Delivery.next_key``).
        ``at`` (Unix seconds) puts it off: it waits in the outbox, over restarts too, for the program that holds the
        login then.
        """
        mentions = chats_from("mentions", mentions)
        require_sendable(chat, content=content, form=form)
        at = time_from(at)
        if isinstance(content, Path):
            return await self.do(
                await self._file(chat, content, form), idempotency_key=idempotency_key, not_before=at
            )
        return await self.do(
            text_for(chat, content, mentions), idempotency_key=idempotency_key, not_before=at
        )

    async def _file(self, chat: Chat, path: Path, form: str) -> SendFile:
        copy = await asyncio.to_thread(keep_copy, path, self._media, form)
        return SendFile(
            chat=key_of(chat),
            path=str(copy.path),
            name=file_name(path),
            size=copy.size,
            md5=copy.md5,
            form=form,
        )

    async def send_to_many(
        self,
        chats: Sequence[Chat],
        content: str | Path,
        *,
        mass: bool = False,
        form: str = "auto",
        at: float | None = None,
    ) -> list[Receipt]:
        """Send the same to several chats: a command for each, which go one after the other within the rate limit.

        More than one chat needs ``mass=True``, else UsageError. To change your mind, drop the commands that
        are still queued (``drop``). Otherwise as ``send``.
        """
        chats = chats_from("chats", chats)
        require_sendable(content=content, form=form)
        at, several = time_from(at), list(dict.fromkeys(chats))
        if len(several) > 1 and not mass:
            raise UsageError(
                f"this sends to {len(several)} chats; nothing was sent",
                "Mass sending can get an account restricted. To confirm: mass=True, or --mass.",
            )
        if not several:
            return []
        first = (
            await self._file(several[0], content, form)
            if isinstance(content, Path)
            else text_for(several[0], content, ())
        )
        return [await self.do(replace(first, chat=key_of(chat)), not_before=at) for chat in several]

    async def recall(self, chat: Chat, message: MsgId) -> Receipt:
        """Recall a message of this account, which the service allows for two minutes; UsageError where it is recalled already."""
        return await recall(self.outbox, self.archive, chat, message)

    async def recall_last(
        self,
        chat: Chat,
        message: MsgId | None = None,
        limit: float | None = None,
        *,
        patience: float | None = None,
        since: float | None = None,
    ) -> CommandRow:
        """Recall a message of this account (the last one if none is named) and return the row of the recall.

        One that still waits is dropped instead; one that is on its way is waited for, ``limit`` seconds at most. Messages
        put off to a later time are not meant by "the last one". ``patience`` is that of ``Receipt.settled``. What others
        recalled after ``since`` (Unix seconds) is still the last one, so that the same request of several programs costs one
        message. Raises what ``Receipt.accepted`` raises, UsageError where there is nothing to recall.
        """
        return await recall_last(
            self.outbox, self.archive, chat, message, limit, patience=patience, since=since
        )

    async def send_sticker(self, chat: Chat, md5: str) -> Receipt:
        """Send a sticker that the service has."""
        return await self.do(SendSticker(chat=key_of(chat), md5=md5))

    async def send_card(self, chat: Chat, person: Chat) -> Receipt:
        """Send the card of a friend or an official account."""
        return await self.do(SendCard(chat=key_of(chat), person=key_of(person)))

    async def send_location(self, chat: Chat, latitude: float, longitude: float, label: str = "") -> Receipt:
        """Send a place, in degrees."""
        return await self.do(
            SendLocation(chat=key_of(chat), latitude=latitude, longitude=longitude, label=label)
        )

    async def forward(self, recorded: Recorded, chat: Chat) -> Receipt:
        """Forward a received message; UsageError if it is not a message."""
        return await self.do(ForwardMessage(chat=key_of(chat), seq=recorded.seq))

    async def pin(self, chat: Chat, *, on: bool = True) -> Receipt:
        """Pin a chat at the phone, or take it from there."""
        return await self.do(Pin(chat=key_of(chat), on=on))

    async def mark_read(self, chat: Chat) -> Receipt:
        """Clear the unread mark on the phone; ``account.local.mark_seen`` does so here."""
        return await self.do(MarkRead(chat=key_of(chat)))

    async def refresh(self) -> Receipt:
        """Read the contact list again."""
        return await self.do(Refresh())

    async def log_out(self) -> Receipt:
        """End the login; the data for a later login by the phone is stored."""
        return await self.do(Logout())

    async def do(
        self,
        command: Command,
        *,
        idempotency_key: IdempotencyKey | None = None,
        not_before: float | None = None,
    ) -> Receipt:
        """Carry out any command of ``model.commands``. ``not_before`` (Unix seconds) schedules it."""
        return await self.outbox.add(command, idempotency_key=idempotency_key, not_before=not_before)

    def file(self, recorded: Recorded, *, size: str = "full") -> Path | None:
        """Return the path of the file that a message brought, or None where it was not fetched or is gone."""
        return self.archive.file(recorded, size=size)

    async def fetch(
        self,
        recorded: Recorded,
        *,
        size: str = "full",
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Path:
        """Return the path of the file that the profile keeps of what a message carries; download it where it is not there.

        A doubtful file is downloaded again, and stays if that fails.
        """
        noted = self._store.archive.file(recorded.seq, size)
        kept = present(self._media, noted)
        if noted is not None and kept is not None and noted.verified is not Verified.DOUBTFUL:
            return kept
        receipt = await self.do(FetchMedia(seq=recorded.seq, size=size))
        number = receipt.row.id
        if progress is not None:
            self.progress[number] = progress
        try:
            return Path((await receipt.accepted()).result)
        finally:
            self.progress.pop(number, None)
