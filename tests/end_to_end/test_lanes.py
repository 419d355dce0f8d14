"""What goes wrong on this machine while commands are carried out: a lane waits, or loses one of them truly, and goes on."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hongyan import reports
from hongyan.backends.webwx.api_client import ApiClient
from hongyan.backends.webwx.executor import CommandExecutor
from hongyan.client.engine.send import Sender
from hongyan.client.engine.tended import tended
from hongyan.errors import InternalError, NoAnswer, StorageError, UsageError
from hongyan.model.commands import Outcome, SendFile, SendText
from hongyan.store.directory import SqliteDirectory
from hongyan.store.login import SqliteLogin
from hongyan.store.outbox import SqliteOutbox
from hongyan.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from hongyan.client.account import Account
    from hongyan.client.engine.active_login import ActiveLogin
    from hongyan.emulator import Emulator
    from hongyan.store.database import Database

    from .conftest import Opener


@pytest.fixture(autouse=True)
def _reports(tmp_path: Path) -> Iterator[None]:
    reports.keep_in(tmp_path / "reports")
    reports.forget_reported()
    yield
    reports.keep_in(None)


def told(tmp_path: Path) -> list[Path]:
    """Return the reports of faults that were written."""
    return sorted((tmp_path / "reports").glob("*"))


def at_once(database: Database, statement: str) -> None:
    """Let the writer's connection execute something between two transactions."""
    writer: Any = database.writer
    with writer._lock:  # the disk is outside of everything
        writer._connection.execute(statement)


@contextlib.asynccontextmanager
async def full(database: Database) -> AsyncIterator[None]:
    """Leave no room for another page, as on a full disk."""
    at_once(database, "CREATE TABLE filler (bytes)")
    at_once(database, "PRAGMA max_page_count = 1")
    with contextlib.suppress(sqlite3.OperationalError):
        while True:
            at_once(database, "INSERT INTO filler VALUES (zeroblob(64))")
    yield
    at_once(database, "PRAGMA max_page_count = 1000000")
    at_once(database, "DROP TABLE filler")


@contextlib.asynccontextmanager
async def read_only(database: Database) -> AsyncIterator[None]:
    """Let nothing be written, as on a file system that was mounted anew after an error."""
    at_once(database, "PRAGMA query_only = 1")
    yield
    at_once(database, "PRAGMA query_only = 0")


@contextlib.asynccontextmanager
async def locked(database: Database) -> AsyncIterator[None]:
    """Let another program sit on the database."""
    at_once(database, "PRAGMA busy_timeout = 50")
    assert database.path is not None
    other = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.parametrize("trouble", [full, read_only, locked])
async def test_a_lane_waits_for_room_and_goes_on_in_order(
    open_client: Opener, service: Emulator, trouble: Callable[[Database], Any]
) -> None:
    """What was handed over, what waits behind it, and what comes later: each goes once, and none overtakes."""
    service.faults.add("delay", "webwxsendmsg", 0.4, count=1)
    async with open_client() as (account, holder):
        await account.ready(10)
        alice = account.find("Alice")
        first = [await account.send(alice, text) for text in (long("one"), long("two"), long("three"))]
        async with asyncio.timeout(10):
            while first[0].row.outcome is not Outcome.SENT:
                await account.changed()
        async with trouble(database_of(holder)):
            await asyncio.sleep(1.0)
            with pytest.raises(StorageError):
                await account.send(alice, long("nobody could keep this"))
            assert [receipt.row.outcome for receipt in first][1:] == [Outcome.QUEUED] * 2
        later = await account.send(alice, long("four"))
        for receipt in (*first, later):
            await receipt.accepted(20)
    heard = [m.text.partition(" ")[0] for m in service.accounts[0].heard]
    assert heard == ["one", "two", "three", "four"]


