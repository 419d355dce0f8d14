"""Implements kitty's graphics protocol: sends pictures to the terminal and marks the cells that they fill; it decodes none.

A picture is sent once under a number. Wherever a cell holds the placeholder character U+10EEEE in the colour that spells
this number, with marks for row and column, the terminal draws that part of it, so a picture scrolls, is cut off and covered
like any text, inside tmux too. Facts from the protocol's specification ("Terminal graphics protocol" of kitty, sections
"Unicode placeholders" and "Control data reference"); kitty and Ghostty carry it out.
"""

from __future__ import annotations

import random
from base64 import b64encode
from typing import TYPE_CHECKING, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PLACEHOLDER", "Kitty", "most_cells"]

PLACEHOLDER: Final = "\U0010eeee"

_PIECE: Final = 4096  # bytes of base64 in a sequence, by the specification
_NUMBERS: Final = 1 << 24  # what a colour can spell

# The combining characters that represent 0, 1, 2 …, as hexadecimal ranges of code points.
_MARKS: Final = """
0305 030D-030E 0310 0312 033D-033F 0346 034A-034C 0350-0352 0357 035B 0363-036F 0483-0487 0592-0595 0597-0599 059C-05A1
05A8-05A9 05AB-05AC 05AF 05C4 0610-0617 0657-065B 065D-065E 06D6-06DC 06DF-06E2 06E4 06E7-06E8 06EB-06EC 0730 0732-0733
0735-0736 073A 073D 073F-0741 0743 0745 0747 0749-074A 07EB-07F1 07F3 0816-0819 081B-0823 0825-0827 0829-082D 0951
0953-0954 0F82-0F83 0F86-0F87 135D-135F 17DD 193A 1A17 1A75-1A7C 1B6B 1B6D-1B73 1CD0-1CD2 1CDA-1CDB 1CE0 1DC0-1DC1
1DC3-1DC9 1DCB-1DCC 1DD1-1DE6 1DFE 20D0-20D1 20D4-20D7 20DB-20DC 20E1 20E7 20E9 20F0 2CEF-2CF1 2DE0-2DFF A66F A67C-A67D
A6F0-A6F1 A8E0-A8F1 AAB0 AAB2-AAB3 AAB7-AAB8 AABE-AABF AAC1 FE20-FE26 10A0F 10A38 1D185-1D189 1D1AA-1D1AD 1D242-1D244
"""


def _spelt(ranges: str) -> str:
    bounds = (part.partition("-") for part in ranges.split())
    return "".join(
        chr(code) for first, _, last in bounds for code in range(int(first, 16), int(last or first, 16) + 1)
    )


_MARK: Final = _spelt(_MARKS)


def most_cells(columns: int, rows: int) -> tuple[int, int]:
    """Return these columns and rows, no more than there are marks for."""
    return min(columns, len(_MARK)), min(rows, len(_MARK))


class Kitty:
    """The pictures that the terminal holds for us. ``write`` hands sequences to it, inside tmux past tmux.

    ``cell`` is how many pixels across and down a cell is taken to have: more only cost time, fewer look coarse.
    """

    def __init__(
        self, write: Callable[[str], None], *, in_tmux: bool = False, cell: tuple[int, int] = (10, 20)
    ) -> None:
        self.cell = cell
        self._write = write
        self._in_tmux = in_tmux
        self._held: set[int] = set()
        # Other programs in the same terminal number theirs from 1 on; a number taken twice shows the later picture.
        self._next = random.randrange(1 << 16, _NUMBERS)  # noqa: S311  # no secret

    def show(self, png: bytes, columns: int, rows: int) -> tuple[int, list[list[Segment]]]:
        """Hand a picture over to fill so many cells; return its number, and the rows of cells in which it shows."""
        number = self._next
        self._next = number + 1 if number + 1 < _NUMBERS else 1 << 16
        self._held.add(number)
        for sequence in _sending(number, png, columns, rows):
            self._say(sequence)
        style = Style(color=Color.from_rgb(number >> 16, number >> 8 & 255, number & 255))
        return number, [[Segment(_cells(row, columns), style)] for row in range(rows)]

    def forget(self, number: int) -> None:
        """Let the terminal free a picture."""
        if number in self._held:
            self._held.discard(number)
            self._say(_freeing(number))

    def close(self) -> None:
        """Let the terminal free all of them."""
        for number in list(self._held):
            self.forget(number)

    def freed(self) -> str:
        """Return what lets the terminal free all of them, for the last write; none is held from then on."""
        held, self._held = self._held, set()
        return "".join(self._past_tmux(_freeing(number)) for number in sorted(held))

    def _say(self, sequence: str) -> None:
        self._write(self._past_tmux(sequence))

    def _past_tmux(self, sequence: str) -> str:
        if not self._in_tmux:
            return sequence
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"


def _freeing(number: int) -> str:
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def _sending(number: int, png: bytes, columns: int, rows: int) -> Iterator[str]:
    """Yield what transmits a PNG and makes its placement, which shows only where placeholders are; no answer is wanted."""
    text = b64encode(png).decode("ascii")
    for at in range(0, len(text), _PIECE):
        keys = f"a=t,f=100,i={number},q=2," if at == 0 else ""
        yield f"\x1b_G{keys}m={int(at + _PIECE < len(text))};{text[at : at + _PIECE]}\x1b\\"
    yield f"\x1b_Ga=p,U=1,i={number},c={columns},r={rows},q=2\x1b\\"


def _cells(row: int, columns: int) -> str:
    """Return a row of placeholders. Each contains its position, since its neighbors may be covered."""
    return "".join(f"{PLACEHOLDER}{_MARK[row]}{_MARK[column]}" for column in range(columns))
