"""Damaged JSON cut into pieces that may still be readable; it knows brackets and quotes, no messages.

All of it takes time in proportion to the bytes: each bracket is examined once, and where a search has to
restart at many places, all starts of one list share a budget. What is left when the budget is used up stays one piece.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Shape", "broke_off", "cut_list", "cut_members", "end_of_value", "shape_of"]

_TOKEN: Final = re.compile(
    r'(?P<between>[\s,:]++)|(?P<opens>[\[{])|(?P<closes>[\]}])|"(?:[^"\\]++|\\.)*+"'
    r"|[-+0-9.eE]++|true|false|null|NaN|-?Infinity",
    re.DOTALL,
)
_PAIRS: Final = {"{": "}", "[": "]"}
_FIRST_NAME: Final = re.compile(r'[\[,]\s*+\{\s*+"(\w++)"\s*+:')
_UNFINISHED: Final = re.compile(r'"|[\w+.-]{1,9}\Z')
_BETWEEN: Final = "[], \t\r\n"
_AGAIN_AT_MOST: Final = 8  # times the length of a list may be searched without result


class Shape(StrEnum):
    """How a text is built: all brackets closed, cut off before the last of them was, or neither."""

    WHOLE = "whole"
    BROKEN_OFF = "broken-off"
    DAMAGED = "damaged"


class _Walk(NamedTuple):
    shape: Shape
    end: int


def _walked(text: str, start: int) -> _Walk:
    """Walk the value at ``start`` to its end; return its shape and how far that is."""
    open_: list[str] = []
    at, valued = start, False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return _Walk(Shape.BROKEN_OFF if _UNFINISHED.match(text, at) else Shape.DAMAGED, at)
        at = token.end()
        if token["between"]:
            valued = valued and token[0].isspace()
            continue
        if valued and not token["closes"]:
            return _Walk(Shape.DAMAGED, at)
        valued = not token["opens"]
        if token["opens"]:
            open_.append(_PAIRS[token[0]])
        elif token["closes"] and (not open_ or open_.pop() != token[0]):
            return _Walk(Shape.DAMAGED, at)
        if not open_:
            return _Walk(Shape.WHOLE, at)
    return _Walk(Shape.BROKEN_OFF, at)


def shape_of(raw: bytes) -> Shape:
    """Return how the one value in ``raw`` is built."""
    text = raw.decode("utf-8", "surrogateescape").lstrip("\ufeff").strip()
    walk = _walked(text, 0)
    return Shape.DAMAGED if walk.shape is Shape.WHOLE and walk.end < len(text) else walk.shape


def end_of_value(text: str, start: int = 0) -> int:
    """Return where the value at ``start`` ends, 0 where it does not."""
    walk = _walked(text, start)
    return walk.end if walk.shape is Shape.WHOLE else 0


def broke_off(raw: bytes, names: frozenset[str]) -> bool:
    """Whether an answer that no parser takes is only its beginning.

    For an object with damage somewhere the brackets prove nothing: there the end must look like the end of its last member.
    """
    shape = shape_of(raw)
    if shape is not Shape.DAMAGED:
        return shape is Shape.BROKEN_OFF
    last = next(reversed(cut_members(raw, names).values()), raw).rstrip()
    inside = last.removesuffix(b"}").rstrip()
    return inside == last or not (inside.endswith(b"]") or shape_of(inside) is Shape.WHOLE)


def cut_members(raw: bytes, names: frozenset[str]) -> dict[str, bytes]:
    """Cut an object at the given member names and return what follows each, in the order of the text.

    ``"Name":`` cannot occur inside a JSON string, where its quotes would be escaped, so this finds the members however
    damaged the rest is. Of a name that occurs again, inside an item, the first counts.
    """
    spots = re.compile(rb'"(' + "|".join(sorted(names)).encode() + rb')"\s*+:')
    found: dict[bytes, re.Match[bytes]] = {}
    for spot in spots.finditer(raw):
        found.setdefault(spot[1], spot)
    ends = [*[m.start() for m in found.values()][1:], len(raw)] if found else []
    return {
        name.decode(): raw[m.end() : end].strip(b" \t\r\n,")
        for (name, m), end in zip(found.items(), ends, strict=True)
    }


def cut_list(piece: bytes) -> list[bytes]:
    """Cut a damaged list of objects into the bytes of its items.

    Objects of one list start with the same name. At each such start a complete object is taken if there is one;
    else what lies before the next start is an item that may still be readable. So an item that is
    damaged in any way ends where the next one starts.
    """
    text = piece.decode("utf-8", "surrogateescape")
    names = _FIRST_NAME.findall(text)
    likely = dict.fromkeys([*names[:1], *(name for name, _ in Counter(names).most_common(1))])
    ways = [list(_by_beginnings(text, name)) for name in likely]
    rest = text.strip(_BETWEEN)
    best = max(ways, key=_whole_share, default=[(rest, False)] if rest else [])
    return [item.encode("utf-8", "surrogateescape") for item, _ in best]


def _whole_share(items: list[tuple[str, bool]]) -> int:
    return sum(len(item) for item, whole in items if whole)


def _by_beginnings(text: str, name: str) -> Iterator[tuple[str, bool]]:
    """Yield the items of a list whose objects start with ``name``, and whether each is complete."""
    at = done = 0
    left = _AGAIN_AT_MOST * len(text)
    beginnings = [m.start() for m in re.finditer(rf'\{{\s*+"{name}"\s*+:', text)] + [len(text)]
    for start, following in pairwise(beginnings):
        if start < done:
            continue
        if left < 0:
            break
        if damaged := text[at:start].strip(_BETWEEN):
            yield damaged, False
        walk = _walked(text, start)
        whole = walk.shape is Shape.WHOLE
        left -= 0 if whole else walk.end - start
        at = done = walk.end if whole else following
        yield text[start:at].strip(" \t\r\n,"), whole
    if damaged := text[at:].strip(_BETWEEN):
        yield damaged, False
