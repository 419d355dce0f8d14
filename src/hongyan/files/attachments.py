"""Takes a copy of a file that is to be sent, with its size and digests in one pass; it sends nothing."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hongyan.errors import StorageError, UsageError
from hongyan.files.content_types import HEAD, ending_of
from hongyan.files.file_names import ending_for
from hongyan.files.private_files import private_folder, settle_file
from hongyan.model.upload_kinds import UploadKind, require_allowed, require_form, upload_kind_of

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["Copy", "keep_copy", "require_whole"]

_PIECE: Final = 1 << 18


class Copy(Struct, frozen=True):
    """A file in the media folder. ``size`` in bytes, digests in lower-case hex."""

    path: Path
    size: int
    md5: str
    sha256: str


def keep_copy(source: Path, folder: Path, form: str = "auto") -> Copy:
    """Copy ``source`` into ``folder`` under its SHA-256 and return what it is; UsageError where it cannot be sent.

    Limits of size are checked before anything is read, and a file to be sent as a picture must start like one.
    The copy is independent of changes to the source, so that a send after a crash uses the original content.
    """
    try:
        there = source.stat()
        if not stat.S_ISREG(there.st_mode) and not stat.S_ISDIR(there.st_mode):
            raise UsageError(
                f"{source.name!r} is a pipe or a device, not a file", "Write it to a file first."
            )
        size = there.st_size
        require_form(form)
        sent_as = upload_kind_of(source.name, size) if form == "auto" else UploadKind(form)
        require_allowed(sent_as, source.name, size)
        file = source.open("rb")
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        why = getattr(error, "strerror", None) or "there is no such name"
        raise UsageError(f"{source.name!r} cannot be read: {why}") from error
    with file:
        if form != "auto":
            _require_kind(file, sent_as, source.name)
        try:
            return _kept(file, folder, source.name)
        except OSError as error:
            raise StorageError(f"the copy of the file cannot be stored: {error.strerror}") from error


def _kept(file: BinaryIO, folder: Path, name: str) -> Copy:
    ending = ending_for(file.read(HEAD), name)
    file.seek(0)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".sending-")
    try:
        with os.fdopen(handle, "wb") as target:
            size, md5, sha256 = _copied(file, target)
        path = private_folder(folder / sha256[:2]) / f"{sha256}{ending}"
        settle_file(Path(temporary), path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Copy(path, size, md5, sha256)


def copy_in(folder: Path, noted: str) -> Path | None:
    """Return the path of the copy noted as ``noted`` in ``folder``, or None if it is missing.

    Only its name counts. The folder may have been moved since, and a row that was imported may name any file of this
    machine.
    """
    name = PurePath(noted).name
    path = folder / name[:2] / name
    return path if _COPY.match(name) and path.is_file() and not path.is_symlink() else None


_COPY: Final = re.compile("[0-9a-f]{64}")  # the SHA-256; an ending may follow
_PICTURES: Final = {".jpg", ".png", ".gif", ".bmp", ".webp"}
_BEGINS: Final = {UploadKind.PICTURE: _PICTURES, UploadKind.STICKER: _PICTURES}


def _require_kind(file: BinaryIO, form: UploadKind, name: str) -> None:
    """Refuse a file that is to be sent as a picture and does not start like one."""
    if form in _BEGINS and ending_of(file.read(HEAD)) not in _BEGINS[form]:
        raise UsageError(f"{name!r} is not a picture", "Send it as a file.")
    file.seek(0)


def _copied(source: BinaryIO, target: BinaryIO) -> tuple[int, str, str]:
    size, md5, sha256 = 0, hashlib.md5(usedforsecurity=False), hashlib.sha256()
    while piece := _read(source):
        target.write(piece)
        md5.update(piece)
        sha256.update(piece)
        size += len(piece)
    target.flush()
    os.fsync(target.fileno())
    return size, md5.hexdigest(), sha256.hexdigest()


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(_PIECE)
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}") from error


def require_whole(path: Path, size: int) -> None:
    """UsageError if a stored copy is missing or changed: a person tidied up in the profile's folder."""
    try:
        there = path.stat().st_size
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise UsageError(f"the stored copy of the file is gone ({why})", _ANEW) from error
    if there != size:
        raise UsageError(f"the stored copy of the file has {there} bytes instead of {size}", _ANEW)


_ANEW: Final = "Send the file anew."
