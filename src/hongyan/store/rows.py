"""Turns events, commands and contacts into the bytes of a row and back; it runs no SQL."""

from __future__ import annotations

import contextlib
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from hongyan.model.commands import Command, CommandRow, Outcome, UnknownCommand
from hongyan.model.contacts import Contact, ContactKind
from hongyan.model.events import (
    CommandSettled,
    ContactChanged,
    ContactGone,
    Event,
    LoginState,
    MessageReceived,
    Recorded,
    Status,
    UnknownEvent,
)
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, Seq, TransientName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    "kind_of",
    "message_id_of",
    "recorded_from",
    "upload_kind_of",
    "word_of",
]

_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_Word = TypeVar("_Word", bound=StrEnum)

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
    """Return the command of a row; one that this version cannot read is an UnknownCommand."""
    try:
        command: Command = _decoder(Command)(row)
    except (msgspec.DecodeError, UnicodeDecodeError):
        values = _values(row)
        chat = next((key for name in _CHATS if isinstance(key := values.get(name), str)), "")
        said = values.get("command")
        return UnknownCommand(said=said if isinstance(said, str) else "", chat=ChatKey(chat))
    return command


_CHATS: Final = ("chat", "group", "person")
"""The fields in which commands name the chat that they are about."""


def _values(row: bytes) -> dict[str, Any]:
    """Return what an object in JSON holds, nothing where it is none."""
    try:
        values = msgspec.json.decode(row)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return values if isinstance(values, dict) else {}


def _as_far_as_readable(struct: type[_Struct], row: bytes, /, **least: Any) -> _Struct:
    """Return a struct of what this version can read of a row: what it cannot read is left out."""
    values = _values(row)
    fields = {}
    for field in msgspec.structs.fields(struct):
        if field.name in values:
            with contextlib.suppress(msgspec.ValidationError):
                fields[field.name] = msgspec.convert(values[field.name], field.type)
    return struct(**{**least, **fields})


def decode_contact(row: bytes) -> Contact:
    """Return the contact of a row; what a newer version wrote there and this one cannot read is left out."""
    try:
        contact: Contact = _decoder(Contact)(row)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _as_far_as_readable(Contact, row, name=TransientName(""), kind=ContactKind.STRANGER)
    return contact


def decode_status(row: bytes) -> Status:
    """Return the status of a row; what this version cannot read of it is left out."""
    try:
        status: Status = _decoder(Status)(row)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _as_far_as_readable(Status, row, state=LoginState.OFFLINE)
    return status


def word_of(kind: type[_Word], word: str, otherwise: _Word) -> _Word:
    """Return the value of a closed list that a row names, ``otherwise`` for a word that only a newer version knows."""
    try:
        return kind(word)
    except ValueError:
        return otherwise


def kind_of(event: Event) -> str:
    """Return the event's tag."""
    return str(event.__struct_config__.tag)


def upload_kind_of(event: Event) -> str:
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


def command_from(row: Sequence[Any]) -> CommandRow:
    """Return the command row read as ``COMMAND_COLUMNS``; an outcome that this version does not know is unconfirmed."""
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
        outcome=word_of(Outcome, outcome, Outcome.UNCONFIRMED),
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
