"""One key for a person over several logins: found again, merged by a person, taken apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.ids import ChatKey, LoginId, TransientName
from hongyan.model.search import Query
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

from .conftest import said

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.store.sqlite import SqliteStore

FIRST, SECOND = LoginId("first"), LoginId("second")


async def met(store: SqliteStore, login: LoginId, **people: str) -> dict[str, ChatKey]:
    """Let a login tell of people, by transient name (without @) and nickname; each writes a message."""
    changes = [
        ContactChange(
            name=TransientName(f"@{name}"),
            kind=ContactKind.FRIEND,
            nickname=nick,
            in_contacts=True,
            full=True,
        )
        for name, nick in people.items()
    ]
    await store.append([], login=login, received_at=1.0, position=b"x")
    keys = await store.directory.learn(login, changes, "contacts")
    start = int(store.journal.latest()) + 100
    events = [said(start + n, f"from {name}", f"@{name}") for n, name in enumerate(people)]
    await store.append(events, login=login, received_at=1.0)
    return dict(zip(people, keys, strict=True))


async def test_a_friend_keeps_the_key_over_a_new_login(store: SqliteStore) -> None:
    """History, search, chats and names go on under the first key; the second stands for it."""
    old = await met(store, FIRST, a1="Alice", b1="Bob")
    new = await met(store, SECOND, a2="Alice", c2="Carol")
    result = await store.directory.recognise(SECOND, now=2.0)
    assert [(f.old, f.new) for f in result.found] == [(old["a1"], new["a2"])]
    assert store.directory.key_of(SECOND, TransientName("@a2")) == old["a1"]
    assert store.directory.name_of(SECOND, old["a1"]) == store.directory.name_of(SECOND, new["a2"]) == "@a2"
    for key in (old["a1"], new["a2"]):
        rows = store.journal.history(key)
        assert [row.chat for row in rows] == [old["a1"], old["a1"]]
        assert len(await store.archive.search(Query(words="from", chat=key))) == 2
        contact = store.directory.contact(key)
        assert contact is not None
        assert contact.name == "@a2"
    assert store.journal.chats().count(old["a1"]) == 1
    assert new["a2"] not in store.journal.chats()
    assert {key for key, _ in store.directory.contacts()} == {old["a1"], new["c2"]}
    (row,) = await store.append([said(999, "later", "@a2")], login=SECOND, received_at=3.0)
    assert row.chat == old["a1"]


async def test_a_second_look_changes_nothing(store: SqliteStore) -> None:
    """Whoever was found again is not compared any more."""
    await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.directory.recognise(SECOND, now=2.0)
    assert (await store.directory.recognise(SECOND, now=2.0)).found == ()


async def test_twins_are_left_to_a_person(store: SqliteStore) -> None:
    """They are reported with their candidates; a merge by hand is believed."""
    old = await met(store, FIRST, a1="X", b1="X")
    new = await met(store, SECOND, a2="X")
    await store.directory.recognise(SECOND, now=2.0)
    (one,) = store.directory.unresolved()
    assert (one.new, set(one.candidates)) == (new["a2"], set(old.values()))
    await store.directory.merge(old["b1"], new["a2"], now=3.0)
    assert store.directory.unresolved() == []
    assert len(store.journal.history(old["b1"])) == 2
    assert len(store.journal.history(old["a1"])) == 1


async def test_a_wrong_guess_is_taken_apart(store: SqliteStore) -> None:
    """The address gets a key of its own, with its rows; the other keeps the rest."""
    old = await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.directory.recognise(SECOND, now=2.0)
    await store.append([said(998, "after", "@a2")], login=SECOND, received_at=3.0)
    fresh = await store.directory.split(SECOND, TransientName("@a2"))
    assert store.directory.key_of(SECOND, TransientName("@a2")) == fresh
    assert len(store.journal.history(fresh)) == 2
    assert len(store.journal.history(old["a1"])) == 1
    assert store.directory.name_of(SECOND, fresh) == "@a2"
    assert store.directory.name_of(SECOND, old["a1"]) is None
    assert {key for key, _ in store.directory.contacts()} == {fresh}
    with pytest.raises(UsageError, match="nobody"):
        await store.directory.split(SECOND, TransientName("@nobody"))


async def test_a_split_can_be_undone(store: SqliteStore) -> None:
    """Who had the record before keeps a name and the rows; a person may merge the two again, no likeness does."""
    old = await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.directory.recognise(SECOND, now=2.0)
    before = store.chat_state.all()
    fresh = await store.directory.split(SECOND, TransientName("@a2"))
    left = store.directory.contact(old["a1"])
    assert left is not None
    assert (left.nickname, left.name) == ("Alice", "@a1")
    assert {old["a1"], fresh} == set(store.journal.chats())
    (one,) = store.directory.unresolved()
    assert (one.new, one.candidates) == (fresh, (old["a1"],))
    assert (await store.directory.recognise(SECOND, now=3.0)).found == ()
    assert [u.new for u in store.directory.unresolved()] == [fresh]
    await store.directory.merge(old["a1"], fresh, now=4.0)
    assert store.directory.unresolved() == []
    assert store.directory.key_of(SECOND, TransientName("@a2")) == old["a1"]
    assert len(store.journal.history(old["a1"])) == len(store.journal.history(fresh)) == 2
    assert {key for key, _ in store.directory.contacts()} == {old["a1"]}
    assert store.chat_state.all().get(old["a1"]) == before.get(old["a1"])


async def test_a_split_may_be_made_again_and_again(store: SqliteStore) -> None:
    """After a merge by a person the same address can be taken apart, and come together, as often as one likes."""
    old = await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.directory.recognise(SECOND, now=2.0)
    for now in (3.0, 4.0, 5.0):
        fresh = await store.directory.split(SECOND, TransientName("@a2"))
        assert (len(store.journal.history(fresh)), len(store.journal.history(old["a1"]))) == (1, 1)
        await store.directory.merge(old["a1"], fresh, now=now)
        assert len(store.journal.history(old["a1"])) == 2
    third = LoginId("third")
    await met(store, third, a3="Alice")
    await store.directory.recognise(third, now=6.0)
    assert store.directory.key_of(third, TransientName("@a3")) == old["a1"]


async def test_another_program_hears_of_it(tmp_path: Path) -> None:
    """Its memory of names and people is read again."""
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    old = await met(store, FIRST, a1="Alice")
    beside = Database(tmp_path / "journal.db", holds=False)
    other = open_store(beside, "me")
    assert other.directory.contact(old["a1"]) is not None
    new = await met(store, SECOND, a2="Alice")
    other.database.look()
    assert other.directory.key_of(SECOND, TransientName("@a2")) == new["a2"]
    await store.directory.recognise(SECOND, now=2.0)
    other.database.look()
    assert other.directory.key_of(SECOND, TransientName("@a2")) == old["a1"]
    assert [key for key, _ in other.directory.contacts()] == [old["a1"]]
    beside.close()
    database.close()


async def test_a_key_that_another_program_gave_is_seen(tmp_path: Path) -> None:
    """Although all names of the login are in memory, a name that came from beside is looked up."""
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    await met(store, FIRST, a1="Alice")
    beside = Database(tmp_path / "journal.db", holds=False)
    name = TransientName("@member")
    given = (await open_store(beside, "me").directory.give_keys(FIRST, [name]))[name]
    store.database.look()
    assert store.directory.key_of(FIRST, name) == given
    beside.close()
    database.close()
