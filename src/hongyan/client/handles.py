"""What an account gives into people's hands: a chat, a message that came, a delivery, and a command on its way."""

from __future__ import annotations

import asyncio
import contextlib
import math
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hongyan.client.waiting import still_open
from hongyan.errors import StorageError, UsageError
from hongyan.files.content_types import HEAD
from hongyan.files.file_names import name_for
from hongyan.files.private_files import copy_private, free_path, make_folder
from hongyan.model.commands import CommandRow, IdempotencyKey, Outcome
from hongyan.model.error_codec import error_of
from hongyan.model.events import LoginState
from hongyan.model.mentions import MentionsMe, mentions_me
from hongyan.model.messages import Text

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.errors import HongyanError
    from hongyan.model.contacts import Contact, Member
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, CommandId
    from hongyan.model.messages import AnyMessage
    from hongyan.ports.store import Store

__all__ = ["WISHES", "Chat", "Delivery", "Incoming", "Receipt"]

WISHES: Final = 1000
"""How often one handler may send for one event: more is a loop that does not end."""


class Chat:
    """Anything one can talk to: a person, group or account, under its lasting ``key``. ``contact`` is what is known."""

    __slots__ = ("contact", "is_group", "key", "name")

    def __init__(self, key: ChatKey, contact: Contact) -> None:
        self.key = key
        self.contact = contact
        self.name = contact.shown
        self.is_group = contact.is_group

    def __repr__(self) -> str:
        return f"<Chat {self.name!r} {self.contact.kind}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chat) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


class Receipt:
    """A command on its way."""

    __slots__ = ("_account", "_id", "_store")

    def __init__(self, account: Account, store: Store, command: CommandId) -> None:
        self._account = account
        self._store = store
        self._id = command

    @property
    def row(self) -> CommandRow:
        """The command with its present fate."""
        return self._store.outbox.command(self._id)

    def __repr__(self) -> str:
        row = self.row
        return f"<Receipt {row.id} {row.outcome}>"

    async def settled(self, limit: float | None = None, *, patience: float | None = None) -> CommandRow:
        """Wait until the outcome is known and return the row; never raises for failure.

        ``limit`` seconds at most; ``patience`` seconds where the holder says for all of them that the server is away and
        the command has not gone out.
        """
        now, gone_at = asyncio.get_running_loop().time, math.inf
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while self.row.open and now() < gone_at:
                    if patience is None or not self._waits_for_server():
                        gone_at = math.inf
                    elif gone_at == math.inf:
                        gone_at = now() + patience
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout_at(None if gone_at == math.inf else gone_at):
                            await self._store.changed()
        return self.row

    def _waits_for_server(self) -> bool:
        return self.row.outcome is Outcome.QUEUED and self._store.login.status().state is LoginState.DEGRADED

    async def cancel(self, limit: float | None = None) -> CommandRow:
        """Give the command up and return the row with its outcome: failed as ``dropped``, or accepted if it was faster.

        What waits is given up at once, a transfer on its way at its next piece, from whichever program. UsageError where
        neither is possible any more.
        """
        await self._account.drop(self._id)
        return await self.settled(limit)

    async def accepted(self, limit: float | None = None, *, patience: float | None = None) -> CommandRow:
        """Wait like ``settled`` and raise the error of the tree if the outcome is not accepted or echoed.

        A command that is still open after ``limit`` seconds is HeldBack where it waits for the pace, TooFast where the
        service said so of it, else StillWaiting (a NoAnswer), which says for whom it waits.
        """
        row = await self.settled(limit, patience=patience)
        if (error := self.problem()) is not None:
            raise error
        return row

    def problem(self) -> HongyanError | None:
        """Return what ``accepted`` would raise if nobody waited any longer, None for a command that was accepted."""
        row = self.row
        return still_open(row, self._store.login.status()) if row.open else error_of(row)


