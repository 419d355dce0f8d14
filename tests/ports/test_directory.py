"""The contract of the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.model.ids import ChatKey, LoginId, TransientName

from .conftest import ALICE, BOB, LOGIN, friend, wrote

if TYPE_CHECKING:
    from hongyan.ports import Store

SECOND = LoginId("second")


async def learned(store: Store, login: LoginId, **names: str) -> list[ChatKey]:
    """Begin a login and let it say who there is, by name without @ and nickname."""
    await store.append([], login=login, received_at=1.0, position=b"p")
    changes = [friend(TransientName(f"@{name}"), nickname) for name, nickname in names.items()]
    return await store.directory.learn(login, changes, "contacts")


async def test_a_name_has_one_key_for_one_login(store: Store) -> None:
    """It is given once, and leads back."""
    directory = store.directory
    assert directory.key_of(LOGIN, ALICE) is None
    keys = await directory.give_keys(LOGIN, [ALICE, BOB, ALICE])
    assert keys == await directory.give_keys(LOGIN, [BOB, ALICE])
    assert directory.key_of(LOGIN, ALICE) == keys[ALICE] != keys[BOB]
    assert directory.name_of(LOGIN, keys[ALICE]) == ALICE
    assert directory.key_of(SECOND, ALICE) is None
    assert directory.name_of(SECOND, keys[ALICE]) is None


async def test_what_is_learned_of_somebody_adds_up(store: Store) -> None:
    """The first source stays."""
    alice, bob = await learned(store, LOGIN, alice="Alice", bob="Bob")
    await store.directory.learn(LOGIN, [friend(ALICE, "Alicia")], "sync")
    contact = store.directory.contact(alice)
    assert contact is not None
    assert (contact.nickname, store.directory.source(alice)) == ("Alicia", "contacts")
    assert {key for key, _ in store.directory.contacts()} == {alice, bob}
    nobody = ChatKey("nobody")
    assert (store.directory.contact(nobody), store.directory.source(nobody)) == (None, "")


async def test_people_of_a_former_login_are_found_again(store: Store) -> None:
    """Their key stays, under the new name; who could be several is a person's to decide."""
    alice, *_ = await learned(store, LOGIN, alice="Alice", twin1="Twin", twin2="Twin")
    *_, twin = await learned(store, SECOND, alice2="Alice", twin3="Twin")
    result = await store.directory.recognise(SECOND, now=2.0)
    assert [found.old for found in result.found] == [alice]
    assert store.directory.key_of(SECOND, TransientName("@alice2")) == alice
    assert store.directory.name_of(SECOND, alice) == "@alice2"
    assert [one.new for one in store.directory.unresolved()] == [twin]


async def test_a_merge_is_undone_by_a_split(store: Store) -> None:
    """History goes with both."""
    alice, bob = await wrote(store, 1), await wrote(store, 2, chat=BOB)
    await learned(store, LOGIN, alice="Alice", bob="Bob")
    await store.directory.merge(alice, bob, now=3.0)
    assert [row.seq for row in store.journal.history(alice)] == [1, 2]
    assert store.directory.key_of(LOGIN, BOB) == alice
    parted = await store.directory.split(LOGIN, BOB)
    assert parted != alice
    assert [row.seq for row in store.journal.history(alice)] == [1]
    assert [row.chat for row in store.journal.history(parted)] == [parted]
    with pytest.raises(UsageError):
        await store.directory.split(LOGIN, TransientName("@nobody"))
