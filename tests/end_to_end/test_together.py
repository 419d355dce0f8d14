"""Several programs on one profile: one holds the login, the others attach, and take over when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import join_account, stand_by
from hongyan.errors import LoginEnded, ProfileLocked, UsageError
from hongyan.model.commands import Outcome
from hongyan.model.events import LoginState, MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.messages import Text
from hongyan.settings import Settings

from .test_login import state, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.client.engine.leadership import Leadership
    from hongyan.emulator import Emulator
    from hongyan.model.commands import CommandRow


HOLDER = """
import asyncio, sys
from hongyan import Settings, join_account

async def main():
    async with join_account(Settings(profile="goose", server=sys.argv[1], home=sys.argv[2], pace=False)) as account:
        await account.ready(20)
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def settings(service: Emulator, tmp_path: Path) -> Settings:
    """Return the settings of one profile on the emulator."""
    return Settings(profile="goose", server=service.origin, home=str(tmp_path), pace=False)


@contextlib.asynccontextmanager
async def joined(settings: Settings) -> AsyncIterator[tuple[Account, Leadership]]:
    """Give a program's part on the profile; it may not ask for a scan."""
    async with stand_by(settings) as (account, leadership):
        await leadership.join(may_ask=False)
        yield account, leadership


@pytest.fixture
async def held(service: Emulator, settings: Settings) -> AsyncIterator[Account]:
    """Hold the profile's login, made by a scan."""
    service.phone.confirm()
    async with join_account(settings) as account:
        await account.ready(10)
        yield account


@contextlib.asynccontextmanager
async def child(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run another program that holds the profile, and kill it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, settings.server, settings.home, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def held_here(leadership: Leadership) -> None:
    """Wait until this program holds the login."""
    async with asyncio.timeout(10):
        while not leadership.holds:
            await asyncio.sleep(0.01)


async def test_who_comes_second_attaches(service: Emulator, held: Account, settings: Settings) -> None:
    """It knows everybody, sees what comes in, and what it sends the holder transmits."""
    async with joined(settings) as (second, leadership):
        assert not leadership.holds
        await second.ready(5)
        assert [c.name for c in second.contacts()] == [c.name for c in held.contacts()]
        service.person("Alice").says("for both")
        assert await texts(second, 1) == await texts(held, 1) == ["for both"]
        receipt = await second.send(second.find("Alice"), "from the second")
        row = await receipt.accepted(5)
        assert (await service.person("Alice").hears()).text == "from the second"
        assert held.outbox()[0] == row
        assert await second.groups.members(second.find("Team"))


async def test_a_reader_of_a_name_is_one_program(held: Account, settings: Settings) -> None:
    """Two would each get a part of the events."""
    first = held.events("robot")
    reading = asyncio.ensure_future(anext(first))
    await asyncio.sleep(0)
    async with joined(settings) as (second, _):
        with pytest.raises(UsageError, match="being read already"):
            await anext(second.events("robot"))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_who_must_hold_is_told_who_does(held: Account, settings: Settings) -> None:  # it holds
    """With its process number."""
    with pytest.raises(ProfileLocked, match="process"):
        async with join_account(settings, must_hold=True):
            pass


async def test_a_program_that_leaves_hands_the_login_over(service: Emulator, settings: Settings) -> None:
    """Without a scan: what waits in the outbox and what comes in between reach the other, once."""
    service.phone.confirm()
    async with contextlib.AsyncExitStack() as stack:
        first = await stack.enter_async_context(join_account(settings))
        await first.ready(10)
        async with joined(settings) as (second, leadership):
            service.person("Alice").says("before")
            assert await texts(second, 1) == ["before"]
            await stack.aclose()
            service.person("Alice").says("between")
            receipt = await second.send(second.find("Alice"), "waits")
            await receipt.accepted(10)
            assert leadership.holds
            assert await texts(second, 2) == ["before", "between"]
            assert (await service.person("Alice").hears()).text == "waits"
    assert service.accounts[0].heard == []


async def test_a_program_that_is_killed_is_replaced(service: Emulator, settings: Settings) -> None:
    """Nothing is lost and nothing comes twice."""
    service.phone.confirm()
    alice = service.person("Alice")
    async with child(settings) as process, joined(settings) as (account, leadership):
        assert not leadership.holds
        for number in range(20):
            alice.says(f"said {number}")
            if number == 10:
                process.send_signal(signal.SIGKILL)
        assert await texts(account, 20) == [f"said {number}" for number in range(20)]
        await held_here(leadership)
        await state(account, LoginState.ONLINE)
        alice.says("end")
        assert (await texts(account, 21))[-1] == "end"
        events = [row.event for row in account.archive.journal(Seq(0))]
        said = [e.message for e in events if isinstance(e, MessageReceived) and isinstance(e.message, Text)]
        assert len(said) == 21


async def test_an_end_of_the_login_is_seen_by_all(
    service: Emulator, held: Account, settings: Settings
) -> None:
    """And a login made again by any program revives those that stayed."""
    async with joined(settings) as (second, _):
        service.phone.log_web_out(1101)
        await state(held, LoginState.ENDED)
        await state(second, LoginState.ENDED)
        with pytest.raises(LoginEnded):
            await second.ready(1)
        service.phone.confirm()
        async with join_account(settings) as third:
            await third.ready(10)
            await state(second, LoginState.ONLINE)
        await state(second, LoginState.ONLINE)
        service.person("Alice").says("again")
        assert await texts(second, 1) == ["again"]


async def test_a_send_for_later_is_carried_out_by_whoever_holds_then(
    service: Emulator, settings: Settings
) -> None:
    """It waits in the outbox, over the end of the program that asked for it, and goes out once."""
    service.phone.confirm()
    async with join_account(settings) as account:
        await account.ready(10)
        later = time.time() + 1.5
        receipt = await account.send(account.find("Alice"), "later", at=later)
        assert receipt.row.outcome is Outcome.QUEUED
    async with joined(settings) as (account, _):
        await account.ready(10)
        heard = await service.person("Alice").hears()
        assert (heard.text, time.time() >= later) == ("later", True)
        assert (await receipt_of(account)).outcome is Outcome.ACCEPTED
    assert service.accounts[0].heard == []


async def receipt_of(account: Account) -> CommandRow:
    """Return the newest command once its outcome is known."""
    async with asyncio.timeout(10):
        while account.outbox(1)[0].outcome in {Outcome.QUEUED, Outcome.SENT}:
            await account.changed()
    return account.outbox(1)[0]
