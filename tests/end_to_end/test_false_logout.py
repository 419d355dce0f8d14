"""Words that a login is over, said once, by one endpoint, or by pages that say nothing: the login goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import LoginEnded
from hongyan.model.events import LoginState

from .test_login import texts

if TYPE_CHECKING:
    from hongyan.emulator import Emulator

    from .conftest import Opener

ROOT = "root"
PAGES: dict[str, tuple[str, object]] = {
    "garbage": ("body", "\x00\x01 nothing"),
    "empty": ("empty", None),
    "403": ("status", 403),
    "301": ("status", 301),
    "404": ("status", 404),
    "502": ("status", 502),
    "html": ("html", None),
    "cut": ("cut", 0.3),
    "as it is": ("trickle", 0.05),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("times", [1, 3])
async def test_a_code_of_synccheck_alone_ends_nothing(
    service: Emulator, open_client: Opener, page: str, times: int
) -> None:
    """Whatever the root page is: webwxsync works, so messages go on coming."""
    action, value = PAGES[page]
    async with open_client() as (account, holder):
        await account.ready(20)
        service.faults.add(action, ROOT, value, count=times)
        order = service.faults.add("retcode", "synccheck", 1101, count=times)
        service.person("Alice").says("first")
        async with asyncio.timeout(60):
            while order.hits < times:
                await asyncio.sleep(0.02)
        service.person("Alice").says("still here")
        assert await texts(account, 2) == ["first", "still here"]
        async with asyncio.timeout(20):
            while account.status().state is not LoginState.ONLINE:
                await asyncio.sleep(0.02)
        assert not holder._supervisor.is_over


async def test_codes_of_both_that_stop_again_end_nothing(service: Emulator, open_client: Opener) -> None:
    """While the root page says "logged in", two bad words of each cost a while, and the status says why."""
    async with open_client() as (account, holder):
        await account.ready(20)
        service.faults.add("retcode", "synccheck", 1101, count=2)
        service.faults.add("ret", "webwxsync", 1101, count=2)
        service.person("Alice").says("still here")
        async with asyncio.timeout(20):
            while account.status().state is not LoginState.DEGRADED:
                await asyncio.sleep(0.01)
        assert account.status().reason == "login-ended.1101"
        assert "one report is not enough" in account.status().said
        assert await texts(account, 1) == ["still here"]
        assert not holder._supervisor.is_over


async def test_a_login_that_is_over_ends(service: Emulator, open_client: Opener) -> None:
    """The root page and webwxsync say so, apart: then it is told with its code."""
    async with open_client() as (account, holder):
        await account.ready(20)
        service.phone.log_web_out(1101)
        with pytest.raises(LoginEnded):
            await asyncio.wait_for(holder.ended(), 20)
        assert account.status().state is LoginState.ENDED
