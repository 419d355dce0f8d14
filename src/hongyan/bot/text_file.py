"""Reads the small text files that an operator names: with a limit of size, and errors that name the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_secret", "read_text_file"]

_LONGEST: Final = 1 << 20  # bytes; rules have some thousands, and a device such as /dev/zero has no end


def read_text_file(path: Path, advice: str) -> str:
    """Return the text of a UTF-8 file of 1 MiB at most; UsageError names the file and the reason."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", advice) from error
    if len(raw) > _LONGEST:
        raise UsageError(f"{path}: is longer than {_LONGEST} bytes", advice)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 at byte {error.start}", "Save the file as UTF-8.") from error


def read_secret(path: Path | None) -> str:
    """Return the secret that a file holds, "" for no file; UsageError for an empty one, which would sign nothing."""
    if path is None:
        return ""
    secret = read_text_file(path, "Give the path of a file that holds the secret and nothing else.").strip()
    if not secret:
        raise UsageError(
            f"{path}: holds no secret", "Write one into it; without the option nothing is signed."
        )
    return secret
