"""Coming back: with a saved login and its position, without one, or by asking the phone of the last login."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hongyan.errors import UsageError
from hongyan.model.ids import TransientName, Uin
from hongyan.webwx.credentials import Keepsake, SyncPosition
from hongyan.webwx.doubt import APART_S
from hongyan.webwx.hosts import official
from hongyan.webwx.machine import Machine, State
from hongyan.webwx.machine_events import (
    Degraded,
    Ended,
    LoggedIn,
    PhoneAsked,
    PushRefused,
    QrExpired,
    Recovered,
)

from .driving import (
    ASKED,
    EMULATOR,
    NOBODY,
    OVER,
    REFUSED,
    STANDS,
    Drive,
    answer,
    asked,
    at,
    drawn,
    init,
    keepsake,
    poll,
    saved,
    sync_key,
    text,
)


def test_push_asks_the_phone_where_the_account_was() -> None:
    """The question and the polls go to the family of the last login."""
    drive = Drive(Machine(official(), entropy=drawn, keepsake=keepsake(official("wx8.qq.com"))))
    drive.push()
    assert drive.step.request is not None
    assert drive.step.request.origin == "https://wx8.qq.com"
    assert ("Cookie", "wxuin=v; webwxuvid=v; webwx_auth_ticket=v") in drive.step.request.headers
    drive.hear(ASKED)
    assert isinstance(drive.events[-1], PhoneAsked)
    assert drive.step.request.origin == "https://login.wx8.qq.com"


@pytest.mark.parametrize("refusal", [REFUSED, text('{"ret":"0","uuid":""}')])
def test_a_refused_push_never_loops(refusal: object) -> None:
    """The news say so; what comes next is a person's choice."""
    drive = at(State.PUSH_ASK)
    drive.take(drive.machine.receive(refusal, drive.now))  # type: ignore[arg-type]  # parametrised by pytest
    assert isinstance(drive.events[-1], PushRefused)
    assert drive.step.request is None


def test_a_saved_login_goes_on_with_its_key() -> None:
    """Nothing is asked before the old key is used: what came in the meantime is delivered."""
    drive = Drive()
    drive.restore(SyncPosition(sync_key=sync_key(1, 2)))
    request = drive.step.request
    assert request is not None
    assert request.endpoint == "webwxsync"
    assert isinstance(request.body, bytes)
    assert b'"SyncKey":{"Count":2,"List":[{"Key":1,"Val":1},{"Key":2,"Val":2}]}' in request.body


def test_a_saved_login_without_a_key_begins_at_now() -> None:
    """webwxinit gives a key; the news say that it is no fresh login, so that the gap can be told."""
    drive = Drive()
    drive.restore()
    assert asked(drive.step.request)[0] == "webwxinit"
    drive.hear(init())
    assert isinstance(drive.events[-1], LoggedIn)
    assert not drive.events[-1].fresh


def test_a_saved_login_is_not_given_up_for_a_fault() -> None:
    """A server that is away now may be back in an hour; when it is, the news say so."""
    drive = Drive()
    drive.restore()
    drive.hear(*[NOBODY] * 20)
    assert drive.machine.state is State.INIT
    assert isinstance(drive.events[-1], Degraded)
    drive.hear(init())
    assert [type(n) for n in drive.step.events] == [LoggedIn, Recovered]


@pytest.mark.parametrize("ret", [1, 1100, 1101, 1102])
def test_a_saved_login_that_is_over_ends_by_two_words(ret: int) -> None:
    """webwxinit's word is hearsay too: the root page says the other."""
    drive = Drive()
    drive.restore()
    drive.hear(answer(ret=ret), OVER)
    assert drive.machine.state is State.INIT
    assert (drive.step.wait, drive.step.firm) == (APART_S, True)
    drive.hear(answer(ret=ret))
    ended = drive.events[-1]
    assert isinstance(ended, Ended)
    assert ended.error.ret == ret


def test_a_false_word_of_init_costs_nothing() -> None:
    """The next answer takes the login up."""
    drive = Drive()
    drive.restore()
    drive.hear(answer(ret=1101), STANDS, init())
    assert drive.machine.state is State.NOTIFY


def test_without_credentials_nothing_is_restored() -> None:
    """That is a fault of the caller's."""
    with pytest.raises(UsageError):
        Machine(EMULATOR, entropy=drawn).restore(0.0)


def test_a_position_without_a_name_is_not_held_through_an_init() -> None:
    """Who the account is must be asked, which jumps to *now*: so nothing pretends that the old position is kept."""
    drive = Drive(Machine(EMULATOR, entropy=drawn, credentials=replace(saved(), me=TransientName(""))))
    drive.restore(SyncPosition(sync_key=sync_key(1, 2)))
    assert asked(drive.step.request)[0] == "webwxinit"
    assert drive.machine.position is None


def test_the_phone_of_another_server_is_not_asked() -> None:
    """What is left of a login on the official service brings no request from an emulator's profile to it."""
    drive = Drive(Machine(EMULATOR, entropy=drawn, keepsake=keepsake(official())))
    assert drive.push().request is None
    assert isinstance(drive.events[-1], PushRefused)


def test_a_saved_login_is_not_taken_to_another_server() -> None:
    """Its cookies belong to the server that gave them."""
    with pytest.raises(UsageError):
        Machine(EMULATOR, entropy=drawn, credentials=saved(official())).restore(0.0)


def test_the_first_poll_for_a_phone_has_tip_1() -> None:
    """As the browser asks after a push."""
    drive = at(State.PUSH_WAIT)
    assert asked(drive.step.request)[1]["tip"] == "1"
    assert asked(drive.hear(poll(408)).request)[1]["tip"] == "0"


def test_a_phone_that_says_nothing_is_waited_for_five_minutes() -> None:
    """Then the question is too old; a code is a person's choice."""
    drive = at(State.PUSH_WAIT)
    drive.now += 297
    drive.hear(poll(408))
    assert drive.machine.state is State.PUSH_WAIT
    drive.now += 1
    drive.hear(poll(408))
    assert isinstance(drive.events[-1], QrExpired)
    assert drive.step.request is None


def test_a_refusal_of_push_counts_even_with_a_number() -> None:
    """``ret`` decides, as text or as number."""
    for said in ('{"ret":"1","uuid":"A_1_x=="}', '{"ret":1,"uuid":"A_1_x=="}'):
        drive = at(State.PUSH_ASK)
        drive.hear(text(said))
        assert isinstance(drive.events[-1], PushRefused)


def test_a_push_needs_cookies_that_the_service_knows() -> None:
    """A number alone would only be refused."""
    drive = Drive(Machine(EMULATOR, entropy=drawn, keepsake=Keepsake(hosts=EMULATOR, uin=Uin(7))))
    assert drive.push().request is None
    assert isinstance(drive.events[-1], PushRefused)
