"""The ledger of a state folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.emulator.persistence import SqlitePersistence

if TYPE_CHECKING:
    from pathlib import Path


async def test_ledger_keeps_rows_and_events(tmp_path: Path) -> None:
    """Put, replaced, dropped; events by position."""
    persistence = SqlitePersistence(tmp_path / "db")
    persistence.put("place", "a", {"n": 1})
    persistence.put("place", "a", {"n": 2})
    persistence.put("place", "b", None)
    persistence.drop("place", "b")
    persistence.put_event("login", 2, "message", "", b"two")
    persistence.put_event("login", 1, "message", "x", b"one")
    await persistence.settled()
    persistence.close()
    other = SqlitePersistence(tmp_path / "db")
    assert list(other.rows("place")) == [("a", {"n": 2})]
    assert list(other.events("login")) == [(1, "message", "x", b"one"), (2, "message", "", b"two")]
    other.drop_events("login")
    await other.settled()
    assert list(other.events("login")) == []
    other.close()


async def test_ledger_that_cannot_write_says_so(tmp_path: Path) -> None:
    """The failure reaches whoever waits for it."""
    persistence = SqlitePersistence(tmp_path / "db")
    persistence.put("place", "a", 1)
    await persistence.settled()
    persistence._order("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(Exception, match="nowhere"):
        await persistence.settled()
    persistence.close()
