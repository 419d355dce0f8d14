"""Makes small files for voices and stickers; independent of their content."""

from __future__ import annotations

import struct

__all__ = ["gif", "mp3"]

# One frame of silence: MPEG-1 layer 3, 128 kbit/s, 44.1 kHz, stereo, 417 bytes, 26 ms.
_FRAME = b"\xff\xfb\x90\x64" + bytes(413)


def mp3(milliseconds: int) -> bytes:
    """Silence of about this length."""
    return _FRAME * max(1, milliseconds // 26)


def gif(colour: tuple[int, int, int], size: int = 64) -> bytes:
    """An animated GIF of two frames: a colour and its opposite."""
    palette = bytes(colour) + bytes(255 - c for c in colour)
    head = b"GIF89a" + struct.pack("<HHBBB", size, size, 0x80, 0, 0) + palette
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return head + loop + _frame(0, size) + _frame(1, size) + b"\x3b"


def _frame(index: int, size: int) -> bytes:
    control = b"\x21\xf9\x04\x00\x32\x00\x00\x00"
    place = b"\x2c" + struct.pack("<HHHHB", 0, 0, size, size, 0)
    return control + place + b"\x02" + _pixels(index, size * size) + b"\x00"


def _pixels(index: int, count: int) -> bytes:
    """LZW without compression: codes of three bits, a clear code before the table would grow."""
    codes: list[int] = []
    for start in range(0, count, 2):
        codes += [4, *([index] * min(2, count - start))]
    bits = sum(code << (3 * at) for at, code in enumerate([*codes, 5]))
    packed = bits.to_bytes((3 * (len(codes) + 1) + 7) // 8, "little")
    return b"".join(
        bytes([len(part)]) + part for part in (packed[at : at + 255] for at in range(0, len(packed), 255))
    )
