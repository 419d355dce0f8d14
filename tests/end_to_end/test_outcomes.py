"""What becomes of a command: every cell of the table of docs/outbox.md, by what really comes over the wire.

Rows are what came back, columns what was asked; ``lasting`` is whether it comes back for ever or once. What the service
did is asked of the service: nothing that it did is told as failed, and nothing is done twice.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from hongyan.backends.webwx import media
from hongyan.client.engine import send
from hongyan.client.engine import token_buckets as pacing
from hongyan.client.engine.verdict import Fate, ReplyKind, fate_of, table
from hongyan.errors import HongyanError
from hongyan.model.commands import (
    AddFriend,
    CommandRow,
    CreateGroup,
    Effect,
    FetchMembers,
    MarkRead,
    Outcome,
    QuitGroup,
    RenameGroup,
    SetRemark,
)
from hongyan.model.ids import MsgId
from hongyan.ports.backend import Reach
from hongyan.transport.http_client import HttpClient
from hongyan.webwx.http import Failure, FailureKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.client.account import Account, Receipt
    from hongyan.emulator import Emulator
    from hongyan.webwx.http import Request, Response

    from .conftest import Opener

DOCS = Path(__file__).parents[2] / "docs" / "outbox.md"
DOUBT_S = 0.4


class Wire(NamedTuple):
    """A fault of the emulator: what it does, whether what was asked for is ``done`` before, and what a client sees."""

    action: str
    value: object
    done: bool
    reply: ReplyKind

    def __str__(self) -> str:
        value = "" if self.value is None else f" {self.value}"
        return f"{self.action}{value}{' after it was done' if self.done else ''}"


_NOT_DONE_OR_DONE = (False, True)
WIRES = (
    Wire("unreachable", None, False, ReplyKind.UNREACHED),
    Wire("drop", None, False, ReplyKind.NOTHING),
    Wire("lost", None, True, ReplyKind.NOTHING),
    *(Wire("status", 503, done, ReplyKind.NOTHING) for done in _NOT_DONE_OR_DONE),
    Wire("empty", None, True, ReplyKind.NOTHING),
    *(Wire("html", None, done, ReplyKind.UNREADABLE) for done in _NOT_DONE_OR_DONE),
    *(Wire("status", status, True, ReplyKind.NOTHING) for status in (301, 403, 404)),  # without a body
    Wire("body", "[]", False, ReplyKind.UNREADABLE),
    Wire("cut", 0.4, True, ReplyKind.UNREADABLE),
    Wire("cut_open", 0.4, True, ReplyKind.UNREADABLE),
    Wire("missing", "BaseResponse", True, ReplyKind.UNREADABLE),
    Wire("rate_limit", None, False, ReplyKind.TOO_FAST),
    Wire("ret", -1, False, ReplyKind.PASSING),
    Wire("ret", 1101, False, ReplyKind.LOGIN_GONE),
    Wire("ret", 1204, False, ReplyKind.NO),
)
LASTING = tuple(
    {wire.reply: wire for wire in WIRES if wire.reply is not ReplyKind.TOO_FAST}.values()
)  # one for each, for ever


class Case(NamedTuple):
    """A command, the endpoint whose answer counts, and how often the service has done it."""

    name: str
    endpoint: str
    reach: Reach
    ask: Callable[[Account, Emulator, Path], Awaitable[Receipt]]
    done: Callable[[Emulator], int | None]

    def __str__(self) -> str:
        return self.name


async def _text(account: Account, _: Emulator, __: Path) -> Receipt:
    return await account.send(account.find("Alice"), "hello")


async def _file(account: Account, _: Emulator, folder: Path) -> Receipt:
    (folder / "a.bin").write_bytes(b"12345" * 100)
    return await account.send(account.find("Alice"), folder / "a.bin")


async def _recall(account: Account, service: Emulator, _: Path) -> Receipt:
    sent = await (await account.send(account.find("Alice"), "oops")).accepted(10)
    return await account.recall(account.find("Alice"), MsgId(sent.result))


async def _remark(account: Account, _: Emulator, __: Path) -> Receipt:
    return await account.do(SetRemark(chat=account.find("Alice").key, remark="A"))


async def _rename(account: Account, _: Emulator, __: Path) -> Receipt:
    return await account.do(RenameGroup(group=account.find("Team").key, topic="Crew"))


async def _read(account: Account, _: Emulator, __: Path) -> Receipt:
    return await account.do(MarkRead(chat=account.find("Alice").key))


async def _add(account: Account, _: Emulator, __: Path) -> Receipt:
    team = account.find("Team")
    member = next(m for m in await account.groups.members(team) if m.nickname == "Xena")
    return await account.do(AddFriend(person=(await account.people.person(member)).key, greeting="hi"))


async def _group(account: Account, _: Emulator, __: Path) -> Receipt:
    people = tuple(account.find(name).key for name in ("Alice", "老王"))
    return await account.do(CreateGroup(members=people, topic="New"))


async def _quit(account: Account, _: Emulator, __: Path) -> Receipt:
    return await account.do(QuitGroup(group=account.find("Team").key))


async def _members(account: Account, _: Emulator, __: Path) -> Receipt:
    return await account.do(FetchMembers(group=account.find("Team").key))


def _heard(service: Emulator) -> int:
    return len(service.accounts[0].heard)


CASES = (
    Case("a text", "webwxsendmsg", Reach.LEFT, _text, _heard),
    Case("a file, when it goes up", "webwxuploadmedia", Reach.BEFORE, _file, _heard),
    Case("a file, when it is sent", "webwxsendappmsg", Reach.LEFT, _file, _heard),
    Case(
        "a recall",
        "webwxrevokemsg",
        Reach.LEFT,
        _recall,
        lambda s: sum(m.recalled for m in s.accounts[0].messages.values()),
    ),
    Case("a remark", "webwxoplog", Reach.LEFT, _remark, lambda s: _person(s, "Alice").remark == "A"),
    Case("a group's name", "webwxupdatechatroom", Reach.LEFT, _rename, lambda _: None),
    Case("a read mark", "webwxstatusnotify", Reach.LEFT, _read, lambda _: None),
    Case("a friend request", "webwxverifyuser", Reach.LEFT, _add, lambda s: len(s.accounts[0].asked)),
    Case(
        "a new group",
        "webwxcreatechatroom",
        Reach.LEFT,
        _group,
        lambda s: len(s.accounts[0].world.groups) - 2,
    ),
    Case("leaving a group", "webwxupdatechatroom", Reach.LEFT, _quit, lambda _: None),
    Case("the members of a group", "webwxbatchgetcontact", Reach.BEFORE, _members, lambda _: None),
)


def _person(service: Emulator, nickname: str) -> Any:
    return next(p for p in service.accounts[0].world.people.values() if p.nickname == nickname)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five minutes are less than one second here."""
    monkeypatch.setattr(send, "DOUBT_S", DOUBT_S)
    monkeypatch.setattr(send, "_AGAIN_S", 0.05)
    monkeypatch.setattr(media, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(media, "_TRIES", 1)
    monkeypatch.setattr(pacing, "_FIRST_PAUSE_S", 0.2)


def _misbehave(
    service: Emulator, case: Case, wire: Wire, monkeypatch: pytest.MonkeyPatch, count: int | None
) -> None:
    """Let the answer that counts come back as told."""
    if wire.action != "unreachable":
        service.faults.add(
            wire.action,
            case.endpoint,
            wire.value,
            count=count,
            done=wire.done and wire.action in {"html", "status"},
        )
        return
    struck = [0]
    for name in ("exchange", "upload"):
        original = getattr(HttpClient, name)

        async def refused(
            client: HttpClient, request: Request, *args: Any, original: Any = original, **kwargs: Any
        ) -> Response | Failure:
            if request.endpoint == case.endpoint and (count is None or struck[0] < count):
                struck[0] += 1
                return Failure(
                    endpoint=request.endpoint,
                    problem="nobody listens at the server's address",
                    kind=FailureKind.UNREACHABLE,
                )
            answer: Response | Failure = await original(client, request, *args, **kwargs)
            return answer

        monkeypatch.setattr(HttpClient, name, refused)


def _expected(fate: Fate, *, lasting: bool) -> Outcome:
    """Return how it comes out in the end."""
    match fate:
        case Fate.FAILED:
            return Outcome.FAILED
        case Fate.UNCONFIRMED:
            return Outcome.UNCONFIRMED
        case _ if not lasting:
            return Outcome.ACCEPTED
        case Fate.QUEUE:
            return Outcome.QUEUED
        case Fate.REPEAT:
            return Outcome.UNCONFIRMED
        case _:
            return Outcome.FAILED


CELLS = [(case, wire, False) for case in CASES for wire in WIRES] + [
    (case, wire, True) for case in CASES for wire in LASTING
]


@pytest.mark.parametrize(
    ("case", "wire", "lasting"),
    CELLS,
    ids=[f"{c}-{w}{'-for ever' if lasting else ''}" for c, w, lasting in CELLS],
)
async def test_a_cell(
    case: Case,
    wire: Wire,
    lasting: bool,  # a parameter of the cell
    open_client: Opener,
    service: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It comes out as the table says, and as the service knows it."""
    async with open_client() as (account, _):
        await account.ready(10)
        ask = case.ask
        if ask is _recall or ask is _add:
            receipt = await _after_what_it_needs(
                ask,
                account,
                service,
                tmp_path,
                lambda: _misbehave(service, case, wire, monkeypatch, None if lasting else 1),
            )
        else:
            _misbehave(service, case, wire, monkeypatch, None if lasting else 1)
            receipt = await ask(account, service, tmp_path)
        effect = receipt.row.command.effect
        fate = fate_of(wire.reply, effect, case.reach)
        expected = _expected(fate, lasting=lasting)
        if ask is _recall and wire.done:
            expected = (
                Outcome.UNCONFIRMED
            )  # what is taken back cannot be taken back again: no answer can tell
        if ask is _group and wire.action.startswith("cut") and not lasting:
            expected = Outcome.ACCEPTED  # the yes is in the half that came
        row = await receipt.settled(1.5 if expected is Outcome.QUEUED else 10)
        assert row.outcome is expected, f"{fate}: {row.reason} {row.said}"
        _agree(case, service, row)
        assert all(chat.contact.name for chat in account.chats())


async def _after_what_it_needs(
    ask: Any, account: Account, service: Emulator, folder: Path, misbehave: Callable[[], None]
) -> Receipt:
    """Ask for something whose own preparations are to succeed."""
    original = account.outbox.add

    async def add(command: Any, **kwargs: Any) -> Receipt:
        if type(command).__name__ in {"RecallMessage", "AddFriend"}:
            misbehave()
        return await original(command, **kwargs)

    account.outbox.add = add  # type: ignore[method-assign]  # between the preparation and what is asked
    receipt: Receipt = await ask(account, service, folder)
    return receipt


def _agree(case: Case, service: Emulator, row: CommandRow) -> None:
    """See that what is told is what the service did."""
    done = case.done(service)
    if done is None:
        return
    assert done <= 1, "it was done twice"
    if row.outcome is Outcome.ACCEPTED:
        assert done == 1, "nothing of the kind was done"
    if row.outcome in {Outcome.FAILED, Outcome.QUEUED}:
        assert done == 0, "it was done, and told as failed"


@pytest.mark.parametrize("case", [case for case in CASES if case.reach is Reach.LEFT][:4], ids=str)
@pytest.mark.parametrize("late", [False, True])
async def test_a_restart_follows_the_same_rule(
    case: Case,
    late: bool,
    open_client: Opener,
    service: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,  # a parameter
) -> None:
    """Within five minutes it is repeated under its number, later nobody repeats it, and it is never told as failed."""
    monkeypatch.setattr(send, "DOUBT_S", 300.0)
    ahead = [0.0]

    def clock() -> float:
        return time.time() + ahead[0]

    async with open_client(clock=clock) as (account, _):
        await account.ready(10)
        lost: list[Any] = []
        receipt = (
            await _after_what_it_needs(
                case.ask,
                account,
                service,
                tmp_path,
                lambda: lost.append(service.faults.add("lost", case.endpoint, count=None)),
            )
            if case.ask is _recall
            else await _lost(case, account, service, tmp_path, lost)
        )
        number = receipt.row.id
        async with asyncio.timeout(10):
            while not lost[0].hits:
                await asyncio.sleep(0.02)
        assert receipt.row.outcome is Outcome.SENT
    service.faults.clear()
    ahead[0] = 400.0 if late else 0.0
    async with open_client(confirm=False, may_ask=False, clock=clock) as (account, _):
        row = await account.outbox.command(number).settled(10)
    expected = Outcome.UNCONFIRMED if late or case.ask is _recall else Outcome.ACCEPTED
    assert row.outcome is expected, row.said  # a recalled message cannot be recalled again: nobody knows
    _agree(case, service, row)


async def _lost(case: Case, account: Account, service: Emulator, folder: Path, lost: list[Any]) -> Receipt:
    lost.append(service.faults.add("lost", case.endpoint, count=None))
    return await case.ask(account, service, folder)


def test_the_documentation_shows_the_table() -> None:
    """Row by row: what docs/outbox.md says is what the program does."""
    told = DOCS.read_text("utf-8")
    for line in rendered():
        assert line in told, line


WORDS = {
    Reach.BEFORE: "before the request left",
    Reach.LEFT: "after it",
    Reach.AGAIN: "after a repetition",
}


def rendered() -> list[str]:
    """Return the table as the documentation shows it."""
    heads = [
        "| When | What came back | message | change | once | fetch |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return heads + [
        f"| {WORDS[reach]} | {came} | {' | '.join(fates[effect] for effect in Effect)} |"
        for reach, came, fates in table()
    ]


def test_every_error_of_the_tree_is_in_the_table() -> None:
    """No error of ours is taken for a fault of the program."""
    from hongyan.client.engine.verdict import reply_kind_of

    kinds, seen = [HongyanError], set[str]()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        seen.add(kind.__name__)
        if kind.__name__ not in {"HongyanError", "InternalError", "HeldBack"}:
            error = kind.__new__(kind)
            error.__dict__["ret"] = 1204
            assert reply_kind_of(error) is not ReplyKind.FAULT, kind


if __name__ == "__main__":
    print("\n".join(rendered()))
