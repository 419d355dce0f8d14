"""Changes single settings in a person's own file, so that its comments and its order stay."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hongyan.errors import UsageError
from hongyan.files.private_files import read_own
from hongyan.files.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

__all__ = ["change"]


def change(path: Path, changes: Mapping[str, Any]) -> None:
    """Set settings by their dotted names (``terminal.theme``) in a TOML file; None takes one away.

    Tables and the file itself are made where they are missing, a new file for its owner alone. A link stays a link to
    the file that is changed. UsageError where the file cannot be read, changed or written: it is left as it is.
    """
    try:
        path = path.resolve()
        before = read_own(path).decode("utf-8") if path.exists() else ""
        _write(path, _changed(before, changes))
    except (
        OSError,
        ValueError,
        TOMLKitError,
    ) as error:  # the errors of tomllib and of decoding are ValueErrors
        raise UsageError(
            f"the settings in {path.name} cannot be changed: {error}", "Fix the file, or move it away."
        ) from error


def _changed(before: str, changes: Mapping[str, Any]) -> str:
    wanted = read_toml(before)
    document = tomlkit.parse(before)
    for name, value in changes.items():
        _set(wanted, name, value)
        _set(document, name, value)
    text = tomlkit.dumps(document)
    if read_toml(text) != _plain(wanted):  # whatever else is in the file, it must not be touched
        raise ValueError("its tables are written in a way that cannot be changed from here")
    return text


def _set(document: MutableMapping[str, Any], name: str, value: Any) -> None:
    *tables, last = _parts(name)
    place: Any = document
    for table in tables:
        if table not in place:
            if value is None:
                return
            place[table] = tomlkit.table() if isinstance(document, tomlkit.TOMLDocument) else {}
        place = place[table]
        if not isinstance(place, dict):
            raise ValueError(f"{table} is not a table")  # noqa: TRY004  # it is a value of the file that is wrong
    if value is not None:
        place[last] = value
    elif last in place:
        del place[last]


def _plain(value: Any) -> Any:
    """Return a value as TOML has it: a tuple is a list."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _parts(name: str) -> list[str]:
    """Return the parts of a dotted name; the ids of actions are one part, behind ``keymap``."""
    head, found, action = name.partition("keymap.")
    return [*head.rstrip(".").split("."), "keymap", action] if found else name.split(".")


def _write(path: Path, text: str) -> None:
    """Put a text into the place of a file at once, or not at all; who may read it stays as it was."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
