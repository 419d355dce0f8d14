"""Writes the body of an answer into a file, and resumes one that broke off if it is still the same content.

Beside an incomplete file lies a note about the whole: length, validators and type, as the first
answer gave them. An answer that differs in any of them is other content, and the file is started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import stat
from typing import TYPE_CHECKING, Final, NamedTuple

import aiohttp
import msgspec
from msgspec import Struct

from hongyan.errors import StorageError
from hongyan.transport.content import Inflater, TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    Progress = Callable[[int, int | None], None]

__all__ = ["AnotherThing", "Beginning", "drop", "found", "land", "pieces"]

_WINDOW: Final = 16 << 10  # bytes that must come within the patience for one pause
_RANGE: Final = re.compile(r"bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)\s*")
_NOTE_AT_MOST: Final = 4 << 10


class AnotherThing(Exception):
    """The answer does not continue where the file ends, or continues with other content."""


class _About(Struct, frozen=True):
    """The whole that a file is the start of, as the first answer described it; ``total`` in bytes."""

    total: int | None = None
    etag: str = ""
    modified: str = ""
    type: str = ""

    def fits(self, other: _About) -> bool:
        """Whether another answer may be about the same content: no value that both of them have differs."""
        return all(
            mine == theirs or mine in {None, ""} or theirs in {None, ""}
            for mine, theirs in zip(
                msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True
            )
        )


class Beginning(NamedTuple):
    """The first ``have`` bytes of something."""

    path: Path
    have: int
    about: _About

    @property
    def asking(self) -> tuple[tuple[str, str], ...]:
        """The headers that request the rest; for an empty file the request's own range is used."""
        plain = (("Accept-Encoding", "identity"),)
        if not self.have:
            return plain
        strong = self.about.etag if self.about.etag.startswith('"') else ""
        same = (("If-Range", strong),) if strong else ()
        return (*plain, ("Range", f"bytes={self.have}-"), *same)


def found(path: Path) -> Beginning:
    """Return the resumable part at ``path``; a part without a note, or anything but a plain file, is removed."""
    nothing = Beginning(path, 0, _About())
    try:
        there = path.lstat()
        if stat.S_ISREG(there.st_mode) and there.st_size:
            about = _noted(path)
            if about.total is None or there.st_size < about.total:
                return Beginning(path, there.st_size, about)
    except (OSError, ValueError):  # the errors of msgspec are ValueErrors
        pass
    with contextlib.suppress(OSError):  # a path that cannot be written is reported when it is written
        drop(path)
    return nothing


def drop(path: Path) -> None:
    """Remove a file that is not whole, and the note beside it."""
    path.unlink(missing_ok=True)
    _note_of(path).unlink(missing_ok=True)


def _note_of(path: Path) -> Path:
    return path.with_name(f".about{path.name}")


def _noted(path: Path) -> _About:
    with _note_of(path).open("rb") as file:
        return msgspec.json.decode(file.read(_NOTE_AT_MOST), type=_About)


async def land(
    answer: aiohttp.ClientResponse,
    begun: Beginning,
    *,
    at_most: int,
    patience: float,
    progress: Progress | None,
) -> None:
    """Write a success (200, 206) to the file: at its end if the server continues from there, else from the start.

    ``at_most`` bounds the whole file in bytes, ``patience`` each pause in seconds. Raises AnotherThing, TooLarge,
    aiohttp's errors, UnknownCoding and zlib.error; a resumable part stays, anything else is removed. StorageError
    where the file cannot be written.
    """
    path = begun.path
    try:
        await _land(answer, begun, at_most, patience, progress)
    except (aiohttp.ClientError, TimeoutError):
        if not _note_of(path).exists():  # where the rest of a packed answer starts is unknown
            drop(path)
        raise
    except Exception:
        with contextlib.suppress(OSError):
            drop(path)
        raise
    _note_of(path).unlink(missing_ok=True)


