"""The outbox on the emulator: what waits, what is in doubt, what is held back, what is given up; also over kill -9."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.client.engine.send import Sender
from hongyan.emulator.compose_system import sentence
from hongyan.errors import Blocked, HeldBack, LoginEnded, Missed, NotFriends, Refused, UsageError
from hongyan.model.commands import MarkRead, Outcome, RecallMessage
from hongyan.model.ids import MsgId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator
    from hongyan.emulator.faults import Fault

    from .conftest import Opener

PROGRAM = """
import asyncio, json, sys, time
from hongyan import Settings, join_account

async def main():
    server, home, pace, wishes = sys.argv[1], sys.argv[2], sys.argv[3] == "pace", json.loads(sys.argv[4])
    settings = Settings(profile="goose", server=server, home=home, pace=pace)
    async with join_account(settings) as account:
        await account.ready(20)
        print("ready", flush=True)
        for name, text, after in wishes:
            at = time.time() + after if after else None
            receipt = await account.send(account.find(name), text, at=at)
            print(json.dumps(receipt.row.id), flush=True)
        seen = {}
        while True:
            for row in account.outbox(20):
                told = [row.id, str(row.outcome), row.retry_at]
                if seen.get(row.id) != told:
                    seen[row.id] = told
                    print(json.dumps(told), flush=True)
            await account.changed()

asyncio.run(main())
"""


class Program:
    """A program of its own on the profile that tells what becomes of its sends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def tells(self, number: int, outcome: Outcome, *, held: bool = False) -> float | None:
        """Wait until it tells an outcome of a command (with the time until which it is held back) and return that time."""
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            while line := await self._process.stdout.readline():
                told: list[Any] = json.loads(line) if line.startswith(b"[") else [0, "", None]
                if told[:2] == [number, str(outcome)] and (told[2] is not None or not held):
                    return float(told[2]) if told[2] is not None else None
        raise AssertionError

    async def kill(self) -> None:
        """End it by SIGKILL."""
        self._process.kill()
        await self._process.wait()


@contextlib.asynccontextmanager
async def program(
    service: Emulator, home: Path, *wishes: tuple[str, str, float], pace: bool = False
) -> AsyncIterator[Program]:
    """Run a program that sends (to whom, what, in how many seconds) and kill it at the end."""
    arguments = (service.origin, str(home), "pace" if pace else "", json.dumps(wishes))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def settled(account: Account, number: int) -> Outcome:
    """Return the outcome of a command once it is known."""
    return (await account.outbox.command(account.outbox(100)[-number].id).settled(10)).outcome


async def hits(fault: Fault) -> None:
    """Wait until a fault has struck."""
    async with asyncio.timeout(20):
        while not fault.hits:
            await asyncio.sleep(0.02)


async def heard(service: Emulator, name: str, count: int) -> list[str]:
    """Return the next texts that somebody hears, and see that there are no more."""
    texts = [(await service.person(name).hears()).text for _ in range(count)]
    with pytest.raises(TimeoutError):
        await service.person(name).hears(timeout=0.1)
    return texts


async def test_what_is_put_off_holds_nobody_up(service: Emulator, account: Account) -> None:
    """A text for tomorrow waits aside; what is written to the same chat now goes now."""
    alice = account.find("Alice")
    tomorrow = await account.send(alice, "tomorrow", at=time.time() + 86_400)
    soon = await account.send(alice, "soon", at=time.time() + 0.3)
    await (await account.send(alice, "now")).accepted(5)
    await soon.accepted(5)
    assert await heard(service, "Alice", 2) == ["now", "soon"]
    assert tomorrow.row.outcome is Outcome.QUEUED


async def test_what_is_put_off_survives_a_kill(
    service: Emulator, tmp_path: Path, open_client: Opener
) -> None:
    """It goes out once, at its time, by whoever holds the login then."""
    service.phone.confirm()
    async with program(service, tmp_path, ("Alice", "later", 2.0)) as other:
        await other.tells(1, Outcome.QUEUED)
        await other.kill()
    async with open_client(confirm=False, may_ask=False) as (account, _):
        row = account.outbox(1)[0]
        assert await settled(account, 1) is Outcome.ACCEPTED
        assert row.due_at is not None
        assert time.time() >= row.due_at
        assert await heard(service, "Alice", 1) == ["later"]


