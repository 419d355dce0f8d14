"""A disk without room under a login that runs: what came waits in hand, is told, and is written when there is room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hongyan.assemble import stand_by
from hongyan.model.events import LoginState
from hongyan.settings import Settings

from .test_login import texts

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator


def limit_pages(account: Account, pages: int | None) -> None:
    """Let the journal's file not grow beyond what it has, as a full disk does; None gives room again."""
    connection = account._store.database._written  # type: ignore[attr-defined]  # the file under the account
    if pages is None:
        connection.execute("PRAGMA max_page_count = 1000000")
    else:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used + pages}")


async def told(account: Account, state: LoginState) -> str:
    """Wait for a state and return what is said of it."""
    async with asyncio.timeout(20):
        while account.status().state is not state:
            await asyncio.sleep(0.02)
    return account.status().said


async def test_a_full_disk_delays_and_loses_nothing(service: Emulator, tmp_path: Path) -> None:
    """The batch waits, the key stays, the status says why; with room everything is there, once and in order."""
    service.phone.confirm()
    settings = Settings(profile="p", server=service.origin, home=str(tmp_path), pace=False)
    async with stand_by(settings) as (account, leadership):
        await leadership.join()
        await account.ready(20)
        limit_pages(account, 0)
        alice = service.person("Alice")
        said = [f"{n} " + "x" * 6000 for n in range(8)]
        for text in said:
            alice.says(text)
        assert "full" in await told(account, LoginState.DEGRADED)
        login = leadership.login
        assert login is not None
        before = login._backend.position
        await asyncio.sleep(1.5)
        assert login._backend.position == before, "the key waits for the journal"
        assert account.status().state is LoginState.DEGRADED
        limit_pages(account, None)
        await told(account, LoginState.ONLINE)
        assert await texts(account, len(said)) == said
        assert leadership.login is login, "the login went on"
