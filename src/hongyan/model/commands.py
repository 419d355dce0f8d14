"""Commands to an account, as values: each becomes a durable row that the holder of the login carries out."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final, NamedTuple

from msgspec import Struct

from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, MsgId, Seq
from hongyan.model.upload_kinds import UploadKind, upload_kind_of

__all__ = [
    "CANCELLED",
    "DISMISSED",
    "MISSED",
    "STOPPING",
    "AcceptFriend",
    "ActionKind",
    "AddFriend",
    "ChangeMembers",
    "Command",
    "CommandRow",
    "CreateGroup",
    "Effect",
    "FetchAvatar",
    "FetchMedia",
    "FetchMembers",
    "ForwardMessage",
    "IdempotencyKey",
    "Logout",
    "MarkRead",
    "MemberChange",
    "Outcome",
    "Pin",
    "QuitGroup",
    "RecallMessage",
    "Refresh",
    "RenameGroup",
    "SendCard",
    "SendFile",
    "SendLocation",
    "SendSticker",
    "SendText",
    "SetRemark",
    "Settlement",
    "UnknownCommand",
    "cancelled",
    "chat_of",
]


class Outcome(StrEnum):
    """How far a command came; the states are distinct: accepted is not delivered, unconfirmed is not failed."""

    QUEUED = "queued"
    SENT = "sent"  # passed to the network; the answer is not known yet
    ACCEPTED = "accepted"  # the server accepted it
    ECHOED = "echoed"  # the message came back through the feed, if the transport echoes
    UNCONFIRMED = "unconfirmed"  # unknown; a person decides
    FAILED = "failed"  # it did not happen, and the reason is known

    @property
    def happened(self) -> bool:
        """Whether the service did it, as far as it reports."""
        return self in {Outcome.ACCEPTED, Outcome.ECHOED}

    @property
    def may_have_happened(self) -> bool:
        """Whether the service did it, or may have."""
        return self.happened or self is Outcome.UNCONFIRMED

    @property
    def went_wrong(self) -> bool:
        """Whether a person has to decide: it did not happen, or that is unknown."""
        return self in {Outcome.FAILED, Outcome.UNCONFIRMED}


CANCELLED: Final = "dropped"
"""The reason of a command that a person cancelled before it was sent."""

STOPPING: Final = "stopping"
"""The reason of a running transfer that a person cancelled: it ends at the next chunk."""

DISMISSED: Final = "put-aside"
"""The reason of a command that failed or is unconfirmed, and that a person dismissed."""

MISSED: Final = "missed"
"""The reason of a command whose time passed while no program could carry it out."""


class Effect(StrEnum):
    """What a command does to the service, by what it means when the service gets it twice."""

    MESSAGE = "message"  # it has a number, and the service drops a second one with the same
    CHANGE = "change"  # twice leaves what once leaves: recall, remark, pin, read mark, a group's name
    ONCE = "once"  # twice would be twice: friend requests, groups, members, log-out
    FETCH = "fetch"  # it changes nothing


class ActionKind(StrEnum):
    """Kinds of action that the service counts apart, each with a rate limit."""

    SEND = "send"
    MEDIA = "media"
    ADD_FRIEND = "add-friend"
    ACCEPT_FRIEND = "accept-friend"
    CHANGE_CONTACT = "change-contact"  # remark and pin
    CREATE_GROUP = "create-group"
    CHANGE_GROUP = "change-group"


class _Command(Struct, frozen=True, kw_only=True, tag_field="command"):
    """What is true of every command of a kind; none of it is in the JSON.

    ``target`` names the field with the chat that the command is about, empty where there is none. ``action`` is what the
    rate limits count it as, None for none. A ``transfer`` takes its time and can be cancelled on its way. Of a ``silent``
    one people hear only when it fails.
    """

    effect: ClassVar[Effect] = Effect.ONCE
    target: ClassVar[str] = ""
    action: ClassVar[ActionKind | None] = None
    transfer: ClassVar[bool] = False
    silent: ClassVar[bool] = False

    @property
    def is_message(self) -> bool:
        """Whether it puts a message into a chat."""
        return self.effect is Effect.MESSAGE


class _Message(_Command, frozen=True, kw_only=True):
    effect = Effect.MESSAGE
    target = "chat"
    action = ActionKind.SEND


class SendText(_Message, frozen=True, tag="send-text"):
    """A text; ``mentions`` are the chat keys of members that the text mentions with ``@``."""

    chat: ChatKey
    text: str
    mentions: tuple[ChatKey, ...] = ()


class SendFile(_Message, frozen=True, tag="send-file"):
    """A file of this machine, sent as what it is: picture, animated sticker, video or plain file.

    ``path`` is the copy that the profile keeps until the send is over; ``name`` what the receiver sees;
    ``form`` is ``picture``, ``sticker``, ``video``, ``file``, or ``auto`` (by the name's ending).
    """

    action = ActionKind.MEDIA
    transfer = True

    chat: ChatKey
    path: str
    name: str
    size: int  # bytes
    md5: str
    form: str = "auto"

    @property
    def sent_as(self) -> UploadKind:
        """As what it goes out, also where ``form`` is ``auto``; a form that this version does not know is a plain file."""
        if self.form == "auto":
            return upload_kind_of(self.name, self.size)
        return next((kind for kind in UploadKind if kind == self.form), UploadKind.FILE)


class SendSticker(_Message, frozen=True, tag="send-sticker"):
    """A sticker that the server has already, by the MD5 of a received one."""

    chat: ChatKey
    md5: str


class SendCard(_Message, frozen=True, tag="send-card"):
    """The card of a friend or an official account."""

    chat: ChatKey
    person: ChatKey


class SendLocation(_Message, frozen=True, tag="send-location"):
    """A place: degrees, label as shown. ``origin`` is the XML of a received location that is sent on."""

    chat: ChatKey
    latitude: float
    longitude: float
    label: str
    origin: str = ""


class ForwardMessage(_Message, frozen=True, tag="forward"):
    """A received message, sent on as it is; ``seq`` is its place in the journal."""

    chat: ChatKey
    seq: int


class RecallMessage(_Command, frozen=True, tag="recall"):
    """Recall a message of this account within two minutes."""

    effect = Effect.CHANGE
    target = "chat"

    chat: ChatKey
    message: MsgId


class SetRemark(_Command, frozen=True, tag="set-remark"):
    """My own name for a friend; empty removes it."""

    effect = Effect.CHANGE
    target = "chat"
    action = ActionKind.CHANGE_CONTACT

    chat: ChatKey
    remark: str


class Pin(_Command, frozen=True, tag="pin"):
    """Keep a chat at the top, or no longer."""

    effect = Effect.CHANGE
    target = "chat"
    action = ActionKind.CHANGE_CONTACT

    chat: ChatKey
    on: bool


class MarkRead(_Command, frozen=True, tag="mark-read"):
    """Clear the unread mark on the phone."""

    effect = Effect.CHANGE
    target = "chat"
    silent = True

    chat: ChatKey


class AcceptFriend(_Command, frozen=True, tag="accept-friend"):
    """Accept the friend request at ``seq`` in the journal."""

    effect = Effect.ONCE
    action = ActionKind.ACCEPT_FRIEND

    seq: int


class AddFriend(_Command, frozen=True, tag="add-friend"):
    """Send a friend request with a greeting to a person (group member, card)."""

    effect = Effect.ONCE
    target = "person"
    action = ActionKind.ADD_FRIEND

    person: ChatKey
    greeting: str


class CreateGroup(_Command, frozen=True, tag="create-group"):
    """A new group of at least two others."""

    effect = Effect.ONCE
    action = ActionKind.CREATE_GROUP

    members: tuple[ChatKey, ...]
    topic: str = ""


class MemberChange(StrEnum):
    """What to do with group members; ``ADD`` turns into an invitation where the group is large."""

    ADD = "add"
    INVITE = "invite"
    REMOVE = "remove"


class ChangeMembers(_Command, frozen=True, tag="change-members"):
    """Add, invite or remove members."""

    effect = Effect.ONCE
    target = "group"
    action = ActionKind.CHANGE_GROUP

    group: ChatKey
    members: tuple[ChatKey, ...]
    change: MemberChange


class RenameGroup(_Command, frozen=True, tag="rename-group"):
    """Give a group another name."""

    effect = Effect.CHANGE
    target = "group"
    action = ActionKind.CHANGE_GROUP

    group: ChatKey
    topic: str


class QuitGroup(_Command, frozen=True, tag="quit-group"):
    """Leave a group."""

    effect = Effect.ONCE
    target = "group"
    action = ActionKind.CHANGE_GROUP

    group: ChatKey


class FetchMembers(_Command, frozen=True, tag="fetch-members"):
    """Fetch the complete member list of a group from the server."""

    effect = Effect.FETCH
    target = "group"
    silent = True

    group: ChatKey


class FetchMedia(_Command, frozen=True, tag="fetch-media"):
    """Download the file of the message at ``seq``; ``size`` is ``full``, ``thumbnail`` or ``big``."""

    effect = Effect.FETCH
    transfer = True
    silent = True

    seq: int
    size: str = "full"


class FetchAvatar(_Command, frozen=True, tag="fetch-avatar"):
    """Download the picture of a person or group."""

    effect = Effect.FETCH
    target = "chat"
    transfer = True
    silent = True

    chat: ChatKey


class Refresh(_Command, frozen=True, tag="refresh"):
    """Load the whole contact list again."""

    effect = Effect.FETCH


class Logout(_Command, frozen=True, tag="logout"):
    """End the login."""

    effect = Effect.ONCE


class UnknownCommand(_Command, frozen=True, tag="unknown"):
    """A row that this version cannot read, as a newer one may leave: shown and canceled like others, never carried out.

    ``said`` is the kind in the row, empty if even that cannot be read.
    """

    effect = Effect.ONCE
    target = "chat"

    said: str = ""
    chat: ChatKey = ChatKey("")


Command = (
    SendText
    | SendFile
    | SendSticker
    | SendCard
    | SendLocation
    | ForwardMessage
    | RecallMessage
    | SetRemark
    | Pin
    | MarkRead
    | AcceptFriend
    | AddFriend
    | CreateGroup
    | ChangeMembers
    | RenameGroup
    | QuitGroup
    | FetchMembers
    | FetchMedia
    | FetchAvatar
    | Refresh
    | Logout
    | UnknownCommand
)


class CommandRow(Struct, frozen=True, kw_only=True):
    """A command with its fate. Times are Unix seconds; ``result`` is what the outcome left, by command:

    the message id of a send, the chat key of a new group, the path of a fetched file, else empty.
    ``reason`` is the stable code of an error, ``said`` its sentence. ``due_at`` is the time that a send was scheduled for,
    ``handle`` is the result of an upload for the send that follows it, empty as soon as the outcome is known.
    ``sent_at`` when it was first handed to the network, ``retry_at`` until when it is held back.
    """

    id: CommandId
    command: Command
    client_msg_id: ClientMsgId
    outcome: Outcome
    created_at: float
    settled_at: float | None = None
    result: str = ""
    reason: str = ""
    said: str = ""
    retry_at: float | None = None
    attempts: int = 0
    due_at: float | None = None
    sent_at: float | None = None
    handle: str = ""

    @property
    def open(self) -> bool:
        """Whether the outcome is still to come."""
        return self.outcome in {Outcome.QUEUED, Outcome.SENT}


def cancelled(command: CommandId) -> Settlement:
    """Return the settlement of a command that a person cancelled before it happened."""
    return Settlement(command, Outcome.FAILED, "", CANCELLED, "canceled in the outbox")


class IdempotencyKey(NamedTuple):
    """The cause of a command that is carried out at most once: a consumer, the event, its handler, and the ordinal of the handler's commands."""

    consumer: str
    event: Seq
    ordinal: int
    handler: str = ""


class Settlement(NamedTuple):
    """How a command ended: the new values of its row. ``QUEUED`` means: again at ``retry_at``."""

    command: CommandId
    outcome: Outcome
    result: str = ""
    reason: str = ""
    said: str = ""
    retry_at: float | None = None


def chat_of(command: Command) -> ChatKey:
    """Return the chat that a command is about, or an empty key."""
    return ChatKey(getattr(command, command.target)) if command.target else ChatKey("")
