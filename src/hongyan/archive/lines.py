"""An account as JSON Lines, written and read back exactly: one row a line, a head first and a count last.

Keys and tickets are redacted on the way: a reader of the file cannot act for anyone. Bytes are base64; what the rows
hold as JSON stays JSON.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hongyan.archive.rows import COLUMNS, KINDS, FirstLine, checked
from hongyan.errors import UsageError
from hongyan.webwx.secrets import without_secrets_in_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Row = tuple[str, tuple[Any, ...]]

__all__ = ["check_rows", "read_head", "read_rows", "written"]

_VERSION: Final = 1
_NOTHING: Final = "Nothing was imported."
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
    """Return the head of a file; UsageError where it is not an export."""
    head = _parsed(line, 1)
    if head.get("hongyan") != "export":
        raise UsageError(
            "this is not an export of Hongyan", "Give the file that hongyan export --format jsonl wrote."
        )
    if head.get("version") != _VERSION:
        raise UsageError(
            f"the export has version {head.get('version')!r}, this Hongyan reads {_VERSION}", "Upgrade."
        )
    if wrong := checked(head, FirstLine):
        raise UsageError(f"line 1 of the export is wrong: {wrong}", _NOTHING)
    return head


def check_rows(lines: Iterable[bytes]) -> int:
    """Read everything that follows the head, without writing any of it, and return how many rows there are.

    UsageError names the first line that is wrong, and the reason.
    """
    return sum(1 for _ in read_rows(lines, COLUMNS))


def read_rows(lines: Iterable[bytes], tables: Mapping[str, tuple[str, ...]]) -> Iterator[Row]:
    """Yield the rows that follow the head; UsageError names the wrong line, or reports that the end is missing."""
    count = 0
    for number, line in enumerate(lines, 2):
        value = _parsed(line, number)
        if value.get("hongyan") == "end":
            if value.get("rows") != count:
                raise UsageError(f"line {number}: {value.get('rows')} rows were written, {count} are here")
            return
        yield _row(value, number, tables)
        count += 1
    raise UsageError(f"the file breaks off after {count} rows", "Export again. Nothing was imported.")


def _row(value: dict[str, Any], number: int, tables: Mapping[str, tuple[str, ...]]) -> Row:
    table = value.get("table")
    if not isinstance(table, str) or table not in tables:
        raise UsageError(f"line {number} is not a row of an export: it names no table", _NOTHING)
    if wrong := checked(value, KINDS[table]):
        raise UsageError(f"line {number} ({table}) is wrong: {wrong}", _NOTHING)
    return table, tuple(_in(name, value[name]) for name in tables[table])


def _parsed(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"line {number} is not JSON: {error}", _NOTHING) from error
    if not isinstance(value, dict):
        raise UsageError(f"line {number} is not a row of an export", _NOTHING)
    return value


def _in(name: str, value: Any) -> Any:
    if name in _JSON:
        return msgspec.json.encode(value)
    if name in _BYTES:
        return base64.b64decode(value)
    return value
