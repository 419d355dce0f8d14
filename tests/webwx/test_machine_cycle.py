"""The sync cycle: which key is used when, what slows it down, and what ends it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hongyan.webwx.credentials import SyncPosition
from hongyan.webwx.doubt import APART_S
from hongyan.webwx.http import Request, Response
from hongyan.webwx.machine import State
from hongyan.webwx.machine_events import Batch, Degraded, Ended, Recovered, UnreadableBatch

from .driving import (
    BROKEN,
    NOBODY,
    OVER,
    STANDS,
    Drive,
    answer,
    at,
    check,
    key,
    message,
    sync,
    sync_key,
    text,
)


def sent_key(request: Request | None) -> Any:
    """Return the key that a webwxsync carries, or that a synccheck asks with."""
    assert request is not None
    if request.endpoint == "synccheck":
        return parse_qs(urlsplit(request.url).query)["synckey"][0]
    assert request.endpoint == "webwxsync"
    assert isinstance(request.body, bytes)
    return [pair["Val"] for pair in json.loads(request.body)["SyncKey"]["List"]]


def last_batch(drive: Drive) -> Batch:
    return next(n for n in reversed(drive.events) if isinstance(n, Batch))


def test_the_new_key_is_used_only_after_the_commit() -> None:
    """Until the batch is durable nothing is asked; a crash before makes the server send it again."""
    drive = at(State.SYNCING)
    assert sent_key(drive.step.request) == [10, 20]
    drive.hear(sync(11, 21))
    assert drive.step.request is None
    assert drive.machine.position == SyncPosition(sync_key=sync_key(10, 20))
    drive.commit()
    assert sent_key(drive.step.request) == "1_11|2_21"


def test_a_batch_carries_what_must_be_kept() -> None:
    """Items, the next position, the credentials of the moment, and the answer's bytes."""
    drive = at(State.SYNCING)
    response = sync(11, 21, messages=2, SKey="@crypt_new")
    drive.hear(response)
    batch = last_batch(drive)
    assert len(batch.items) == 2
    assert batch.position.sync_key == sync_key(11, 21)
    assert batch.credentials.skey == "@crypt_new"
    assert batch.raw == response.body


def test_only_the_batch_that_is_waited_for_is_committed() -> None:
    """A commit that comes twice, or for another batch, changes nothing."""
    drive = at(State.SYNCING)
    drive.hear(sync(11, 21))
    drive.commit()
    assert drive.machine.commit(last_batch(drive), drive.now).request is None
    assert drive.machine.state is State.CHECKING
    assert drive.machine.position is not None
    assert drive.machine.position.sync_key == sync_key(11, 21)


def test_the_two_keys_are_two_keys() -> None:
    """SyncCheckKey goes to synccheck, SyncKey to webwxsync."""
    drive = at(State.SYNCING)
    drive.hear(sync(11, 21, SyncCheckKey=key(91, 92)))
    drive.commit()
    assert sent_key(drive.step.request) == "1_91|2_92"
    assert sent_key(drive.hear(check(0, 2)).request) == [11, 21]


@pytest.mark.parametrize("empty", [{"Count": 0, "List": []}, None])
def test_an_empty_key_does_not_replace_a_good_one(empty: object) -> None:
    """Count 0 means that the server says nothing about the key."""
    drive = at(State.SYNCING)
    drive.hear(sync(messages=0, SyncKey=empty, SyncCheckKey=empty))
    drive.commit()
    assert sent_key(drive.step.request) == "1_10|2_20"


@pytest.mark.parametrize("selector", [1, 2, 3, 4, 5, 6, 7, 99, "x"])
def test_any_selector_but_0_asks_for_a_sync(selector: int | str) -> None:
    """Clients that looked only at the ones they knew polled in a tight loop for ever."""
    step = at(State.CHECKING).hear(check(0, selector))
    assert step.request is not None
    assert step.request.endpoint == "webwxsync"


def test_an_odd_status_line_asks_for_a_sync() -> None:
    """``HTTP/1.1 0 -`` was the server's answer while somebody typed."""
    step = at(State.CHECKING).hear(Response(status=0, malformed=True))
    assert step.request is not None
    assert step.request.endpoint == "webwxsync"


