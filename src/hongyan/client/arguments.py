"""Checks what programs hand to an account before it becomes a row, so that wrong arguments are refused where they are passed.

A wrong argument is a UsageError that names it and what it may be; no other kind of exception leaves here.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import msgspec

from hongyan.client.chats import Chat
from hongyan.errors import TextTooLong, UsageError
from hongyan.model.commands import Command, FetchMedia, MemberChange, SendFile, SendText, UnknownCommand
from hongyan.model.ids import Seq
from hongyan.model.upload_kinds import FORMS, require_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.model.ids import ChatKey

__all__ = [
    "SIZES",
    "chats_from",
    "checked",
    "file_name",
    "key_of",
    "require_change",
    "require_name",
    "require_sendable",
    "rows_from",
    "seq_from",
    "text_for",
    "texts_from",
    "time_from",
]

T = TypeVar("T")

_MOST_ROWS: Final = 2**31 - 1
_LAST_SEQ: Final = 2**63 - 1  # as far as the store counts

SIZES: Final = ("full", "thumbnail", "big")
"""Which of a message's pictures can be fetched."""

_CHOICES: Final[dict[type, tuple[str, tuple[str, ...]]]] = {
    SendFile: ("form", FORMS),
    FetchMedia: ("size", SIZES),
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LONGEST_TEXT: Final = 10_000  # characters; phones show about 2,000 and the service names no limit
_LATEST: Final = 253_402_300_800.0  # the end of the year 9999, which no calendar of ours goes beyond


def _require_chat(chat: object) -> None:
    """UsageError where something else than a chat was given, such as its name."""
    if not isinstance(chat, Chat):
        raise UsageError(f"a chat is wanted, not {_kind(chat)}", "Look it up: account.find(NAME).")


def key_of(chat: object) -> ChatKey:
    """Return the key of a chat; UsageError where something else was given, such as its name."""
    _require_chat(chat)
    return cast("Chat", chat).key


def require_name(name: object) -> str:
    """Return a name to look up, in a form that can be stored; UsageError if it is not a text."""
    if not isinstance(name, str):
        raise UsageError(f"a name (str) is wanted, not {_kind(name)}", 'Write: account.find("Alice")')
    return _SURROGATE.sub("\ufffd", name)


def _require_content(content: object) -> None:
    """UsageError where a content is neither a text nor a path."""
    if not isinstance(content, (str, Path)):
        raise UsageError(
            f"a text (str) or a file (pathlib.Path) can be sent, not {_kind(content)}", "Convert it first."
        )


def require_sendable(*chats: object, content: object = "", form: object = "auto") -> None:
    """UsageError for content that cannot be sent, or for a value that is not a chat."""
    for chat in chats:
        _require_chat(chat)
    _require_content(content)
    require_form(form)


def text_for(chat: Chat, text: str, mentions: Sequence[Chat]) -> SendText:
    """Return the command that sends a text; UsageError for one that cannot be sent."""
    if not text.strip():
        raise UsageError("an empty text cannot be sent")
    if len(text) > _LONGEST_TEXT:
        raise TextTooLong(len(text), _LONGEST_TEXT)
    return SendText(chat=chat.key, text=text, mentions=tuple(m.key for m in mentions))


def require_change(change: object) -> None:
    """UsageError where a change of members is none of ``MemberChange``."""
    _require_one_of("change", change, tuple(map(str, MemberChange)))


def time_from(at: object) -> float | None:
    """Return a future time (Unix seconds) as a number, None for none; UsageError if it is not a time."""
    if at is None:
        return None
    if (
        isinstance(at, bool)
        or not isinstance(at, (int, float))
        or not math.isfinite(at)
        or not 0 <= at < _LATEST
    ):
        raise UsageError(
            f"{at!r} is not a time", "Give Unix seconds, as time.time() does: at=time.time() + 600."
        )
    return float(at)


def rows_from(limit: object) -> int:
    """Return a number of rows in the range of the store; UsageError if it is not such a number."""
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise UsageError(
            f"{_kind(limit)} is not a number of rows", "Give a whole number from 0 on: limit=50."
        )
    return min(limit, _MOST_ROWS)


def seq_from(seq: object) -> Seq:
    """Return the number of a journal row; UsageError where it is none."""
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq <= _LAST_SEQ:
        raise UsageError(f"{_kind(seq)} is not the number of a journal row", "Give recorded.seq, or None.")
    return Seq(seq)


def chats_from(what: str, chats: object) -> tuple[Chat, ...]:
    """Return chats as they were given in a list; UsageError where it is none."""
    if isinstance(chats, (str, bytes)) or not isinstance(chats, Iterable):
        raise UsageError(
            f"{what} is a list of chats, not {_kind(chats)}", f"Write: {what}=[account.find(NAME)]."
        )
    for chat in (given := tuple(chats)):
        _require_chat(chat)
    return given


def texts_from(*texts: object) -> None:
    """UsageError if one of ``texts`` is not a text."""
    for text in texts:
        if not isinstance(text, str):
            raise UsageError(f"a text (str) is wanted, not {_kind(text)}", "Give an empty text for none.")


def checked(command: T) -> T:
    """Return a command that can be written down: of the right types, and without half characters.

    Half a character, as a name of a file may hold one that is not UTF-8, becomes U+FFFD.
    """
    if not isinstance(command, Command):
        raise UsageError(
            f"a command of hongyan.model.commands is wanted, not {_kind(command)}", "See its docstrings."
        )
    if isinstance(command, UnknownCommand):
        raise UsageError(
            "this version cannot read that command, so it cannot do it", "Use the version that wrote it."
        )
    if type(command) in _CHOICES:
        field, choices = _CHOICES[type(command)]
        _require_one_of(field, getattr(command, field), choices)
    try:
        whole: Any = msgspec.convert(_repaired(msgspec.to_builtins(command)), type(command))
    except (msgspec.ValidationError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{type(command).__name__} cannot be carried out: {error}", "See its docstring."
        ) from error
    return whole  # type: ignore[no-any-return]  # of the same type as before


def _repaired(value: Any) -> Any:
    """Return a value of plain types whose texts can be encoded and whose numbers are numbers."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case dict():
            return {key: _repaired(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_repaired(inner) for inner in value]
        case float() if not math.isfinite(value):
            raise ValueError(f"{value} is not a number")
        case _:
            return value


def file_name(path: Path) -> str:
    """Return the name of a file in a form that others can read: bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _require_one_of(what: str, value: object, choices: Sequence[str]) -> None:
    if value not in choices:
        raise UsageError(f"{what} cannot be {value!r}", f"Choose one of: {', '.join(choices)}.")


def _kind(value: object) -> str:
    return (
        f"{type(value).__name__} ({value!r:.40})"
        if isinstance(value, (str, int, float, bytes))
        else type(value).__name__
    )
