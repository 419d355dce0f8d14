"""A wrong clock, and one that is set meanwhile: nobody is muted, nothing is lost, and the service is blamed for nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import pytest

from hongyan.client.engine import put_off
from hongyan.emulator.compose_system import sentence
from hongyan.errors import HeldBack, NotFriends, TooFast
from hongyan.model.commands import CreateGroup, Outcome

if TYPE_CHECKING:
    from hongyan.client.account import Account
    from hongyan.emulator import Emulator

    from .conftest import Opener

MONTH, HOUR = 30 * 86_400.0, 3_600.0


class Machine:
    """This machine's clocks, of which the wall clock can be set."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def __call__(self) -> float:
        """Return the wall time."""
        return time.time() + self.ahead

    @staticmethod
    def even() -> float:
        """Return what nobody sets."""
        return time.monotonic()


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the wall clock often."""
    monkeypatch.setattr(put_off, "_LOOK_S", 0.05)


async def sent(account: Account, text: str, to: str = "Alice") -> None:
    """Send a text, and see it accepted before anybody would wonder."""
    await (await account.send(account.find(to), text)).accepted(10)


@pytest.mark.parametrize("wrong", [MONTH, HOUR, -HOUR])
async def test_one_send_under_a_wrong_clock_mutes_nobody(
    open_client: Opener, service: Emulator, wrong: float
) -> None:
    """The next program has the right time, and sends at its pace."""
    machine = Machine(wrong)
    async with open_client(clock=machine, pace=True) as (account, _):
        await account.ready(10)
        await sent(account, "one")
    machine.ahead = 0.0
    async with open_client(confirm=False, may_ask=False, clock=machine, pace=True) as (account, _):
        await sent(account, "two")
        await sent(account, "three")
    assert [(await service.person("Alice").hears()).text for _ in range(3)] == ["one", "two", "three"]


@pytest.mark.parametrize("by", [MONTH, -HOUR])
async def test_a_clock_that_is_set_while_a_program_runs_mutes_nobody(
    open_client: Opener, service: Emulator, by: float, caplog: pytest.LogCaptureFixture
) -> None:
    """What waits goes on as before, and the clock is told as what it is."""
    machine = Machine()
    async with open_client(clock=machine, pace=True) as (account, _):
        await account.ready(10)
        await sent(account, "one")
        with caplog.at_level(logging.WARNING):
            machine.ahead = by
            await sent(account, "two")
            await asyncio.sleep(0.2)
        await sent(account, "three")
    assert "the clock of this machine was set" in caplog.text
    assert not [row for row in account_rows(caplog) if "1205" in row]
    assert [(await service.person("Alice").hears()).text for _ in range(3)] == ["one", "two", "three"]


def account_rows(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was told."""
    return [record.getMessage() for record in caplog.records]


async def test_a_pause_of_the_service_is_as_long_as_it_is(open_client: Opener, service: Emulator) -> None:
    """Set forward it does not end early, set back it does not last; the time that is told moves along."""
    machine = Machine()
    service.faults.add("rate_limit", "webwxsendmsg")
    async with open_client(clock=machine) as (account, _):
        await account.ready(10)
        receipt = await account.send(account.find("Alice"), "too fast")
        with pytest.raises(TooFast):
            await receipt.accepted(1)
        for ahead in (MONTH, -HOUR):
            machine.ahead = ahead
            await asyncio.sleep(0.3)
            retry_at = receipt.row.retry_at
            assert receipt.row.outcome is Outcome.QUEUED
            assert retry_at is not None
            assert 30 < retry_at - machine() <= 60
    machine.ahead = 0.0
    async with open_client(confirm=False, may_ask=False, clock=machine) as (account, _):
        behind = await account.send(account.find("老王"), "behind it")
        with pytest.raises(HeldBack, match="called an earlier one too fast") as caught:
            await behind.accepted(1)
        assert caught.value.retry_at is not None
        assert caught.value.retry_at - machine() <= 60


async def test_the_pace_is_told_in_its_own_words(open_client: Opener) -> None:
    """A code of the service is shown only where the service has said it."""
    async with open_client(pace=True) as (account, _):
        await account.ready(10)
        people = tuple(account.find(name).key for name in ("Alice", "老王"))
        await (await account.do(CreateGroup(members=people))).accepted(10)
        second = await account.do(CreateGroup(members=people))
        with pytest.raises(HeldBack, match="careful pace") as caught:
            await second.accepted(1)
        assert not isinstance(caught.value, TooFast)
        assert (second.row.reason, "1205" in second.row.said) == ("held-back", False)


async def test_a_clock_set_a_month_ahead_sends_and_loses_nothing_that_was_put_off(
    open_client: Opener, service: Emulator
) -> None:
    """What is for next week waits until the clock is right again; its hour is then its hour."""
    machine = Machine()
    async with open_client(clock=machine) as (account, _):
        await account.ready(10)
        soon = machine() + 7 * 86_400
        later = await account.send(account.find("Alice"), "next week", at=soon)
        await asyncio.sleep(0.2)
        machine.ahead = MONTH
        await asyncio.sleep(0.3)
        assert later.row.outcome is Outcome.QUEUED
        machine.ahead = 0.0
        await asyncio.sleep(0.2)
        assert later.row.outcome is Outcome.QUEUED
        machine.ahead = 7 * 86_400 + 1
        await later.accepted(5)
    assert (await service.person("Alice").hears()).text == "next week"


async def test_a_refusal_is_understood_under_a_wrong_clock(open_client: Opener, service: Emulator) -> None:
    """The service stamps it by its own clock, which differs by a month."""
    async with open_client(clock=Machine(MONTH)) as (account, _):
        await account.ready(10)
        receipt = await account.send(account.find("Alice"), "hello?")
        await receipt.accepted(5)
        alice = service.person("Alice")
        alice.account.say(alice.id, "", sentence("not-a-friend", "zh_CN", name="Alice"))
        async with asyncio.timeout(10):
            while receipt.row.outcome is not Outcome.FAILED:
                await account.changed()
        assert receipt.row.reason == NotFriends.code


async def test_doubt_over_a_clock_that_was_set_ends_when_it_should(
    open_client: Opener, service: Emulator
) -> None:
    """Within five minutes the message is repeated under its number, whatever the wall clock says; it arrives once."""
    machine = Machine()
    service.faults.add("lost", "webwxsendmsg", count=1)
    service.faults.add("hang", "webwxsendmsg", 900.0, count=1, skip=1)
    async with open_client(clock=machine) as (account, _):
        await account.ready(10)
        number = (await account.send(account.find("Alice"), "once")).row.id
        await service.person("Alice").hears("once")
        await asyncio.sleep(1.5)
    service.faults.clear()
    machine.ahead = HOUR
    async with open_client(confirm=False, may_ask=False, clock=machine) as (account, _):
        await account.outbox.command(number).accepted(10)
    assert service.person("Alice").account.heard == []