async def _land(
    answer: aiohttp.ClientResponse,
    begun: Beginning,
    at_most: int,
    patience: float,
    progress: Progress | None,
) -> None:
    begin, end, about = _place(answer, begun)
    inflater = Inflater(answer.headers.get("Content-Encoding", ""), at_most - begin)
    if about.total is not None and about.total > at_most:
        raise TooLarge
    with _opened(begun.path, begin, about if inflater.plain else None) as file:
        async for piece in pieces(answer, patience):
            _write(file, inflater.feed(piece))
            if progress is not None:
                progress(file.tell(), about.total if inflater.plain else None)
        have = file.tell()
    short = end is not None and inflater.plain and have != end
    part = about.total is not None and inflater.plain and have < about.total  # which was not requested
    if short or part or not inflater.finished:
        raise aiohttp.ClientPayloadError


def _place(answer: aiohttp.ClientResponse, begun: Beginning) -> tuple[int, int | None, _About]:
    """Return start and end of the answer's body in the whole, and what the answer declares about it; or raise AnotherThing."""
    ranges = set(answer.headers.getall("Content-Range", ()))
    if len(ranges) > 1:
        raise AnotherThing
    content_range = _RANGE.fullmatch(next(iter(ranges), "")) if answer.status == 206 else None
    length = answer.content_length
    several = answer.headers.get("Content-Type", "").lower().startswith("multipart/")
    if (
        answer.status == 206
        and content_range is None
        and (begun.have or several or "Content-Range" in answer.headers)
    ):
        raise AnotherThing
    if content_range is None:
        return 0, length, _about(answer, length)
    begin, end = int(content_range[1]), int(content_range[2]) + 1
    about = _about(answer, None if content_range[3] == "*" else int(content_range[3]))
    if begin != begun.have or end <= begin or (about.total is not None and end > about.total):
        raise AnotherThing
    if begin and ("Content-Encoding" in answer.headers or not about.fits(begun.about)):
        raise AnotherThing
    if length is not None and length != end - begin and "Content-Encoding" not in answer.headers:
        raise AnotherThing
    return begin, end, about


def _about(answer: aiohttp.ClientResponse, total: int | None) -> _About:
    tag, date, kind = (
        answer.headers.get(name, "").encode("utf-8", "replace").decode()
        for name in ("ETag", "Last-Modified", "Content-Type")
    )
    return _About(total, tag, date, kind.lower())


@contextlib.contextmanager
def _opened(path: Path, begin: int, about: _About | None) -> Iterator[BinaryIO]:
    """Open a file of its owner alone at ``begin``, cutting off the rest; a link in its place is not followed."""
    try:
        if not begin:
            drop(path)
        if about is not None and not begin:
            with _created(_note_of(path)) as note:
                note.write(msgspec.json.encode(about))
        file = _created(path)
        file.seek(begin)
        file.truncate()
    except OSError as error:
        raise _unwritable(error) from error
    try:
        yield file
    finally:
        try:
            file.close()
        except OSError as error:
            raise _unwritable(error) from error


def _created(path: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b")


def _write(file: BinaryIO, plain: bytes) -> None:
    try:
        file.write(plain)
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> StorageError:
    return StorageError(
        f"a file that comes in cannot be written: {error.strerror or error}",
        "Make room, or make the profile's folder writable; then it is fetched again.",
    )


async def pieces(answer: aiohttp.ClientResponse, patience: float) -> AsyncIterator[bytes]:
    """Yield a body as it arrives; TimeoutError if less than a fair amount arrives within ``patience`` seconds."""
    clock = asyncio.get_running_loop().time
    due, received = clock() + patience, 0
    while True:
        async with asyncio.timeout_at(due):
            piece = await answer.content.readany()
        if not piece:
            return
        received += len(piece)
        if received >= _WINDOW:
            due, received = clock() + patience, 0
        yield piece
