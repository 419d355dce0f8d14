"""The service on a free port, and browsers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from hongyan.emulator import Emulator, ManualClock, World

from .browser import Browser, small_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@pytest.fixture
def world() -> World:
    """The small world."""
    return small_world()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


@pytest.fixture
async def service(world: World, clock: ManualClock) -> AsyncIterator[Emulator]:
    """The service at level `real`, with polls of a fifth of a second."""
    async with Emulator(world, clock=clock, poll_seconds=0.2) as running:
        yield running


@pytest.fixture
async def open_browser() -> AsyncIterator[Callable[[Emulator], Browser]]:
    """Makes browsers with cookies of their own."""
    opened: list[aiohttp.ClientSession] = []

    def make(running: Emulator) -> Browser:
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True, quote_cookie=False))
        opened.append(http)
        return Browser(running, http)

    yield make
    for http in opened:
        await http.close()


@pytest.fixture
async def browser(service: Emulator, open_browser: Callable[[Emulator], Browser]) -> Browser:
    """A browser that is not logged in."""
    return open_browser(service)


@pytest.fixture
async def logged_in(browser: Browser) -> Browser:
    """A browser after webwxinit."""
    return await browser.log_in()