@pytest.mark.parametrize(("late", "outcome"), [(3_000.0, Outcome.ACCEPTED), (4_000.0, Outcome.FAILED)])
async def test_what_nobody_could_send_in_time_is_missed(
    service: Emulator, open_client: Opener, late: float, outcome: Outcome
) -> None:
    """Within the grace of an hour it goes late; after that never, and whoever looks is told."""
    async with open_client() as (account, _):
        await account.ready(10)
        await account.send(account.find("Alice"), "at six", at=time.time() + 60)
    later = time.time() + 60 + late
    async with open_client(confirm=False, may_ask=False, clock=lambda: later) as (account, _):
        assert await settled(account, 1) is outcome
        if outcome is Outcome.FAILED:
            with pytest.raises(Missed, match="minutes ago"):
                await account.outbox.command(account.outbox(1)[0].id).accepted(1)
    assert (
        await heard(service, "Alice", outcome is Outcome.ACCEPTED)
        == ["at six"][: outcome is Outcome.ACCEPTED]
    )


async def test_doubt_after_a_kill_keeps_the_order_of_a_chat(
    service: Emulator, tmp_path: Path, open_client: Opener
) -> None:
    """The message in doubt goes again before those behind it, and arrives once whether or not it had arrived."""
    service.phone.confirm()
    hanging = service.faults.add("hang", "webwxsendmsg", 5.0, count=1)
    async with program(service, tmp_path, ("Alice", "one", 0), ("Alice", "two", 0)) as other:
        await hits(hanging)
        await other.kill()
    async with open_client(confirm=False, may_ask=False) as (account, _):
        assert [await settled(account, n) for n in (1, 2)] == [Outcome.ACCEPTED] * 2
    assert await heard(service, "Alice", 2) == ["one", "two"]


async def test_doubt_of_another_login_is_left_to_a_person_who_says_once_more(
    service: Emulator, tmp_path: Path, open_client: Opener
) -> None:
    """Nobody knows; a retry is a new message with a number of its own, and asking twice makes one of it."""
    service.phone.confirm()
    hanging = service.faults.add("hang", "webwxsendmsg", 5.0, count=1)
    async with program(service, tmp_path, ("Alice", "perhaps", 0)) as other:
        await hits(hanging)
        await other.kill()
    service.phone.log_web_out(1101)
    async with open_client() as (account, _):
        await account.ready(10)
        assert await settled(account, 1) is Outcome.UNCONFIRMED
        old = account.outbox(1)[0]
        assert old.attempts == 1
        first, second = await asyncio.gather(account.outbox.retry(old.id), account.outbox.retry(old.id))
        new = await first.accepted(5)
        assert (new, new.client_msg_id == old.client_msg_id) == (second.row, False)
        assert account.outbox.command(old.id).row.outcome is Outcome.UNCONFIRMED
        with pytest.raises(UsageError, match="nothing to do again"):
            await account.outbox.retry(new.id)
    assert await heard(service, "Alice", 1) == ["perhaps"]


async def test_what_waits_finds_its_chat_under_a_new_login(service: Emulator, open_client: Opener) -> None:
    """Everybody has a new name there; until it is known the message waits, instead of failing."""
    async with open_client() as (account, holder):
        await account.ready(10)
        service.phone.log_web_out(1101)
        with pytest.raises(LoginEnded):
            await holder.ended()
        await account.send(account.find("Alice"), "hello again")
    delayed = service.faults.add("delay", "webwxgetcontact", 0.5)
    async with open_client() as (account, _):
        assert await settled(account, 1) is Outcome.ACCEPTED
    assert delayed.hits
    assert await heard(service, "Alice", 1) == ["hello again"]


async def test_an_answer_lost_and_then_no_connection_stays_in_doubt(
    service: Emulator, open_client: Opener
) -> None:
    """It is not taken for something that certainly did not happen: after five minutes nobody repeats it."""
    clock = [0.0]
    service.faults.add("lost", "webwxsendmsg")
    again = service.faults.add("rate_limit", "webwxsendmsg", count=None, skip=1)
    async with open_client(clock=lambda: time.time() + clock[0]) as (account, _):
        await account.ready(10)
        receipt = await account.send(account.find("Alice"), "perhaps")
        await service.person("Alice").hears("perhaps")
        await hits(again)
        assert receipt.row.outcome is Outcome.SENT
        clock[0] = 400.0
    async with open_client(confirm=False, may_ask=False, clock=lambda: time.time() + clock[0]) as (
        account,
        _,
    ):
        assert await settled(account, 1) is Outcome.UNCONFIRMED
    assert await heard(service, "Alice", 0) == []


