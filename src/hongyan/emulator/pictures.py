"""Draws small pictures from a name; independent of whose they are.

A symmetric pattern of five by five squares, in one color: the same name always gives the same picture.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from hongyan.emulator.sample_media import SQUARE, jpeg

__all__ = ["avatar", "thumbnail"]

_CELLS = 5
_BACKGROUND = (240, 240, 240)


@lru_cache(maxsize=4096)
def avatar(name: str, size: int = 132) -> bytes:
    """A square JPEG for a name, of `size` points each way."""
    digest = blake2b(name.encode(), digest_size=16, person=b"avatar").digest()
    colour = (digest[0] // 2 + 40, digest[1] // 2 + 40, digest[2] // 2 + 40)
    half = [[bool(digest[3 + row] >> column & 1) for column in range(3)] for row in range(_CELLS)]
    cells = [[*row, row[1], row[0]] for row in half]
    count = -(-size // SQUARE)
    step = max(count // _CELLS, 1)
    margin = (count - step * _CELLS) // 2

    def at(row: int, column: int) -> tuple[int, int, int]:
        down, across = (row - margin) // step, (column - margin) // step
        inside = 0 <= down < _CELLS and 0 <= across < _CELLS
        return colour if inside and cells[down][across] else _BACKGROUND

    squares = [[at(row, column) for column in range(count)] for row in range(count)]
    return jpeg(squares, size, size)


def thumbnail(name: str) -> bytes:
    """A small JPEG in place of a missing thumbnail."""
    return avatar(name, 120)
