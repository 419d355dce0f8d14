"""The argument of a handler: an event or a message with the ways to answer it; delivery is the dispatcher's business.

Everything that a handler sends through these objects is bound to the event, the handler's name and the place in the handler's
order of sends, all counted by the delivery. A handler that is run again after a crash gets the receipts of its first run
and sends nothing twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, cast

from hongyan.errors import UsageError
from hongyan.model.events import MessageReceived
from hongyan.model.mentions import MentionsMe, find_mentions
from hongyan.model.messages import Message, notice_of

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence
    from pathlib import Path

    from typing_extensions import TypeVar

    from hongyan.bot.loop_guard import LoopGuard
    from hongyan.client.account import Account, Chat, Delivery, Incoming, Receipt
    from hongyan.model.commands import Command
    from hongyan.model.events import Event, Recorded
    from hongyan.model.ids import Seq
    from hongyan.model.mentions import Mention
    from hongyan.model.notices import NoticeEvent

    E_co = TypeVar("E_co", bound=Event, covariant=True, default=Event)
    M_co = TypeVar("M_co", bound=Message, covariant=True, default=Message)
    N_co = TypeVar("N_co", bound=NoticeEvent, covariant=True, default=NoticeEvent)
else:
    from typing import TypeVar

    # Before 3.13 a type variable has no default at run time, and needs none: only type checkers look at it.
    E_co = TypeVar("E_co", covariant=True)
    M_co = TypeVar("M_co", covariant=True)
    N_co = TypeVar("N_co", covariant=True)

__all__ = ["EventContext", "MessageContext", "NoticeContext"]


class EventContext(Generic[E_co]):
    """An event for a handler. ``redelivered``: this app may have got it before a crash.

    Handlers that are registered for one class of event name it: ``EventContext[ContactGone]``.
    """

    def __init__(self, account: Account, delivery: Delivery) -> None:
        self.account = account
        self.recorded: Recorded = delivery.recorded
        self._delivery = delivery

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.seq} {type(self.event).__name__}>"

    @property
    def event(self) -> E_co:
        """The event itself; which class it has is what the handler was registered for."""
        return cast("E_co", self.recorded.event)

    @property
    def seq(self) -> Seq:
        """The event's number in the journal."""
        return self.recorded.seq

    @property
    def redelivered(self) -> bool:
        """Whether this app may have got the event before."""
        return self.recorded.redelivered

    async def send(self, chat: Chat, content: str | Path, *, mentions: Sequence[Chat] = ()) -> Receipt:
        """Send a text, or the file at a Path, to any chat; what a rerun sends again is not sent twice."""
        return await self._delivery.bound(
            lambda key: self.account.send(chat, content, mentions=mentions, idempotency_key=key)
        )

    async def do(self, command: Command) -> Receipt:
        """Carry out any command of ``hongyan.model.commands``, once."""
        return await self._delivery.bound(lambda key: self.account.do(command, idempotency_key=key))


class MessageContext(EventContext[MessageReceived], Generic[M_co]):
    """A message as a handler gets it. ``found`` is where text filters leave what they found, for ``match``.

    Handlers that are registered for one kind name it: ``MessageContext[Picture]``.
    """

    def __init__(self, account: Account, delivery: Delivery, incoming: Incoming, guard: LoopGuard) -> None:
        super().__init__(account, delivery)
        self.incoming = incoming
        self.found: re.Match[str] | None = None
        self._guard = guard

    @property
    def message(self) -> M_co:
        """The message itself; which class it has is what the handler was registered for."""
        return cast("M_co", self.incoming.message)

    @property
    def match(self) -> re.Match[str]:
        """What this handler's text filter, or command, found; UsageError for a handler without one."""
        if self.found is None:
            raise UsageError(
                "no text filter found anything", "Register the handler with text(…) or command(…)."
            )
        return self.found

    @property
    def kind(self) -> str:
        """The tag of the message's kind: ``text``, ``picture`` …."""
        return self.incoming.message.kind

    @property
    def text(self) -> str:
        """The written text; empty for kinds without a text."""
        return str(getattr(self.message, "text", ""))

    @property
    def chat(self) -> Chat:
        """The conversation: the group, or the other person."""
        return self.incoming.chat

    @property
    def sender(self) -> Chat:
        """Who wrote the message."""
        return self.incoming.sender

    @property
    def sender_name(self) -> str:
        """The writer's name as this chat shows it."""
        return self.incoming.sender_name

    @property
    def in_group(self) -> bool:
        """Whether the conversation is a group."""
        return self.incoming.chat.is_group

    @property
    def mentions_me(self) -> MentionsMe:
        """Whether the text calls this account by name: yes, ambiguous, no."""
        return self.incoming.mentions_me

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Everyone that a group's text mentions by name, in order."""
        if not self.in_group:
            return ()
        members = self.chat.contact.members or ()
        me = self.account.me.contact
        own = next((m.display_name for m in members if m.name == me.name), "")
        return find_mentions(self.text, members, [n for n in (own, me.nickname) if n])

    async def reply(self, content: str | Path, *, mentions: Sequence[Chat] = ()) -> Receipt:
        """Answer in the same chat with a text, or with the file at a Path; ChatPaused where a loop was stopped."""
        return await self.send(self.chat, content, mentions=mentions)

    async def send(self, chat: Chat, content: str | Path, *, mentions: Sequence[Chat] = ()) -> Receipt:
        """Send like ``EventContext.send``; into the message's own chat it is a reply."""
        if chat.key == self.chat.key:
            self._guard.check(self.incoming, str(content))
        return await super().send(chat, content, mentions=mentions)

    async def save(self, folder: Path) -> Path:
        """Download the message's file into ``folder`` and return the path."""
        return await self.incoming.save(folder)


class NoticeContext(MessageContext[Message], Generic[N_co]):
    """A message with a notice that a handler was registered for: ``NoticeContext[GroupJoined]``."""

    @property
    def notice(self) -> N_co:
        """The notice in the message."""
        return cast("N_co", notice_of(self.incoming.message))
