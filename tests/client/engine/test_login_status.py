"""The status row: what other programs and screens know of a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.client.engine.login_status import LoginStatus
from hongyan.model.events import LoginState
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hongyan.model.events import Status


class Board:
    """A status with a clock that goes on by hand, and the row that others read."""

    def __init__(self, database: Database) -> None:
        self.now = 100.0
        self.store = open_store(database, "me")
        self.status = LoginStatus(self.store, lambda: self.now, lambda: 0.5)

    @property
    def row(self) -> Status:
        """What others read."""
        return self.store.login.status()


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    """Return a status on a store in memory."""
    database = Database(None)
    yield Board(database)
    database.close()


async def test_the_row_says_since_when_a_login_stands_so(board: Board) -> None:
    """Another word on the same state does not begin it anew."""
    await board.status.say(LoginState.ONLINE)
    board.now = 160.0
    await board.status.say_again()
    assert (board.row.state, board.row.since, board.row.latency) == (LoginState.ONLINE, 100.0, 0.5)
    await board.status.say(LoginState.DEGRADED, "no-answer", 170.0, "no answer")
    assert (board.row.since, board.row.reason, board.row.retry_at) == (160.0, "no-answer", 170.0)
    assert (board.status.state, board.status.reason) == (LoginState.DEGRADED, "no-answer")


async def test_a_problem_with_the_contacts_is_said_at_once(board: Board) -> None:
    """Mere numbers come now and then: there may be thousands of pages."""
    await board.status.say(LoginState.ONLINE)
    await board.status.contacts_arrived(10, "")
    first = board.row.contacts
    await board.status.contacts_arrived(20, "")
    assert board.row.contacts == first
    await board.status.contacts_arrived(20, "a page is missing")
    assert (board.row.contacts, board.row.contacts_problem) == (20, "a page is missing")
    await board.status.contacts_arrived(30, "")
    assert board.row.contacts_problem == ""
