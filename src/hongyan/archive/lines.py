"""An account as JSON Lines, written and read back exactly: one row a line, a head first and a count last.

Keys and tickets are blotted out on the way: who reads the file can act in nobody's name. Bytes are base64; what the rows
hold as JSON stands as JSON.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hongyan.errors import UsageError
from hongyan.webwx.secrets import without_secrets_in_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Row = tuple[str, tuple[Any, ...]]

__all__ = ["read_head", "read_rows", "written"]

_VERSION: Final = 1
_JSON: Final = frozenset({"event", "contact"})
_BYTES: Final = frozenset({"raw"})


def written(
    head: Mapping[str, Any],
    tables: Mapping[str, tuple[str, ...]],
    rows: Callable[[str], Iterable[tuple[Any, ...]]],
) -> Iterator[bytes]:
    """Yield the lines of an account: ``tables`` names its tables' columns, ``rows`` returns a table's rows."""
    yield _line({"hongyan": "export", "version": _VERSION, **head})
    count = 0
    for table, columns in tables.items():
        for row in rows(table):
            count += 1
            values = {name: _out(name, value) for name, value in zip(columns, row, strict=True)}
            yield _line({"table": table, **values})
    yield _line({"hongyan": "end", "rows": count})


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _out(name: str, value: Any) -> Any:
    if name in _JSON:
        return msgspec.Raw(without_secrets_in_bytes(bytes(value)))
    if name in _BYTES:
        return base64.b64encode(without_secrets_in_bytes(bytes(value))).decode()
    return value


def read_head(line: bytes) -> dict[str, Any]:
    """Return the head of a file; UsageError where it is no export of ours."""
    head = _parsed(line, 1)
    if head.get("hongyan") != "export":
        raise UsageError(
            "this is no export of Hongyan", "Give the file that hongyan export --format jsonl wrote."
        )
    if head.get("version") != _VERSION:
        raise UsageError(
            f"the export has version {head.get('version')}, this Hongyan reads {_VERSION}", "Upgrade."
        )
    return head


def read_rows(lines: Iterable[bytes], tables: Mapping[str, tuple[str, ...]]) -> Iterator[Row]:
    """Yield the rows that follow the head; UsageError names the line that is wrong, or says that the end is missing."""
    count = 0
    for number, line in enumerate(lines, 2):
        value = _parsed(line, number)
        if value.get("hongyan") == "end":
            if value.get("rows") != count:
                raise UsageError(f"line {number}: {value.get('rows')} rows were written, {count} are here")
            return
        try:
            table = value["table"]
            yield table, tuple(_in(name, value[name]) for name in tables[table])
        except (KeyError, ValueError, TypeError) as error:
            raise UsageError(f"line {number} is no row of an export: {error!r}") from error
        count += 1
    raise UsageError(f"the file breaks off after {count} rows", "Export once more; nothing was imported.")


def _parsed(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise UsageError(f"line {number} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise UsageError(f"line {number} is no row of an export")
    return value


def _in(name: str, value: Any) -> Any:
    if name in _JSON:
        return msgspec.json.encode(value)
    if name in _BYTES:
        return base64.b64decode(value)
    return value
