"""What bots and faces may call: an account as a view of the store plus commands; nothing here opens a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from hongyan.model.commands import Command, CommandRow, MemberChange
    from hongyan.model.contacts import Contact, Member
    from hongyan.model.events import Recorded, Status
    from hongyan.model.ids import ChatKey, MsgId, Seq
    from hongyan.model.messages import AnyMessage

__all__ = ["Account", "Chat", "Incoming", "Receipt"]


class Chat:
    """Anything one can talk to: a person, group or account, under its lasting ``key``. ``contact`` is what is known."""

    key: ChatKey
    contact: Contact
    name: str  # the name to show
    is_group: bool


class Receipt:
    """A command on its way. ``row`` is its present state."""

    row: CommandRow

    async def settled(self, limit: float | None = None) -> CommandRow:
        """Wait until the outcome is known (``limit`` seconds at most) and return the row; never raises for failure."""
        raise NotImplementedError

    async def accepted(self, limit: float | None = None) -> CommandRow:
        """Wait like ``settled`` and raise the error of the tree if the outcome is not accepted or echoed."""
        raise NotImplementedError


class Incoming:
    """A received message together with where and from whom it came, ready to be answered."""

    recorded: Recorded
    message: AnyMessage
    chat: Chat
    sender: Chat  # the writer; in a private chat the same as chat, or me
    sender_name: str  # as others see it in this chat
    account: Account

    @property
    def mentions_me(self) -> object:
        """Three-valued: model.mentions' yes, ambiguous, no."""
        raise NotImplementedError

    async def reply(self, content: str | Path) -> Receipt:
        """Answer in the same chat with a text, or with a file given as a Path."""
        raise NotImplementedError

    async def save(self, folder: Path) -> Path:
        """Download what the message carries into ``folder`` under a safe, free name, and return the path."""
        raise NotImplementedError


class Account:
    """One WeChat account. Every action is a durable command; every view is what the store holds."""

    async def ready(self, limit: float | None = None) -> None:
        """Wait until the login stands and the contact list is complete."""
        raise NotImplementedError

    @property
    def me(self) -> Chat:
        """The account itself."""
        raise NotImplementedError

    def status(self) -> Status:
        """Return the state of the login as the holder last told it."""
        raise NotImplementedError

    def chats(self) -> list[Chat]:
        """Return chats with traffic, latest first, then those the server listed as recent."""
        raise NotImplementedError

    def contacts(self) -> list[Chat]:
        """Return friends, official and special accounts; raise NotComplete while the list is still loading."""
        raise NotImplementedError

    def groups(self) -> list[Chat]:
        """Return all groups heard of, saved or not; raise NotComplete while the list is still loading."""
        raise NotImplementedError

    async def members(self, group: Chat) -> list[Member]:
        """Return all members, asking the server where needed; raise NotComplete rather than return too few."""
        raise NotImplementedError

    def find(self, name: str) -> Chat:
        """Return the chat called ``name`` (remark, nickname, alias, special name); NoSuchChat, AmbiguousName."""
        raise NotImplementedError

    def candidates(self, name: str) -> list[Chat]:
        """Return every chat called ``name``, in a stable order."""
        raise NotImplementedError

    def chat(self, key: ChatKey) -> Chat:
        """Return the chat of a key."""
        raise NotImplementedError

    def incoming(self, recorded: Recorded) -> Incoming | None:
        """Return the message of a journal row with its surroundings, or None for other events."""
        raise NotImplementedError

    def events(self, consumer: str | None = None, *, after: Seq | None = None) -> AsyncIterator[Recorded]:
        """Yield events: from a named consumer's own position, or from ``after``, else from now on."""
        raise NotImplementedError

    def history(self, chat: Chat, limit: int = 20) -> list[Recorded]:
        """Return the latest messages of a chat, oldest first."""
        raise NotImplementedError

    def outbox(self, limit: int = 50) -> list[CommandRow]:
        """Return the latest commands, newest first."""
        raise NotImplementedError

    async def send(
        self, chat: Chat, content: str | Path, *, form: str = "auto", mentions: Sequence[Chat] = ()
    ) -> Receipt:
        """Send a text, or the file at a Path as picture, sticker, video or file (``form``)."""
        raise NotImplementedError

    async def recall(self, chat: Chat, message: MsgId) -> Receipt:
        """Take back an own message."""
        raise NotImplementedError

    async def change_members(self, group: Chat, members: Sequence[Chat], change: MemberChange) -> Receipt:
        """Add, invite or remove members."""
        raise NotImplementedError

    async def do(self, command: Command) -> Receipt:
        """Carry out any command of ``model.commands`` (remark, pin, mark read, friend requests, groups, logout …)."""
        raise NotImplementedError

    async def fetch(
        self,
        recorded: Recorded,
        *,
        size: str = "full",
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Path:
        """Download what a message carries and return the path of the file that the profile keeps."""
        raise NotImplementedError