def test_a_slice_is_followed_by_the_next_at_most_fifty_times() -> None:
    """Then synccheck is asked once, and fetching may go on."""
    drive = at(State.SYNCING)
    rounds = 0
    while drive.machine.state is State.SYNCING and rounds < 99:
        drive.hear(sync(11 + rounds, 21, more=1))
        drive.commit()
        rounds += 1
    assert rounds == 51
    drive.hear(check(0, 2), sync(99, 21, more=1))
    assert sent_key(drive.commit().request) == [99, 21]


def test_empty_batches_slow_the_cycle_down() -> None:
    """Selector 2 with nothing behind it came for hours after pictures were sent; the keys are used all the same."""
    drive = at(State.SYNCING)
    waits = []
    for n in range(4):
        drive.hear(sync(30 + n, 21, messages=0))
        waits.append(drive.commit().wait)
        assert sent_key(drive.step.request) == f"1_{30 + n}|2_21"
        drive.hear(check(0, 2))
    assert waits == [0.0, 0.0, 1.0, 1.0]
    drive.hear(sync(50, 21))
    assert drive.commit().wait == 0.0


def test_things_without_a_new_key_are_handed_out_and_not_hammered_for() -> None:
    """With the old key the same things come again, so the pause grows; with a new key it is over."""
    drive = at(State.SYNCING)
    waits = []
    for _ in range(3):
        drive.hear(sync(SyncKey=None, SyncCheckKey=None))
        assert last_batch(drive).items
        waits.append(drive.commit().wait)
        drive.hear(check(0, 2))
    assert waits == [1.0, 2.0, 4.0]
    drive.hear(sync(11, 21))
    assert drive.commit().wait == 0.0


def test_a_check_that_is_not_held_is_slowed_down() -> None:
    """A server that answers "nothing" at once is not asked in a tight loop."""
    drive = at(State.CHECKING)
    waits = []
    for _ in range(5):
        drive.take(drive.machine.receive(check(), drive.now))
        waits.append(drive.step.wait)
        drive.now += drive.step.wait
    assert waits == [0.0, 0.0, 0.0, 1.0, 1.0]
    drive.now += 25.0
    assert drive.take(drive.machine.receive(check(), drive.now)).wait == 0.0


@pytest.mark.parametrize("state", [State.CHECKING, State.SYNCING, State.CONFIRMING])
def test_faults_are_waited_out_without_end(state: State) -> None:
    """The pause grows from 1 to 60 s and the login is never given up, nor begun anew."""
    drive = at(state)
    waits = [drive.hear(BROKEN if n % 2 else NOBODY).wait for n in range(2000)]
    assert waits[:8] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert waits[-1] == 60.0
    assert drive.machine.state is state
    told = drive.events[-1]
    assert isinstance(told, Degraded)
    assert told.retry_at == drive.now + 60.0


def test_the_first_good_answer_ends_the_trouble() -> None:
    """The news say so once, and the next fault begins with a short pause again."""
    drive = at(State.CHECKING)
    drive.hear(NOBODY, NOBODY, check())
    assert [type(n) for n in drive.step.events] == [Recovered]
    assert drive.hear(check()).events == ()
    assert drive.hear(NOBODY).wait == 1.0


@pytest.mark.parametrize(
    "bad", [answer(ret=-1), answer(ret=1205), answer(ret=777), text("<html>"), text(""), text("{}"), BROKEN]
)
def test_a_refused_sync_is_asked_again_with_the_same_key(bad: Response) -> None:
    """Nothing is skipped for a fault of the server's."""
    drive = at(State.SYNCING)
    drive.hear(bad)
    assert drive.step.wait == 1.0
    assert sent_key(drive.step.request) == [10, 20]


def test_bytes_that_stay_unreadable_are_handed_out_once() -> None:
    """Same key again and again; the third time the answer is given to be kept, then no more until one can be read."""
    drive = at(State.SYNCING)
    lost = text("\x00 neither")
    drive.hear(NOBODY, lost, lost)
    assert not [n for n in drive.events if isinstance(n, UnreadableBatch)]
    drive.hear(lost, lost, lost)
    assert [n.raw for n in drive.events if isinstance(n, UnreadableBatch)] == [lost.body]
    assert sent_key(drive.step.request) == [10, 20]
    drive.hear(sync(11, 21))
    assert drive.machine.state is State.COMMITTING


