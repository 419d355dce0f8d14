"""Keeps a person's favourite stickers in a file of the profile; it sends none."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from hongyan.files.private_files import read_own

__all__ = ["Favourite", "keep", "kept"]

_FILE: Final = "stickers.json"
_MOST: Final = 200


class Favourite(msgspec.Struct, frozen=True):
    """A sticker by the digest under which the service knows it, and what was written with it."""

    md5: str
    caption: str = ""


def kept(folder: Path) -> list[Favourite]:
    """Return the favourites of a profile's folder, the newest first; a file that cannot be read has none."""
    try:
        return msgspec.json.decode(read_own(folder / _FILE), type=list[Favourite])
    except (OSError, msgspec.DecodeError):
        return []


def keep(folder: Path, sticker: Favourite) -> None:
    """Add a sticker to the favourites, in front of the others; OSError where the file cannot be written."""
    stickers = [sticker, *(one for one in kept(folder) if one.md5 != sticker.md5)][:_MOST]
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{_FILE}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(stickers))
        Path(name).replace(folder / _FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
