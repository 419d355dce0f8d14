"""One key for a person over several logins: found again, merged by a person, taken apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.ids import ChatKey, LoginId, TransientName
from hongyan.model.search import Query
from hongyan.store.database import Database

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
    keys = await store.learn(login, changes, "contacts")
    start = int(store.latest()) + 100
    events = [said(start + n, f"from {name}", f"@{name}") for n, name in enumerate(people)]
    await store.append(events, login=login, received_at=1.0)
    return dict(zip(people, keys, strict=True))


async def test_a_friend_keeps_the_key_over_a_new_login(store: SqliteStore) -> None:
    """History, search, chats and names go on under the first key; the second stands for it."""
    old = await met(store, FIRST, a1="Alice", b1="Bob")
    new = await met(store, SECOND, a2="Alice", c2="Carol")
    result = await store.recognise(SECOND, now=2.0)
    assert [(f.old, f.new) for f in result.found] == [(old["a1"], new["a2"])]
    assert store.key_of(SECOND, TransientName("@a2")) == old["a1"]
    assert store.name_of(SECOND, old["a1"]) == store.name_of(SECOND, new["a2"]) == "@a2"
    for key in (old["a1"], new["a2"]):
        rows = store.history(key)
        assert [row.chat for row in rows] == [old["a1"], old["a1"]]
        assert len(await store.search(Query(words="from", chat=key))) == 2
        contact = store.contact(key)
        assert contact is not None
        assert contact.name == "@a2"
    assert store.chats().count(old["a1"]) == 1
    assert new["a2"] not in store.chats()
    assert {key for key, _ in store.contacts()} == {old["a1"], new["c2"]}
    (row,) = await store.append([said(999, "later", "@a2")], login=SECOND, received_at=3.0)
    assert row.chat == old["a1"]


async def test_a_second_look_changes_nothing(store: SqliteStore) -> None:
    """Whoever was found again is not compared any more."""
    await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.recognise(SECOND, now=2.0)
    assert (await store.recognise(SECOND, now=2.0)).found == ()


async def test_twins_are_left_to_a_person(store: SqliteStore) -> None:
    """They are reported with their candidates; a merge by hand is believed."""
    old = await met(store, FIRST, a1="X", b1="X")
    new = await met(store, SECOND, a2="X")
    await store.recognise(SECOND, now=2.0)
    (one,) = store.unresolved()
    assert (one.new, set(one.candidates)) == (new["a2"], set(old.values()))
    await store.merge(old["b1"], new["a2"], now=3.0)
    assert store.unresolved() == []
    assert len(store.history(old["b1"])) == 2
    assert len(store.history(old["a1"])) == 1


async def test_a_wrong_guess_is_taken_apart(store: SqliteStore) -> None:
    """The address gets a key of its own, with its rows; the other keeps the rest."""
    old = await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.recognise(SECOND, now=2.0)
    await store.append([said(998, "after", "@a2")], login=SECOND, received_at=3.0)
    fresh = await store.split(SECOND, TransientName("@a2"))
    assert store.key_of(SECOND, TransientName("@a2")) == fresh
    assert len(store.history(fresh)) == 2
    assert len(store.history(old["a1"])) == 1
    assert store.name_of(SECOND, fresh) == "@a2"
    assert store.name_of(SECOND, old["a1"]) is None
    assert {key for key, _ in store.contacts()} == {fresh}
    with pytest.raises(UsageError, match="nobody"):
        await store.split(SECOND, TransientName("@nobody"))


async def test_a_split_can_be_undone(store: SqliteStore) -> None:
    """Who had the record before keeps a name and the rows; a person may merge the two again, no likeness does."""
    old = await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.recognise(SECOND, now=2.0)
    before = store.chat_states()
    fresh = await store.split(SECOND, TransientName("@a2"))
    left = store.contact(old["a1"])
    assert left is not None
    assert (left.nickname, left.name) == ("Alice", "@a1")
    assert {old["a1"], fresh} == set(store.chats())
    (one,) = store.unresolved()
    assert (one.new, one.candidates) == (fresh, (old["a1"],))
    assert (await store.recognise(SECOND, now=3.0)).found == ()
    assert [u.new for u in store.unresolved()] == [fresh]
    await store.merge(old["a1"], fresh, now=4.0)
    assert store.unresolved() == []
    assert store.key_of(SECOND, TransientName("@a2")) == old["a1"]
    assert len(store.history(old["a1"])) == len(store.history(fresh)) == 2
    assert {key for key, _ in store.contacts()} == {old["a1"]}
    assert store.chat_states().get(old["a1"]) == before.get(old["a1"])


async def test_a_split_may_be_made_again_and_again(store: SqliteStore) -> None:
    """After a merge by a person the same address can be taken apart, and come together, as often as one likes."""
    old = await met(store, FIRST, a1="Alice")
    await met(store, SECOND, a2="Alice")
    await store.recognise(SECOND, now=2.0)
    for now in (3.0, 4.0, 5.0):
        fresh = await store.split(SECOND, TransientName("@a2"))
        assert (len(store.history(fresh)), len(store.history(old["a1"]))) == (1, 1)
        await store.merge(old["a1"], fresh, now=now)
        assert len(store.history(old["a1"])) == 2
    third = LoginId("third")
    await met(store, third, a3="Alice")
    await store.recognise(third, now=6.0)
    assert store.key_of(third, TransientName("@a3")) == old["a1"]


async def test_another_program_hears_of_it(tmp_path: Path) -> None:
    """Its memory of names and people is read again."""
    database = Database(tmp_path / "journal.db")
    store = database.account("me")
    old = await met(store, FIRST, a1="Alice")
    beside = Database(tmp_path / "journal.db", holds=False)
    other = beside.account("me")
    assert other.contact(old["a1"]) is not None
    new = await met(store, SECOND, a2="Alice")
    other.database.look()
    assert other.key_of(SECOND, TransientName("@a2")) == new["a2"]
    await store.recognise(SECOND, now=2.0)
    other.database.look()
    assert other.key_of(SECOND, TransientName("@a2")) == old["a1"]
    assert [key for key, _ in other.contacts()] == [old["a1"]]
    beside.close()
    database.close()


async def test_a_key_that_another_program_gave_is_seen(tmp_path: Path) -> None:
    """Although all names of the login are in memory, a name that came from beside is looked up."""
    database = Database(tmp_path / "journal.db")
    store = database.account("me")
    await met(store, FIRST, a1="Alice")
    beside = Database(tmp_path / "journal.db", holds=False)
    name = TransientName("@member")
    given = (await beside.account("me").give_keys(FIRST, [name]))[name]
    store.database.look()
    assert store.key_of(FIRST, name) == given
    beside.close()
    database.close()
