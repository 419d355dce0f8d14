"""Detects what a downloaded body is by its bytes: a picture, a sound, a video, or an answer sent instead; it opens nothing.

The service labels every picture image/jpeg, and sends refusals with status 200. So the type that an answer claims is
ignored here, and the first bytes decide. If a format contains its length, that is compared with the bytes received.
"""

from __future__ import annotations

import re
import struct
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

__all__ = [
    "HEAD",
    "Extent",
    "Family",
    "ending_of",
    "extent_of",
    "family_of",
    "is_laborious",
    "is_page",
    "is_text",
]

HEAD: Final = 4096
"""Bytes at the start of a body that the functions here need."""


class Family(StrEnum):
    """What a body may be, as far as a download cares."""

    IMAGE = "picture"
    AUDIO = "sound"
    VIDEO = "film"
    ANY = "file"


class Extent(StrEnum):
    """Whether a body is as long as its format declares."""

    WHOLE = "whole"
    CUT = "cut"
    UNKNOWN = "unknown"  # no known format, or one that does not contain its length
    STRANGE = "strange"  # none of the formats known for such content


_MAGIC: Final = (
    (b"\xff\xd8\xff", ".jpg", Family.IMAGE),
    (b"\x89PNG\r\n\x1a\n", ".png", Family.IMAGE),
    (b"GIF8", ".gif", Family.IMAGE),
    (b"BM", ".bmp", Family.IMAGE),
    (b"II*\0", ".tif", Family.IMAGE),
    (b"MM\0*", ".tif", Family.IMAGE),
    (b"\0\0\0\x0cJXL \r\n\x87\n", ".jxl", Family.IMAGE),
    (b"\0\0\0\x0cjP  \r\n\x87\n", ".jp2", Family.IMAGE),
    (b"wxgf", ".wxgf", Family.IMAGE),  # the service's own packing of stickers and pictures since 2019
    (b"ID3", ".mp3", Family.AUDIO),
    (b"#!AMR", ".amr", Family.AUDIO),
    (b"#!SILK", ".silk", Family.AUDIO),
    (b"\x02#!SILK", ".silk", Family.AUDIO),
    (b"OggS", ".ogg", Family.AUDIO),
    (b"fLaC", ".flac", Family.AUDIO),
    (b"\x1a\x45\xdf\xa3", ".mkv", Family.VIDEO),
    (b"FLV\1", ".flv", Family.VIDEO),
    (b"\0\0\1\xba", ".mpg", Family.VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ".wmv", Family.VIDEO),
    (b"%PDF", ".pdf", Family.ANY),
)
_RIFF: Final = {
    b"WEBP": (".webp", Family.IMAGE),
    b"WAVE": (".wav", Family.AUDIO),
    b"AVI ": (".avi", Family.VIDEO),
}
_BRANDS: Final = (
    (re.compile(rb"avi[fs]"), ".avif", Family.IMAGE),
    (re.compile(rb"hei[cxms]|hev[cxms]|mif[12]|msf1"), ".heic", Family.IMAGE),
    (re.compile(rb"M4[AB] "), ".m4a", Family.AUDIO),
    (re.compile(rb"qt  "), ".mov", Family.VIDEO),
    (re.compile(rb"3g[gp2].|3g..", re.DOTALL), ".3gp", Family.VIDEO),
)


def _kind_of(head: bytes) -> tuple[str, Family] | None:
    for magic, ending, family in _MAGIC:
        if head.startswith(magic):
            return ending, family
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _branded(head)
    if len(head) >= 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _mpeg_sound(head)
    return None


def _branded(head: bytes) -> tuple[str, Family]:
    """Distinguish the relatives of MP4 by their first brand, and the general brand of pictures by the others in the list."""
    first = head[8:12]
    if first in {b"mif1", b"msf1"} and any(b in head[16:48] for b in (b"avif", b"avis")):
        return ".avif", Family.IMAGE
    for brand, ending, family in _BRANDS:
        if brand.fullmatch(first):
            return ending, family
    return ".mp4", Family.VIDEO


def _mpeg_sound(head: bytes) -> tuple[str, Family] | None:
    layer = head[1] >> 1 & 3
    if layer == 0:
        return (".aac", Family.AUDIO) if head[1] & 0xF6 == 0xF0 else None
    known = head[1] >> 3 & 3 != 1 and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3
    return (".mp3", Family.AUDIO) if known else None


