"""A fault of ours in reading costs one item, never the rest, and never the program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.errors import HongyanError, Misread
from hongyan.model.events import ContactChanged, ContactGone, MessageReceived, UnknownEvent
from hongyan.model.messages import Text, Unparsed
from hongyan.webwx import parse
from hongyan.webwx.contacts import change_of
from hongyan.webwx.decode import decode
from hongyan.webwx.http import ApiCall, Request, Response
from hongyan.webwx.machine import State
from hongyan.webwx.machine_events import Batch, Degraded, Failed, UnreadableBatch
from hongyan.webwx.parse import messages, sync

from .driving import WAYS, at, message, sync_key
from .driving import sync as sync_answer
from .test_machine_cycle import sent_key

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS: list[Callable[[], Exception]] = [
    lambda: ValueError("Invalid attribute name 'b:c'"),
    RecursionError,
    MemoryError,
    KeyError,
    lambda: UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
]


def raising(fault: Callable[[], BaseException]) -> Callable[..., Any]:
    """Return a reader of whatever that fails."""

    def read(*_: object, **__: object) -> Any:
        raise fault()

    return read


def body_of(*contents: str, **more: Any) -> bytes:
    listed = [message(n) | {"Content": c, "MsgType": 49} for n, c in enumerate(contents, 1)]
    told = {"BaseResponse": {"Ret": 0}, "AddMsgList": [message(90), *listed, message(91)]}
    return json.dumps({**told, **more, "SyncKey": {"Count": 1, "List": [{"Key": 1, "Val": 5}]}}).encode()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reader_that_fails_costs_one_message(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Exception]
) -> None:
    """The message keeps its bytes and its number, its neighbours and the key are as they are, the fault is told."""
    monkeypatch.setitem(messages.MSG_TYPES, 49, raising(fault))
    answer = parse.parse_sync(body_of("<msg/>"))
    first, second, third = answer.items
    assert answer.rung == "strict"
    assert answer.key_readable
    assert isinstance(second.event, MessageReceived)
    assert isinstance(second.event.message, Unparsed)
    assert (second.event.message.id, second.event.message.raw) == ("1", second.raw)
    assert type(second.fault) is type(fault())
    for sound in (first, third):
        assert isinstance(sound.event, MessageReceived)
        assert isinstance(sound.event.message, Text)
        assert sound.fault is None


@pytest.mark.parametrize("passing", [KeyboardInterrupt, SystemExit])
def test_what_ends_programs_passes(monkeypatch: pytest.MonkeyPatch, passing: type[BaseException]) -> None:
    """The border holds faults; somebody who wants the program to end is no fault."""
    monkeypatch.setitem(messages.MSG_TYPES, 49, raising(passing))
    with pytest.raises(passing):
        parse.parse_sync(body_of("<msg/>"))


@pytest.mark.parametrize(
    ("reader", "part", "kind"),
    [
        ("change_of", "ModContactList", ContactChanged),
        ("TransientName", "DelContactList", ContactGone),
        ("avatar_path", "Profile", MessageReceived),
    ],
)
def test_readers_of_all_parts_of_a_sync_answer_are_held(
    monkeypatch: pytest.MonkeyPatch, reader: str, part: str, kind: type
) -> None:
    """Contacts, deletions and the profile, like messages: the item keeps its bytes, the messages come."""
    item = {"UserName": "@x", "BitFlag": 1, "ContactFlag": 1}
    body = body_of(**{part: item if part == "Profile" else [item]})
    monkeypatch.setattr(sync, reader, raising(RecursionError))
    answer = parse.parse_sync(body)
    first, *rest = answer.items
    assert isinstance(first.event, UnknownEvent)
    assert first.raw
    assert not isinstance(first.event, kind)
    assert isinstance(first.fault, RecursionError)
    assert [i.fault for i in rest] == [None, None]
    assert answer.key_readable


@pytest.mark.parametrize("lists", ["ContactList", "MemberList"])
def test_a_contact_that_cannot_be_read_costs_no_other(monkeypatch: pytest.MonkeyPatch, lists: str) -> None:
    """One of three is lost, and the answer says that there was a fault."""
    from hongyan.webwx.parse import answers

    def failing(record: Any, *args: Any, **named: Any) -> Any:
        if record.user_name == "@b":
            raise ValueError
        return change_of(record, *args, **named)

    monkeypatch.setattr(answers, "change_of", failing)
    told = {"BaseResponse": {"Ret": 0}, lists: [{"UserName": f"@{n}", "NickName": n} for n in "abc"]}
    read = parse.parse_contacts if lists == "MemberList" else parse.parse_batch
    answer = read(json.dumps(told).encode())
    assert [c.name for c in answer.contacts] == ["@a", "@c"]
    assert [type(f) for f in answer.faults] == [ValueError]
    assert "ValueError" in repr(decode(json.dumps(told | ({"Seq": 0} if lists == "MemberList" else {}))))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", [n for n in parse.__all__ if n.startswith("parse_")])
def test_readers_of_answers_raise_our_errors_only(
    monkeypatch: pytest.MonkeyPatch, name: str, fault: Callable[[], Exception]
) -> None:
    """Whatever goes wrong under a reader: those of sync answers and messages return, all others raise our own."""
    import re

    from hongyan.webwx.parse import answers, login

    for module in (answers, login, sync, messages):
        for under in ("read_object", "read_item", "_script"):
            if hasattr(module, under):
                monkeypatch.setattr(module, under, raising(fault))
    reader = getattr(parse, name)
    if name in {"parse_sync", "parse_message"}:
        assert reader(b"{}") is not None
        return
    with pytest.raises(HongyanError) as caught:
        reader(b"{}")
    assert isinstance(caught.value, Misread)
    assert re.search(r"a fault of this program: \w+", str(caught.value))


def test_the_reader_of_a_call_raises_our_errors_only() -> None:
    """Whoever builds a call need not think of it."""
    call: ApiCall[None] = ApiCall(
        Request(endpoint="webwxoplog", method="GET", url="http://x.example/"), raising(IndexError)
    )
    with pytest.raises(Misread) as caught:
        call.read(Response(status=200))
    assert isinstance(caught.value.fault, IndexError)


def test_a_batch_on_which_reading_fails_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same key again with growing pauses, degraded; after the third time the bytes are handed out; then it heals."""
    from hongyan.webwx import machine

    drive = at(State.SYNCING)
    key, waits = sent_key(drive.step.request), []
    with monkeypatch.context() as broken:
        broken.setattr(machine, "parse_sync", raising(KeyError))
        for _ in range(4):
            drive.hear(sync_answer(11, 21))
            assert sent_key(drive.step.request) == key
            waits.append(drive.step.wait)
    assert waits == [1.0, 2.0, 4.0, 8.0]
    kept = [n for n in drive.events if isinstance(n, UnreadableBatch)]
    assert [n.raw for n in kept] == [sync_answer(11, 21).body]
    assert all(isinstance(n.fault, KeyError) for n in drive.events if isinstance(n, Degraded))
    drive.hear(sync_answer(11, 21))
    assert any(isinstance(n, Batch) for n in drive.events)
    drive.commit()
    assert drive.machine.position is not None
    assert drive.machine.position.sync_key == sync_key(11, 21)


@pytest.mark.parametrize(
    "state", [p for p in WAYS if p not in {State.NEW, State.COMMITTING, State.REFUSED, State.ENDED}]
)
def test_no_fault_in_reading_gets_out_of_the_machine(monkeypatch: pytest.MonkeyPatch, state: State) -> None:
    """A login that stands is degraded and asks again; one that is not made yet ends with an error that carries it."""
    from hongyan.webwx import machine

    drive = at(state)
    monkeypatch.setitem(machine._READERS, state, raising(ZeroDivisionError))
    before = len(drive.events)
    for _ in range(12):
        if drive.machine.state is not state:
            break
        drive.hear(Response(status=200, body=b"anything"))
    told = drive.events[before:]
    faults = [n.fault for n in told if isinstance(n, Degraded)]
    faults += [n.error.fault for n in told if isinstance(n, Failed) and isinstance(n.error, Misread)]
    assert all(isinstance(f, ZeroDivisionError) for f in faults)
    assert faults or state is State.NOTIFY
