"""Pictures, voices, videos and files that are sent to the robot: each different, each recognised by its digest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from hongyan.emulator import compose_media
from hongyan.emulator.sample_media import jpeg, mosaic, mp4

if TYPE_CHECKING:
    import random

    from hongyan.emulator.compose import Composed

__all__ = ["digest", "parcel"]

_VOICE_FRAME: Final = b"\xff\xfb\x90\x64"
_BIG: Final = 1_300_000  # the emulator sends these from the disk, and clients go on where they were cut
_BIG_SHARE: Final = 0.06
_REFUSAL: Final = b'{"BaseResponse": {"Ret": 1101, "ErrMsg": ""}}\n'
_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>A page</title></head><body>that is a file</body></html>\n"
)


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def parcel(number: int, chance: random.Random) -> tuple[Composed, bytes]:
    """Return a message with a file, and the file's bytes."""
    size = _BIG if chance.random() < _BIG_SHARE else chance.randint(2_000, 40_000)
    kind = chance.choice(("picture", "voice", "video", "file", "file"))
    if kind == "picture":
        data = jpeg(mosaic(f"p{number}"))[:-2] + chance.randbytes(size) + b"\xff\xd9"
        return compose_media.picture(data), data
    if kind == "voice":
        frames = min(size // 417 + 1, 140)
        data = b"".join(_VOICE_FRAME + chance.randbytes(413) for _ in range(frames))
        return compose_media.voice(data, frames * 26), data
    if kind == "video":
        data = mp4(1, f"v{number}") + chance.randbytes(size)
        return compose_media.video(data, 1), data
    name, head = chance.choice(
        (
            ("a.pdf", b"%PDF-1.4\n"),
            ("b.zip", b"PK\x03\x04"),
            ("c.json", _REFUSAL),
            ("d.html", _PAGE),
            ("e.txt", b"text"),
        )
    )
    data = head + (chance.randbytes(size) if name[0] in "ab" else f"{number}\n".encode())
    return compose_media.file(data, f"f-{number}-{name}"), data
