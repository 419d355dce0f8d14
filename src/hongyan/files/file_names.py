"""Names the file that a message carries; it opens nothing except to read the first bytes."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from hongyan.files.content_types import HEAD, ending_of
from hongyan.files.private_files import safe_name
from hongyan.model.messages import File

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.messages import AnyMessage

__all__ = ["ending_for", "ending_of", "name_for", "named_by_content"]

_DOUBTFUL: Final = "-doubtful"

_DOCUMENTS: Final = frozenset(
    [
        *(".docx", ".xlsx", ".pptx", ".doc", ".xls", ".ppt", ".odt", ".ods", ".odp", ".rtf", ".epub"),
        *(".txt", ".md", ".csv", ".json", ".zip", ".rar", ".7z"),
    ]
)


def ending_for(head: bytes, name: str) -> str:
    """Return the suffix of a stored file: that of its first bytes, or of its name if they show nothing."""
    suffix = PurePath(name).suffix.lower()
    return ending_of(head) or (suffix if suffix in _DOCUMENTS else "")


def name_for(message: AnyMessage, head: bytes, *, doubtful: bool = False) -> str:
    """Return a file name for the file that ``message`` carries, given its first bytes.

    A file not recognized as a picture, sound or video gets no such suffix, and a doubtful one is marked in its name.
    """
    if isinstance(message, File) and message.name:
        name = safe_name(message.name)
    else:
        name = safe_name(f"{message.kind}-{message.id or message.created_at}{ending_of(head, '.bin')}")
    if not doubtful:
        return name
    whole = PurePath(name)
    return safe_name(f"{whole.stem}{_DOUBTFUL}{whole.suffix}")


def named_by_content(file: Path) -> str:
    """Return the name of a file, with the ending that its first bytes call for where it has none."""
    if file.suffix:
        return file.name
    with file.open("rb") as opened:
        return file.name + ending_of(opened.read(HEAD))