def long(word: str) -> str:
    """Return a text that takes more room than what is left in a page."""
    return f"{word} " * (9_000 // (len(word) + 1))


def database_of(holder: ActiveLogin) -> Database:
    """Return the database under a holder."""
    store: Any = holder._store  # the disk is not the holder's own business
    database: Database = store.database
    return database


async def test_a_full_disk_keeps_nobody_from_leaving(open_client: Opener, service: Emulator) -> None:
    """The end comes, also in the middle of what cannot be written; with room again the message goes, once."""
    service.faults.add("delay", "webwxsendmsg", 0.4, count=1)
    async with asyncio.timeout(20):
        async with open_client() as (account, holder):
            await account.ready(10)
            number = (await account.send(account.find("Alice"), long("one"))).row.id
            await asyncio.sleep(0.2)
            database = database_of(holder)
            trouble = full(database)
            await trouble.__aenter__()
            await asyncio.sleep(0.5)
            path = database.path
    assert path is not None
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE filler")
    async with open_client(confirm=False, may_ask=False) as (account, _):
        await account.outbox.command(number).accepted(10)
    assert len(service.accounts[0].heard) == 1


async def test_an_end_that_fails_half_way_is_an_end() -> None:
    """What goes wrong while work is cancelled is no reason to begin it anew."""
    begun = []

    async def work() -> None:
        begun.append(1)
        try:
            await asyncio.sleep(60)
        finally:
            raise Odd

    task = asyncio.create_task(tended(work, doing="testing"))
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait({task})
    assert (task.cancelled(), len(begun)) == (True, 1)


class Odd(Exception):
    """Something that nobody expects."""


STEPS = (
    (SqliteOutbox, "mark_sent"),
    (SqliteStore, "settle"),
    (SqliteOutbox, "command"),
    (SqliteOutbox, "queued"),
    (SqliteLogin, "set_rate_limit"),
    (SqliteDirectory, "name_of"),
    (SqliteOutbox, "in_doubt"),
)


@pytest.mark.parametrize(("part", "step"), STEPS)
async def test_a_fault_of_ours_at_any_step_costs_one_command_at_most(
    open_client: Opener,
    service: Emulator,
    part: type,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It is reported, its row is settled, and those behind it go."""
    async with open_client() as (account, _):
        await account.ready(10)
        alice = account.find("Alice")
        await (await account.send(alice, "before")).accepted(10)
        original = getattr(part, step)
        struck: list[str] = []

        def strikes(store: Any, *args: Any, **kwargs: Any) -> Any:
            if not struck:
                struck.append(step)
                raise Odd
            return original(store, *args, **kwargs)

        monkeypatch.setattr(part, step, strikes)
        receipts = []
        for text in ("one", "two"):
            with contextlib.suppress(Odd):  # where it is the one who asks that meets it
                receipts.append(await account.send(alice, text))
        struck.append("no more")
        for receipt in receipts:
            assert not (await receipt.settled(10)).open
        assert receipts[-1].row.outcome is Outcome.ACCEPTED
        heard = [m.text for m in service.accounts[0].heard]
        assert heard == sorted(set(heard), key=["before", "one", "two"].index)


async def test_a_fault_before_a_request_left_is_a_failure_of_ours(
    account: Account, service: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says whose fault it was; the report holds neither text nor name."""
    text = CommandExecutor.text

    async def odd(self: CommandExecutor, row: Any, command: SendText) -> str:
        if command.text == "canary":
            raise KeyError(command.text)
        return await text(self, row, command)

    monkeypatch.setattr(CommandExecutor, "text", odd)
    alice = account.find("Alice")
    receipts = [await account.send(alice, text) for text in ("one", "canary", "three")]
    with pytest.raises(InternalError, match="KeyError") as caught:
        await receipts[1].accepted(10)
    assert (receipts[1].row.outcome, caught.value.exit_code) == (Outcome.FAILED, 70)
    await receipts[2].accepted(10)
    assert [m.text for m in service.accounts[0].heard] == ["one", "three"]
    (report,) = told(tmp_path)
    assert "canary" not in report.read_text("utf-8")


async def test_a_fault_after_a_request_left_is_no_failure(
    account: Account, service: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message may have arrived, and has: nobody says that it failed, nobody sends it again."""
    ask = ApiClient.ask

    async def odd(self: ApiClient, make: Any) -> Any:
        answer = await ask(self, make)
        if type(answer).__name__ == "Sent":
            raise Odd
        return answer

    monkeypatch.setattr(ApiClient, "ask", odd)
    receipt = await account.send(account.find("Alice"), "perhaps")
    with pytest.raises(NoAnswer, match="Odd"):
        await receipt.accepted(10)
    assert receipt.row.outcome is Outcome.UNCONFIRMED
    monkeypatch.setattr(ApiClient, "ask", ask)
    await (await account.send(account.find("Alice"), "two")).accepted(10)
    assert [m.text for m in service.accounts[0].heard] == ["perhaps", "two"]


@pytest.mark.parametrize("how", ["deleted", "shortened", "a folder"])
async def test_a_kept_copy_that_somebody_touched_is_a_clear_failure(
    open_client: Opener, service: Emulator, tmp_path: Path, how: str
) -> None:
    """The chat goes on, and nothing is said of a network."""
    (tmp_path / "a.txt").write_bytes(b"12345" * 1000)
    async with open_client() as (account, _):
        await account.ready(10)
        alice = account.find("Alice")
        service.faults.add("delay", "webwxsendmsg", 0.5, count=1)
        await account.send(alice, "one")
        receipt = await account.send(alice, tmp_path / "a.txt")
        behind = await account.send(alice, "three")
        command = receipt.row.command
        assert isinstance(command, SendFile)
        kept = Path(command.path)
        if how == "shortened":
            kept.write_bytes(b"1")
        else:
            kept.unlink()
        if how == "a folder":
            kept.mkdir()
        with pytest.raises(UsageError, match="stored copy"):
            await receipt.accepted(10)
        await behind.accepted(10)
    assert [m.text for m in service.accounts[0].heard] == ["one", "three"]


async def test_the_lanes_outlive_their_own_faults(
    account: Account, service: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that strikes again while the first is dealt with."""
    settle, struck = Sender._settle, [0]  # the place where it strikes

    async def odd(self: Sender, settlement: Any) -> Any:
        struck[0] += 1
        if struck[0] <= 2:
            raise Odd
        return await settle(self, settlement)

    monkeypatch.setattr(Sender, "_settle", odd)
    alice = account.find("Alice")
    receipts = [await account.send(alice, text) for text in ("one", "two")]
    await receipts[1].accepted(10)
    assert [m.text for m in service.accounts[0].heard] == ["one", "two"]
