"""A person is told when a login ends or the server stays away, and can revive the program by scanning a code."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from hongyan.assemble import join_account
from hongyan.client.alert_settings import AlertSettings
from hongyan.errors import UsageError
from hongyan.model.events import LoginState
from hongyan.settings import Settings
from hongyan.transport.notice import deliver

from .test_login import state, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator


class Notifier:
    """A webhook that keeps what it is told."""

    def __init__(self) -> None:
        self.notices: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.refuse = 0

    async def ring(self, request: web.Request) -> web.Response:
        """Take a notice, or refuse as often as was ordered."""
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=500)
        await self.notices.put(await request.json())
        return web.Response()

    async def told(self) -> dict[str, Any]:
        """Return the next notice."""
        async with asyncio.timeout(10):
            return await self.notices.get()


@pytest.fixture
async def bell() -> AsyncIterator[tuple[Notifier, str]]:
    """Listen on a free port."""
    bell, application = Notifier(), web.Application()
    application.router.add_post("/", bell.ring)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield bell, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@asynccontextmanager
async def alerted(service: Emulator, home: Path, alert: AlertSettings) -> AsyncIterator[Account]:
    """Log in with these alerts."""
    service.phone.confirm()
    settings = Settings(profile="goose", server=service.origin, home=str(home), pace=False, alert=alert)
    async with join_account(settings) as account:
        await account.ready(10)
        yield account


async def test_the_end_of_a_login_is_told(
    service: Emulator, tmp_path: Path, bell: tuple[Notifier, str]
) -> None:
    """With the reason and what to do, by webhook and to a command."""
    told, url = bell
    file = tmp_path / "notice.json"
    command = (sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())", str(file))
    async with alerted(service, tmp_path, AlertSettings(webhook=url, command=command)):
        service.phone.log_web_out(1101)
        notice = await told.told()
        assert (notice["alert"], notice["profile"], notice["reason"]) == (
            "login-ended",
            "goose",
            "login-ended.1101",
        )
        assert "hongyan login" in notice["advice"]
        async with asyncio.timeout(10):
            while not file.exists() or not file.read_text():
                await asyncio.sleep(0.05)
    assert json.loads(file.read_text()) == notice


async def test_a_scan_of_the_code_in_the_notice_revives_the_program(
    service: Emulator, tmp_path: Path, bell: tuple[Notifier, str]
) -> None:
    """The same account goes on; nobody sees an end of the program."""
    told, url = bell
    async with alerted(service, tmp_path, AlertSettings(webhook=url, new_code=True)) as account:
        service.phone.cancel()  # the phone of the last login is asked first, and declines
        service.phone.log_web_out(1101)
        assert (await told.told())["alert"] == "login-ended"
        assert account.status().state is LoginState.LOGGING_IN
        code = await told.told()
        assert code["alert"] == "code"
        assert code["link"].startswith("http")
        assert base64.b64decode(code["png"])[1:4] == b"PNG"
        assert "█" in code["text"] or "\x1b" in code["text"]
        service.phone.confirm()
        await state(account, LoginState.ONLINE)
        service.person("Alice").says("there again")
        assert await texts(account, 1) == ["there again"]


async def test_a_server_that_stays_away_is_told_once_it_has_been_long(
    service: Emulator, tmp_path: Path, bell: tuple[Notifier, str]
) -> None:
    """A short absence is told to nobody."""
    told, url = bell
    alert = AlertSettings(webhook=url, degraded_after=1.0)
    async with alerted(service, tmp_path, alert) as account:
        away = [service.faults.add("status", call, count=None) for call in ("synccheck", "webwxsync")]
        await state(account, LoginState.DEGRADED)
        notice = await told.told()
        assert (notice["alert"], notice["reason"]) == ("degraded", "no-answer")
        assert account.status().state is LoginState.DEGRADED
        for fault in away:
            service.faults.remove(fault)
        await state(account, LoginState.ONLINE)
    assert told.notices.empty()


async def test_a_webhook_is_asked_again_and_a_bad_command_is_told(bell: tuple[Notifier, str]) -> None:
    """Two refusals are survived, a third is an error; so are a program that is not there and one that fails."""
    told, url = bell
    told.refuse = 2
    await deliver((), url, {"alert": "x"})
    assert (await told.told()) == {"alert": "x"}
    told.refuse = 3
    with pytest.raises(UsageError, match="answered 500"):
        await deliver((), url, {"alert": "x"})
    with pytest.raises(UsageError, match="No such file"):
        await deliver(("/nowhere/at/all",), "", {"alert": "x"})
    with pytest.raises(UsageError, match="code 3"):
        await deliver((sys.executable, "-c", "raise SystemExit(3)"), "", {"alert": "x"})
