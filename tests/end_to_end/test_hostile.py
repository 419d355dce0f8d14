"""What strangers and a failing server send while an account runs: it goes on, and so does the next start."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from hongyan import reports
from hongyan.client.engine.receive import Receiver
from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.messages import Text, Unparsed
from hongyan.store.journal import SqliteJournal
from hongyan.transport.http_client import HttpClient
from hongyan.webwx import machine, parse
from hongyan.webwx.parse import messages

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator
    from hongyan.model.messages import AnyMessage

    from .conftest import Opener

HOSTILE = '<a b:c="1">mmreader'


@pytest.fixture(autouse=True)
def told_anew(tmp_path: Path) -> None:
    reports.forget_reported()
    reports.keep_in(tmp_path / "reports")


def told_in(folder: Path) -> list[str]:
    return [p.read_text("utf-8") for p in (folder / "reports").glob("fault-*.txt")]


async def received(account: Account, count: int) -> list[AnyMessage]:
    """Return the first so many messages of the journal that people wrote."""
    found: list[AnyMessage] = []
    async with asyncio.timeout(20):
        async for recorded in account.events(after=Seq(0)):
            if isinstance(recorded.event, MessageReceived) and recorded.event.message.kind != "status":
                found.append(recorded.event.message)
                if len(found) == count:
                    break
    return found


def words(found: list[AnyMessage]) -> list[str]:
    return [m.text if isinstance(m, Text) else m.kind for m in found]


async def test_a_text_that_no_parser_takes_is_a_text(account: Account, service: Emulator) -> None:
    """Between two others, each of which comes."""
    alice = service.person("Alice")
    for text in ("before", HOSTILE, "after"):
        alice.says(text)
    assert words(await received(account, 3)) == ["before", HOSTILE, "after"]


def failing(true: Any, wanted: Any, fault: type[Exception] = RecursionError) -> Any:
    """Return ``true`` with a fault wherever ``wanted`` says so of the arguments."""

    def read(*args: Any, **named: Any) -> Any:
        if wanted(*args, **named):
            raise fault
        return true(*args, **named)

    return read


async def test_a_fault_in_reading_costs_one_message_and_is_written_down(
    account: Account, service: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The program goes on, the message keeps its bytes, a report without its words is there."""
    read = failing(messages.MSG_TYPES[1], lambda e: "poison" in e.content)
    monkeypatch.setitem(messages.MSG_TYPES, 1, read)
    alice = service.person("Alice")
    for text in ("before", "poison", "after"):
        alice.says(text)
    found = await received(account, 3)
    assert words(found) == ["before", "unparsed", "after"]
    assert isinstance(found[1], Unparsed)
    assert b"poison" in found[1].raw
    (report,) = told_in(tmp_path)
    assert "RecursionError" in report
    assert "poison" not in report


async def test_a_profile_that_a_message_ended_before_starts_again(
    open_client: Opener, service: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program without the border died on it with the key where it was; the next start gets the batch once more."""
    with monkeypatch.context() as bare:
        async with open_client() as (account, holder):
            await account.ready(10)
            bare.setattr(Receiver, "_write", failing(Receiver._write, lambda _, batch: bool(batch.events)))
            service.person("Alice").says("before")
            service.person("Alice").says(HOSTILE)
            with pytest.raises(RecursionError):
                await holder.ended()
    async with open_client(confirm=False) as (account, _):
        assert words(await received(account, 2)) == ["before", HOSTILE]


async def test_a_batch_that_cannot_be_read_comes_again(
    account: Account, service: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The key stays until the reading succeeds; nothing is lost."""
    tries: list[int] = []
    true = parse.parse_sync

    def twice_failing(*args: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise KeyError(args)
        return true(*args)

    monkeypatch.setattr(machine, "parse_sync", twice_failing)
    service.person("Alice").says("hello")
    assert words(await received(account, 1)) == ["hello"]
    assert len(tries) >= 3
    assert [r for r in told_in(tmp_path) if "KeyError" in r]


async def test_an_item_that_the_journal_does_not_take_costs_no_other(
    account: Account, service: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written is written as its bytes."""

    def poison(_journal: Any, _connection: Any, event: Any, *_: Any) -> bool:
        return isinstance(event, MessageReceived) and getattr(event.message, "text", "") == "poison"

    monkeypatch.setattr(SqliteJournal, "_add", failing(SqliteJournal._add, poison, OverflowError))
    alice = service.person("Alice")
    for text in ("before", "poison", "after"):
        alice.says(text)
    assert words(await received(account, 3)) == ["before", "unparsed", "after"]


@pytest.mark.parametrize("part", ["transport", "rows", "news", "state"])
async def test_no_part_beside_the_loop_ends_it(
    account: Account, service: Emulator, monkeypatch: pytest.MonkeyPatch, part: str, tmp_path: Path
) -> None:
    """A request that raises is one that nobody answered; whoever looks at rows or news may fail."""
    tries: list[int] = []

    def twice(*_: Any, **__: Any) -> bool:
        tries.append(1)
        return len(tries) < 3

    if part == "transport":
        monkeypatch.setattr(HttpClient, "exchange", failing(HttpClient.exchange, twice))
    elif part == "rows":
        monkeypatch.setattr(
            "hongyan.backends.webwx.directory.Directory.heard", failing(None, lambda *_: True)
        )
    else:
        place = "backends.webwx.backend.ServiceTroubled"
        place = place if part == "news" else "client.engine.active_login.ActiveLogin._degraded"
        monkeypatch.setattr(f"hongyan.{place}", failing(None, lambda *_: True))
        service.faults.add("body", "webwxsync", "<html>", count=1)
    for text in ("one", "two"):
        service.person("Alice").says(text)
        await asyncio.sleep(0.2)
    assert words(await received(account, 2)) == ["one", "two"]
    assert any("RecursionError" in r for r in told_in(tmp_path))


DAMAGES = [
    ("cut", 0.6),
    ("cut", 0.9),
    ("cut_open", 0.5),
    ("hole", 0.3),
    ("hole", 0.6),
    ("truncate", 0.6),
    ("html", None),
]


@pytest.mark.parametrize(("action", "value"), DAMAGES)
async def test_a_message_in_a_damaged_answer_arrives_whole(
    account: Account, service: Emulator, action: str, value: float | None
) -> None:
    """Inside a 200, with a length that fits: every message comes once, as it was written, and nothing besides."""
    await asyncio.sleep(0.3)
    service.faults.add(action, "webwxsync", value, count=2)
    texts = [f"message {n} " + "字" * 40 for n in range(6)]
    for text in texts:
        service.person("Alice").says(text)
    assert words(await received(account, 6)) == texts
    service.person("Alice").says("end")
    assert words(await received(account, 7)) == [*texts, "end"]


@pytest.mark.parametrize("endpoint", ["webwxinit", "webwxgetcontact", "webwxbatchgetcontact"])
@pytest.mark.parametrize("value", [0.4, 0.7, 0.95])
async def test_a_list_that_was_cut_is_asked_for_again(
    open_client: Opener, service: Emulator, endpoint: str, value: float
) -> None:
    """Everybody is there when the list is said to be complete, and nobody twice or as a stranger of a group."""
    service.faults.add("cut", endpoint, value, count=2)
    async with open_client() as (account, _):
        await account.ready(30)
        names = sorted(chat.name for chat in account.chats())
        assert {"Alice", "老王", "Team"} <= set(names)
        assert len(names) == len(set(names))
        assert len(account.find("Team").contact.members or ()) == 4
