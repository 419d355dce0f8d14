"""Keeps every column where it belongs on terminals that disagree about the width of a character; it draws nothing.

Terminals draw an emoji that is built of several characters, a flag, or a sign of uncertain width in one cell, two or four.
So behind each of these the cursor is set to the column where the next character belongs, and the cells that it should
take are blanked before: whatever a terminal makes of it, nothing behind it moves and nothing old shines through.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from wcwidth import iter_graphemes, wcswidth

from hongyan.terminal.full.pictures.kitty import PLACEHOLDER

__all__ = ["exact"]

_TOKENS: Final = re.compile(
    r"\x1b\[(?P<row>\d+);(?P<column>\d+)H"  # the cursor is put somewhere
    r"|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[^\[\]P_^X]"  # other sequences
    r"|(?P<control>[\x00-\x1a\x1c-\x1f])"
    r"|(?P<text>[^\x00-\x1f]+)",
    re.DOTALL,
)
_MAYBE: Final = re.compile(r"[^\x00-\u00a6\u2500-\u259f\u3001-\ua4cf\uac00-\ud7a3\uff01-\uff60]")


def exact(data: str) -> str:
    """Return what is written to a terminal with the cursor set anew behind everything of uncertain width."""
    if _MAYBE.search(data) is None:
        return data
    parts: list[str] = []
    column: int | None = None  # of the next character, from 1; None where it is not known
    for token in _TOKENS.finditer(data):
        whole = token[0]
        if token["column"] is not None:
            column = int(token["column"])
        elif token["control"] is not None:
            column = None
        elif token["text"] is not None and column is not None:
            whole, column = _placed(whole, column)
        parts.append(whole)
    return "".join(parts)


def _placed(text: str, column: int) -> tuple[str, int]:
    """Return a text that begins in a column, and the column behind it."""
    if _MAYBE.search(text) is None:
        return text, column + max(wcswidth(text), 0)
    parts: list[str] = []
    for grapheme in iter_graphemes(text):
        width = max(wcswidth(grapheme), 0)
        column += width
        if _is_uncertain(grapheme):
            blanks = f"{' ' * width}\x1b[{width}D" if width else ""
            parts.append(f"{blanks}{grapheme}\x1b[{column}G")
        else:
            parts.append(grapheme)
    return "".join(parts), column


@lru_cache(maxsize=4096)
def _is_uncertain(grapheme: str) -> bool:
    """Whether terminals disagree about a width: what is built of several characters, emoji, ambiguous signs."""
    if grapheme[0] == PLACEHOLDER:
        return False  # who knows it draws it in one cell
    if len(grapheme) > 1:
        return True
    return (
        "\U0001f000" <= grapheme <= "\U0001fbff"
        or "\u2600" <= grapheme <= "\u27bf"
        or "\u2b00" <= grapheme <= "\u2bff"
        or (unicodedata.east_asian_width(grapheme) == "A" and not "\u2500" <= grapheme <= "\u259f")
    )
