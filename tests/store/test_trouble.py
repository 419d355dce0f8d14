"""Files that are locked, damaged, replaced, emptied or may not be written: a sentence of ours, and nothing changed."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import StorageDamaged, StorageError
from hongyan.model.ids import LoginId
from hongyan.store.checkup import ailments
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store
from hongyan.store.trouble import storage_error

from .conftest import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOLDS = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return a journal with a row in it, closed."""
    path = tmp_path / "journal.db"
    database = Database(path)
    open_store(database, "me")
    database.close()
    return path


@pytest.fixture
def locked(journal: Path) -> Iterator[Callable[[str], int]]:
    """Return what lets another program lock the journal until the test ends; its process is returned."""
    children: list[subprocess.Popen[str]] = []

    def lock(statement: str) -> int:
        child = subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(journal), statement],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        return child.pid

    yield lock
    for child in children:
        child.communicate()


async def test_who_only_looks_waits_for_no_writer(journal: Path, locked: Callable[[str], int]) -> None:
    """Opening a profile writes nothing: a program that writes for a minute keeps nobody out."""
    locked("BEGIN IMMEDIATE")
    database = Database(journal, holds=False)
    assert open_store(database, "me").journal.latest() == 0
    database.close()


@pytest.mark.skipif(not os.path.exists("/proc/locks"), reason="the system does not tell who locks")  # noqa: PTH110
async def test_a_lock_is_told_with_who_has_it(
    journal: Path, locked: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while of patience, in one sentence; and the writer goes on when the lock is gone."""
    monkeypatch.setattr("hongyan.store.database._BUSY_MS", 50)
    pid = locked("BEGIN IMMEDIATE")
    database = Database(journal)
    store = open_store(database, "me")
    with pytest.raises(StorageError, match=rf"process {pid}\) has it locked"):
        await store.login.set_rate_limit("a", b"b")
    database.close()


@pytest.mark.parametrize("made", ["new", "other account"])
def test_a_lock_at_the_start_is_told(
    journal: Path, locked: Callable[[str], int], monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    """Also where a row must be made, or all tables."""
    monkeypatch.setattr("hongyan.store.database._BUSY_MS", 50)
    monkeypatch.setattr("hongyan.store.database._PATIENCE_S", 0.1)
    if made == "new":
        with sqlite3.connect(journal) as connection:
            connection.execute("PRAGMA user_version = 3")
        connection.close()
    locked("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="has it locked"):
        _opened(journal, "another", used_before=False)


async def test_two_programs_that_migrate_at_once_agree(tmp_path: Path) -> None:
    """Whoever comes second finds the work done; both use the journal."""

    def opened() -> Database:
        return Database(tmp_path / "journal.db")

    both = await asyncio.gather(*(asyncio.to_thread(opened) for _ in range(4)))
    for number, database in enumerate(both):
        await open_store(database, "me").login.set_rate_limit(str(number), b"b")
    kept = [open_store(database, "me").login.rate_limits() for database in both]
    assert kept == [dict.fromkeys("0123", b"b")] * 4
    for database in both:
        database.close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough to be taken for one" * 100)


def _holed(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[200:] = b"\xff" * (len(whole) - 200)
    path.write_bytes(whole)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _opened(journal: Path, account: str = "me", *, used_before: bool = True) -> None:
    database = Database(journal, used_before=used_before)
    try:
        open_store(database, account)
    finally:
        database.close()


@pytest.mark.parametrize("damage", [_garbage, _holed, _folder, _loop, _emptied])
def test_what_is_no_journal_is_told_and_left_as_it_is(journal: Path, damage: Callable[[Path], None]) -> None:
    """One sentence and advice, whatever lies there; nothing is made anew over it."""
    damage(journal)
    before = journal.read_bytes() if journal.is_file() else None
    with pytest.raises(StorageError) as caught:
        _opened(journal)
    assert "\n" not in str(caught.value)
    assert str(journal) in str(caught.value)
    assert caught.value.advice
    assert before == (journal.read_bytes() if journal.is_file() else None)


async def test_damage_that_is_met_late_is_told(journal: Path) -> None:
    """Not at the start but when a row is read."""
    database = Database(journal)
    store = open_store(database, "me")
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def met() -> None:
        with database.reading():
            raise error

    with pytest.raises(StorageDamaged, match="damaged"):
        met()
    assert store.journal.latest() == 0
    database.close()


async def test_no_room_is_told_to_everybody_who_waits_and_the_writer_goes_on(journal: Path) -> None:
    """Many jobs in one transaction: a full disk undoes them all, each hears why, and later jobs are done."""
    database = Database(journal)
    store = open_store(database, "me")
    connection = database._written
    connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
    jobs = [store.login.set_rate_limit(f"{n}", b"x" * 60_000) for n in range(5)]
    answers = await asyncio.gather(*jobs, return_exceptions=True)
    assert any(isinstance(a, StorageError) for a in answers)
    assert all(a is None or "the disk is full" in str(a) for a in answers)
    connection.execute("PRAGMA max_page_count = 1000000")
    await store.login.set_rate_limit("z", b"room")
    assert store.login.rate_limits()["z"] == b"room"
    database.close()


async def test_a_reader_without_room_goes_on(journal: Path, caplog: pytest.LogCaptureFixture) -> None:
    """That its place could not be kept is told; the next place is kept, and no task dies with a traceback."""
    database = Database(journal)
    store = open_store(database, "me")
    feed = store.consumers.feed("reader")
    waiting = asyncio.ensure_future(anext(feed))  # a new reader begins with what comes from now on
    await asyncio.sleep(0.05)
    await store.append([said(n, f"{n}") for n in range(1, 4)], login=LoginId("l"), received_at=1.0)
    first = await waiting
    write = store.session.write

    async def full(*_: object, **__: object) -> None:
        raise StorageError("the disk is full")

    store.session.write = full  # type: ignore[assignment,method-assign]  # as a full disk does
    await store.done("reader", first.seq)
    await asyncio.sleep(0.05)
    assert "the disk is full" in caplog.text
    store.session.write = write  # type: ignore[method-assign]
    second = await anext(feed)
    await store.done("reader", second.seq)
    await asyncio.sleep(0.2)
    await feed.aclose()
    again = store.consumers.feed("reader")
    assert (await anext(again)).seq == second.seq + 1
    await again.aclose()
    assert "never retrieved" not in caplog.text
    database.close()


# -- a look from outside


@pytest.mark.parametrize("damage", [_garbage, _holed, _folder, _emptied])
def test_a_checkup_finds_what_is_damaged(journal: Path, damage: Callable[[Path], None]) -> None:
    """And leaves everything as it is."""
    assert ailments(journal, used_before=True) == []
    damage(journal)
    before = sorted(p.name for p in journal.parent.iterdir())
    (problem,) = ailments(journal, used_before=True)
    assert isinstance(problem, StorageDamaged)
    assert problem.advice
    assert sorted(p.name for p in journal.parent.iterdir()) == before


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO, errno.EACCES])
def test_a_checkup_finds_a_disk_that_cannot_be_written(
    journal: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Full, read-only, over quota, ailing, forbidden."""

    def refuses(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuses)
    (problem,) = ailments(journal, used_before=True)
    assert "cannot be written" in str(problem)
    assert [p.name for p in journal.parent.iterdir() if p.name.startswith(".room")] == []


@pytest.mark.parametrize(
    ("blocks", "names", "said"), [(0, 9, "disk is full"), (99, 0, "disk is full"), (99, 9, "does not work")]
)
def test_a_full_disk_is_called_so_whatever_sqlite_calls_it(
    journal: Path, monkeypatch: pytest.MonkeyPatch, blocks: int, names: int, said: str
) -> None:
    """Where the files beside the journal cannot be made it speaks of an I/O error."""

    class Disk:
        f_bavail, f_frsize, f_files, f_favail = blocks, 4096, 9, names

    monkeypatch.setattr(os, "statvfs", lambda _: Disk)
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = 4874  # SQLITE_IOERR_SHMSIZE
    assert said in str(storage_error(error, journal, "opened"))


def test_a_readers_place_that_is_taken_is_told(journal: Path) -> None:
    """A file lies where the locks of readers should be."""
    journal.with_name("readers").write_text("in the way")
    database = Database(journal)
    try:
        with pytest.raises(StorageError, match="readers cannot be used"):
            database.claim(1, "me")
    finally:
        database.close()


@pytest.mark.parametrize("name", ["lock", "media", "readers"])
def test_a_checkup_finds_what_lies_in_the_way(journal: Path, name: str) -> None:
    """A pipe in place of the lock or of a folder: every program that sends would end of it."""
    os.mkfifo(journal.with_name(name))
    (problem,) = ailments(journal, used_before=True)
    assert f"{name} cannot be used" in str(problem)


def test_a_checkup_finds_a_journal_of_a_later_version(journal: Path) -> None:
    """It can be read, but not by this program."""
    connection = sqlite3.connect(journal)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    (problem,) = ailments(journal, used_before=True)
    assert "newer Hongyan" in str(problem)
