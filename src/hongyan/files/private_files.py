"""Writes files so that a crash leaves the old or the new one, and makes names from the wire harmless."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hongyan.errors import StorageError

if TYPE_CHECKING:
    from hongyan.model.media_files import MediaFile

__all__ = [
    "copy_private",
    "free_path",
    "make_folder",
    "present",
    "private_folder",
    "read_own",
    "replace_file",
    "safe_name",
    "settle_file",
]

_LONGEST_NAME_BYTES: Final = 240  # of 255, so that a number still fits in
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)", re.IGNORECASE
)
_PRIVATE: Final = 0o700
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def private_folder(folder: Path) -> Path:
    """Make ``folder`` readable by its owner alone and return it; one that already is may be on a read-only disk.

    StorageError where that cannot be.
    """
    try:
        if stat.S_IMODE(make_folder(folder).stat().st_mode) != _PRIVATE:
            folder.chmod(_PRIVATE)
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageError(f"the folder {folder} cannot be used: {why}") from error
    return folder


def make_folder(folder: Path) -> Path:
    """Make ``folder`` and its missing parents, for the owner alone; an existing one stays unchanged. OSError."""
    missing = []
    above = folder
    while not above.exists() and above != above.parent:
        missing.append(above)
        above = above.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)  # raises the right error if it is not a folder
    return folder


def read_own(path: Path) -> bytes:
    """Return the content of a file of ours. OSError, at once, also if there is something that never ends or is
    waited for: a pipe, a device.
    """

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

    with open(path, "rb", opener=opener) as file:  # a path has no opener
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file")
        return file.read()


def copy_private(source: Path, target: Path) -> None:
    """Put a copy of a file in place of ``target`` in one step, readable by its owner alone. OSError.

    On failure the old file stays, except an empty file that only reserved the name.
    """
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".copying-")
    try:
        with source.open("rb") as read, os.fdopen(handle, "wb") as written:
            shutil.copyfileobj(read, written, 1 << 20)
        settle_file(Path(temporary), target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        with contextlib.suppress(OSError):
            if not target.stat().st_size:
                target.unlink()
        raise


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` in place of ``path`` in one step, with mode 0600, safe from a power cut."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        settle_file(Path(temporary), path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def settle_file(temporary: Path, path: Path) -> None:
    """Give a finished temporary file its name, and sync the folder."""
    temporary.replace(path)
    with contextlib.suppress(OSError):  # not every system opens folders
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def present(folder: Path, file: MediaFile | None) -> Path | None:
    """Return the path of a noted file in ``folder``, or None if it is missing or changed.

    Neither a link nor a place outside the folder is accepted.
    """
    if file is None:
        return None
    path = folder / file.path
    try:
        there = path.lstat()
    except OSError:
        return None
    inside = path.resolve().is_relative_to(folder.resolve())
    return path if inside and stat.S_ISREG(there.st_mode) and there.st_size == file.bytes else None


def safe_name(name: str, default: str = "file") -> str:
    """Return ``name`` as a plain file name for any system.

    No path parts, control or direction characters, no reserved device names, no leading or trailing dots and blanks,
    at most 240 bytes with the ending kept.
    """
    shown = "".join(
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in _INVISIBLE
    )
    shown = _encodable(shown)
    plain = _FORBIDDEN.sub("_", shown.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if not plain:
        return default
    stem, dot, ending = plain.partition(".")
    if _RESERVED.fullmatch(stem.strip()):
        plain = f"_{stem}{dot}{ending}"
    return _shortened(plain)


def _encodable(name: str) -> str:
    """Return ``name`` with ``_`` for each character that this system's file names cannot have (a locale of old)."""
    encoding = sys.getfilesystemencoding()
    try:
        name.encode(encoding)
    except UnicodeEncodeError:
        return name.encode(encoding, "replace").decode(encoding).replace("?", "_")
    return name


def _shortened(name: str) -> str:
    if len(name.encode()) <= _LONGEST_NAME_BYTES:
        return name
    stem, ending = os.path.splitext(name)  # noqa: PTH122  # a text, not a path
    ending = ending if len(ending.encode()) <= 20 else ""
    room = _LONGEST_NAME_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + ending


def free_path(folder: Path, name: str) -> Path:
    """Return a path in ``folder`` that no file has: the name itself, else with a number before its ending.

    The file is created empty, so that no other program takes the name.
    """
    stem, ending = os.path.splitext(safe_name(name))  # noqa: PTH122  # a text, not a path
    number = 1
    while True:
        path = folder / (f"{stem}{ending}" if number == 1 else f"{stem} ({number}){ending}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            number += 1
        else:
            return path
