"""Lays an item of a history out for a pane of some width: lines of styled pieces, none wider than the pane.

It knows no widget and no colours, only the names of styles; what an item says is ``items.py``'s business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.model.display_text import cells, fit
from hongyan.model.times import local
from hongyan.terminal.full.messages.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hongyan.terminal.full.messages.items import Item

__all__ = ["BubbleLayout", "Laid", "Line"]

_TOGETHER_S: Final = 180  # messages of one writer within this time share a head
_INDENT: Final = 2
_OWN_SHARE: Final = 0.75  # of the pane's width that this account's messages may take
_UNTOLD: Final = (4000, 3000)  # pixels of a picture of unknown size: as large as may be
_NARROW: Final = 40  # cells; below, nothing is set aside

Piece = tuple[str, str]
"""A clean text and the name of its style; the style ``nick:KEY`` is the colour of a person."""


class Line(NamedTuple):
    """A line of a pane: its pieces from the left, and for a line of a picture which of its rows it is (else -1)."""

    pieces: tuple[Piece, ...]
    picture_row: int = -1


class Laid(NamedTuple):
    """An item as laid out: its lines, and how many of them come before the item itself (day, unread)."""

    lines: tuple[Line, ...]
    before: int


class BubbleLayout:
    """How items become lines: the words and marks of one language and theme.

    ``clock(at)`` is a time of day, ``day(at)`` a day in words, ``shape(width, height, columns, rows)`` how many
    cells a picture of a size in pixels takes. ``marks`` are the characters for what is drawn.
    """

    def __init__(
        self,
        clock: Callable[[float], str],
        day: Callable[[float], str],
        *,
        marks: dict[str, str],
        picture_size: tuple[int, int] | None,
        shape: Callable[[int, int, int, int], tuple[int, int]],
    ) -> None:
        self._clock = clock
        self._day = day
        self._marks = marks
        self._picture_size = picture_size
        self._shape = shape

    def lay(self, item: Item, previous: Item | None, width: int, *, unread: str = "") -> Laid:
        """Return the lines of ``item``; ``unread`` is the sentence of a line above it that says from where it is unread."""
        width = max(width, 2)
        lines: list[Line] = []
        new_day = previous is None or _date(previous.at) != _date(item.at)
        if new_day:
            lines.append(self._rule(self._day(item.at), "time", width))
        if unread:
            lines.append(self._rule(unread, "unread", width))
        before = len(lines)
        if item.side == "middle":
            lines += self._middle(item, width)
        elif item.side == "me":
            lines += self._mine(item, width)
        else:
            lines += self._other(item, None if lines else previous, width)
        return Laid(tuple(lines), before)

    def picture_cells(self, item: Item, width: int) -> tuple[int, int]:
        """Return the columns and rows that an item's picture takes in a pane, (0, 0) where none is drawn."""
        if item.picture is None or self._picture_size is None or item.file is None:
            return (0, 0)
        columns = min(self._picture_size[0], width - _INDENT)
        pixels = item.picture if all(item.picture) else _UNTOLD
        return self._shape(*pixels, columns, self._picture_size[1]) if columns >= 4 else (0, 0)

    # -- by side

    def _rule(self, text: str, style: str, width: int) -> Line:
        """Return a line with a text in its middle: a day, or where the unread begin."""
        text = fit(text, max(width - 4, 1))
        left = max(width - cells(text) - 2, 0) // 2
        right = max(width - cells(text) - 2 - left, 0)
        rule = self._marks["rule"]
        return Line(((fit(f"{rule * left} {text} {rule * right}", width), style),))

    def _middle(self, item: Item, width: int) -> list[Line]:
        style = {"gap": "gap"}.get(item.kind, "")
        lines = []
        for row in item.body:
            for text in _lines(row.text, max(width - 2, 2)):
                pad = " " * (max(width - cells(text), 0) // 2)
                lines.append(Line(((pad, ""), (text, style or row.style or "notice"))))
        return lines

    def _other(self, item: Item, previous: Item | None, width: int) -> list[Line]:
        lines = []
        if not _follows(item, previous):
            clock = self._clock(item.at)
            name = fit(item.who, max(width - cells(clock) - 1, 1))
            lines.append(Line(((clock, "time"), (" ", ""), (name, f"nick:{item.who_key}"))))
        indent = _INDENT if width > 10 else 0
        pad = (" " * indent, "")
        lines += [Line((pad, *pieces)) for pieces in self._content(item, width - indent)]
        lines += [Line((pad,), row) for row in range(self.picture_cells(item, width)[1])]
        return lines

    def _mine(self, item: Item, width: int) -> list[Line]:
        indent = 0 if width < _NARROW else round(width * (1 - _OWN_SHARE))
        tail = self._tail(item)
        content = list(self._content(item, width - indent))
        lines = [self._flush_right(pieces, width) for pieces in content[:-1]]
        last = content[-1]
        if _width(last) + 1 + _width(tail) <= width - min(indent, 4):
            lines.append(self._flush_right((*last, (" ", ""), *tail), width))
        else:
            lines += [self._flush_right(last, width), self._flush_right(tail, width)]
        columns, rows = self.picture_cells(item, width)
        pad = (" " * max(width - columns, 0), "")
        lines[-1:-1] = [Line((pad,), row) for row in range(rows)]
        if item.note:
            style = "failed" if item.state in {"failed", "unconfirmed"} else "pending"
            lines += [
                self._flush_right(((text.rstrip(" "), style),), width) for text in wrap(item.note, width)
            ]
        return lines

    def _tail(self, item: Item) -> tuple[Piece, ...]:
        mark, style = {
            "pending": (self._marks["pending"], "pending"),
            "failed": (self._marks["failed"], "failed"),
            "unconfirmed": (self._marks["unconfirmed"], "failed"),
        }.get(item.state, (self._marks["sent"], "me"))
        return ((mark, style), (" ", ""), (self._clock(item.at), "time"), (" ", ""), (item.who, "me"))

    def _flush_right(self, pieces: Sequence[Piece], width: int) -> Line:
        pieces = _fitted(pieces, width)
        return Line(((" " * max(width - _width(pieces), 0), ""), *pieces))

    def _content(self, item: Item, width: int) -> list[tuple[Piece, ...]]:
        """Return what an item says, the line that it answers first."""
        width = max(width, 2)
        lines: list[tuple[Piece, ...]] = []
        if item.quote is not None:
            label = f"{item.quote.who}: {item.quote.what}" if item.quote.who else item.quote.what
            bar = self._marks["bar"]
            lines.append(((f"{bar} ", "quote-bar"), (fit(label, max(width - 2, 1)), "quote")))
        own = "me-text" if item.side == "me" else ""
        for row in item.body:
            style = row.style or ("mention" if item.mention else own)
            lines += [((text, style),) for text in _lines(row.text, width)]
            if row.hint and _width(lines[-1]) + 2 + cells(row.hint) <= width:
                lines[-1] = (*lines[-1], (f"  {row.hint}", "notice"))
        return lines or [(("", ""),)]


def _lines(text: str, width: int) -> list[str]:
    """Return the lines of a text without the blanks that hang over the edge."""
    return [line.rstrip(" ") if cells(line) > width else line for line in wrap(text, width)]


def _follows(item: Item, previous: Item | None) -> bool:
    """Whether an item continues an earlier one of the same person."""
    return (
        previous is not None
        and previous.side == item.side
        and previous.who_key == item.who_key
        and previous.who == item.who
        and 0 <= item.at - previous.at <= _TOGETHER_S
    )


def _date(at: float) -> tuple[int, int, int]:
    when = local(at)
    return when.year, when.month, when.day


def _width(pieces: Sequence[Piece]) -> int:
    return sum(cells(text) for text, _ in pieces)


def _fitted(pieces: Sequence[Piece], width: int) -> tuple[Piece, ...]:
    """Return pieces cut to ``width`` cells together."""
    kept: list[Piece] = []
    for text, style in pieces:
        if width <= 0:
            break
        shown = fit(text, width)
        kept.append((shown, style))
        width -= cells(shown)
    return tuple(kept)
