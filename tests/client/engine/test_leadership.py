"""One program holds a login: what fails while it is given back keeps neither the profile nor the next try."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any, cast

import pytest

from hongyan.client.engine import leadership
from hongyan.client.engine.leadership import Leadership
from hongyan.errors import NoAnswer
from hongyan.model.events import LoginState, Status


class Folder:
    """A profile that is logged in, and its lock."""

    def __init__(self) -> None:
        self.name = "me"
        self.held = False
        self.vault = self

    def try_hold(self) -> bool:
        """Take the lock."""
        if self.held:
            return False
        self.held = True
        return True

    def release(self) -> None:
        """Give the lock back."""
        self.held = False

    def reload(self) -> None:
        """Be the vault's."""

    def load(self) -> object:
        """Return what is saved of the login."""
        return self

    def status(self) -> Status:
        """Be the login record's."""
        return Status(state=LoginState.ONLINE)


class Login:
    """A login that ends by ``fault``, and whose end fails, too, where ``ends_badly``."""

    def __init__(self, *, ends_badly: bool = False, fault: type[BaseException] = ValueError) -> None:
        self.over = asyncio.Event()
        self.stopped = False
        self._ends_badly = ends_badly
        self._fault = fault

    async def begin(self, *, may_ask: bool) -> None:
        """Hold."""

    async def ended(self) -> None:
        """Wait for the fault."""
        await self.over.wait()
        raise self._fault

    async def stop(self) -> None:
        """End, or fail to."""
        self.stopped = True
        if self._ends_badly:
            raise KeyError("another fault")


@pytest.mark.parametrize("fault", [ValueError, asyncio.CancelledError])
async def test_a_fault_in_giving_back_keeps_nothing_from_the_next_try(
    monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    """The login is resumed, and the one that follows is stopped in its turn; so for a cancellation without a request."""
    monkeypatch.setattr(leadership, "_FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(leadership, "_LOOK_S", 0.0)
    logins = [Login(ends_badly=True, fault=fault), Login(fault=fault), Login()]
    coming = iter(logins)
    folder = cast("Any", Folder())
    leads = Leadership(folder, folder, lambda: cast("Any", next(coming)), on_hold=lambda _: None)
    async with asyncio.timeout(5):
        await leads.join()
        for current, following in pairwise(logins):
            current.over.set()
            while cast("Any", leads.login) is not following:
                await asyncio.sleep(0.01)
            assert current.stopped
        await leads.leave()
    assert logins[2].stopped
    assert not folder.held


async def test_a_program_leaves_where_an_error_took_the_place_of_the_request() -> None:
    """The login that is being started answers its cancellation with an error: nothing is tried again, and nothing hangs."""
    starting = asyncio.Event()

    class Stubborn(Login):
        async def begin(self, *, may_ask: bool) -> None:
            """Fail when cancelled."""
            starting.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as cancelled:
                raise NoAnswer("the server", "it went away") from cancelled

    folder = cast("Any", Folder())
    folder.held = True  # by another program, at first
    leads = Leadership(folder, folder, lambda: cast("Any", Stubborn()), on_hold=lambda _: None)
    await leads.join()
    folder.held = False
    async with asyncio.timeout(5):
        await starting.wait()
        await leads.leave()
    assert not folder.held
