r"""Makes names and texts from the wire harmless on a terminal and measures them in cells; it knows no message kinds.

What can move the cursor, colour the screen, turn the reading direction or hide is shown in its escaped form
(``\x1b``, ``\u202e``). Joiners and variation selectors stay where they build an emoji, a keycap or a flag.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from wcwidth import iter_graphemes, wcswidth

__all__ = ["cells", "clean", "column", "fit", "json_safe", "pad"]

_JOINER: Final = "\u200d"
_SELECTORS: Final = "\ufe0e\ufe0f"
_BLACK_FLAG: Final = "\U0001f3f4"
_TAG_END: Final = "\U000e007f"
_TAGS_AT_MOST: Final = 6  # of a flag
# More marks on one letter than any script needs climb over the lines above and below.
_MARKS_AT_MOST: Final = 5

# Letters by category that nevertheless show nothing: fillers and vowel carriers.
_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SKIN_TONES: Final = ("\U0001f3fb", "\U0001f3ff")
_IDEOGRAPHIC_SELECTORS: Final = ("\U000e0100", "\U000e01ef")
_OTHER_SELECTORS: Final = ("\ufe00", "\ufe0d")

_NEWLINE: Final = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")


def clean(text: str, *, newline: str = "⏎", tab: str = "    ") -> str:
    r"""Return ``text`` as one line without a single control, bidi or invisible character.

    Line ends become ``newline`` and tabs ``tab``; pass ``newline="\n"`` to keep lines apart.
    """
    return newline.join(_clean_line(line, tab) for line in _NEWLINE.split(text))


def _clean_line(line: str, tab: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    shown: list[str] = []
    marks = 0
    for at, char in enumerate(line):
        marks = marks + 1 if _is_mark(char) else 0
        keep = _may_stay(line, at) and marks <= _MARKS_AT_MOST
        shown.append(tab if char == "\t" else char if keep else _escaped(char))
    return "".join(shown)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me"}


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _may_stay(line: str, at: int) -> bool:
    char = line[at]
    if char == _JOINER:
        return 0 < at < len(line) - 1 and _is_pictured(line, at - 1) and _is_symbol(line[at + 1])
    if char in _SELECTORS:
        return at > 0 and (_is_symbol(line[at - 1]) or line[at - 1] in "0123456789#*")
    if _within(char, _IDEOGRAPHIC_SELECTORS) or _within(char, _OTHER_SELECTORS):
        return at > 0 and unicodedata.east_asian_width(line[at - 1]) in "WF"
    if "\U000e0020" <= char <= _TAG_END:
        return _in_flag(line, at)
    if _is_mark(char) and at == 0:
        return False  # it would combine with the character before the text
    return unicodedata.category(char) not in _HIDDEN_CATEGORIES and char not in _BLANK_LETTERS


def _within(char: str, limits: tuple[str, str]) -> bool:
    return limits[0] <= char <= limits[1]


def _is_symbol(char: str) -> bool:
    """Whether ``char`` can be an emoji: the symbols, and what newer Unicode versions put among the emoji."""
    return (
        unicodedata.category(char) == "So"
        or char in "\u2194\u2195\u203c\u2049\u25fe\u27a1"
        or char >= "\U0001f000"
    )


def _is_pictured(line: str, at: int) -> bool:
    """Whether an emoji ends at ``at``, behind any skin tone and variation selector."""
    while at > 0 and (line[at] in _SELECTORS or _within(line[at], _SKIN_TONES)):
        at -= 1
    return _is_symbol(line[at])


def _in_flag(line: str, at: int) -> bool:
    """Whether the tag at ``at`` belongs to a well-formed flag: black flag, tags, end."""
    begin = line.rfind(_BLACK_FLAG, max(at - _TAGS_AT_MOST - 1, 0), at)
    end = line.find(_TAG_END, at, at + _TAGS_AT_MOST + 1)
    if begin < 0 or end < 0:  # a slice up to -1 would be the whole line, once for each tag
        return False
    tags = line[begin + 1 : end]
    return 3 <= len(tags) <= _TAGS_AT_MOST and all("\U000e0030" <= t <= "\U000e007a" for t in tags)


def json_safe(text: str) -> str:
    """Return JSON text with everything that ``clean`` would show escaped written as JSON escapes: the value stays the same."""
    return "".join(c if " " <= c <= "~" or _may_stay_in_json(c) else _json_escape(c) for c in text)


def _may_stay_in_json(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN_CATEGORIES and char not in _BLANK_LETTERS


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def cells(text: str) -> int:
    """Return how many terminal cells a clean text takes: 2 for a Chinese character or an emoji, whatever it is built of."""
    return max(wcswidth(text), 0)


def fit(text: str, width: int) -> str:
    """Return ``text`` cut to at most ``width`` cells between whole graphemes, with ``…`` where something is missing."""
    if cells(text) <= width:
        return text
    kept, used = "", 1
    for grapheme in iter_graphemes(text):
        used += cells(grapheme)
        if used > width:
            break
        kept += grapheme
    return f"{kept}…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """Return ``text`` cut or filled with blanks to exactly ``width`` cells."""
    shown = fit(text, width)
    return shown + " " * (width - cells(shown))


def column(text: str, width: int) -> str:
    """Return ``text`` in a column of ``width`` cells, of which the last is blank, to separate it from the next column."""
    return pad(fit(text, max(width - 1, 0)), width)
