"""Names what a message carries as a file; it opens nothing but to look at first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.client.files import safe_name
from hongyan.client.sniff import HEAD, ending_of
from hongyan.model.messages import File

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.messages import AnyMessage

__all__ = ["ending_of", "name_for", "named_in_export"]

_USUAL: Final = {"picture": ".jpg", "sticker": ".gif", "voice": ".mp3", "video": ".mp4"}


def name_for(message: AnyMessage, head: bytes) -> str:
    """Return a file name for what ``message`` carries, given its first bytes."""
    if isinstance(message, File) and message.name:
        return safe_name(message.name)
    kind = message.kind
    return safe_name(f"{kind}-{message.id or message.created_at}{ending_of(head, _USUAL.get(kind, '.bin'))}")


def named_in_export(file: Path) -> str:
    """Return under which name a kept file goes into an export: its own, with the ending that its bytes call for."""
    if file.suffix:
        return file.name
    with file.open("rb") as opened:
        return file.name + ending_of(opened.read(HEAD))
