"""An app as the command line runs it: what it tells, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest

from hongyan.bot import App, BotSettings, MessageContext, Text, run_bot
from hongyan.errors import LoginEnded

if TYPE_CHECKING:
    from .house import House


def _echo(told: asyncio.Event) -> tuple[App, BotSettings, list[str]]:
    app = App("echo")
    lines: list[str] = []

    @app.on(Text)
    async def echo(message: MessageContext) -> None:
        await message.reply(message.text)

    def tell(line: str) -> None:
        lines.append(line)
        told.set()

    return app, BotSettings(tell=tell), lines


async def test_sigterm_ends_a_run_in_order(house: House) -> None:
    """A service manager stops a robot without an error."""
    told = asyncio.Event()
    app, settings, lines = _echo(told)
    run = asyncio.create_task(run_bot(house.account, app, settings))
    await told.wait()
    await house.says("@alice", "x")
    await house.answered(1)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(5):
        assert await run == 0
    assert lines == ["echo runs as 小灰", "echo has ended"]


async def test_ctrl_c_ends_a_run_as_usual(house: House) -> None:
    """The command line makes 130 of it."""
    told = asyncio.Event()
    app, settings, lines = _echo(told)
    run = asyncio.create_task(run_bot(house.account, app, settings))
    await told.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert lines[-1] == "echo has ended"


async def test_the_end_of_the_login_is_an_error(house: House) -> None:
    """The command line makes 3 of it."""
    told = asyncio.Event()
    app, settings, _ = _echo(told)
    run = asyncio.create_task(run_bot(house.account, app, settings))
    await told.wait()
    await house.ends()
    with pytest.raises(LoginEnded):
        await run
