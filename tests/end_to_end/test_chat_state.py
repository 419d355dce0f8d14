"""What people make of their chats, over programs, phones and starts: read here, read there, written and not sent."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import join_account, open_view, stand_by
from hongyan.errors import NotComplete, NotLoggedIn
from hongyan.model.commands import SendText
from hongyan.model.events import LoginState
from hongyan.settings import Settings

from .test_login import texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator

LIMIT = 30  # seconds, for what takes a fraction of one

LOOKS = """
import asyncio, sys
from hongyan.assemble import stand_by
from hongyan.settings import Settings

async def main():
    async with stand_by(Settings(profile="goose", home=sys.argv[1])) as (account, leadership):
        assert account.chats() == [] and not leadership.holds
        print(*sys.modules, sep="\\n")

asyncio.run(main())
"""


@pytest.fixture
def settings(service: Emulator, tmp_path: Path) -> Settings:
    """Return the settings of one profile on the emulator."""
    return Settings(profile="goose", server=service.origin, home=str(tmp_path), pace=False)


async def until(account: Account, seen: Callable[[], bool]) -> None:
    """Wait until an account's program sees something."""
    async with asyncio.timeout(LIMIT):
        while not seen():
            await account.changed()


async def test_what_the_phone_reads_is_read_in_every_program(service: Emulator, settings: Settings) -> None:
    """Two programs count alike; a notice of the phone sets both to zero, and an own send changes nothing."""
    service.phone.confirm()
    async with join_account(settings) as first, join_account(settings) as second:
        await first.ready(LIMIT)
        alice, team = first.find("Alice"), first.find("Team")
        for text in ("one", "two"):
            service.person("Alice").says(text)
        service.person("Alice").says("all", "Team")
        await texts(first, 3)
        await until(second, lambda: second.archive.latest >= first.archive.latest)
        counts = [account.local.state(chat).unread for account in (first, second) for chat in (alice, team)]
        assert counts == [2, 1, 2, 1]
        await (await first.send(alice, "by a robot")).accepted(LIMIT)
        assert first.local.state(alice).unread == 2
        service.phone.reads("Alice")
        await until(first, lambda: first.local.state(alice).unread == 0)
        await until(second, lambda: second.local.state(alice).unread == 0)
        assert second.local.state(team).unread == 1
        await second.local.mark_seen(team)
        assert first.local.states()[team.key].unread == 0


async def test_drafts_and_counts_are_there_at_the_next_start(service: Emulator, settings: Settings) -> None:
    """Before anything is connected to: whoever stands by shows them at once, and joins when it wants."""
    service.phone.confirm()
    async with join_account(settings) as account:
        await account.ready(LIMIT)
        service.person("Alice").says("one")
        await texts(account, 1)
        await account.local.keep_draft(account.find("Alice"), "好的，明", attached=["a.jpg"])
        await account.do(SendText(chat=account.find("Alice").key, text="later"), not_before=9e9)
    async with stand_by(settings) as (account, leadership):
        held_before = leadership.holds
        alice = account.find("Alice")
        state = account.local.state(alice)
        assert (state.unread, state.draft, state.attached) == (1, "好的，明", ("a.jpg",))
        assert [row.command for row in account.outbox.pending(alice)] == [
            SendText(chat=alice.key, text="later")
        ]
        service.person("Alice").says("two")
        await leadership.join(may_ask=False)
        assert (held_before, leadership.holds) == (False, True)
        await until(account, lambda: account.local.state(alice).unread == 2)
    async with open_view(settings) as account:
        assert account.local.state(account.find("Alice")).draft == "好的，明"


async def test_a_profile_without_a_login_stands_by_empty(service: Emulator, settings: Settings) -> None:
    """A view refuses it; whoever stands by has an account that fills when it joins."""
    with pytest.raises(NotLoggedIn):
        async with open_view(settings):
            pass
    async with stand_by(settings) as (account, leadership):
        assert (account.chats(), account.local.states(), account.outbox()) == ([], {}, [])
        assert account.status().state is LoginState.OFFLINE
        with pytest.raises(NotComplete):
            account.contacts()
        service.phone.confirm()
        await leadership.join()
        await account.ready(LIMIT)
        assert account.me.name == "鸿雁"
        assert account.find("Alice").contact.in_contacts


def test_standing_by_imports_nothing_that_connects(tmp_path: Path) -> None:
    """A screen is filled before the network's libraries are read."""
    out = subprocess.run(
        [sys.executable, "-c", LOOKS, str(tmp_path)], check=True, capture_output=True, text=True, timeout=60
    )
    loaded = set(out.stdout.split())
    assert "hongyan.store.sqlite" in loaded
    assert not loaded & {"aiohttp", "hongyan.transport.http_client", "hongyan.client.engine.active_login"}
