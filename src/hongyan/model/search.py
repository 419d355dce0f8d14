"""Searches of the archive, and the text that is searched, as values; independent of the index."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING

from msgspec import Struct

from hongyan.errors import UsageError
from hongyan.model.events import CommandSettled, MessageReceived
from hongyan.model.ids import ChatKey, Seq
from hongyan.model.messages import MESSAGE_KINDS
from hongyan.model.summary import full

if TYPE_CHECKING:
    from hongyan.model.events import Event

__all__ = ["Query", "fold", "require_kinds", "searched_text"]


class Query(Struct, frozen=True, kw_only=True):
    """What to search for: every word of ``words``, anywhere in a message, whatever its case and width.

    ``chat`` and ``sender`` are lasting keys, ``kinds`` names of message kinds, empty for all; ``since`` and ``until`` Unix
    seconds of arrival; ``link`` selects messages with a link. ``before`` continues after an earlier answer's last row.
    """

    words: str = ""
    chat: ChatKey = ChatKey("")
    sender: ChatKey = ChatKey("")
    kinds: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    link: bool = False
    before: Seq | None = None
    limit: int = 20


def require_kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of message kinds; UsageError for one that does not exist, of which nothing would ever be found."""
    for kind in kinds:
        if kind not in MESSAGE_KINDS:
            near = difflib.get_close_matches(kind, MESSAGE_KINDS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Kinds: {', '.join(MESSAGE_KINDS)}."
            raise UsageError(f"there is no kind of message {kind!r}", hint)
    return kinds


def fold(text: str) -> str:
    """Return text as it is compared: full width as half, capitals as small letters, one line."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def searched_text(event: Event) -> str:
    """Return the folded text by which an event is found, empty for one that is not searched."""
    if isinstance(event, MessageReceived):
        message = event.message
        if not message.shown:
            return ""
        beside = (getattr(message, name, "") or "" for name in ("url", "description"))
        return fold(" ".join([full(message, "zh"), *beside]))
    if isinstance(event, CommandSettled) and event.row.outcome.may_have_happened:
        command = event.row.command
        return fold(str(getattr(command, "text", "") or getattr(command, "name", "")))
    return ""