async def test_a_pause_outlives_a_kill_and_is_told_to_whoever_waits(
    service: Emulator, tmp_path: Path, open_client: Opener
) -> None:
    """1205 closes the bucket for the next program too; each that waits learns the time, those behind others as well."""
    service.phone.confirm()
    service.faults.add("rate_limit", "webwxsendmsg")
    async with program(service, tmp_path, ("Alice", "too fast", 0)) as other:
        until = await other.tells(1, Outcome.QUEUED, held=True)
        await other.kill()
    async with open_client(confirm=False, may_ask=False) as (account, _):
        names = ("Alice", "老王", "老王")
        receipts = [await account.send(account.find(name), "behind it") for name in names]
        for receipt in receipts:
            with pytest.raises(HeldBack) as caught:
                await receipt.accepted(0.5)
            assert caught.value.retry_at is not None
            assert caught.value.retry_at == pytest.approx(until, abs=1.0)


async def test_the_pace_outlives_a_kill(service: Emulator, tmp_path: Path, open_client: Opener) -> None:
    """A new program begins with what the buckets had left, and with the spacing that the last send asked for."""
    service.phone.confirm()
    async with program(service, tmp_path, ("Alice", "one", 0), pace=True) as other:
        await other.tells(1, Outcome.ACCEPTED)
        await other.kill()
    async with open_client(confirm=False, may_ask=False, pace=True) as (account, holder):
        bucket = holder._buckets.bucket(next(a for a in holder._buckets._buckets if a == "send"))
        assert bucket.tokens < 20.0
        last = account.outbox(1)[0].sent_at
        assert last is not None
        await (await account.send(account.find("老王"), "two")).accepted(10)
        sent_at = account.outbox(1)[0].sent_at
        assert sent_at is not None
        assert sent_at - last >= 1.0


async def test_what_is_dropped_is_not_sent(service: Emulator, account: Account) -> None:
    """Also by another program, while a pause holds it back; what is done is not dropped."""
    alice = account.find("Alice")
    done = await (await account.send(alice, "done")).accepted(5)
    waiting = await account.send(alice, "soon", at=time.time() + 0.5)
    behind = await account.send(alice, "not at all", at=time.time() + 0.5)
    await account.outbox.drop(behind.row.id)
    await waiting.accepted(5)
    with pytest.raises(UsageError, match="canceled in the outbox"):
        await behind.accepted(5)
    with pytest.raises(UsageError, match="accepted"):
        await account.outbox.drop(done.id)
    assert await heard(service, "Alice", 2) == ["done", "soon"]


@pytest.mark.parametrize("language", ["zh_CN", "en_US"])
async def test_the_services_second_thoughts_fail_what_was_accepted(
    service: Emulator, account: Account, language: str
) -> None:
    """A mark as read that was made meanwhile is not meant; a friend's own words are not the service's."""
    alice = account.find("Alice")
    accepted = await (await account.send(alice, "are we friends?")).accepted(5)
    mark = await (await account.do(MarkRead(chat=alice.key))).accepted(5)
    line = sentence("not-a-friend", language, name="Alice")
    service.person("Alice").says(line.plain)
    service.person("Alice").says("end")
    async with asyncio.timeout(10):
        while len(account.history(alice)) < 3:
            await account.changed()
    assert account.outbox.command(accepted.id).row.outcome is Outcome.ACCEPTED
    service.accounts[0].say("wxid_alice000000001", "", line)
    async with asyncio.timeout(10):
        while account.outbox.command(accepted.id).row.outcome is Outcome.ACCEPTED:
            await account.changed()
    with pytest.raises(NotFriends):
        await account.outbox.command(accepted.id).accepted(1)
    assert account.outbox.command(mark.id).row.outcome is Outcome.ACCEPTED


async def test_a_refusal_that_comes_while_nobody_is_there_is_heeded(
    service: Emulator, open_client: Opener
) -> None:
    """The program ended right after the yes; ten minutes later the next one hears of it."""
    async with open_client() as (account, _):
        await account.ready(10)
        await (await account.send(account.find("Alice"), "hello?")).accepted(5)
    service.accounts[0].say("wxid_alice000000001", "", sentence("refused", "zh_CN"))
    later = time.time() + 600
    async with open_client(confirm=False, may_ask=False, clock=lambda: later) as (account, _):
        number = account.outbox(1)[0].id
        async with asyncio.timeout(10):
            while account.outbox.command(number).row.outcome is Outcome.ACCEPTED:
                await account.changed()
        with pytest.raises(Blocked):
            await account.outbox.command(number).accepted(1)


