"""Turns events, commands and contacts into the bytes of a row and back; it runs no SQL."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hongyan.model.commands import Command, CommandRow, Outcome
from hongyan.model.contacts import Contact
from hongyan.model.events import (
    CommandSettled,
    ContactChanged,
    ContactGone,
    Event,
    MessageReceived,
    Recorded,
    Status,
    UnknownEvent,
)
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, Seq, TransientName

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "COMMAND_COLUMNS",
    "DECODER_VERSION",
    "EVENT_COLUMNS",
    "addresses",
    "command_from",
    "decode_command",
    "decode_contact",
    "decode_event",
    "decode_status",
    "encode",
    "form_of",
    "kind_of",
    "message_id_of",
    "recorded_from",
]

DECODER_VERSION: Final = 1
"""Grows whenever the reading of raw bytes improves, so that older rows can be found and read again."""

EVENT_COLUMNS: Final = "seq, received_at, event, chat, sender"
COMMAND_COLUMNS: Final = "id, command, client_msg_id, outcome, created_at, settled_at, result, reason, said, retry_at, attempts, due_at, sent_at, handle"

encode: Final = msgspec.json.Encoder().encode
"""Encode any value of the model as JSON bytes."""


@cache
def _decoder(kind: object) -> Callable[[bytes], Any]:
    """Build a decoder when it is first needed: the union of all messages takes some milliseconds."""
    return msgspec.json.Decoder(kind).decode


def decode_event(row: bytes) -> Event:
    """Return the event of a row; one that a newer version wrote, or that cannot be read, is an UnknownEvent."""
    try:
        event: Event = _decoder(Event)(row)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return UnknownEvent(said=f"this version cannot read the row: {type(error).__name__}")
    return event


def decode_command(row: bytes) -> Command:
    """Return the command of a row."""
    command: Command = _decoder(Command)(row)
    return command


def decode_contact(row: bytes) -> Contact:
    """Return the contact of a row."""
    contact: Contact = _decoder(Contact)(row)
    return contact


def decode_status(row: bytes) -> Status:
    """Return the status of a row."""
    status: Status = _decoder(Status)(row)
    return status


def kind_of(event: Event) -> str:
    """Return the event's tag."""
    return str(event.__struct_config__.tag)


def form_of(event: Event) -> str:
    """Return a message's own kind, else an empty text."""
    return event.message.kind if isinstance(event, MessageReceived) else ""


def message_id_of(event: Event) -> str | None:
    """Return the number by which a repeat is known, or None."""
    return (event.message.id or None) if isinstance(event, MessageReceived) else None


_NOBODY: Final = (TransientName(""), TransientName(""))


def addresses(event: Event) -> tuple[TransientName, TransientName]:
    """Return the transient names of the chat and of the writer that an event concerns, empty where there is none."""
    match event:
        case MessageReceived(message=message):
            return message.chat, message.sender
        case ContactChanged(change=change):
            return change.name, TransientName("")
        case ContactGone(name=name):
            return name, TransientName("")
        case _:
            return _NOBODY


def recorded_from(row: tuple[Any, ...], *, redelivered: bool = False) -> Recorded:
    """Return the journal row read as ``EVENT_COLUMNS``."""
    seq, received_at, event, chat, sender = row
    return Recorded(
        seq=Seq(seq),
        received_at=received_at,
        event=decode_event(event),
        chat=ChatKey(chat),
        sender=ChatKey(sender),
        redelivered=redelivered,
    )


def command_from(row: tuple[Any, ...]) -> CommandRow:
    """Return the command row read as ``COMMAND_COLUMNS``."""
    (
        number,
        command,
        client_msg_id,
        outcome,
        created_at,
        settled_at,
        result,
        reason,
        said,
        retry_at,
        attempts,
        due_at,
        sent_at,
        handle,
    ) = row
    return CommandRow(
        id=CommandId(number),
        command=decode_command(command),
        client_msg_id=ClientMsgId(client_msg_id),
        outcome=Outcome(outcome),
        created_at=created_at,
        settled_at=settled_at,
        result=result,
        reason=reason,
        said=said,
        retry_at=retry_at,
        attempts=attempts,
        due_at=due_at,
        sent_at=sent_at,
        handle=handle,
    )


def settled_event(row: CommandRow) -> CommandSettled:
    """Return the journal's event of a command that reached its outcome."""
    return CommandSettled(row=row)