def ending_of(head: bytes, default: str = "") -> str:
    """Return the ending that the first bytes of a file call for."""
    kind = _kind_of(head)
    return kind[0] if kind else default


def family_of(head: bytes) -> Family | None:
    """Return the type that the first bytes of a file show, None if it is unknown."""
    kind = _kind_of(head)
    return kind[1] if kind else None


# -- answers in the place of a file


_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT: Final = re.compile(rb"\s*(?:window\.|<error>|<\?xml)")


def is_page(head: bytes) -> bool:
    """Whether a body starts as a web page."""
    return _PAGE.match(head) is not None


def is_text(head: bytes) -> bool:
    """Whether a body starts as text: a page, JSON, a script, a sentence. No picture, sound or video does."""
    if is_page(head) or _SCRIPT.match(head):
        return True
    if any(byte < 9 or 13 < byte < 32 for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start > HEAD - 4  # a character that the end of the head divides
    return True


# -- how much is there


def extent_of(file: BinaryIO, size: int) -> Extent:
    """Return whether a file of ``size`` bytes ends where its format declares.

    Formats are walked by the lengths that they state, a bounded number of steps; what does not fit its own format is
    UNKNOWN, since its end is not known.
    """
    file.seek(0)
    measure = _MEASURES.get(ending_of(file.read(HEAD)))
    if measure is None:
        return Extent.UNKNOWN
    try:
        return measure(file, size)
    except (struct.error, IndexError):
        return Extent.UNKNOWN


_STEPS: Final = 100_000
_BOX: Final = re.compile(rb"[A-Za-z0-9 ]{4}")
_TOP_BOXES: Final = frozenset(
    b"ftyp moov mdat free skip wide uuid moof mfra styp sidx meta pdin udta prft emsg".split()
)


def _riff(file: BinaryIO, size: int) -> Extent:
    file.seek(4)
    (said,) = struct.unpack("<I", file.read(4))
    if said < 4 or said == 0xFFFFFFFF:
        return Extent.UNKNOWN
    return Extent.WHOLE if said + 8 <= size else Extent.CUT


def _png(file: BinaryIO, size: int) -> Extent:
    at = 8
    for step in range(_STEPS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return Extent.CUT if step else Extent.UNKNOWN
        length, name = struct.unpack(">I4s", head)
        if not name.isalpha() or length > 0x7FFFFFFF or (step == 0 and name != b"IHDR"):
            return Extent.UNKNOWN
        at += length + 12
        if at > size:
            return Extent.CUT
        if name == b"IEND":
            return Extent.WHOLE
    return Extent.UNKNOWN


def _mp4(file: BinaryIO, size: int) -> Extent:
    at = 0
    names: set[bytes] = set()
    for _ in range(_STEPS):
        file.seek(at)
        head = file.read(16)
        if not head:
            return (
                Extent.WHOLE if b"moov" in names or b"moof" in names or b"meta" in names else Extent.UNKNOWN
            )
        if len(head) < 8:
            return Extent.CUT if len(names) > 1 else Extent.UNKNOWN
        length, name = struct.unpack(">I4s", head[:8])
        if name not in _TOP_BOXES:
            return Extent.UNKNOWN
        names.add(name)
        if length == 0:
            return Extent.UNKNOWN  # to the end of the file, which is not known
        if length == 1:
            (length,) = struct.unpack(">Q", head[8:16])
        if length < 8:
            return Extent.UNKNOWN
        at += length
        if at > size:
            return Extent.CUT
    return Extent.UNKNOWN


def _jpeg(file: BinaryIO, size: int) -> Extent:
    at = 2
    for _ in range(_STEPS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            return Extent.CUT if at > 2 else Extent.UNKNOWN
        filler, marker, length = struct.unpack(">BBH", head)
        if filler != 0xFF or not 0xC0 <= marker <= 0xFE or length < 2:
            return Extent.UNKNOWN
        at += length + 2
        if at > size:
            return Extent.CUT
        if marker == 0xDA:  # the picture itself follows, and its end is marked
            return _jpeg_end(file, at)
    return Extent.UNKNOWN


def _jpeg_end(file: BinaryIO, at: int) -> Extent:
    file.seek(at)
    last = b""
    while piece := file.read(1 << 18):
        if b"\xff\xd9" in last + piece:
            return Extent.WHOLE
        last = piece[-1:]
    return Extent.CUT


def _gif(file: BinaryIO, size: int) -> Extent:
    file.seek(0)
    head = file.read(13)
    if len(head) < 13 or head[4:6] not in {b"7a", b"9a"}:
        return Extent.UNKNOWN
    at, inside = 13 + _table(head[10]), False
    for step in range(_STEPS):
        if at >= size:
            return Extent.CUT if step else Extent.UNKNOWN
        file.seek(at)
        block = file.read(11)
        if inside:  # pieces follow each other, each with its length before it, and 0 ends them
            at, inside = at + 1 + block[0], block[0] != 0
        elif block[:1] == b";":
            return Extent.WHOLE
        elif block[:1] == b"!":
            at, inside = at + 2, True
        elif block[:1] == b"," and len(block) == 11:
            at, inside = at + 11 + _table(block[9]), True
        else:
            return Extent.CUT if block[:1] == b"," else Extent.UNKNOWN
    return Extent.UNKNOWN


def _table(packed: int) -> int:
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


_RATES: Final = {
    (3, 3): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _mp3(file: BinaryIO, size: int) -> Extent:
    at, frames = _behind_id3(file), 0
    while frames < _STEPS:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[:3] == b"TAG":
            whole = at == size or head[:3] == b"TAG"
            return Extent.UNKNOWN if frames < 2 else Extent.WHOLE if whole else Extent.CUT
        length = _frame(head)
        if length == 0:
            return Extent.UNKNOWN
        frames, at = frames + 1, at + length
        if at > size:
            return Extent.CUT if frames > 2 else Extent.UNKNOWN
    return Extent.UNKNOWN


def _behind_id3(file: BinaryIO) -> int:
    file.seek(0)
    head = file.read(10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length


def _frame(head: bytes) -> int:
    """Return the length of the frame with this head, 0 where it is none (ISO 11172-3 and 13818-3)."""
    version, layer, rate, hertz = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    if head[0] != 0xFF or head[1] < 0xE0 or version == 1 or layer == 0 or rate in {0, 15} or hertz == 3:
        return 0
    rates = _RATES[(3, layer) if version == 3 else (2, 3 if layer == 3 else 2)]
    bits, per_second, padding = rates[rate] * 1000, _HERTZ[version][hertz], head[2] >> 1 & 1
    if layer == 3:
        return (12 * bits // per_second + padding) * 4
    return (72 if layer == 1 and version != 3 else 144) * bits // per_second + padding


_MEASURES: Final[Mapping[str, Callable[[BinaryIO, int], Extent]]] = {
    ".jpg": _jpeg,
    ".png": _png,
    ".gif": _gif,
    ".webp": _riff,
    ".wav": _riff,
    ".avi": _riff,
    ".mp3": _mp3,
    **dict.fromkeys((".mp4", ".mov", ".m4a", ".3gp", ".heic", ".avif"), _mp4),
}


# -- how much work it is


_PARTS: Final = 20_000  # a photograph of 50 MB has some thousand


def is_laborious(file: BinaryIO) -> bool:
    """Whether a picture consists of more parts than real ones do: readers take each by itself, and for millions minutes."""
    file.seek(0)
    parts = _PARTS_OF.get(ending_of(file.read(HEAD)))
    return parts is not None and any(count >= _PARTS for count, _ in enumerate(parts(file)))


def _png_parts(file: BinaryIO) -> Iterator[None]:
    at = 8
    while len(head := _at(file, at, 8)) == 8 and head[4:] != b"IEND":
        yield
        at += int.from_bytes(head[:4]) + 12


def _jpeg_parts(file: BinaryIO) -> Iterator[None]:
    """Yield for each segment before the picture, and for each of the bytes that may fill the space between them."""
    at = 2
    while len(head := _at(file, at, 4)) == 4 and head[1] != 0xDA:
        yield
        at += int.from_bytes(head[2:]) + 2 if head[0] == 0xFF and head[1] != 0xFF else 1


def _gif_parts(file: BinaryIO) -> Iterator[None]:
    """Yield each part before the first picture."""
    at = 13 + _table(_at(file, 10, 1)[0]) if _at(file, 10, 1) else 0
    while _at(file, at, 1) == b"!":
        at += 2
        while length := _at(file, at, 1):
            yield
            at += 1 + length[0]
            if not length[0]:
                break


def _at(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


_PARTS_OF: Final[Mapping[str, Callable[[BinaryIO], Iterator[None]]]] = {
    ".png": _png_parts,
    ".jpg": _jpeg_parts,
    ".gif": _gif_parts,
}
