"""Takes a copy of a file that is to be sent, with its size and digests in one pass; it sends nothing."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hongyan.client.files import private_folder, settle_file
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["Copy", "keep_copy"]

_PIECE: Final = 1 << 18


class Copy(Struct, frozen=True):
    """A file in the media folder. ``size`` in bytes, digests in lower-case hex."""

    path: Path
    size: int
    md5: str
    sha256: str


def keep_copy(source: Path, folder: Path) -> Copy:
    """Copy ``source`` into ``folder`` under its SHA-256 and return what it is; UsageError where it cannot be sent.

    The copy outlives changes to the source, so that what is sent after a crash is what was asked for.
    """
    try:
        if source.stat().st_size == 0:
            raise UsageError(f"{source.name!r} is empty", "The service refuses empty files.")
        file = source.open("rb")
    except OSError as error:
        raise UsageError(f"{source.name!r} cannot be read: {error.strerror}") from error
    with file:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".sending-")
        try:
            with os.fdopen(handle, "wb") as target:
                size, md5, sha256 = _copied(file, target)
            path = private_folder(folder / sha256[:2]) / sha256
            settle_file(Path(temporary), path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    return Copy(path, size, md5, sha256)


def _copied(source: BinaryIO, target: BinaryIO) -> tuple[int, str, str]:
    size, md5, sha256 = 0, hashlib.md5(usedforsecurity=False), hashlib.sha256()
    try:
        while piece := source.read(_PIECE):
            target.write(piece)
            md5.update(piece)
            sha256.update(piece)
            size += len(piece)
        target.flush()
        os.fsync(target.fileno())
    except OSError as error:
        raise UsageError(f"the file cannot be copied: {error.strerror}") from error
    return size, md5.hexdigest(), sha256.hexdigest()
