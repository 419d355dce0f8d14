"""Journals of every former schema open, and hold what they held."""

from __future__ import annotations

import asyncio
import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from hongyan import Settings
from hongyan.assemble import join_account, open_account, open_rows, open_view
from hongyan.client.profile import Profile
from hongyan.errors import ProfileLocked
from hongyan.model.ids import ChatKey, LoginId, Seq, TransientName
from hongyan.model.search import Query
from hongyan.store.database import Database
from hongyan.store.migrate import newest
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

STEPS = sorted((files("hongyan.store") / "schema").iterdir(), key=lambda step: step.name)
NUMBERS = [int(step.name[:4]) for step in STEPS]
MESSAGE = b'{"event": "message", "message": {"kind": "text", "id": "1", "chat": "@alice", "sender": "@alice", "text": "hello"}}'
ROWS = {
    1: (
        "INSERT INTO account (id, name, me) VALUES (1, 'me', 'my key')",
        "INSERT INTO identity VALUES (1, 'first', '@alice', 'alice')",
        "INSERT INTO position VALUES (1, 'first', x'41', 3.0, 1)",
        "INSERT INTO pace VALUES (1, 'send', x'42')",
        "INSERT INTO chat (account_id, key, last_seq) VALUES (1, 'alice', 1)",
    ),
    3: (
        "INSERT INTO said VALUES (1, 1, 'hello')",
        "INSERT INTO said_index (rowid, grams) VALUES (1, 'hello')",
        "INSERT INTO indexed VALUES (1, 1)",
    ),
    4: (("INSERT INTO alias (account_id, key, canonical, evidence, confidence, made_at)"
        " VALUES (1, 'second', 'alice', 'person', 1.0, 2.0)"),),
    11: ("INSERT INTO desk (account_id, key, draft) VALUES (1, 'alice', 'soon')",
         "INSERT INTO hidden VALUES (1, 1)"),
}  # fmt: skip
"""What is written into a journal as soon as it has the tables, by the schema's number."""


def of_schema(path: Path, number: int) -> None:
    """Make a journal as a version with this schema left it."""
    old = sqlite3.connect(path, isolation_level=None)
    for step, found in zip(STEPS, NUMBERS, strict=True):
        if found > number:
            break
        old.executescript(step.read_text("utf-8"))
        for sql in ROWS.get(found, ()):
            old.execute(sql)
        if found == 1:
            old.execute(
                "INSERT INTO journal (account_id, received_at, kind, form, message_id, raw, event, decoder, login,"
                " chat_name, sender_name, chat, sender) VALUES (1, 1.0, 'message', 'text', '1', x'', ?, 1, 'first',"
                " '@alice', '@alice', 'alice', 'alice')",
                (MESSAGE,),
            )
        old.execute(f"PRAGMA user_version = {found}")
    old.close()


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_journal_of_a_former_schema_holds_what_it_held(tmp_path: Path, number: int) -> None:
    """And takes new rows."""
    path = tmp_path / "journal.db"
    of_schema(path, number)
    database = Database(path, used_before=True)
    store = open_store(database, "me")
    alice = ChatKey("alice")
    assert store.me == "my key"
    assert store.directory.key_of(LoginId("first"), TransientName("@alice")) == alice
    assert [row.seq for row in store.journal.history(alice)] == [1]
    assert store.login.current == "first"
    assert store.login.last_seen() == 3.0
    assert store.login.rate_limits() == {"send": b"B"}
    assert [row.seq for row in await store.archive.search(Query(words="hello"))] == [1]
    if number >= 4:
        assert store.directory.name_of(LoginId("first"), ChatKey("second")) == "@alice"
    if number >= 11:
        assert store.chat_state.of(alice).draft == "soon"
        assert store.chat_state.hidden([Seq(1)]) == {1}
    await store.append([said(2, "later")], login=LOGIN, received_at=2.0)
    assert len(await store.archive.search(Query(words="later"))) == 1
    with database.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (newest(),)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_no_step_comes_twice() -> None:
    """Each has a number of its own."""
    assert len(set(NUMBERS)) == len(NUMBERS)


async def read(settings: Settings) -> None:
    """Open the profile as ``history`` does."""
    async with open_view(settings):
        pass


async def dump(settings: Settings) -> None:
    """Open the profile as ``export`` does."""
    with open_rows(settings):
        pass


async def hold(settings: Settings) -> None:
    """Open the profile as a bot of one's own does."""
    async with open_account(settings):
        pass


async def join(settings: Settings) -> None:
    """Open the profile as ``send`` and the screen do."""
    async with join_account(settings):
        pass


@pytest.mark.parametrize("opened", [read, dump, hold, join])
async def test_no_journal_is_upgraded_under_the_program_that_holds_it(
    tmp_path: Path, opened: Callable[[Settings], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier version knows the former tables only: it could not write what arrives any more."""
    monkeypatch.setattr("hongyan.store.database._UPGRADE_S", 0.0)
    settings = Settings(home=str(tmp_path), profile="old")
    holder = Profile(settings.folder)
    of_schema(holder.journal, NUMBERS[-3])
    holder.hold()
    with pytest.raises(ProfileLocked, match=r"in use by .*process"):
        await opened(settings)
    assert version_of(holder.journal) == NUMBERS[-3]
    holder.release()
    await dump(settings)
    assert version_of(holder.journal) == newest()
    assert Profile(settings.folder).try_hold()


async def test_two_programs_upgrade_at_once(tmp_path: Path) -> None:
    """The one that comes second waits until the other is done."""
    profile = Profile(tmp_path / "old")
    of_schema(profile.journal, NUMBERS[-3])
    with Profile(tmp_path / "old").alone():
        opening = asyncio.create_task(
            asyncio.to_thread(Database, profile.journal, used_before=True, alone=profile.alone)
        )
        await asyncio.sleep(0.3)
        assert version_of(profile.journal) == NUMBERS[-3]
    (await opening).close()
    assert version_of(profile.journal) == newest()


def version_of(path: Path) -> int:
    """Return the number of the schema that a journal has."""
    with sqlite3.connect(path) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
