"""Decides by kind alone which handler an event is for, and which messages bots leave alone; it calls no handler."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Any, Final, get_args

from hongyan.errors import UsageError
from hongyan.model.contacts import ContactKind
from hongyan.model.events import Event, MessageReceived
from hongyan.model.messages import (
    MESSAGE_KINDS,
    Message,
    notice_of,
)
from hongyan.model.notices import NoticeEvent

if TYPE_CHECKING:
    from hongyan.client.account import Incoming
    from hongyan.model.events import Recorded
    from hongyan.model.messages import AnyMessage

__all__ = ["Kinds", "checked_kinds", "from_service_account", "takes", "tells_of"]

Kinds = tuple[type[Any], ...]

_EVENTS: Final[frozenset[type[Any]]] = frozenset(Event.__args__)
_NOTICE_EVENTS: Final[frozenset[type[Any]]] = frozenset(NoticeEvent.__args__)
_ALL: Final = frozenset({Message, *MESSAGE_KINDS.values(), *_EVENTS, *_NOTICE_EVENTS})
_SERVICE_ACCOUNTS: Final = frozenset({ContactKind.OFFICIAL, ContactKind.SPECIAL})


def checked_kinds(kinds: object) -> Kinds:
    """Return one kind, a tuple or list of kinds, or ``Text | Picture``, as a tuple; UsageError for anything else.

    Kinds are the message classes of ``hongyan.model.messages``, ``Message`` for everything that people write, the
    event classes of ``hongyan.model.events``, and the notices (``GroupJoined`` …) that a sentence of the service reports.
    """
    if isinstance(kinds, UnionType):
        kinds = get_args(kinds)
    listed = tuple(kinds) if isinstance(kinds, (tuple, list)) else (kinds,)
    for kind in listed:
        if not isinstance(kind, type) or kind not in _ALL:
            raise UsageError(
                f"{kind!r} is not a kind of message or event",
                "Write a class such as Text or Picture, a tuple of them, or Message for everything people write.",
            )
    if not listed:
        raise UsageError("no kind is named", "Write Message for everything people write.")
    return listed


def takes(kinds: Kinds, recorded: Recorded) -> bool:
    """Return whether a handler of ``kinds`` is meant for an event."""
    event = recorded.event
    if isinstance(event, MessageReceived):
        return MessageReceived in kinds or _takes_message(kinds, event.message)
    return type(event) in kinds


def _takes_message(kinds: Kinds, message: AnyMessage) -> bool:
    return type(message) in kinds or tells_of(kinds, message) or (Message in kinds and message.for_bots)


def tells_of(kinds: Kinds, message: AnyMessage) -> bool:
    """Return whether a message of the service reports something that is among ``kinds``."""
    return type(notice_of(message)) in kinds


def from_service_account(incoming: Incoming) -> bool:
    """Return whether an official or special account wrote what looks like a person's message."""
    kinds = {incoming.chat.contact.kind, incoming.sender.contact.kind}
    return incoming.message.for_bots and bool(kinds & _SERVICE_ACCOUNTS)
