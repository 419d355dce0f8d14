"""What a row of an export must be: each table's columns with their types, and the bounds that a journal can hold.

An import checks every line against this before the first is written: an error names its line, and nothing
half-way sensible becomes a profile that no command can open.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from hongyan.model.contacts import Contact
from hongyan.model.events import Event

__all__ = ["COLUMNS", "KINDS", "FirstLine", "checked"]

Key = Annotated[str, Meta(pattern="^[0-9A-Za-z]{1,64}$")]
NoKey = Annotated[str, Meta(pattern="^[0-9A-Za-z]{0,64}$")]
Name = Annotated[str, Meta(max_length=1000)]
Number = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
Time = Annotated[float, Meta(ge=-1e12, le=1e12)]
Flag = bool | Annotated[int, Meta(ge=0, le=1)]


class FirstLine(Struct, kw_only=True):
    """The first line, without what names the format."""

    me: Key
    login: Annotated[str, Meta(min_length=1, max_length=200)]
    saved_at: Time
    complete: Flag


class _Identity(Struct, kw_only=True):
    login: Name
    name: Name
    key: Key


class _Contact(Struct, kw_only=True):
    key: Key
    login: Name
    source: Name
    gone: Flag
    revision: Number
    contact: Contact


class _Journal(Struct, kw_only=True):
    seq: Annotated[int, Meta(ge=1, le=1 << 62)]
    received_at: Time
    kind: Name
    form: Name
    message_id: Name | None
    raw: bytes
    event: Event
    decoder: Number
    login: Name
    chat_name: Name
    sender_name: Name
    chat: NoKey
    sender: NoKey


class _Chat(Struct, kw_only=True):
    key: Key
    last_seq: Number


class _Alias(Struct, kw_only=True):
    key: Key
    canonical: Key
    evidence: Name
    confidence: Time
    made_at: Time


KINDS: Final[dict[str, type[Struct]]] = {
    "identity": _Identity,
    "contact": _Contact,
    "journal": _Journal,
    "chat": _Chat,
    "alias": _Alias,
}
"""The rows of each table, as in a line of the file."""

COLUMNS: Final = {table: kind.__struct_fields__ for table, kind in KINDS.items()}

_ENDLESS: Final = "a time or a number in it is not finite"


def checked(value: dict[str, Any], kind: type[Struct]) -> str:
    """Return a sentence about what is wrong with a line's values, or an empty text."""
    try:
        msgspec.convert(value, kind)
        msgspec.json.encode(value)  # as UTF-8, which half a letter cannot be
    except msgspec.ValidationError as error:
        return str(error)
    except (
        OverflowError,
        RecursionError,
        UnicodeError,
    ) as error:  # not covered by a type: depth, half a letter
        return f"it cannot be read ({type(error).__name__})"
    numbers = (v for v in value.values() if isinstance(v, float))
    return "" if all(map(math.isfinite, numbers)) else _ENDLESS
