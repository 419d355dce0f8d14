"""Breaks text into lines by graphemes and cells, by the rules of Chinese punctuation; it knows no styles and no widget.

Text may break between any two Chinese characters and at blanks between Latin words, but no line begins with a closing
mark (，。」) or ends with an opening one (「（), and what belongs together (……, ——, a word, a link, a number with its
unit) stays together as long as it fits on a line at all. Where a rule cannot be held, the width wins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final

from wcwidth import iter_graphemes, wcswidth

__all__ = ["graphemes", "wrap"]

_CLOSING: Final = frozenset(
    "，。、；：？！）」』》〉】〕〗〙］｝”’…—～·,.;:!?)]}%％‰℃°¢ー々ゝゞヽヾぁぃぅぇぉっゃゅょァィゥェォッャュョ〟›»"
)
_OPENING: Final = frozenset("（「『《〈【〔〖〘［｛“‘([{$￥¥£#＃@＠〝‹«")
# Of these every character is one grapheme, and its width is known: most messages consist of nothing else.
_SIMPLE: Final = re.compile(r"[ -~一-鿿，。、；：？！（）「」『』《》【】￥～“”‘’…—·]*")
_NARROW: Final = frozenset("“”‘’…—·")


def graphemes(text: str) -> list[str]:
    """Return what a person calls the characters of a text: letters with their marks, emoji with all that builds them."""
    return list(text) if _SIMPLE.fullmatch(text) else list(iter_graphemes(text))


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a clean text, each at most ``width`` cells (at least 2) wide, at least one line.

    Line ends of the text divide it. Blanks at which a line was broken stay at its end and are not counted, so that the
    lines joined are the text; they may be cut off there.
    """
    width = max(width, 2)
    if text.isascii() and len(text) <= width and "\n" not in text:
        return [text]
    lines: list[str] = []
    for line in text.split("\n"):
        lines += _wrapped(line, width)
    return lines


def _wrapped(line: str, width: int) -> list[str]:
    """Return the lines of a text without line ends."""
    parts = graphemes(line)
    ends = list(accumulate(_sizes(parts, line)))  # cells up to and with each grapheme
    if not ends or ends[-1] <= width:
        return [line]
    lines: list[str] = []
    begin = used = 0
    while ends[-1] - used > width:
        cut = _cut(parts, begin, max(bisect_right(ends, used + width), begin + 1))
        lines.append("".join(parts[begin:cut]))
        begin, used = cut, ends[cut - 1]
        if begin == len(parts):
            return lines
    lines.append("".join(parts[begin:]))
    return lines


def _sizes(parts: list[str], line: str) -> list[int]:
    """Return the cells of each grapheme."""
    if len(parts) == len(line) and _SIMPLE.fullmatch(line):
        return [1 if part <= "~" or part in _NARROW else 2 for part in parts]
    return [max(wcswidth(part), 0) for part in parts]


def _cut(parts: list[str], begin: int, end: int) -> int:
    """Return where the line that begins at ``begin`` and has room up to ``end`` is to end."""
    if end < len(parts) and parts[end] == " ":
        while end < len(parts) and parts[end] == " ":
            end += 1
        return end
    for cut in range(end, begin, -1):
        if _may_break(parts[cut - 1], parts[cut] if cut < len(parts) else ""):
            return cut
    return end


def _may_break(left: str, right: str) -> bool:
    """Whether a line may end between two graphemes."""
    if left == " " or not right:
        return right != " "
    return not (
        right == " " or right in _CLOSING or left in _OPENING or (_is_latin(left) and _is_latin(right))
    )


def _is_latin(part: str) -> bool:
    """Whether a grapheme belongs to a word that blanks divide from others: letters of alphabets, digits, signs."""
    return "!" <= part <= "~" or "\xa0" < part[0] < "\u2000" or "\uac00" <= part[0] <= "\ud7a3"
