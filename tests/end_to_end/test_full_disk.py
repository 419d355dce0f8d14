"""A disk without room under a login that runs: what came waits in hand, is told, and is written when there is room."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from hongyan.assemble import stand_by
from hongyan.client.engine.login_status import LoginStatus
from hongyan.errors import StorageError
from hongyan.model.events import Gap, LoginChanged, LoginState
from hongyan.model.ids import Seq
from hongyan.settings import Settings
from hongyan.store.directory import SqliteDirectory

from .test_login import texts

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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


async def test_a_login_without_room_at_its_start_begins_once(
    service: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is repeated until there is room writes no row twice, tells of no gap, and starts no second outbox."""
    learn, say, tries = SqliteDirectory.learn, LoginStatus.say, Counter[str]()

    async def learns(self: SqliteDirectory, *args: Any) -> Any:
        tries["learn"] += 1
        if tries["learn"] == 1:
            raise StorageError("no room")
        return await learn(self, *args)

    async def says(self: LoginStatus, state: LoginState, *args: Any) -> None:
        tries[state] += 1
        if state is LoginState.ONLINE and tries[state] == 1:
            raise StorageError("it cannot be read")
        await say(self, state, *args)

    monkeypatch.setattr(SqliteDirectory, "learn", learns)
    monkeypatch.setattr(LoginStatus, "say", says)
    service.phone.confirm()
    settings = Settings(profile="p", server=service.origin, home=str(tmp_path), pace=False)
    async with stand_by(settings) as (account, leadership):
        await leadership.join()
        await account.ready(20)
        assert tries[LoginState.ONLINE] > 1
        names = Counter(task.get_name() for task in asyncio.all_tasks())
        assert (names["sending"], names["fetching files unasked"]) == (1, 1)
        events = [row.event for row in account._store.journal.read(Seq(0))]
        assert not [event for event in events if isinstance(event, Gap)]
        assert len([event for event in events if isinstance(event, LoginChanged) and event.login]) == 1
