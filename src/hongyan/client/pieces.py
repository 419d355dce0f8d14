"""Names what a message carries as a file; it opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.client.files import safe_name
from hongyan.model.messages import File

if TYPE_CHECKING:
    from hongyan.model.messages import AnyMessage

__all__ = ["ending_of", "name_for"]

_MAGIC: Final = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"ID3", ".mp3"),
    (b"\xff\xfb", ".mp3"),
    (b"\xff\xf3", ".mp3"),
    (b"#!AMR", ".amr"),
    (b"%PDF", ".pdf"),
)
_USUAL: Final = {"picture": ".jpg", "sticker": ".gif", "voice": ".mp3", "video": ".mp4"}


def ending_of(head: bytes, default: str = "") -> str:
    """Return the ending that the first bytes of a file call for; the server says image/jpeg whatever it sends."""
    for magic, ending in _MAGIC:
        if head.startswith(magic):
            return ending
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head[4:8] == b"ftyp":
        return ".mp4"
    return default


def name_for(message: AnyMessage, head: bytes) -> str:
    """Return a file name for what ``message`` carries, given its first bytes."""
    if isinstance(message, File) and message.name:
        return safe_name(message.name)
    kind = message.kind
    return safe_name(f"{kind}-{message.id or message.created_at}{ending_of(head, _USUAL.get(kind, '.bin'))}")
