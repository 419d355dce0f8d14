"""Changes single settings in a person's own file, so that its comments and its order stay."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["change"]


def change(path: Path, changes: Mapping[str, Any]) -> None:
    """Set settings by their dotted names (``terminal.theme``) in a TOML file; None takes one away.

    Tables and the file itself are made where they are missing, for their owner alone. UsageError where the file cannot be
    read or written: it is left as it is.
    """
    try:
        document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
        for name, value in changes.items():
            _set(document, name, value)
        _write(path, tomlkit.dumps(document))
    except (OSError, TOMLKitError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the settings in {path.name} cannot be changed: {error}", "Mend the file, or move it away."
        ) from error


def _set(document: tomlkit.TOMLDocument, name: str, value: Any) -> None:
    *tables, last = _parts(name)
    place: Any = document
    for table in tables:
        if table not in place:
            place[table] = tomlkit.table()
        place = place[table]
    if value is None:
        if last in place:
            del place[last]
    else:
        place[last] = value


def _parts(name: str) -> list[str]:
    """Return the parts of a dotted name; the ids of actions are one part, behind ``keymap``."""
    head, found, action = name.partition("keymap.")
    return [*head.rstrip(".").split("."), "keymap", action] if found else name.split(".")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
