"""How WeChat's phones and desktops write an answer as a text, where a real quotation cannot be sent."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["WrittenQuote", "quoted_in", "with_quote"]

_RULE: Final = "- - - - - - - - - - - - - - -"
_WRITTEN: Final = re.compile(
    r"「(?P<who>[^:：」]{1,64})[:：]\s?(?P<what>.*?)」\n(?:[-—] ?){3,}\n(?P<text>.*)", re.DOTALL
)


class WrittenQuote(NamedTuple):
    """An answer as a text: its quoted sender, the quoted words, and the answer. The quoted words may be invented."""

    who: str
    what: str
    text: str


def with_quote(who: str, what: str, text: str) -> str:
    """Return ``text`` as an answer to ``what`` of ``who``."""
    return f"「{who}: {what}」\n{_RULE}\n{text}"


def quoted_in(text: str) -> WrittenQuote | None:
    """Return the parts of a text that is written as an answer, None for any other text."""
    found = _WRITTEN.fullmatch(text)
    return WrittenQuote(found["who"], found["what"], found["text"]) if found else None
