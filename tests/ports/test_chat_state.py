"""The contract of chat states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.chat_state import ChatState
from hongyan.model.ids import ChatKey, Seq

from .conftest import ALICE, BOB, LOGIN, friend, wrote

if TYPE_CHECKING:
    from hongyan.ports import Store


async def test_messages_are_counted_until_they_are_seen(store: Store) -> None:
    """All of them, or up to a row; what was seen stays so."""
    alice = await wrote(store, 1, 2, 3)
    states = store.chat_state
    assert states.of(alice).unread == 3
    await states.mark_seen(alice, Seq(2))
    assert (states.of(alice).unread, states.of(alice).read) == (1, 2)
    await states.mark_seen(alice, None)
    await states.mark_seen(alice, Seq(1))
    assert (states.of(alice).unread, states.of(alice).read) == (0, 3)
    await states.mark_unread(alice)
    assert states.of(alice).unread == 1
    assert states.of(ChatKey("nobody")) == ChatState()


async def test_a_draft_is_kept_until_it_is_empty(store: Store) -> None:
    """With what it answers and what goes with it."""
    alice = await wrote(store, 1)
    states = store.chat_state
    await states.keep_draft(alice, "soon", quoting=Seq(1), attached=["/a b"], now=5.0)
    state = states.of(alice)
    assert (state.draft, state.quoting, state.attached, state.drafted_at) == ("soon", 1, ("/a b",), 5.0)
    await states.keep_draft(alice, "", quoting=Seq(0), attached=(), now=6.0)
    assert states.of(alice) == ChatState(unread=1, read=states.of(alice).read)
    assert states.all() == {alice: states.of(alice)}


async def test_a_chat_that_was_put_away_comes_back_with_something_new(store: Store) -> None:
    """One that is muted does not."""
    alice, bob = await wrote(store, 1), await wrote(store, 2, chat=BOB)
    for chat in (alice, bob):
        await store.chat_state.set_local(chat, archived=True)
    await store.chat_state.set_local(bob, muted=True)
    await wrote(store, 3)
    await wrote(store, 4, chat=BOB)
    assert (store.chat_state.of(alice).archived, store.chat_state.of(bob).archived) == (False, True)


async def test_a_hidden_row_is_not_shown_as_the_last(store: Store) -> None:
    """It stays in the journal."""
    alice = await wrote(store, 1, 2)
    await store.chat_state.hide(Seq(2))
    assert store.chat_state.hidden([Seq(1), Seq(2)]) == {2}
    assert store.chat_state.hidden([]) == set()
    last = store.journal.last(alice)
    assert last is not None
    assert last.seq == 1
    assert store.journal.event(Seq(2)) is not None


async def test_two_chats_that_are_merged_have_one_state(store: Store) -> None:
    """Counts add up, and the draft stays."""
    alice, bob = await wrote(store, 1), await wrote(store, 2, chat=BOB)
    await store.directory.learn(LOGIN, [friend(ALICE, "a"), friend(BOB, "b")], "contacts")
    await store.chat_state.keep_draft(bob, "soon", quoting=Seq(0), attached=(), now=5.0)
    await store.directory.merge(alice, bob, now=3.0)
    assert store.chat_state.of(bob) == store.chat_state.of(alice)
    assert (store.chat_state.of(alice).unread, store.chat_state.of(alice).draft) == (2, "soon")
