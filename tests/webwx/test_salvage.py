"""Answers of which only a part came, or that are damaged: what may be kept of them, and what must be asked for again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.errors import NoAnswer
from hongyan.model.events import MessageReceived, UnknownEvent
from hongyan.model.ids import TransientName
from hongyan.model.messages import Text, Unparsed
from hongyan.webwx import parse
from hongyan.webwx.calls import contacts, manage
from hongyan.webwx.http import Response
from hongyan.webwx.machine import State
from hongyan.webwx.machine_events import Batch, LoggedIn
from hongyan.webwx.salvage import Shape, shape_of

from .driving import at, init, message, sync, sync_key
from .test_machine_cycle import sent_key

if TYPE_CHECKING:
    from hongyan.webwx.calls.caller import Caller

WHOLE = sync(11, 21, messages=3).body
KEY_FIRST = json.dumps(dict(reversed(json.loads(WHOLE).items()))).encode()
DAMAGED = WHOLE.replace(b'"hello"', b'"hel"lo"', 1)


def ids(answer: parse.SyncAnswer) -> list[str]:
    found = [i.event.message for i in answer.items if isinstance(i.event, MessageReceived)]
    return [m.id for m in found if isinstance(m, Text)]


@pytest.mark.parametrize("body", [WHOLE, KEY_FIRST, DAMAGED], ids=["key last", "key first", "damaged before"])
def test_an_answer_that_broke_off_comes_again_wherever_it_was_cut(body: bytes) -> None:
    """With its key read or lost: the same key is sent, nothing is handed out, and then the whole one comes once."""
    for cut in range(len(body) - 2, 1, -7):
        drive = at(State.SYNCING)
        before = len(drive.events)
        drive.hear(Response(status=200, body=body[:cut]))
        assert not [n for n in drive.events[before:] if isinstance(n, Batch)], body[:cut]
        assert sent_key(drive.step.request) == [10, 20]
        drive.hear(Response(status=200, body=WHOLE))
        (batch,) = [n for n in drive.events if isinstance(n, Batch)]
        assert ids(parse.parse_sync(batch.raw)) == ["1", "2", "3"]


def test_a_damaged_answer_whose_key_is_lost_comes_again_too() -> None:
    """It has an end and sound messages; as long as its key cannot be read it is only asked for again."""
    drive = at(State.SYNCING)
    before = len(drive.events)
    body = DAMAGED.replace(b'"SyncKey": {"Count": 2', b'"SyncKey": {"Co"unt": 2')
    drive.hear(Response(status=200, body=body))
    assert not [n for n in drive.events[before:] if isinstance(n, Batch)]
    assert sent_key(drive.step.request) == [10, 20]


@pytest.mark.parametrize("kind", ["a hole", "a message less than it says", "a damaged message"])
def test_damage_on_the_way_heals(kind: str) -> None:
    """Its key is read, and yet it is asked for again: a sound copy has what this one lost."""
    begin, end = WHOLE.index(b'"MsgId": "1"') + 40, WHOLE.index(b'"MsgId": "3"') + 30
    told = json.loads(WHOLE)
    told["AddMsgList"].pop(1)
    bodies = {
        "a hole": WHOLE[:begin] + WHOLE[end:],
        "a message less than it says": json.dumps(told).encode(),
        "a damaged message": DAMAGED,
    }
    drive = at(State.SYNCING)
    drive.hear(Response(status=200, body=bodies[kind]), Response(status=200, body=WHOLE))
    (batch,) = [n for n in drive.events if isinstance(n, Batch)]
    assert batch.raw == WHOLE


def test_damage_that_stays_is_gone_over() -> None:
    """One poisoned message must not stop the account: the third time the rest is taken and the key goes on."""
    drive = at(State.SYNCING)
    damaged = Response(status=200, body=DAMAGED)
    drive.hear(damaged, damaged, damaged)
    (batch,) = [n for n in drive.events if isinstance(n, Batch)]
    assert [i.fault for i in batch.items] == [None] * 3
    drive.commit()
    assert drive.machine.position is not None
    assert drive.machine.position.sync_key == sync_key(11, 21)


def test_a_key_of_which_a_pair_is_missing_is_no_key() -> None:
    """Sent back, it would be another position."""
    told = json.loads(WHOLE)
    told["SyncKey"]["List"][0]["Val"] = {}
    answer = parse.parse_sync(json.dumps(told).encode())
    assert answer.sync_key is None
    assert answer.sync_check_key == sync_key(11, 21)
    told = json.loads(WHOLE)
    told["SyncKey"]["List"].pop()
    assert parse.parse_sync(json.dumps(told).encode()).sync_key is None


def test_a_damaged_answer_that_will_not_come_again_is_kept() -> None:
    """The key is read: the sound messages arrive under their numbers, the damaged one as bytes without a number."""
    answer = parse.parse_sync(DAMAGED)
    assert answer.rung == "cut"
    assert not answer.comes_again
    assert ids(answer) == ["2", "3"]
    (lost,) = [
        i.event.message
        for i in answer.items
        if isinstance(i.event, MessageReceived) and isinstance(i.event.message, Unparsed)
    ]
    assert (lost.id, lost.chat) == ("", "@a")


@given(cut=st.integers(2, 400))
@settings(deadline=None)
def test_no_fragment_takes_a_number(cut: int) -> None:
    """However much of a message is there, the whole one is another message to the journal."""
    whole = json.dumps(message(7)).encode()
    read = parse.parse_message(whole[:cut])
    assert read.id == ("7" if cut >= len(whole) else "")


def test_a_whole_message_that_no_reader_takes_keeps_its_number() -> None:
    """When it comes again it is the same thing."""
    deep = json.dumps(message(7)).replace('"hello"', "[" * 5_000 + "]" * 5_000).encode()
    assert shape_of(deep) is Shape.WHOLE
    assert parse.parse_message(deep).id == "7"


MEMBERS = [{"Uin": 0, "UserName": f"@m{n}", "NickName": f"member {n}", "MemberStatus": 0} for n in range(4)]


def record(name: str, members: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    head = {"Uin": 0, "UserName": name, "NickName": name.strip("@"), "MemberList": members or []}
    return {**head, "ContactFlag": 3, "RemarkName": "", "Signature": "a sentence"}


RECORDS = [record("@a"), record("@@g", MEMBERS), record("@b"), record("@@h", MEMBERS)]
DAMAGES = {
    "in its first name": ('"NickName": "g"', '"NickName": "g'),
    "before its members": ('"g", "MemberList"', '"g"", "MemberList"'),
    "in a member": ('"NickName": "member 1"', '"NickName": "mem"ber 1"'),
    "in its last member": ('"NickName": "member 3"', '"NickName": mem"ber 3"'),
    "behind its members": ('}], "ContactFlag"', '}}], "ContactFlag"'),
    "at its end": ('"a sentence"}, {"Uin": 0, "UserName": "@b"', '"a sentence}, {"Uin": 0, "UserName": "@b"'),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.parametrize("lists", ["MemberList", "ContactList", "ModContactList"])
def test_a_damaged_group_makes_no_strangers_of_its_members(damage: tuple[str, str], lists: str) -> None:
    """The records around it are read; of the group itself at most the group is."""
    told = {"BaseResponse": {"Ret": 0}, lists: RECORDS, "Seq": 0, "SyncKey": json.loads(WHOLE)["SyncKey"]}
    body = json.dumps(told).replace(*damage, 1).encode()
    if lists == "ModContactList":
        items = parse.parse_sync(body).items
        names = [i.event.change.name for i in items if hasattr(i.event, "change")]
        assert any(isinstance(i.event, UnknownEvent) for i in items)
    else:
        read = parse.parse_contacts if lists == "MemberList" else parse.parse_batch
        names = [c.name for c in read(body).contacts]
    assert {"@a", "@@h"} <= set(names) <= {"@a", "@@g", "@b", "@@h"}


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.95])
def test_a_list_that_broke_off_is_not_taken_for_the_list(caller: Caller, share: float) -> None:
    """Pages of contacts and batches are asked for again; so is every other answer with a code."""
    told = {"BaseResponse": {"Ret": 0, "ErrMsg": ""}, "MemberList": RECORDS, "ContactList": RECORDS, "Seq": 0}
    body = json.dumps(told).encode()
    cut = Response(status=200, body=body[: int(len(body) * share)])
    wanted = contacts.ContactQuery(TransientName("@@g"))
    calls = (contacts.contacts_page(caller), contacts.batch(caller, [wanted]), contacts.search(caller, "x"))
    for call in calls:
        with pytest.raises(NoAnswer, match="broke off"):
            call.read(cut)
    with pytest.raises(NoAnswer, match="broke off"):
        manage.remark(caller, TransientName("@a"), "x").read(
            Response(status=200, body=b'{"BaseResponse":{"Ret":0,"Err')
        )


def test_an_init_that_broke_off_is_asked_for_again() -> None:
    """Half of the chats are not all of them."""
    drive = at(State.INIT)
    whole = init(ContactList=RECORDS)
    drive.hear(Response(status=200, body=whole.body[: len(whole.body) // 2]))
    assert drive.machine.state is State.INIT
    drive.hear(whole)
    (entered,) = [n for n in drive.events if isinstance(n, LoggedIn)]
    assert [c.name for c in entered.init.contacts] == ["@a", "@@g", "@b", "@@h"]
