"""Makes small pictures and videos that players can show; independent of their use.

A video is an MP4 whose track holds one JPEG per second (ISO 14496-12 and -14, object type 0x6C); a JPEG is baseline and
made of flat squares of 8 by 8 points, so that only the first coefficient of each has to be written.
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Colour = tuple[int, int, int]

__all__ = ["SQUARE", "jpeg", "mosaic", "mp4"]

SQUARE = 8
"""Points of a side of the squares that a picture is made of."""

_SIZES = bytes([0, 0, 0, 9, *bytes(12)])  # nine codes of four bits: the sizes 0 to 8 of a difference
_END_OFSQUARE = bytes([1, *bytes(15)])  # one code of one bit, 0: nothing but the first coefficient


def mosaic(words: str, columns: int = 28, rows: int = 20) -> list[list[Colour]]:
    """Colors that run from one corner to the other, chosen by the words."""
    first, second = (
        tuple(blake2b(words.encode(), digest_size=3, person=end).digest()) for end in (b"a", b"b")
    )
    span = columns + rows - 2

    def at(column: int, row: int) -> Colour:
        part = (column + row) / span
        red, green, blue = (round(one + (two - one) * part) for one, two in zip(first, second, strict=True))
        return red, green, blue

    return [[at(column, row) for column in range(columns)] for row in range(rows)]


def jpeg(squares: Sequence[Sequence[Colour]], width: int = 0, height: int = 0) -> bytes:
    """A JPEG of these squares, row by row; `width` and `height` in points cut the last ones, where they are given."""
    height, width = height or len(squares) * SQUARE, width or len(squares[0]) * SQUARE
    components = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    frame = struct.pack(">BHHB", 8, height, width, 3) + components
    scan = bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])
    parts = (
        _segment(0xE0, b"JFIF\0" + struct.pack(">HBHHBB", 0x101, 0, 1, 1, 0, 0)),
        _segment(0xDB, bytes([0, *([SQUARE] * 64)])),
        _segment(0xC0, frame),
        _segment(0xC4, b"\x00" + _SIZES + bytes(range(9))),
        _segment(0xC4, b"\x10" + _END_OFSQUARE + b"\x00"),
        _segment(0xDA, scan),
    )
    return b"\xff\xd8" + b"".join(parts) + _scan_bytes(squares) + b"\xff\xd9"


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _scan_bytes(squares: Sequence[Sequence[Colour]]) -> bytes:
    bits = "".join(_codes(squares))
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")


def _codes(squares: Sequence[Sequence[Colour]]) -> Iterator[str]:
    before = [0, 0, 0]
    for row in squares:
        for colour in row:
            for place, value in enumerate(_luminance(colour)):
                difference, before[place] = value - before[place], value
                size = abs(difference).bit_length()
                number = difference if difference >= 0 else difference + (1 << size) - 1
                yield f"{size:04b}" + (f"{number:0{size}b}" if size else "") + "0"


def _luminance(colour: Colour) -> tuple[int, int, int]:
    """Y, Cb and Cr around zero; the first coefficient of a flat square divided by 8 is just that."""
    red, green, blue = colour
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    values = (bright - 128, 0.564 * (blue - bright), 0.713 * (red - bright))
    first, second, third = (min(127, max(-127, round(value))) for value in values)
    return first, second, third


def mp4(seconds: int, words: str = "video") -> bytes:
    """A video of one picture per second, at least one; no sound. The same words give the same pictures."""
    frames = [jpeg(mosaic(f"{words} {second}")) for second in range(max(1, seconds))]
    brand = _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2mp41")
    begin = len(brand) + len(_movie(frames, 0)) + 8
    return brand + _movie(frames, begin) + _box(b"mdat", b"".join(frames))


def _movie(frames: Sequence[bytes], begin: int) -> bytes:
    seconds = len(frames)
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    times = struct.pack(">IIII", 0, 0, 1000, seconds * 1000)
    header = (
        times + struct.pack(">IH", 0x10000, 0x100) + bytes(10) + matrix + bytes(24) + struct.pack(">I", 2)
    )
    track = struct.pack(">IIIII", 0, 0, 1, 0, seconds * 1000) + bytes(16) + matrix
    track += struct.pack(">II", _WIDTH << 16, _HEIGHT << 16)
    media = times + struct.pack(">HH", 0x55C4, 0)  # language "und"
    handler = struct.pack(">I", 0) + b"vide" + bytes(12) + b"\0"
    inside = _full(b"mdhd", media) + _full(b"hdlr", handler) + _box(b"minf", _information(frames, begin))
    return _box(
        b"moov", _full(b"mvhd", header) + _box(b"trak", _full(b"tkhd", track, 3) + _box(b"mdia", inside))
    )


_WIDTH, _HEIGHT = 28 * SQUARE, 20 * SQUARE


def _information(frames: Sequence[bytes], begin: int) -> bytes:
    count = len(frames)
    sizes = struct.pack(f">II{count}I", 0, count, *map(len, frames))
    samples = (
        _full(b"stsd", struct.pack(">I", 1) + _sample_entry())
        + _full(b"stts", struct.pack(">III", 1, count, 1000))
        + _full(b"stsc", struct.pack(">IIII", 1, 1, count, 1))
        + _full(b"stsz", sizes)
        + _full(b"stco", struct.pack(">II", 1, begin))
    )
    here = _box(b"dinf", _full(b"dref", struct.pack(">I", 1) + _full(b"url ", b"", 1)))
    return _full(b"vmhd", bytes(8), 1) + here + _box(b"stbl", samples)


def _sample_entry() -> bytes:
    """`mp4v` whose descriptor declares its samples JPEGs."""
    config = bytes([4, 13, 0x6C, 0x11]) + bytes(11)
    stream = bytes([3, 3 + len(config) + 3]) + struct.pack(">HB", 1, 0) + config + bytes([6, 1, 2])
    picture = struct.pack(">HH", _WIDTH, _HEIGHT) + struct.pack(">III", 0x480000, 0x480000, 0)
    entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + picture + struct.pack(">H", 1) + bytes(32)
    return _box(b"mp4v", entry + struct.pack(">Hh", 24, -1) + _full(b"esds", stream))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _full(kind: bytes, content: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags) + content)
