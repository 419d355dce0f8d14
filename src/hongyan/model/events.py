"""What happened to an account, as values: the rows of the journal, in the order in which they were learned."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from hongyan.model.commands import CommandRow
from hongyan.model.contacts import ContactChange
from hongyan.model.ids import ChatKey, LoginId, Seq, TransientName
from hongyan.model.messages import AnyMessage

__all__ = [
    "CommandSettled",
    "ContactChanged",
    "ContactGone",
    "Event",
    "Gap",
    "LoginChanged",
    "LoginState",
    "MessageReceived",
    "ProfileChanged",
    "Recorded",
    "Removed",
    "Status",
    "UnknownEvent",
]


class LoginState(StrEnum):
    """The state of a profile's connection to the server."""

    OFFLINE = "offline"  # no program holds the login
    LOGGING_IN = "logging-in"
    ONLINE = "online"
    DEGRADED = "degraded"  # the login holds, the server does not answer as it should; it is being retried
    ENDED = "ended"  # a person must log in again


class _Event(Struct, frozen=True, kw_only=True, tag_field="event"):
    pass


class MessageReceived(_Event, frozen=True, tag="message"):
    """A message was received, from others or written by this account on another device."""

    message: AnyMessage


class ContactChanged(_Event, frozen=True, tag="contact-changed"):
    """The server sent a person or group; ``source`` is init, contacts, batch, sync, status-notice or traffic."""

    change: ContactChange
    source: str = "sync"


class ContactGone(_Event, frozen=True, tag="contact-gone"):
    """A contact was deleted, or a group was left."""

    name: TransientName


class ProfileChanged(_Event, frozen=True, tag="profile-changed"):
    """The account's own nickname or picture changed."""

    nickname: str = ""
    avatar: str = ""


class LoginChanged(_Event, frozen=True, tag="login-changed"):
    """The state of the login changed; ``reason`` is a stable code such as ``login-ended.1101``, ``said`` its words."""

    state: LoginState
    login: LoginId = LoginId("")
    reason: str = ""
    advice: str = ""
    said: str = ""


class CommandSettled(_Event, frozen=True, tag="command-settled"):
    """A command reached an outcome that will not change by itself."""

    row: CommandRow


class Gap(_Event, frozen=True, tag="gap"):
    """From ``since`` to ``until`` (Unix seconds) no program was connected: messages of that time are only on the phone."""

    since: float
    until: float
    reason: str = ""


class Removed(_Event, frozen=True, tag="removed"):
    """A message or an own send whose content the archive's rules no longer keep."""


class UnknownEvent(_Event, frozen=True, tag="unknown"):
    """A row written by a newer version, or one that could not be read; ``said`` is the reason."""

    said: str = ""


Event = (
    MessageReceived
    | ContactChanged
    | ContactGone
    | ProfileChanged
    | LoginChanged
    | CommandSettled
    | Gap
    | Removed
    | UnknownEvent
)


class Recorded(Struct, frozen=True, kw_only=True):
    """A journal row as a consumer gets it.

    ``chat`` and ``sender`` are the lasting keys of the conversation and the writer, empty where there is none.
    ``redelivered`` is True when this consumer may have got the event before a crash; ``tries`` counts how often it was
    handled again since then without an end.
    """

    seq: Seq
    received_at: float  # Unix seconds, by this machine's clock
    event: Event
    chat: ChatKey = ChatKey("")
    sender: ChatKey = ChatKey("")
    redelivered: bool = False
    tries: int = 0


class Status(Struct, frozen=True, kw_only=True):
    """The status that the holder of the login publishes. Times are Unix seconds, latency is in seconds.

    ``reason`` is the code of an error and ``said`` its words, both empty where all is well.
    While ``contacts_complete`` is False, ``contacts`` is how many have come of the list, and ``contacts_problem`` what keeps
    it from coming.
    """

    state: LoginState
    reason: str = ""
    since: float = 0.0
    retry_at: float | None = None
    latency: float | None = None
    queued: int = 0
    pid: int = 0
    contacts_complete: bool = False
    contacts: int = 0
    contacts_problem: str = ""
    said: str = ""
