"""The stores that the contracts are run against, and small values to fill them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey, LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hongyan.ports import Store

LOGIN = LoginId("first")
ALICE, BOB = TransientName("@alice"), TransientName("@bob")


@pytest.fixture(params=["sqlite-memory", "sqlite-file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open every kind of store that there is in turn. Another one is added here."""
    database = Database(None if request.param == "sqlite-memory" else tmp_path / "p" / "journal.db")
    yield open_store(database, "me")
    database.close()


def text(number: int, words: str = "hello", chat: TransientName = ALICE) -> tuple[MessageReceived, bytes]:
    """Return a text message with its raw bytes."""
    message = Text(id=MsgId(str(number)), chat=chat, sender=chat, text=words)
    return MessageReceived(message=message), b"raw %d" % number


def friend(name: TransientName, nickname: str) -> ContactChange:
    """Return what an answer says of a friend."""
    return ContactChange(name=name, kind=ContactKind.FRIEND, nickname=nickname, in_contacts=True, full=True)


async def wrote(store: Store, *numbers: int, chat: TransientName = ALICE) -> ChatKey:
    """Let somebody write so many messages, each at the second of its number, and return their key."""
    for number in numbers:
        await store.append(
            [text(number, f"words {number}", chat)], login=LOGIN, received_at=float(number), position=b"p"
        )
    key = store.directory.key_of(LOGIN, chat)
    assert key is not None
    return key
