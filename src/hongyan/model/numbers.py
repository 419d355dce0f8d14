"""Whole numbers out of text that others wrote; it refuses to spend time on digits that no number of theirs has.

``int`` takes the square of the length in time and raises above 4,300 digits. Numbers read here fit into 64 bits.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["whole"]

_DIGITS: Final = re.compile(r"[+-]?[0-9]{1,19}")
_BOUND: Final = 1 << 63


def whole(text: str, otherwise: int = 0) -> int:
    """Return the number that ``text`` is, blanks around it aside, or ``otherwise`` where it is none of 64 bits."""
    text = text.strip()
    if not _DIGITS.fullmatch(text):
        return otherwise
    number = int(text)
    return number if abs(number) < _BOUND else otherwise
