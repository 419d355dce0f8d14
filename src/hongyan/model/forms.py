"""As what a file is sent, and how large it may be; it opens no file."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hongyan.errors import UsageError

__all__ = ["LIMITS", "Form", "extension", "form_of", "require_allowed"]

_MIB: Final = 1024 * 1024


class Form(StrEnum):
    """As what a file is sent."""

    PICTURE = "picture"
    STICKER = "sticker"
    VIDEO = "video"
    FILE = "file"


LIMITS: Final = {
    Form.PICTURE: 20 * _MIB,  # openwechat
    Form.STICKER: 5 * _MIB,
    Form.VIDEO: 20 * _MIB,  # front-end
    Form.FILE: 200 * _MIB,
}
"""The largest file of each form, in bytes."""

_BY_EXTENSION: Final = {
    **dict.fromkeys(("png", "jpg", "jpeg", "bmp"), Form.PICTURE),
    "gif": Form.STICKER,
    "mp4": Form.VIDEO,
}


def extension(name: str) -> str:
    """Return a name's ending in small letters, without the dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def form_of(name: str, size: int) -> Form:
    """Return as what a file is sent when nobody says: by its ending, and as a plain file where it is too large."""
    form = _BY_EXTENSION.get(extension(name), Form.FILE)
    return form if size <= LIMITS[form] else Form.FILE


def require_allowed(form: Form, name: str, size: int) -> None:
    """Refuse a file that the service would not take; UsageError names the limit."""
    if size == 0:
        raise UsageError(f"{name!r} is empty, and the service takes no empty file")
    if size > LIMITS[form]:
        limit = LIMITS[form] // _MIB
        raise UsageError(
            f"{name!r} has {size / _MIB:.1f} MiB; a {form} may have {limit} MiB",
            "Make it smaller" + ("." if form is Form.FILE else ", or send it as a file."),
        )
