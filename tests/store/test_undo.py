"""Memory and tables say the same: what a transaction or one of its jobs undoes, what others commit, what a look meets.

Every way of changing what memory mirrors is tried at every place where the two could part.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import threading
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import StorageError
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import Removed
from hongyan.model.ids import ChatKey, LoginId, Seq, TransientName
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

from .conftest import said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hongyan.store.sqlite import SqliteStore

    Change = Callable[[SqliteStore, sqlite3.Connection], object]

FIRST, SECOND = LoginId("first"), LoginId("second")
NAMES = tuple(TransientName(f"@{n}") for n in range(6))
GIVEN: list[ChatKey] = []
"""Every key that was given."""


def entropy(count: int) -> bytes:
    """Return bytes for a key, and keep the key."""
    drawn = secrets.token_bytes(count)
    GIVEN.append(ChatKey(drawn.hex()))
    return drawn


def opened(path: Path | None, *, holds: bool = True) -> Database:
    """Open a database of which every key is kept."""
    return Database(path, entropy, holds=holds)


def person(name: TransientName, nickname: str, kind: ContactKind = ContactKind.FRIEND) -> ContactChange:
    """Return what an answer tells of somebody."""
    return ContactChange(name=name, kind=kind, nickname=nickname, in_contacts=True)


def key(store: SqliteStore, name: TransientName, login: LoginId = FIRST) -> ChatKey:
    """Return the key of a name that has one."""
    found = store.directory.key_of(login, name)
    assert found is not None
    return found


def learns(store: SqliteStore, connection: sqlite3.Connection) -> object:
    """Change a nickname and meet somebody new."""
    told = [person(NAMES[0], "renamed"), person(TransientName("@new"), "new")]
    return store.directory.people.merge(connection, FIRST, told, "sync")


def deletes(store: SqliteStore, connection: sqlite3.Connection) -> None:
    """Hear that somebody is gone."""
    store.directory.people.mark_gone(connection, FIRST, NAMES[1])


def merges(store: SqliteStore, connection: sqlite3.Connection) -> None:
    """Join two people."""
    store.directory.aliases.merge(connection, key(store, NAMES[2]), key(store, NAMES[3]), "person", 1.0, 2.0)


def splits(store: SqliteStore, connection: sqlite3.Connection) -> object:
    """Take a name away from a person."""
    return store.directory.aliases.split(connection, FIRST, NAMES[4])


def binds(store: SqliteStore, connection: sqlite3.Connection) -> object:
    """Let another name be the account's own."""
    return store.directory.people.merge(connection, FIRST, [person(NAMES[5], "me", ContactKind.SELF)], "init")


def logs_in(store: SqliteStore, connection: sqlite3.Connection) -> object:
    """Begin another login, in which two names are new."""
    store.login.keep_position(connection, SECOND, b"y", 2.0)
    return store.directory.names.give_all(connection, SECOND, [*NAMES[:2], TransientName("@else")])


CHANGES = (learns, deletes, merges, splits, binds, logs_in)
changes = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


async def peopled(database: Database) -> SqliteStore:
    """Return a store that has met everybody and has all of it in memory."""
    store = open_store(database, "me")
    await store.append([], login=FIRST, received_at=1.0, position=b"x")
    await store.directory.learn(FIRST, [person(name, f"n{name}") for name in NAMES], "contacts")
    assert len(store.directory.contacts()) == len(NAMES)
    return store


def mirrored(store: SqliteStore) -> dict[str, object]:
    """Return what a store knows of people, by whatever it has in memory."""
    names = [*NAMES, TransientName("@new"), TransientName("@else")]
    keys = {(login, name): store.directory.key_of(login, name) for login in (FIRST, SECOND) for name in names}
    return {
        "login": store.login.current,
        "keys": keys,
        "first": {one: store.directory.aliases.first(one) for one in GIVEN},
        "all": {one: sorted(store.directory.aliases.all_of(one)) for one in GIVEN},
        "contacts": {one: (store.directory.contact(one), store.directory.source(one)) for one in GIVEN},
        "everybody": sorted(one for one, _ in store.directory.contacts()),
    }