def test_one_poisoned_message_costs_no_other() -> None:
    """A quote lost spoils an item, not the batch; once it is clear that it stays so, the key goes on."""
    drive = at(State.SYNCING)
    body = sync(11, 21, messages=3).body.replace(b'"Content": "hello"', b'"Content": "he\x01\\q', 1)
    damaged = Response(status=200, body=body)
    drive.hear(damaged, damaged, damaged)
    assert len(last_batch(drive).items) == 3
    assert last_batch(drive).position.sync_key == sync_key(11, 21)


SAYS_NOTHING = [
    text("<html></html>"),
    text(""),
    text("\x00\xff"),
    text("", 403),
    text("", 301),
    text("no", 404),
]


@pytest.mark.parametrize("code", [1100, 1101, 1102])
@pytest.mark.parametrize("state", [State.CHECKING, State.SYNCING])
def test_an_end_takes_two_words_ten_seconds_apart(state: State, code: int) -> None:
    """The root page's and webwxsync's; the wait between them may not be cut short."""
    drive = at(state)
    drive.hear(check(code) if state is State.CHECKING else answer(ret=code))
    assert drive.step.request is not None
    assert drive.step.request.endpoint == "root_page"
    drive.hear(OVER)
    assert drive.step.request.endpoint == "webwxsync"
    assert (drive.step.wait, drive.step.firm) == (APART_S, True)
    doubted = drive.events[-1]
    assert isinstance(doubted, Degraded)
    assert doubted.doubted
    assert (str(code) in doubted.reason, doubted.code) == (True, f"login-ended.{code}")
    drive.hear(answer(ret=code))
    ended = drive.events[-1]
    assert isinstance(ended, Ended)
    assert (ended.error.ret, ended.confirmed) == (code, True)
    assert drive.step.request is None


@pytest.mark.parametrize("page", [STANDS, OVER, *SAYS_NOTHING])
def test_a_sync_that_works_clears_every_doubt(page: Response) -> None:
    """Whatever synccheck and the root page say: what can be read is no ended login."""
    drive = at(State.CHECKING)
    for _ in range(20):
        drive.hear(check(1101), page, sync(11, 21))
        drive.commit()
        assert drive.machine.state is State.CHECKING
    assert drive.step.wait > 1, "a synccheck that lies is not asked in a tight loop"


@pytest.mark.parametrize("page", [STANDS, *SAYS_NOTHING])
def test_no_page_that_does_not_say_it_ends_a_login_at_once(page: Response) -> None:
    """One bad word and a page that says nothing, or the contrary: webwxsync is asked, for a minute or more."""
    drive = at(State.CHECKING)
    waited = 0.0
    drive.hear(check(1101))
    while waited < 6 * APART_S - 1:
        drive.hear(page)
        assert drive.machine.state is State.SYNCING
        waited += drive.step.wait
        if waited < 6 * APART_S:
            drive.hear(answer(ret=1101))
    assert not [n for n in drive.events if isinstance(n, Ended)]
    drive.hear(sync(11, 21))
    assert drive.machine.state is State.COMMITTING


def test_three_bad_words_within_two_seconds_end_nothing() -> None:
    """While the root page says "logged in", webwxsync decides, and it is asked at once."""
    drive = at(State.CHECKING)
    for _ in range(3):
        drive.hear(check(1101), STANDS)
        assert drive.step.request is not None
        assert (drive.step.request.endpoint, drive.step.wait) == ("webwxsync", 0.0)
        drive.hear(sync(11, 21))
        drive.commit()
    assert drive.machine.state is State.CHECKING


@pytest.mark.parametrize(("page", "least"), [(text(""), 60.0), (STANDS, 900.0)])
def test_a_login_that_cannot_be_read_for_long_ends_without_the_page(page: Response, least: float) -> None:
    """synccheck and webwxsync are two as well: a minute where the page is silent, a quarter of an hour against it."""
    drive = at(State.CHECKING)
    waited = 0.0
    drive.hear(check(1101))
    while drive.step.request is not None:
        drive.hear(page)
        waited += drive.step.wait
        drive.hear(answer(ret=1101))
    assert isinstance(drive.events[-1], Ended)
    assert least <= waited <= 2 * least


