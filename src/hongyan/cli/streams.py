"""Keeps the three standard streams fit for use: open, and never the cause of a program's end; it prints nothing itself."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = [
    "flush",
    "is_gone",
    "is_lost",
    "lost_words",
    "name_output",
    "open_missing",
    "settle",
    "tell_done",
    "typed_text",
]

_STREAMS: Final = (
    (0, "stdin", "r", os.O_RDONLY),
    (1, "stdout", "w", os.O_RDONLY),  # output written to it is lost, which is not a success
    (2, "stderr", "w", os.O_WRONLY),
)
_OUTPUT: Final = "standard output"
_FOR_PEOPLE: Final = "hongyan.cells"
_FOR_PROGRAMS: Final = "hongyan.json"


def open_missing() -> None:
    """Open the null device in place of each standard stream that is closed; writing to that output is an error, as it was.

    Otherwise the next file or connection that is opened gets its number, and the output goes there.
    """
    for number, name, mode, flags in _STREAMS:
        try:
            os.fstat(number)
        except OSError:
            _open_null(number, flags)
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  # a descriptor
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


class _Output(io.FileIO):
    """Standard output whose errors are marked as its own: they can be raised anywhere where something is printed."""

    def write(self, data: Buffer, /) -> int:
        """Write as a file does."""
        try:
            return super().write(data)
        except OSError as error:
            error.filename = _OUTPUT
            raise


def name_output() -> None:
    """Let errors of standard output be distinguished from those of files, by ``is_lost``."""
    before = sys.stdout
    if _descriptor(before) != 1 or not isinstance(before, io.TextIOWrapper):
        return
    before.flush()
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Output(1, "w", closefd=False)),
        encoding=before.encoding,
        errors=before.errors,
        newline=os.linesep if os.name == "nt" else None,
        line_buffering=before.line_buffering,
        write_through=before.write_through,
    )


def _open_null(number: int, flags: int) -> None:
    opened = os.open(os.devnull, flags)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)


def settle(*, as_json: bool) -> None:
    """Keep characters from ending the program: one that the encoding lacks is shown as one ``?`` a cell.

    In JSON it becomes an escape, so that the value stays the same. ASCII is what a locale without a name
    says (C, POSIX); it is treated as UTF-8, as the interpreter does if it may.
    """
    import codecs

    codecs.register_error(_FOR_PEOPLE, _as_cells)
    codecs.register_error(_FOR_PROGRAMS, _as_escapes)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if codecs.lookup(stream.encoding).name == "ascii" else stream.encoding
            stream.reconfigure(encoding=encoding, errors=_FOR_PROGRAMS if as_json else _FOR_PEOPLE)


def _as_cells(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from unicodedata import combining, east_asian_width

    lacking = error.object[error.start : error.end]
    cells = (0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in lacking)
    return "?" * sum(cells), error.end


def _as_escapes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{unit}" for unit in pairs), error.end


def typed_text(raw: bytes) -> str:
    """Return typed or piped input as text: UTF-8, else in the locale's encoding; ValueError if it is neither."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        import locale

        return raw.decode(locale.getencoding())


def flush() -> None:
    """Flush the output; OSError if that fails, after which the rest is discarded."""
    problem: OSError | None = None
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except OSError as error:
            problem = problem or error
            if _descriptor(stream) == number:
                os.dup2(
                    os.open(os.devnull, os.O_WRONLY), number
                )  # else the interpreter tries again, and complains
    if problem is not None:
        raise problem


def tell_done(line: str) -> None:
    """Print a line about an action that is done, and that a closed pipe or a full disk does not undo.

    A script that took the failure for one of the send would send again: so it is reported on standard error alone.
    """
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{line}\n")
    try:
        flush()
    except OSError as problem:
        with contextlib.suppress(OSError):
            if not is_gone(problem):
                sys.stderr.write(f"hongyan: it is done, but the output takes no words: {problem.strerror}\n")


def is_lost(problem: OSError) -> bool:
    """Whether an error was raised by printing, in any part of the program."""
    return bool(problem.filename == _OUTPUT)


def lost_words(problem: OSError) -> tuple[str, str]:
    """Return the sentence and the advice about an output that cannot be written."""
    why = "it is closed" if problem.errno == errno.EBADF else problem.strerror
    return f"nothing can be printed to standard output: {why}", "Look at where the output is sent (>)."


def _descriptor(stream: object) -> int:
    try:
        return stream.fileno() if isinstance(stream, io.TextIOWrapper) else -1
    except (OSError, ValueError):
        return -1


def is_gone(problem: OSError) -> bool:
    """Whether an error shows that the reader of our output has closed it (``hongyan chats | head``)."""
    return isinstance(problem, BrokenPipeError) or problem.errno == errno.EPIPE
