"""Writes reports of faults of the program itself, for its developers; independent of logins, messages and screens.

A fault is an exception that no part of the program expected. Its report shows where it happened: the kinds of the
exceptions, and for each frame file, line and function. What the program held at that moment is left out: no locals, no
arguments, no words of an exception unless its kind builds them from names in code. So a report can be sent to others
who may not read the messages of its writer.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Final

from hongyan import userdirs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from traceback import FrameSummary

__all__ = ["forget_reported", "keep_in", "note", "text_of"]

_log = logging.getLogger("hongyan.faults")

_KEPT_FILES: Final = 40  # files in the folder
_CHAIN: Final = 16  # exceptions of one report
_FRAMES: Final = 60  # frames of one exception, the innermost
_PACKAGE: Final = Path(__file__).parent

_SPEAK_OF_CODE: Final = (
    AttributeError,
    ImportError,
    IndexError,
    NameError,
    RecursionError,
    ZeroDivisionError,
)
"""Exceptions whose texts name things of the code. Others (ValueError, KeyError …) quote what was read."""

_folder: Path | None = None
_reported: dict[str, Path | None] = {}


def keep_in(folder: Path | None) -> None:
    """Write reports into ``folder`` from now on; None means the user's folder for a program's state."""
    global _folder  # noqa: PLW0603  # one place for a whole program, as for its log
    _folder = folder


def forget_reported() -> None:
    """Report every fault again, also those that were reported before."""
    _reported.clear()


def note(fault: BaseException, *, doing: str, log: bool = True) -> Path | None:
    """Write a report of ``fault``, raised while ``doing`` something ("reading a batch"), and ``log`` one line.

    The same fault at the same place is reported once in the life of a program. Return the report's path, also for a
    repeat; None where no file could be written. This never raises: it is called where the program must continue.
    """
    try:
        kind = _kind_of(fault)
        if kind in _reported:
            _log.debug("again, while %s: %s", doing, type(fault).__name__)
            return _reported[kind]
        path = _reported[kind] = _written(text_of(fault, doing=doing), kind)
        where = f"a report without any message or key is in {path}" if path else "no report could be written"
        if log:
            _log.error("a fault of Hongyan's own while %s (%s); %s", doing, type(fault).__name__, where)
    except Exception:  # noqa: BLE001  # a report that fails must not stop the program
        return None
    return path


def text_of(fault: BaseException, *, doing: str) -> str:
    """Return the text of a report."""
    lines = [
        f"Hongyan {_version()}, Python {platform.python_version()}, {sys.platform}",
        f"{time.strftime('%Y-%m-%d %H:%M:%S %z')}, while {doing}",
    ]
    for depth, how, error in _chain(fault):
        indent = "  " * depth
        lines += ["", f"{indent}{how}{_name(error)}{_words(error)}"]
        lines += [f"{indent}  {line}" for line in _frames(error)]
    return "\n".join(lines) + "\n"


def _version() -> str:
    return str(getattr(sys.modules.get("hongyan"), "__version__", "?"))


def _chain(fault: BaseException) -> Iterator[tuple[int, str, BaseException]]:
    """Yield a fault, what it contains and what led to it: depth, how it belongs there, and the exception."""
    seen: set[int] = set()
    waiting = [(0, "", fault)]
    while waiting and len(seen) < _CHAIN:
        depth, how, error = waiting.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield depth, how, error
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is not None:
            waiting.append((depth, "after ", before))
        if isinstance(error, BaseExceptionGroup):
            waiting += [(depth + 1, "with ", inner) for inner in reversed(error.exceptions)]


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _words(error: BaseException) -> str:
    """Return the safe part of an exception's text: the system's for its errors, the code's for some kinds."""
    if isinstance(error, OSError) and error.errno is not None:
        return f": {os.strerror(error.errno)}"
    words = str(error) if isinstance(error, _SPEAK_OF_CODE) else ""
    return f": {words}" if words and words.isascii() and len(words) <= 200 else ""


def _frames(error: BaseException) -> Iterator[str]:
    for frame in extract_tb(error.__traceback__)[-_FRAMES:]:
        code = f": {frame.line}" if _is_ours(frame) and frame.line else ""
        yield f"{_place(frame)} in {frame.name}{code}"


def _is_ours(frame: FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(_PACKAGE)


def _place(frame: FrameSummary) -> str:
    """Return file and line, without the folders of this machine."""
    path = Path(frame.filename)
    short = path.relative_to(_PACKAGE.parent) if _is_ours(frame) else Path(*path.parts[-2:])
    return f"{short}:{frame.lineno}"


def _kind_of(fault: BaseException) -> str:
    """Return an identifier of the fault and its place: eight hexadecimal digits."""
    parts = [
        f"{_name(error)} {[_place(f) for f in extract_tb(error.__traceback__)[-3:]]}"
        for _, _, error in _chain(fault)
    ]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:8]


def _written(text: str, kind: str) -> Path | None:
    for folder in _folders():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / f"fault-{kind}.txt"
            fresh = folder / f".fault-{kind}-{os.getpid()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            fresh.replace(path)
            _sweep(folder)
        except OSError:
            continue
        return path
    return None


def _folders() -> Iterator[Path]:
    """Yield where a report may be kept: the place that was set, the user's, and one for programs without a home."""
    if _folder is not None:
        yield _folder
        return
    home = userdirs.state()
    if home is not None:
        yield home / "reports"
    yield Path(tempfile.gettempdir()) / f"hongyan-reports-{os.getuid()}"


def _sweep(folder: Path) -> None:
    """Keep the newest reports."""
    reports = sorted(folder.glob("fault-*.txt"), key=lambda path: path.stat().st_mtime)
    for path in reports[:-_KEPT_FILES]:
        path.unlink(missing_ok=True)