def stored(store: SqliteStore) -> dict[str, object]:
    """Return what the tables of a store's account say, as a program that begins now reads them."""
    database = Database(store.database.path, holds=False)
    try:
        return mirrored(open_store(database, "me"))
    finally:
        database.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Open a file."""
    GIVEN.clear()
    database = opened(tmp_path / "journal.db")
    yield database
    database.close()


@changes
async def test_a_look_while_the_writer_is_at_work_loses_nothing(database: Database, change: Change) -> None:
    """The program watches for what others write, and its own writer has just changed what is not committed yet."""
    store = await peopled(database)
    watching = asyncio.create_task(database.watch())
    await asyncio.sleep(0.1)
    await store.login.set_rate_limit("any", b"a commit of this program")
    go = threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        change(store, connection)
        go.wait(5)

    working = asyncio.create_task(store.session.write(work))
    await asyncio.sleep(0.15)  # a handful of looks
    go.set()
    await working
    watching.cancel()
    assert mirrored(store) == stored(store)


@changes
async def test_a_job_that_fails_takes_nothing_of_its_neighbours(database: Database, change: Change) -> None:
    """A reader asks between the failure and the commit of all."""
    store = await peopled(database)
    before, failed, go = threading.Event(), threading.Event(), threading.Event()

    def fails(connection: sqlite3.Connection) -> None:
        for other in CHANGES:
            if other is not change:
                other(store, connection)
        raise ValueError

    def waits(_: sqlite3.Connection) -> None:
        failed.set()
        go.wait(5)

    jobs: list[Callable[[sqlite3.Connection], object]] = [lambda c: change(store, c), fails, waits]
    writing = [asyncio.create_task(store.session.write(job)) for job in (lambda _: before.wait(5), *jobs)]
    await asyncio.sleep(0)  # the three are one group, behind the first
    await asyncio.sleep(0.02)
    before.set()
    await asyncio.to_thread(failed.wait, 5)
    mirrored(store)
    go.set()
    results = await asyncio.gather(*writing, return_exceptions=True)
    assert [type(result) for result in results if isinstance(result, Exception)] == [ValueError]
    assert mirrored(store) == stored(store)


@changes
async def test_what_is_undone_is_undone_in_memory(database: Database, change: Change) -> None:
    """The change itself fails, alone or with a commit that does not come about."""
    store = await peopled(database)
    before, given = mirrored(store), len(GIVEN)

    def fails(connection: sqlite3.Connection) -> None:
        change(store, connection)
        raise ValueError

    def ends(connection: sqlite3.Connection) -> None:
        change(store, connection)
        connection.execute("ROLLBACK")  # as SQLite does by itself where the disk is full

    for work, error in ((fails, ValueError), (ends, StorageError)):
        with pytest.raises(error):
            await store.session.write(work)
        assert mirrored(store) == stored(store)
        del GIVEN[given:]
        assert mirrored(store) == before
    await store.session.write(lambda c: change(store, c))
    assert mirrored(store) == stored(store) != before


@changes
async def test_what_another_program_changes_is_the_ground_of_the_next_change(
    database: Database, change: Change
) -> None:
    """Nothing of it is overwritten by what memory held, although no look came between."""
    store = await peopled(database)
    beside = opened(database.path, holds=False)
    other = open_store(beside, "me")
    assert mirrored(other) == mirrored(store)
    await store.session.write(lambda c: change(store, c))
    await other.directory.learn(
        FIRST, [ContactChange(name=NAMES[0], kind=ContactKind.FRIEND, remark="mine")], "sync"
    )
    await store.directory.learn(
        FIRST, [ContactChange(name=NAMES[0], kind=ContactKind.FRIEND, signature="so")], "sync"
    )
    database.look()
    beside.look()
    assert mirrored(store) == mirrored(other) == stored(store)
    beside.close()


@pytest.mark.parametrize("first", ["a look", "a transaction"])
async def test_what_another_program_writes_wakes_those_who_wait(database: Database, first: str) -> None:
    """Also where it was the writer that noticed it."""
    store = await peopled(database)
    beside = opened(database.path, holds=False)
    other = open_store(beside, "me")
    waiting = asyncio.create_task(store.journal.wait(store.journal.latest()))
    await asyncio.sleep(0)
    row = await other.append([said(1, "hello", NAMES[0])], login=FIRST, received_at=3.0)
    if first == "a transaction":
        await store.login.set_rate_limit("any", b"x")
    database.look()
    async with asyncio.timeout(5):
        await waiting
    assert store.journal.read(Seq(0)) == row
    beside.close()


async def test_a_look_waits_for_no_transaction(database: Database) -> None:
    """It is made again later, and the writer looks itself."""
    store = await peopled(database)
    begun, go = threading.Event(), threading.Event()

    def work(_: sqlite3.Connection) -> None:
        begun.set()
        go.wait(5)

    writing = asyncio.create_task(store.session.write(work))
    await asyncio.to_thread(begun.wait, 5)
    database.look()
    assert not writing.done()
    go.set()
    await writing


async def test_a_row_that_a_split_gave_away_is_not_read_from_memory(database: Database) -> None:
    """Nor one whose content was removed."""
    store = await peopled(database)
    await store.append([said(1, "hello", NAMES[4])], login=FIRST, received_at=3.0)
    assert [row.chat for row in store.journal.read(Seq(0))] == [key(store, NAMES[4])]
    parted = await store.directory.split(FIRST, NAMES[4])
    assert [row.chat for row in store.journal.read(Seq(0))] == [parted]
    await store.archive.remove(parted, 9.0)
    assert [row.event for row in store.journal.read(Seq(0))] == [Removed()]


async def test_a_row_that_is_given_away_in_its_own_transaction_is_read_anew(database: Database) -> None:
    """Although a reader looked between the split and the commit."""
    store = await peopled(database)
    before, split, go = threading.Event(), threading.Event(), threading.Event()

    def waits(_: sqlite3.Connection) -> None:
        split.set()
        go.wait(5)

    async with asyncio.TaskGroup() as group:
        group.create_task(store.session.write(lambda _: before.wait(5)))
        await asyncio.sleep(0.02)
        group.create_task(store.append([said(1, "hello", NAMES[4])], login=FIRST, received_at=3.0))
        parting = group.create_task(store.directory.split(FIRST, NAMES[4]))
        group.create_task(store.session.write(waits))
        await asyncio.sleep(0)
        before.set()
        await asyncio.to_thread(split.wait, 5)
        assert store.journal.read(Seq(0)) == []
        go.set()
    assert [row.chat for row in store.journal.read(Seq(0))] == [parting.result()]


async def test_what_a_reader_looks_up_does_not_outlive_what_the_writer_binds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is bound to another key between a reader's question and its answer."""
    await peopled(database)
    database.close()
    again = opened(database.path)
    store = open_store(again, "me")
    stored_key = store.directory.names._stored

    def slowly(connection: sqlite3.Connection, place: tuple[LoginId, TransientName]) -> ChatKey | None:
        found = stored_key(connection, place)
        done = threading.Event()
        again.writer.post(lambda c: store.directory.names.bind(c, *place, store.me))
        again.writer.post(lambda _: done.set())
        done.wait(5)
        return found

    monkeypatch.setattr(store.directory.names, "_stored", slowly)
    store.directory.key_of(FIRST, NAMES[0])
    monkeypatch.undo()
    assert store.directory.key_of(FIRST, NAMES[0]) == store.me
    again.close()


