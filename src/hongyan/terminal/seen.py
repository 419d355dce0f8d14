"""Looks up what a journal row needs to be shown: names, recalled originals, what a command was about; it words nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hongyan.model.commands import (
    AcceptFriend,
    AddFriend,
    ChangeMembers,
    CommandRow,
    CreateGroup,
    FetchAvatar,
    FetchMedia,
    FetchMembers,
    ForwardMessage,
    Logout,
    MarkRead,
    Pin,
    QuitGroup,
    Recall,
    Refresh,
    RenameGroup,
    SendCard,
    SendFile,
    SendLocation,
    SendSticker,
    SendText,
    SetRemark,
    UnknownCommand,
)
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey
from hongyan.model.messages import Recall as Recalled
from hongyan.model.times import shown_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.client.account import Account
    from hongyan.model.commands import Command
    from hongyan.model.events import Recorded
    from hongyan.model.messages import AnyMessage

__all__ = ["ABOUT", "About", "Seen", "about", "seen", "shown_name"]

# How far back the original of a recalled message is looked for: recalls come within two minutes.
_LOOK_BACK: Final = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """A message with the names around it, empty where they are not known. ``at`` is Unix seconds.

    ``original`` is the message that a recall took back, where it is known; ``request`` the number by which a friend
    request is accepted, 0 for none; ``chat_key`` and ``sender_key`` are lasting keys; ``mentions_me`` is yes, ambiguous or no.
    """

    seq: int
    at: float
    message: AnyMessage
    chat: str
    sender: str
    group: bool = False
    chat_key: str = ""
    sender_key: str = ""
    original: AnyMessage | None = None
    request: int = 0
    redelivered: bool = False
    mentions_me: str = "no"


def seen(account: Account, recorded: Recorded, *, request: int = 0) -> Seen | None:
    """Return the message of a journal row with its surroundings, or None where the row holds no message."""
    if not isinstance(recorded.event, MessageReceived):
        return None
    message = recorded.event.message
    incoming = account.incoming(recorded)
    chat, group = ("", message.in_group) if incoming is None else (incoming.chat.name, incoming.chat.is_group)
    return Seen(
        seq=recorded.seq,
        at=shown_at(message.created_at, recorded.received_at),
        message=message,
        chat=chat,
        sender=incoming.sender_name
        if incoming is not None and message.sender
        else "",  # else the service speaks
        group=group,
        chat_key=recorded.chat,
        sender_key=recorded.sender,
        original=_original(account, recorded, message) if isinstance(message, Recalled) else None,
        request=request,
        redelivered=recorded.redelivered,
        mentions_me=str(incoming.mentions_me) if incoming is not None else "no",
    )


def _original(account: Account, recorded: Recorded, recall: Recalled) -> AnyMessage | None:
    if not recall.recalled or not recorded.chat:
        return None
    events = (row.event for row in account.history(account.chat(recorded.chat), _LOOK_BACK))
    messages = (event.message for event in events if isinstance(event, MessageReceived))
    return next((m for m in messages if m.id == recall.recalled and not isinstance(m, Recalled)), None)


def shown_name(account: Account, key: ChatKey) -> str:
    """Return the name of a chat, empty where there is none or nothing is known of it."""
    return account.chat(key).name if key else ""


_NOBODY: Final = ChatKey("")


@dataclass(frozen=True, slots=True)
class About:
    """What a command is about: ``what`` names a sentence of the catalogue, ``name`` fills it, ``to`` is a chat key."""

    what: str
    name: str = ""
    to: ChatKey = _NOBODY
    text: str = ""


def about(row: CommandRow) -> About:
    """Return what the command of ``row`` was to do."""
    return ABOUT[type(row.command)](row.command)


def _about_file(command: SendFile) -> About:
    form = command.form if command.form in {"picture", "sticker", "video"} else "file"
    return About(f"what-{form}", command.name, command.chat)


ABOUT: Final[dict[type[Any], Callable[[Any], About]]] = {
    SendText: lambda c: About("what-text", to=c.chat, text=c.text),
    SendFile: _about_file,
    SendSticker: lambda c: About("what-sticker", to=c.chat),
    SendCard: lambda c: About("what-card", to=c.chat),
    SendLocation: lambda c: About("what-location", c.label, c.chat),
    ForwardMessage: lambda c: About("what-forward", to=c.chat),
    Recall: lambda c: About("what-recall", to=c.chat),
    SetRemark: lambda c: About("what-remark", c.remark, c.chat),
    Pin: lambda c: About("what-pin" if c.on else "what-unpin", to=c.chat),
    MarkRead: lambda c: About("what-read", to=c.chat),
    AcceptFriend: lambda _: About("what-accept"),
    AddFriend: lambda c: About("what-add", to=c.person),
    CreateGroup: lambda c: About("what-create", c.topic),
    ChangeMembers: lambda c: About("what-members", to=c.group),
    RenameGroup: lambda c: About("what-rename", c.topic, c.group),
    QuitGroup: lambda c: About("what-quit-group", to=c.group),
    FetchMembers: lambda c: About("what-fetch", to=c.group),
    FetchMedia: lambda _: About("what-fetch"),
    FetchAvatar: lambda c: About("what-fetch", to=c.chat),
    Refresh: lambda _: About("what-refresh"),
    Logout: lambda _: About("what-logout"),
    UnknownCommand: lambda c: About("what-unknown", c.said, c.chat),
}
