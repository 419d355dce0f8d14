"""The contract of what is kept of a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.events import LoginState, Status
from hongyan.model.ids import LoginId
from hongyan.ports.login import LoginPosition

from .conftest import LOGIN, text

if TYPE_CHECKING:
    from hongyan.ports import Store

SECOND = LoginId("second")


async def test_there_is_nothing_before_the_first_login(store: Store) -> None:
    """And it is offline."""
    assert store.login.current == ""
    assert store.login.position() is None
    assert store.login.last_seen() == 0.0
    assert store.login.status() == Status(state=LoginState.OFFLINE)
    assert store.login.rate_limits() == {}


async def test_the_position_goes_with_its_login(store: Store) -> None:
    """That the list is complete holds until the next login, and is said of the present one alone."""
    await store.append([text(1)], login=LOGIN, received_at=7.0, position=b"one")
    await store.login.set_complete(SECOND, complete=True)
    assert store.login.position() == LoginPosition(LOGIN, b"one", complete=False)
    await store.login.set_complete(LOGIN, complete=True)
    await store.append([text(2)], login=LOGIN, received_at=8.0)
    assert store.login.last_seen() == 7.0
    await store.append([], login=LOGIN, received_at=9.0, position=b"two")
    assert store.login.position() == LoginPosition(LOGIN, b"two", complete=True)
    await store.append([], login=SECOND, received_at=10.0, position=b"x")
    assert store.login.position() == LoginPosition(SECOND, b"x", complete=False)
    assert (store.login.current, store.login.last_seen()) == (SECOND, 10.0)


async def test_status_and_buckets_are_kept(store: Store) -> None:
    """The last one that was set."""
    for state in (LoginState.ENDED, LoginState.ONLINE):
        await store.login.set_status(Status(state=state))
    assert store.login.status().state is LoginState.ONLINE
    for kept in (b"1", b"2"):
        await store.login.set_rate_limit("send", kept)
    await store.login.set_rate_limit("recall", b"3")
    assert store.login.rate_limits() == {"send": b"2", "recall": b"3"}