async def test_the_writer_waits_for_no_reader() -> None:
    """In memory both use one connection: the first to read all people must not be waited for under its lock."""
    database = opened(None)
    store = open_store(database, "me")
    await store.append([], login=FIRST, received_at=1.0, position=b"x")
    go = threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        go.wait(5)
        store.directory.people.merge(connection, FIRST, [person(NAMES[0], "x")], "sync")

    writing = asyncio.create_task(store.session.write(work))
    await asyncio.sleep(0.02)
    reading = asyncio.create_task(asyncio.to_thread(store.directory.contacts))
    await asyncio.sleep(0.02)
    go.set()
    async with asyncio.timeout(5):
        await asyncio.gather(writing, reading)
    assert [contact.name for _, contact in store.directory.contacts()] == [NAMES[0]]
    database.close()


@pytest.mark.parametrize("seed", range(12))
async def test_two_programs_end_with_the_same(tmp_path: Path, seed: int) -> None:
    """Whatever two programs change and undo, in whatever order and with few looks, memory follows the tables."""
    chance = random.Random(seed)
    GIVEN.clear()
    one = opened(tmp_path / "journal.db")
    stores = [await peopled(one)]
    two = opened(tmp_path / "journal.db", holds=False)
    stores.append(open_store(two, "me"))
    for _ in range(25):
        store = chance.choice(stores)
        work = attempts(store, chance)
        await asyncio.gather(*(store.session.write(job) for job in work), return_exceptions=True)
        if chance.random() < 0.3:
            chance.choice((one, two)).look()
        if chance.random() < 0.3:
            mirrored(store)
    one.look()
    two.look()
    assert mirrored(stores[0]) == mirrored(stores[1]) == stored(stores[0])
    two.close()
    one.close()


def attempts(store: SqliteStore, chance: random.Random) -> list[Callable[[sqlite3.Connection], object]]:
    """Return some jobs, a few of which fail after their change."""

    def job(connection: sqlite3.Connection) -> None:
        fails = chance.random() < 0.3
        name = chance.choice(NAMES)
        match chance.randrange(4):
            case 0:
                store.directory.people.merge(connection, FIRST, [person(name, str(chance.random()))], "sync")
            case 1:
                store.directory.people.mark_gone(connection, FIRST, name)
            case 2:
                old, new = key(store, name), key(store, chance.choice(NAMES))
                store.directory.aliases.merge(connection, old, new, "person", 1.0, 2.0)
            case _:
                store.directory.aliases.split(connection, FIRST, name)
        if fails:
            raise ValueError

    return [job] * chance.randint(1, 4)
