"""What a handler gets: an event or a message with the ways to answer it; how it came here is the dispatcher's business.

Whatever a handler sends through these objects is bound to the event, the handler's name and the place in the handler's
order of sends, all counted by the delivery. A handler that is run again after a crash gets the receipts of its first run
and sends nothing twice.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hongyan.bot.loop_guard import Verdict
from hongyan.errors import ChatPaused, UsageError
from hongyan.model.mentions import MentionsMe, find_mentions

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hongyan.bot.loop_guard import Loops
    from hongyan.client.account import Account, Chat, Delivery, Incoming, Receipt
    from hongyan.model.commands import Command
    from hongyan.model.events import Recorded
    from hongyan.model.ids import Seq
    from hongyan.model.mentions import Mention

__all__ = ["EventContext", "LoopGuard", "MessageContext"]

log = logging.getLogger("hongyan.bot")


class LoopGuard:
    """Asks the loop detector before each answer, with ``clock()`` in Unix seconds; ``loops`` None allows everything."""

    def __init__(self, loops: Loops | None, clock: Callable[[], float]) -> None:
        self._loops = loops
        self._now = clock

    def heard(self, incoming: Incoming) -> None:
        """Note a message that came in."""
        if self._loops is None or incoming.message.outgoing:
            return
        said = str(getattr(incoming.message, "text", "")) or incoming.message.kind
        self._loops.heard(incoming.chat.key, incoming.sender.key, said, incoming.recorded.received_at)

    def check(self, incoming: Incoming, answer: str) -> None:
        """Return if an answer may go out; raise ChatPaused if not."""
        if self._loops is None:
            return
        chat = incoming.chat
        verdict = self._loops.answer(chat.key, incoming.sender.key, answer, self._now())
        if verdict is Verdict.ALLOWED:
            return
        until = self._loops.paused_until(chat.key)
        if verdict is Verdict.PAUSES:
            seconds = round(until - self._now())
            log.warning("event %d: no answers in this chat for %d s: a loop", incoming.recorded.seq, seconds)
        raise ChatPaused(chat.name, until)


class EventContext:
    """An event as a handler gets it. ``redelivered``: this app may have seen it before a crash."""

    def __init__(self, account: Account, delivery: Delivery) -> None:
        self.account = account
        self.recorded: Recorded = delivery.recorded
        self._delivery = delivery

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.seq} {type(self.event).__name__}>"

    @property
    def event(self) -> Any:
        """The event itself; which class it has is what the handler was registered for."""
        return self.recorded.event

    @property
    def seq(self) -> Seq:
        """The event's number in the journal."""
        return self.recorded.seq

    @property
    def redelivered(self) -> bool:
        """Whether this app may have seen the event before."""
        return self.recorded.redelivered

    async def send(self, chat: Chat, content: str | Path, *, mentions: Sequence[Chat] = ()) -> Receipt:
        """Send a text, or the file at a Path, to any chat; what a rerun sends again is not sent twice."""
        origin = self._delivery.next_key()
        return await self.account.send(chat, content, mentions=mentions, origin=origin)

    async def do(self, command: Command) -> Receipt:
        """Carry out any command of ``hongyan.model.commands``, once."""
        return await self.account.do(command, origin=self._delivery.next_key())


class MessageContext(EventContext):
    """A message as a handler gets it. ``found`` is where text filters leave what they found, for ``match``."""

    def __init__(self, account: Account, delivery: Delivery, incoming: Incoming, guard: LoopGuard) -> None:
        super().__init__(account, delivery)
        self.incoming = incoming
        self.found: re.Match[str] | None = None
        self._guard = guard

    @property
    def message(self) -> Any:
        """The message itself; which class it has is what the handler was registered for."""
        return self.incoming.message

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
        """What was written; empty for kinds without a text."""
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
        """Everybody whom a group's text calls by name, in order."""
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
        """Download what the message carries into ``folder`` and return the path."""
        return await self.incoming.save(folder)