async def test_a_refusal_in_the_journal_of_a_killed_program_is_heeded(
    service: Emulator, open_client: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was written, and the program ended before it settled the message."""

    async def deaf(*_: object) -> None:
        pass

    async with open_client() as (account, _):
        await account.ready(10)
        with monkeypatch.context() as patch:
            patch.setattr(Sender, "heard", deaf)
            service.person("Alice").blocks_me()
            receipt = await account.send(account.find("Alice"), "hello?")
            await receipt.accepted(5)
            async with asyncio.timeout(10):
                while len(account.history(account.find("Alice"))) < 2:
                    await account.changed()
            assert receipt.row.outcome is Outcome.ACCEPTED
    async with open_client(confirm=False, may_ask=False) as (account, _):
        number = account.outbox(1)[0].id
        async with asyncio.timeout(10):
            while account.outbox.command(number).row.outcome is Outcome.ACCEPTED:
                await account.changed()
        assert account.outbox.command(number).row.reason == Blocked.code


async def test_sending_to_many_wants_to_be_meant(service: Emulator, account: Account) -> None:
    """Without the word it is an error that says so; with it each gets a command of its own, once."""
    alice, bob = account.find("Alice"), account.find("老王")
    with pytest.raises(UsageError, match="2 chats") as caught:
        await account.send_to_many([alice, bob], "to all")
    assert "--mass" in caught.value.advice
    assert account.outbox() == []
    receipts = await account.send_to_many([alice, bob, alice], "to all", mass=True)
    assert len({receipt.row.id for receipt in receipts}) == 2
    for receipt in receipts:
        await receipt.accepted(5)
    assert await heard(service, "Alice", 1) == await heard(service, "Bob", 1) == ["to all"]


async def test_the_last_message_is_taken_back_or_not_sent_at_all(
    service: Emulator, open_client: Opener
) -> None:
    """What is accepted is recalled, what waits is dropped; a clock of ours that was set says nothing of a message's age."""
    clock = [0.0]
    async with open_client(clock=lambda: time.time() + clock[0]) as (account, _):
        await account.ready(10)
        alice = account.find("Alice")
        first = await (await account.send(alice, "oops")).accepted(5)
        message = await service.person("Alice").hears("oops")
        assert isinstance((await account.recall_last(alice, limit=5)).command, RecallMessage)
        assert message.recalled
        with pytest.raises(UsageError, match="no message of yours"):
            await account.recall_last(alice, limit=5)
        with pytest.raises(UsageError, match="already been recalled"):
            await account.recall_last(alice, message=MsgId(first.result), limit=5)
        old = await (await account.send(alice, "too old")).accepted(5)
        service.faults.add("rate_limit", "webwxsendmsg")
        held = await account.send(alice, "held back")
        async with asyncio.timeout(10):
            while held.row.retry_at is None:
                await account.changed()
        dropped = await account.recall_last(alice, limit=5)
        assert (dropped.id, dropped.outcome, dropped.reason) == (held.row.id, Outcome.FAILED, "dropped")
        clock[0] = 180.0  # of this machine alone: to the service it is as young as it was
        assert (await account.recall_last(alice, MsgId(old.result), 5)).outcome is Outcome.ACCEPTED


async def test_the_service_says_what_is_too_old_to_be_taken_back(service: Emulator, account: Account) -> None:
    """Its clock counts, and its reason is told, not that there is none."""
    alice = account.find("Alice")
    await (await account.send(alice, "too old")).accepted(5)
    service.clock.advance(180)
    with pytest.raises(Refused, match=r"answered -1: .*2分钟"):
        await account.recall_last(alice, limit=20)


async def test_one_wish_of_several_programs_takes_back_one_message(
    account: Account, service: Emulator
) -> None:
    """Whoever comes later is told of the message that the first took back; a wish of its own takes the next."""
    alice = account.find("Alice")
    for text in ("kept", "oops"):
        await (await account.send(alice, text)).accepted(5)
    kept, oops = [await service.person("Alice").hears(text) for text in ("kept", "oops")]
    asked = time.time()
    rows = [await account.recall_last(alice, limit=5, since=asked) for _ in range(4)]
    rows += await asyncio.gather(*(account.recall_last(alice, limit=5, since=asked) for _ in range(4)))
    assert {row.id for row in rows} == {rows[0].id}
    assert (oops.recalled, kept.recalled) == (True, False)
    await account.recall_last(alice, limit=5, since=time.time())
    assert kept.recalled