class Incoming:
    """A received message together with where and from whom it came, ready to be answered."""

    def __init__(
        self, account: Account, recorded: Recorded, message: AnyMessage, delivery: Delivery | None = None
    ) -> None:
        self.account = account
        self.recorded = recorded
        self.message = message
        self.chat = account.chat(recorded.chat)
        self._delivery = delivery

    @cached_property
    def _member(self) -> Member | None:
        return self.account.member(self.chat, self.message.sender) if self.chat.is_group else None

    @cached_property
    def sender(self) -> Chat:
        """The writer: in a private chat the same as ``chat``, or me."""
        return self.account.writer(self.recorded, self._member)

    @cached_property
    def sender_name(self) -> str:
        """The writer's name as others see it here."""
        told = self._member.shown if self._member else ""
        return self.sender.contact.remark or told or self.sender.name

    def __repr__(self) -> str:
        return f"<Incoming {self.message.kind} from {self.sender_name!r} in {self.chat.name!r}>"

    @property
    def mentions_me(self) -> MentionsMe:
        """Whether a group's text calls this account by name, three-valued."""
        if not self.chat.is_group or not isinstance(self.message, Text):
            return MentionsMe.NO
        members = self.chat.contact.members or ()
        me = self.account.me
        mine = self.account.member(self.chat, me.contact.name)
        names = [name for name in (mine.display_name if mine else "", me.contact.nickname) if name]
        return mentions_me(self.message.text, members, names)

    async def reply(self, content: str | Path) -> Receipt:
        """Answer in the same chat with a text, or with a file given as a Path.

        Inside a reader's delivery the answer is bound to the event: a handler that is run again does not answer again.
        """
        origin = self._delivery.next_key() if self._delivery else None
        return await self.account.send(self.chat, content, origin=origin)

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
                name_for(self.message, head, doubtful=self.account.is_doubtful(self.recorded)),
            )
            await asyncio.to_thread(copy_private, kept, path)
        except OSError as error:
            raise StorageError(f"cannot write into {folder}: {error.strerror or error}") from error
        return path


class Delivery:
    """One event as a named reader gets it, to be given back by ``done`` when it has been dealt with."""

    __slots__ = ("_account", "_consumer", "_handler", "_ordinal", "recorded")

    def __init__(self, account: Account, consumer: str, recorded: Recorded, handler: str = "") -> None:
        self._account = account
        self._consumer = consumer
        self._handler = handler
        self._ordinal = 0
        self.recorded = recorded

    def to(self, handler: str) -> Delivery:
        """Return the delivery as one of several handlers gets it: what it leads to is counted under the handler's name."""
        return Delivery(self._account, self._consumer, self.recorded, handler)

    @property
    def incoming(self) -> Incoming | None:
        """The message with its surroundings, or None for other events; its replies are bound to this delivery."""
        return self._account.incoming(self.recorded, self)

    def next_key(self) -> IdempotencyKey:
        """Return the name of the next wish that this delivery leads to; UsageError after ``WISHES`` of them."""
        if self._ordinal >= WISHES:
            raise UsageError(f"a handler may send {WISHES} times for one event")
        self._ordinal += 1
        return IdempotencyKey(self._consumer, self.recorded.seq, self._ordinal - 1, self._handler)

    async def begin_again(self) -> int:
        """Note, before the event is handled once more, that it was handed out again; return how often it was by now."""
        return await self._account.begin_again(self._consumer, self.recorded)

    def spare(self) -> None:
        """Take ``begin_again`` back: the handling was stopped in good order, and the event is not to blame."""
        self._account.spare(self._consumer, self.recorded)

    async def give_up(self) -> None:
        """Note the event as a dead letter, and as finished: it does not come again."""
        await self._account.give_up(self._consumer, self.recorded)

    async def done(self) -> None:
        """Mark the event as finished: it does not come again."""
        await self._account.finish(self._consumer, self.recorded)