def test_webwxsync_alone_ends_nothing() -> None:
    """Where the page says nothing, synccheck is asked too; while that is content the login stands."""
    drive = at(State.SYNCING)
    drive.hear(answer(ret=1101), text(""))
    assert drive.step.request is not None
    assert drive.step.request.endpoint == "synccheck"
    drive.hear(check())
    assert isinstance(drive.events[-1], Recovered)
    assert drive.machine.state is State.CHECKING


def test_a_good_answer_between_makes_old_words_be_forgotten() -> None:
    """Only an unbroken row of them ends the login."""
    drive = at(State.CHECKING)
    for _ in range(5):
        drive.hear(check(1101), OVER, sync(11, 21))
        drive.commit()
        drive.hear(check())
    assert drive.machine.state is State.CHECKING
    drive.hear(check(1101), OVER)
    assert drive.step.wait == APART_S


def test_no_clock_brings_two_words_apart() -> None:
    """A clock that jumps a month between two words does not make them count: what is waited counts."""
    drive = at(State.CHECKING)
    drive.hear(check(1101))
    drive.now += 30 * 86_400
    drive.hear(OVER)
    assert drive.machine.state is State.SYNCING
    assert (drive.step.wait, drive.step.firm) == (APART_S, True)


def test_a_root_page_out_of_reach_decides_nothing() -> None:
    """Without an answer the question is asked again."""
    drive = at(State.CONFIRMING)
    drive.hear(NOBODY, BROKEN)
    assert drive.machine.state is State.CONFIRMING
    assert drive.step.request is not None


def test_a_recheck_looks_at_once() -> None:
    """A command was told that the login is over: synccheck is asked anew, with the same key."""
    drive = at(State.CHECKING)
    step = drive.machine.recheck(drive.now)
    assert step.wait == 0.0
    assert sent_key(step.request) == "1_10|2_20"
    assert drive.machine.state is State.CHECKING


@pytest.mark.parametrize("state", [p for p in State if p is not State.CHECKING])
def test_a_recheck_elsewhere_asks_nothing(state: State) -> None:
    """Where no long poll is out, the next answer tells anyway."""
    drive = at(state)
    assert drive.machine.recheck(drive.now).request is None
    assert drive.machine.state is state


def test_messages_come_out_in_the_order_of_the_answer() -> None:
    """Within one batch nothing is sorted."""
    drive = at(State.SYNCING)
    drive.hear(sync(11, 21, AddMsgList=[message(n) for n in (3, 1, 2)]))
    assert [json.loads(i.raw)["MsgId"] for i in last_batch(drive).items] == ["3", "1", "2"]


@pytest.mark.parametrize("body", ["{}", '{"AddMsgCount":1,"AddMsgList":[{"MsgId":"1"}]}', '{"SyncKey":null}'])
def test_an_answer_with_neither_code_nor_key_is_kept_as_well(body: str) -> None:
    """Nobody can go on from it, so it counts as unreadable: same key, and the bytes at the third time."""
    drive = at(State.SYNCING)
    drive.hear(text(body), text(body))
    assert not [n for n in drive.events if isinstance(n, UnreadableBatch)]
    drive.hear(text(body))
    assert [n.raw for n in drive.events if isinstance(n, UnreadableBatch)] == [body.encode()]
    assert sent_key(drive.step.request) == [10, 20]


def test_a_readable_key_goes_on_without_a_code() -> None:
    """Items and key are there: that the answer lost its BaseResponse costs nothing."""
    drive = at(State.SYNCING)
    told = {"AddMsgList": [message(1)], "SyncKey": key(11, 21)}
    drive.hear(text(json.dumps(told)))
    assert last_batch(drive).position.sync_key == sync_key(11, 21)


