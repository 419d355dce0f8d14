"""Brings a database to the newest schema by numbered SQL files; it knows nothing of what the tables mean."""

from __future__ import annotations

import contextlib
import sqlite3
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["migrate", "newest", "require_known"]


@cache
def _steps() -> tuple[tuple[int, str], ...]:
    """Return (number, SQL) of each file, in order."""
    found = (f for f in (files(__package__) / "schema").iterdir() if f.name.endswith(".sql"))
    return tuple(sorted((int(f.name.split("_")[0]), f.read_text("utf-8")) for f in found))


def newest() -> int:
    """Return the number of the newest schema that this version knows."""
    return _steps()[-1][0]


def require_known(connection: sqlite3.Connection) -> int:
    """Return the number of a database's schema; UsageError where a later version made it."""
    (present,) = connection.execute("PRAGMA user_version").fetchone()
    if present > newest():
        raise UsageError(
            f"the profile's journal was written by a newer Hongyan (schema {present}, this one knows {newest()})",
            "Upgrade Hongyan, or use another profile.",
        )
    return int(present)


def migrate(
    connection: sqlite3.Connection,
    alone: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
) -> None:
    """Apply what is missing, each step in one transaction; a newer database is a UsageError.

    A database of an earlier version is changed inside ``alone()``, which keeps out, or raises for, the programs that
    may still use its tables.
    """
    present = require_known(connection)
    if present >= newest():
        return
    with alone() if present else contextlib.nullcontext():
        for number, sql in _steps():
            if number > present:
                _apply(connection, number, sql)


def _apply(connection: sqlite3.Connection, number: int, sql: str) -> None:
    """Apply a step, unless another program did so while this one waited for the file."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] < number:
            for statement in _statements(sql):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(sql: str) -> Iterator[str]:
    """Yield the statements of a file one by one: a script as a whole would end the transaction that it runs in."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
