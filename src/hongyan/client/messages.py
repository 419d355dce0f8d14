"""A received message, and an event for a consumer, each with the ways to answer it."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace

from hongyan.errors import StorageDamaged, StorageError, UsageError
from hongyan.files.content_types import HEAD
from hongyan.files.file_names import name_for
from hongyan.files.private_files import copy_private, free_path, make_folder
from hongyan.model.commands import IdempotencyKey
from hongyan.model.events import MessageReceived
from hongyan.model.mentions import MentionsMe, mentions_me
from hongyan.model.messages import Text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hongyan.client.archive import AccountArchive
    from hongyan.client.chats import Chat
    from hongyan.client.consumers import AccountConsumers
    from hongyan.client.groups import AccountGroups
    from hongyan.client.people import AccountPeople
    from hongyan.client.receipts import Receipt
    from hongyan.model.contacts import Member
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey
    from hongyan.model.messages import AnyMessage

__all__ = ["WISHES", "Delivery", "Incoming", "MessageAccount"]

WISHES: Final = 1000
"""How often one handler may send for one event: more is a loop that does not end."""


class MessageAccount(Protocol):
    """What a message needs of its account."""

    people: AccountPeople
    groups: AccountGroups
    archive: AccountArchive
    consumers: AccountConsumers

    @property
    def me(self) -> Chat:
        """The account itself."""

    def chat(self, key: ChatKey) -> Chat:
        """Return the chat of a key."""

    async def send(
        self, chat: Chat, content: str | Path, *, idempotency_key: IdempotencyKey | None = None
    ) -> Receipt:
        """Send a text, or the file at a Path."""

    async def fetch(self, recorded: Recorded) -> Path:
        """Return the path of the file that a message carries, once it is there."""


class Incoming:
    """A received message with its chat and sender, ready to be answered."""

    def __init__(
        self,
        account: MessageAccount,
        recorded: Recorded,
        message: AnyMessage,
        delivery: Delivery | None = None,
    ) -> None:
        self.account = account
        self.recorded = recorded
        self.message = message
        self.chat = account.chat(recorded.chat)
        self._delivery = delivery

    @cached_property
    def _member(self) -> Member | None:
        return self.account.groups.member(self.chat, self.message.sender) if self.chat.is_group else None

    @cached_property
    def sender(self) -> Chat:
        """The writer: in a private chat the same as ``chat``, or me."""
        return self.account.people.writer(self.recorded, self._member)

    @cached_property
    def sender_name(self) -> str:
        """The writer's name as others see it here."""
        shown = self._member.shown if self._member else ""
        return self.sender.contact.remark or shown or self.sender.name

    def __repr__(self) -> str:
        return f"<Incoming {self.message.kind} from {self.sender_name!r} in {self.chat.name!r}>"

    @property
    def mentions_me(self) -> MentionsMe:
        """Whether a group's text calls this account by name, three-valued."""
        if not self.chat.is_group or not isinstance(self.message, Text):
            return MentionsMe.NO
        members = self.chat.contact.members or ()
        me = self.account.me
        mine = self.account.groups.member(self.chat, me.contact.name)
        names = [name for name in (mine.display_name if mine else "", me.contact.nickname) if name]
        return mentions_me(self.message.text, members, names)

    async def reply(self, content: str | Path) -> Receipt:
        """Answer in the same chat with a text, or with a file given as a Path.

        Inside a reader's delivery the answer is bound to the event: a handler that is run again does not answer again.
        """
        if self._delivery is None:
            return await self.account.send(self.chat, content)
        return await self._delivery.bound(
            lambda key: self.account.send(self.chat, content, idempotency_key=key)
        )

    async def save(self, folder: Path) -> Path:
        """Download what the message carries into ``folder`` under a safe, free name, and return the path.

        The folder is made where it is missing, for its owner alone. What may not be all of it, or not that at all, has
        ``doubtful`` in its name. StorageError where it cannot be written.
        """
        kept = await self.account.fetch(self.recorded)
        with kept.open("rb") as file:
            head = file.read(HEAD)
        try:
            path = free_path(
                make_folder(folder),
                name_for(self.message, head, doubtful=self.account.archive.is_doubtful(self.recorded)),
            )
            await asyncio.to_thread(copy_private, kept, path)
        except OSError as error:
            raise StorageError(f"cannot write into {folder}: {error.strerror or error}") from error
        return path


class Delivery:
    """One event as a named reader gets it, to be given back by ``done`` when it has been dealt with."""

    __slots__ = ("_account", "_consumer", "_handler", "_ordinal", "recorded", "unstored")

    def __init__(self, account: MessageAccount, consumer: str, recorded: Recorded, handler: str = "") -> None:
        self._account = account
        self._consumer = consumer
        self._handler = handler
        self._ordinal = 0
        self.recorded = recorded
        self.unstored = False
        """Whether something that was to be sent found no room on this machine: the outbox does not have it."""

    def to(self, handler: str) -> Delivery:
        """Return the delivery as one of several handlers gets it: what it leads to is counted under the handler's name."""
        return Delivery(self._account, self._consumer, self.recorded, handler)

    def again(self) -> Delivery:
        """Return the delivery for another run of the same handler: what it leads to is counted from the start again."""
        return Delivery(
            self._account, self._consumer, replace(self.recorded, redelivered=True), self._handler
        )

    @property
    def incoming(self) -> Incoming | None:
        """The message with its surroundings, or None for other events; its replies are bound to this delivery."""
        event = self.recorded.event
        if not isinstance(event, MessageReceived):
            return None
        return Incoming(self._account, self.recorded, event.message, self)

    def next_key(self) -> IdempotencyKey:
        """Return the name of the next wish that this delivery leads to; UsageError after ``WISHES`` of them."""
        if self._ordinal >= WISHES:
            raise UsageError(f"a handler may send {WISHES} times for one event")
        self._ordinal += 1
        return IdempotencyKey(self._consumer, self.recorded.seq, self._ordinal - 1, self._handler)

    async def bound(self, send: Callable[[IdempotencyKey], Awaitable[Receipt]]) -> Receipt:
        """Send something under the next key of this delivery, and note where this machine has no room for it."""
        try:
            return await send(self.next_key())
        except StorageDamaged:
            raise
        except StorageError:
            self.unstored = True
            raise

    async def begin_again(self) -> int:
        """Note, before the event is handled again, that it was delivered again; return how often it was by now."""
        return await self._account.consumers.begin_again(self._consumer, self.recorded)

    def spare(self) -> None:
        """Take ``begin_again`` back: the handling was stopped in good order, and the event is not to blame."""
        self._account.consumers.spare(self._consumer, self.recorded)

    async def give_up(self) -> None:
        """Note the event as a dead letter, and as finished: it does not come again."""
        await self._account.consumers.give_up(self._consumer, self.recorded)

    async def done(self) -> None:
        """Mark the event as finished: it does not come again."""
        await self._account.consumers.done(self._consumer, self.recorded)