def test_no_news_of_the_cycle_show_what_was_written() -> None:
    """Messages and keys in an answer are for the journal, not for a log."""
    drive = at(State.SYNCING)
    lost = text("\x00 SECRET")
    drive.hear(lost, lost, lost)
    assert "SECRET" not in repr(drive.events)
    body = sync(11, 21, SKey="SECRET").body.replace(b'"hello"', b'"SECRET"')
    drive.hear(Response(status=200, body=body))
    assert last_batch(drive).items
    assert "SECRET" not in repr(drive.events)


def test_only_unreadable_answers_in_a_row_are_counted() -> None:
    """One that can be read begins the count anew, and then the third is handed out again."""
    drive = at(State.SYNCING)
    lost = text("\x00 neither")
    for _ in range(2):
        drive.hear(lost, lost, sync(11, 21))
        drive.commit()
        drive.hear(check(0, 2))
    assert not [n for n in drive.events if isinstance(n, UnreadableBatch)]
    for _ in range(2):
        drive.hear(lost, lost, lost, answer(ret=-1))
    assert len([n for n in drive.events if isinstance(n, UnreadableBatch)]) == 2


def test_another_batch_is_not_committed_in_place_of_the_one() -> None:
    """An old batch cannot move the key of a new one."""
    drive = at(State.SYNCING)
    drive.hear(sync(11, 21))
    first = last_batch(drive)
    drive.commit()
    drive.hear(check(0, 2), sync(12, 22))
    assert drive.machine.commit(first, drive.now).request is None
    assert drive.machine.state is State.COMMITTING
    assert drive.commit().request is not None


def test_an_empty_batch_without_a_key_is_no_repetition() -> None:
    """Nothing came twice, so the first ones are not paused for."""
    drive = at(State.SYNCING)
    waits = []
    for _ in range(3):
        drive.hear(sync(messages=0, SyncKey=None, SyncCheckKey=None))
        waits.append(drive.commit().wait)
        drive.hear(check(0, 2))
    assert waits == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    "heard", [text(OVER.body.decode(), 500), Response(status=200, body=OVER.body, malformed=True)]
)
def test_a_root_page_in_a_faulty_answer_decides_nothing(heard: Response) -> None:
    """A gateway's page ends no login."""
    drive = at(State.CONFIRMING)
    drive.hear(heard)
    assert drive.machine.state is State.CONFIRMING
    degraded = drive.events[-1]
    assert isinstance(degraded, Degraded)
    assert "root_page" in degraded.reason


@pytest.mark.parametrize("state", [State.CHECKING, State.SYNCING])
@pytest.mark.parametrize(
    "heard", [answer(ret=-1), check(1205), text("<html>"), text("", 503), text("x", 302)]
)
def test_trouble_names_the_endpoint(state: State, heard: Response) -> None:
    """Whoever reads the status knows where it came from; so does the end of a login."""
    drive = at(state)
    endpoint = "synccheck" if state is State.CHECKING else "webwxsync"
    drive.hear(heard)
    degraded = drive.events[-1]
    assert isinstance(degraded, Degraded)
    assert endpoint in degraded.reason
    drive.hear(check(1102) if state is State.CHECKING else answer(ret=1102, ErrMsg="x"), OVER)
    drive.hear(answer(ret=1102))
    ended = drive.events[-1]
    assert isinstance(ended, Ended)
    assert ended.error.endpoint == "webwxsync", "the word that ended it"


@pytest.mark.parametrize(("held", "wait"), [(0.04, 1.0), (0.06, 0.0)])
def test_a_poll_was_held_or_it_was_not(held: float, wait: float) -> None:
    """A fast network answers in less than a millisecond; a poll that is held takes longer than 50."""
    drive = at(State.CHECKING)
    for _ in range(3):
        drive.take(drive.machine.receive(check(), drive.now))
    drive.now += held
    assert drive.take(drive.machine.receive(check(), drive.now)).wait == wait


def test_a_recheck_is_asked_at_its_own_time() -> None:
    """Its time stamps are those of the moment."""
    drive = at(State.CHECKING)
    request = drive.machine.recheck(drive.now + 12.0).request
    assert request is not None
    assert parse_qs(urlsplit(request.url).query)["r"] == [str(int((drive.now + 12.0) * 1000))]
