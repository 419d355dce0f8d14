"""Conversions of values of attributes and elements; each has a result for invalid input."""

from __future__ import annotations

import math
from typing import Final

from hongyan.model.numbers import whole
from hongyan.model.times import believable

__all__ = ["coordinate", "given_pixels", "moment", "number", "pixels"]

_LARGEST: Final = 1 << 53
_LONGEST: Final = 64  # characters of a coordinate


def number(text: str) -> int:
    """Return a whole number, 0 where there is none."""
    value = whole(text)
    return value if abs(value) <= _LARGEST else 0


def moment(text: str) -> int:
    """Return a time in Unix seconds, 0 where there is none that can be."""
    return believable(number(text))


def pixels(width: str | int, height: str | int) -> tuple[int, int] | None:
    """Return a size in pixels, None unless both values are numbers."""
    size = (number(str(width)), number(str(height)))
    return size if size[0] > 0 and size[1] > 0 else None


def given_pixels(width: str, height: str) -> tuple[int, int] | None:
    """Return a size in pixels if one is given, even 0 by 0, which an unmeasured picture has; else None."""
    both = width.strip().isdigit() and height.strip().isdigit()
    return (number(width), number(height)) if both else None


def coordinate(text: str) -> float | None:
    """Return degrees, None where there are none or impossible ones."""
    try:
        value = float(text) if len(text) <= _LONGEST else math.nan
    except ValueError:
        return None
    return value if -180 <= value <= 180 else None
