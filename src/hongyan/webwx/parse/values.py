"""Small conversions of what stands in attributes and elements; every one of them has an answer for nonsense."""

from __future__ import annotations

import math
from typing import Final

from hongyan.model.numbers import whole
from hongyan.model.times import believable

__all__ = ["coordinate", "moment", "number", "pixels", "told_pixels"]

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
    """Return a size in pixels, None unless both numbers say something."""
    size = (number(str(width)), number(str(height)))
    return size if size[0] > 0 and size[1] > 0 else None


def told_pixels(width: str, height: str) -> tuple[int, int] | None:
    """Return a size in pixels if there is one, also 0 by 0, which an unmeasured picture has; else None."""
    told = width.strip().isdigit() and height.strip().isdigit()
    return (number(width), number(height)) if told else None


def coordinate(text: str) -> float | None:
    """Return degrees, None where there are none or impossible ones."""
    try:
        value = float(text) if len(text) <= _LONGEST else math.nan
    except ValueError:
        return None
    return value if -180 <= value <= 180 else None
