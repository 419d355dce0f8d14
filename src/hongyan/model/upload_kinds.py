"""As what a file is sent, and how large it may be; it opens no file."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hongyan.errors import UsageError

__all__ = ["FORMS", "LIMITS", "UploadKind", "extension", "require_allowed", "require_form", "upload_kind_of"]

_MIB: Final = 1024 * 1024


class UploadKind(StrEnum):
    """As what a file is sent."""

    PICTURE = "picture"
    STICKER = "sticker"
    VIDEO = "video"
    FILE = "file"


FORMS: Final = ("auto", *map(str, UploadKind))
"""The choices of a caller: a kind, or ``auto``."""

LIMITS: Final = {
    UploadKind.PICTURE: 20 * _MIB,  # openwechat
    UploadKind.STICKER: 5 * _MIB,
    UploadKind.VIDEO: 20 * _MIB,  # front-end
    UploadKind.FILE: 200 * _MIB,
}
"""The largest file of each form, in bytes."""

_BY_EXTENSION: Final = {
    **dict.fromkeys(("png", "jpg", "jpeg", "bmp"), UploadKind.PICTURE),
    "gif": UploadKind.STICKER,
    "mp4": UploadKind.VIDEO,
}


def extension(name: str) -> str:
    """Return a name's ending in small letters, without the dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def upload_kind_of(name: str, size: int) -> UploadKind:
    """Return as what a file is sent by default: by its ending, and as a plain file where it is too large."""
    form = _BY_EXTENSION.get(extension(name), UploadKind.FILE)
    return form if size <= LIMITS[form] else UploadKind.FILE


def require_allowed(form: UploadKind, name: str, size: int) -> None:
    """Refuse a file that the service would not take; UsageError names the limit."""
    if size == 0:
        raise UsageError(f"{name!r} is empty, and the service takes no empty file")
    if size > LIMITS[form]:
        limit = LIMITS[form] // _MIB
        raise UsageError(
            f"{name!r} has {size / _MIB:.1f} MiB; a {form} may have {limit} MiB",
            "Make it smaller" + ("." if form is UploadKind.FILE else ", or send it as a file."),
        )


def require_form(form: object) -> None:
    """UsageError where ``form`` is none of ``FORMS``."""
    if form not in FORMS:
        raise UsageError(f"form cannot be {form!r}", f"Choose one of: {', '.join(FORMS)}.")
