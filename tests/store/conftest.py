"""A store in memory and one in a file, and events to put into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.events import MessageReceived
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("first")


def said(
    number: int, text: str = "hello", chat: str = "@alice", sender: str = ""
) -> tuple[MessageReceived, bytes]:
    """Return a text message with its raw bytes."""
    message = Text(
        id=MsgId(str(number)), chat=TransientName(chat), sender=TransientName(sender or chat), text=text
    )
    return MessageReceived(message=message), f"raw {number}".encode()


@pytest.fixture(params=["memory", "file"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Open a database of both sorts in turn."""
    database = Database(None if request.param == "memory" else tmp_path / "p" / "journal.db")
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> SqliteStore:
    """Return the store of one account."""
    return open_store(database, "me")
