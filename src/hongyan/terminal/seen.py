"""Looks up what a journal row needs to be shown: names, recalled originals, what a command was about; it words nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, assert_never

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
    RecallMessage,
    Refresh,
    RenameGroup,
    SendCard,
    SendFile,
    SendLocation,
    SendSticker,
    SendText,
    SetRemark,
    UnknownCommand,
    chat_of,
)
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey
from hongyan.model.messages import Recall
from hongyan.model.times import shown_at

if TYPE_CHECKING:
    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.model.messages import AnyMessage

__all__ = ["About", "Seen", "about", "seen", "shown_name"]

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
        else "",  # else it is the service
        group=group,
        chat_key=recorded.chat,
        sender_key=recorded.sender,
        original=_original(account, recorded, message) if isinstance(message, Recall) else None,
        request=request,
        redelivered=recorded.redelivered,
        mentions_me=str(incoming.mentions_me) if incoming is not None else "no",
    )


def _original(account: Account, recorded: Recorded, recall: Recall) -> AnyMessage | None:
    if not recall.recalled or not recorded.chat:
        return None
    events = (row.event for row in account.history(account.chat(recorded.chat), _LOOK_BACK))
    messages = (event.message for event in events if isinstance(event, MessageReceived))
    return next((m for m in messages if m.id == recall.recalled and not isinstance(m, Recall)), None)


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
    command = row.command
    match command:
        case SendText() | SendFile() | SendSticker() | SendCard() | SendLocation() | ForwardMessage():
            return _about_message(command)
        case CreateGroup() | ChangeMembers() | RenameGroup() | QuitGroup():
            return _about_group(command)
        case RecallMessage() | SetRemark() | Pin() | MarkRead() | AcceptFriend() | AddFriend():
            return _about_chat(command)
        case FetchMembers() | FetchMedia() | FetchAvatar():
            return About("what-fetch", to=chat_of(command))
        case Refresh():
            return About("what-refresh")
        case Logout():
            return About("what-logout")
        case UnknownCommand():
            return About("what-unknown", command.said, command.chat)
        case _:
            assert_never(command)


_Send = SendText | SendFile | SendSticker | SendCard | SendLocation | ForwardMessage
_ChatAction = RecallMessage | SetRemark | Pin | MarkRead | AcceptFriend | AddFriend
_GroupAction = CreateGroup | ChangeMembers | RenameGroup | QuitGroup


def _about_message(command: _Send) -> About:
    match command:
        case SendText():
            return About("what-text", to=command.chat, text=command.text)
        case SendFile():
            return About(f"what-{command.sent_as}", command.name, command.chat)
        case SendSticker():
            return About("what-sticker", to=command.chat)
        case SendCard():
            return About("what-card", to=command.chat)
        case SendLocation():
            return About("what-location", command.label, command.chat)
        case ForwardMessage():
            return About("what-forward", to=command.chat)
        case _:
            assert_never(command)


def _about_chat(command: _ChatAction) -> About:
    match command:
        case RecallMessage():
            return About("what-recall", to=command.chat)
        case SetRemark():
            return About("what-remark", command.remark, command.chat)
        case Pin():
            return About("what-pin" if command.on else "what-unpin", to=command.chat)
        case MarkRead():
            return About("what-read", to=command.chat)
        case AcceptFriend():
            return About("what-accept")
        case AddFriend():
            return About("what-add", to=command.person)
        case _:
            assert_never(command)


def _about_group(command: _GroupAction) -> About:
    match command:
        case CreateGroup():
            return About("what-create", command.topic)
        case ChangeMembers():
            return About("what-members", to=command.group)
        case RenameGroup():
            return About("what-rename", command.topic, command.group)
        case QuitGroup():
            return About("what-quit-group", to=command.group)
        case _:
            assert_never(command)
