"""What the machine says of a login, answer by answer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hongyan.errors import HongyanError, LoginEnded, NoAnswer, ProtocolChanged, Refused, TooFast
from hongyan.webwx.credentials import SyncPosition
from hongyan.webwx.hosts import official
from hongyan.webwx.http import Failure, Response
from hongyan.webwx.machine import RENEWALS, Machine, State
from hongyan.webwx.machine_events import (
    CredentialsChanged,
    Ended,
    Failed,
    LoggedIn,
    LoginCancelled,
    LoginConfirmed,
    LoginHindered,
    NotTold,
    QrExpired,
    QrIssued,
    QrScanned,
)

from .driving import (
    BARRED,
    BROKEN,
    CODE,
    EMULATOR,
    NOBODY,
    OVER,
    PAGE,
    REDIRECT,
    Drive,
    answer,
    asked,
    at,
    check,
    drawn,
    init,
    keepsake,
    poll,
    saved,
    sync_key,
    text,
)


def on_official(*answers: object) -> Drive:
    drive = Drive(Machine(official(), entropy=drawn))
    drive.begin()
    return drive


def test_a_login_tells_each_stage_once() -> None:
    """Code, scan, confirmation, account: in this order, and the phone is told before the cycle begins."""
    drive = at(State.CHECKING)
    assert [type(n) for n in drive.events] == [QrIssued, LoginConfirmed, LoggedIn]
    drive = at(State.SCANNED)
    drive.hear(poll(201), poll(408), poll(200))
    assert [type(n) for n in drive.events] == [QrIssued, QrScanned, LoginConfirmed]
    avatars = [n.avatar for n in drive.events if isinstance(n, QrScanned)]
    assert avatars == ["data:img/jpg;base64,AA"]


def test_the_code_says_what_the_official_picture_says() -> None:
    """A phone reads the same address from our drawing as from the picture of the service."""
    ready = next(n for n in at(State.QR_WAIT).events if isinstance(n, QrIssued))
    assert ready.text == "https://login.weixin.qq.com/l/u=="
    assert ready.image_url == "http://127.0.0.1:8081/qrcode/u=="


@pytest.mark.parametrize("uuid", ["", "a b", "\x1b[2J", "../x?", "x" * 201])
def test_a_code_is_shown_only_if_it_is_one(uuid: str) -> None:
    """It goes into an address and onto a screen, so what is no number ends the attempt in the end."""
    drive = at(State.CODE)
    drive.hear(*[text(f'window.QRLogin.code = 200; window.QRLogin.uuid = "{uuid}";')] * 3)
    assert [type(n) for n in drive.events] == [LoginHindered, LoginHindered, Failed]


def test_only_the_first_poll_of_a_code_has_tip_1() -> None:
    """With tip 1 a scanned code is answered at once, so all later polls say 0."""
    drive = at(State.QR_WAIT)
    assert asked(drive.step.request)[1]["tip"] == "1"
    assert asked(drive.hear(poll(408)).request)[1]["tip"] == "0"
    assert asked(drive.hear(poll(201)).request)[1]["tip"] == "0"
    drive.hear(poll(400), CODE)
    assert asked(drive.step.request)[1]["tip"] == "1", "a new code begins anew"


def test_408_is_no_expiry() -> None:
    """Nothing happened in this poll: the same code is polled again, for five minutes."""
    drive = at(State.QR_WAIT)
    drive.hear(*[poll(408)] * 20)
    assert drive.machine.state is State.QR_WAIT
    drive.now += 300
    drive.hear(poll(408))
    assert isinstance(drive.events[-1], QrExpired)


@pytest.mark.parametrize(("code", "kind"), [(202, LoginCancelled), (400, QrExpired), (500, QrExpired)])
def test_a_code_is_renewed_a_few_times_only(code: int, kind: type) -> None:
    """A person who is not there is not shown codes for ever."""
    drive = Drive()
    drive.begin()
    for number in range(RENEWALS):
        drive.hear(CODE)
        assert isinstance(drive.events[-1], QrIssued)
        assert drive.events[-1].renewal == number
        drive.hear(poll(code))
        assert any(isinstance(n, kind) for n in drive.step.events)
    assert drive.machine.state is State.NEW
    assert drive.step.request is None
    assert isinstance(drive.events[-1], Failed)


def test_a_poll_that_is_answered_at_once_is_slowed_down() -> None:
    """A server that holds nothing is not hammered."""
    drive = at(State.SCANNED)
    waits = []
    for _ in range(5):
        drive.take(drive.machine.receive(poll(201), drive.now))
        waits.append(drive.step.wait)
        drive.now += drive.step.wait
    assert waits[0] == 0.0
    assert waits[-1] > 0.0


def test_the_confirmation_fixes_the_hosts() -> None:
    """The account's family is that of the redirect; ``version=v2`` avoids the 301 without Location."""
    drive = on_official()
    drive.hear(
        CODE,
        text(
            f'window.code=200;\nwindow.redirect_uri="{REDIRECT.replace("http://127.0.0.1:8081", "https://wx2.qq.com")}";'
        ),
    )
    request = drive.step.request
    assert request is not None
    assert request.origin == "https://wx2.qq.com"
    assert asked(request)[1] == {
        "ticket": "T@qrticket_0",
        "uuid": "u==",
        "lang": "zh_CN",
        "scan": "1",
        "fun": "new",
        "version": "v2",
    }
    drive.hear(text(PAGE))
    assert drive.step.request is not None
    assert drive.step.request.origin == "https://wx2.qq.com"


@pytest.mark.parametrize(
    "redirect",
    [
        "https://evil.example/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=t",
        "https://[/?ticket=t",
        "https://wx.qq.com/?no=1",
        "",
    ],
)
def test_a_ticket_is_taken_nowhere_else(redirect: str) -> None:
    """A host outside the families, or no ticket: the login fails, and nothing more is asked."""
    drive = on_official()
    drive.hear(CODE, text(f'window.code=200;window.redirect_uri="{redirect}";'))
    assert drive.step.request is None
    assert drive.machine.state is State.NEW
    failed = drive.events[-1]
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ProtocolChanged)


def test_an_emulator_is_not_left_by_a_redirect() -> None:
    """Whatever host an emulator's redirect names, its own origin is asked."""
    drive = at(State.QR_WAIT)
    drive.hear(text('window.code=200;window.redirect_uri="https://[wx.qq.com/x?ticket=t";'))
    assert drive.step.request is not None
    assert drive.step.request.origin == "http://127.0.0.1:8081"


def test_the_301_form_of_the_login_page_is_read() -> None:
    """The body counts, whatever the status, as long as it is no server error."""
    drive = at(State.TICKET)
    drive.hear(text(PAGE, 301, "wxsid=sid", "webwx_data_ticket=d"))
    assert drive.machine.state is State.INIT
    assert drive.machine.credentials is not None
    assert drive.machine.credentials.cookie_header == "wxsid=sid; webwx_data_ticket=d"


def test_what_the_page_leaves_out_is_taken_from_the_cookies() -> None:
    """Some login pages have an empty skey, and sid and uin in the cookies alone."""
    drive = at(State.TICKET)
    drive.hear(text("<error><ret>0</ret><skey></skey></error>", 200, "wxsid=s/+", "wxuin=2460137520"))
    held = drive.machine.credentials
    assert held is not None
    assert (held.sid, held.uin, held.skey) == ("s/+", 2460137520, "")


@pytest.mark.parametrize("uin", ["", "x", "-1", "9" * 5000, "٣"])
def test_a_page_without_an_account_is_no_login(uin: str) -> None:
    """Without a number the login page counts as a fault, and is asked for again."""
    drive = at(State.TICKET)
    drive.hear(text(PAGE.replace("<wxuin>7<", f"<wxuin>{uin}<")))
    assert drive.machine.state is State.TICKET
    assert drive.step.wait > 0


def test_1203_is_final() -> None:
    """The service does not want the account: nothing more is asked, and the words to the user are kept."""
    drive = at(State.TICKET)
    step = drive.hear(BARRED)
    assert step.request is None
    ended = step.events[-1]
    assert isinstance(ended, Ended)
    assert (ended.error.ret, ended.error.said) == (1203, "no")


def test_a_refused_login_page_is_tried_three_times() -> None:
    """Then the ticket is given up, with the last problem told."""
    drive = at(State.TICKET)
    assert drive.hear(BROKEN, text("<html></html>"), NOBODY, text("<html></html>")).request is not None
    assert drive.hear(text("<html></html>")).request is None
    assert drive.machine.state is State.NEW
    assert isinstance(drive.events[-1], Failed)
    assert isinstance(drive.events[-1].error, ProtocolChanged)


LASTS = [State.CODE, State.QR_WAIT, State.SCANNED, State.PUSH_WAIT, State.TICKET, State.INIT]


@pytest.mark.parametrize("fault", [BROKEN, NOBODY, text("")], ids=["502", "nobody", "empty"])
@pytest.mark.parametrize("state", LASTS)
def test_a_server_that_is_away_is_waited_for_while_a_code_can_live(
    state: State, fault: Response | Failure
) -> None:
    """A code and a ticket live for five minutes: four minutes of trouble cost no new scan, six end the attempt."""
    drive = at(state)
    begun = drive.now
    if state in {State.QR_WAIT, State.SCANNED, State.PUSH_WAIT} and fault == text(""):
        pytest.skip("an empty poll is no trouble: nothing has happened yet")
    while drive.now < begun + 240:
        drive.hear(fault)
        assert drive.machine.state is state
    while drive.now < begun + 360 and drive.step.request is not None:
        drive.hear(fault)
    assert drive.machine.state is State.NEW
    assert isinstance(drive.events[-1], Failed)
    assert [n for n in drive.events if isinstance(n, LoginHindered)], "trouble is told"


@pytest.mark.parametrize("cut", range(len(PAGE)))
def test_a_login_page_cut_anywhere_gives_no_half_ticket(cut: int) -> None:
    """Whatever its length says: what breaks off before its last tag is asked for again, and the whole one is taken."""
    drive = at(State.TICKET)
    held = drive.machine.credentials
    drive.hear(text(PAGE[:cut]))
    if drive.machine.state is State.TICKET:
        assert drive.machine.credentials is held
        drive.hear(text(PAGE))
    assert drive.machine.credentials is not None
    assert drive.machine.credentials.pass_ticket == "a%2Bb"
    assert drive.machine.credentials.skey == "@crypt_1_2"


def test_init_says_who_the_account_is() -> None:
    """Name, key, keys of the sync and the invitation limit are taken over."""
    drive = at(State.INIT)
    drive.hear(init(SKey="@crypt_new", InviteStartCount=90))
    entered = drive.events[-1]
    assert isinstance(entered, LoggedIn)
    assert entered.fresh
    assert entered.position == SyncPosition(sync_key=sync_key(10, 20))
    assert (entered.credentials.me, entered.credentials.skey, entered.credentials.invite_start_count) == (
        "@me",
        "@crypt_new",
        90,
    )
    assert drive.machine.credentials == entered.credentials


@pytest.mark.parametrize("missing", [{"SyncKey": {"Count": 0, "List": []}}, {"User": {}}])
def test_an_init_without_key_or_account_is_a_fault(missing: dict[str, object]) -> None:
    """With it nothing could go on; it is asked for again."""
    drive = at(State.INIT)
    drive.hear(init(**missing))
    assert drive.machine.state is State.INIT


@pytest.mark.parametrize("heard", [NOBODY, BROKEN, text("<html>"), answer(ret=-1), text("")])
def test_the_phone_is_told_but_not_waited_for(heard: Response | Failure) -> None:
    """The cycle goes on, and the caller hears that the phone is to be told again: unsaved groups are known by it."""
    drive = at(State.NOTIFY)
    assert asked(drive.step.request)[0] == "webwxstatusnotify"
    step = drive.hear(heard)
    assert asked(step.request)[0] == "synccheck"
    assert [type(n) for n in step.events] == [NotTold]


def test_cookies_are_kept_even_of_an_answer_that_is_no_good() -> None:
    """They are what the login lives on; the news tell of them, so that they get written."""
    drive = at(State.SYNCING)
    drive.hear(answer("wxsid=fresh", ret=-1))
    changed = [n for n in drive.step.events if isinstance(n, CredentialsChanged)]
    assert changed
    assert changed[0].credentials == drive.machine.credentials
    assert "wxsid=fresh" in changed[0].credentials.cookie_header


def test_after_the_end_a_new_login_may_begin() -> None:
    """From the end a person may log in again with the same machine."""
    drive = at(State.ENDED)
    assert isinstance(drive.events[-1], Ended)
    assert isinstance(drive.events[-1].error, LoginEnded)
    drive.begin()
    drive.hear(CODE, poll(200), text(PAGE), init(), answer(), check())
    assert drive.machine.state is State.CHECKING


def test_no_news_shows_a_secret() -> None:
    """Whatever is logged of a login gives nothing away."""
    drive = Drive(Machine(EMULATOR, entropy=drawn, credentials=saved(), keepsake=keepsake()))
    drive.begin()
    page = PAGE.replace("sid<", "SECRET<").replace("@crypt_1_2", "@crypt_SECRET").replace("a%2Bb", "SECRET")
    drive.hear(text('window.QRLogin.code = 200; window.QRLogin.uuid = "SECRET";'))
    drive.hear(
        text(f'window.code=200;window.redirect_uri="{REDIRECT.replace("ticket=T", "ticket=SECRET")}";')
    )
    drive.hear(
        text(page, 200, "wxsid=SECRET", "webwx_data_ticket=SECRET"),
        init(SKey="SECRET"),
        answer("wxsid=SECRET2"),
        check(0, 2),
    )
    assert "SECRET" not in f"{drive.events!r}{drive.step!r}{drive.machine!r}"


def test_a_new_login_owes_nothing_to_the_last() -> None:
    """Doubts, failures and the position of an ended login do not count in the next one."""
    drive = at(State.ENDED)
    drive.begin()
    drive.hear(CODE, poll(200), text(PAGE))
    assert asked(drive.step.request)[0] == "webwxinit"
    assert drive.machine.position is None, "a position goes with the login it belongs to"
    drive.hear(init(), answer(), check(1102), OVER)
    assert drive.machine.state is State.SYNCING


def test_a_scanned_code_is_waited_for_as_long_as_a_fresh_one() -> None:
    """The scan begins the five minutes anew; but a server that says "scanned" for ever is not believed for ever."""
    drive = at(State.QR_WAIT)
    drive.now += 290
    drive.hear(poll(201))
    drive.now += 290
    drive.hear(poll(408), poll(201))
    assert drive.machine.state is State.SCANNED
    drive.now += 10
    drive.hear(poll(201))
    assert isinstance(drive.step.events[-1], QrExpired)


@pytest.mark.parametrize(
    "page", ["<html></html>", "<error><redirecturl>https://wx.qq.com/</redirecturl></error>", "<error/>"]
)
def test_a_page_that_says_no_code_is_no_refusal(page: str) -> None:
    """A web page, or an order to go elsewhere, carries no ret; none is made up for it."""
    drive = at(State.TICKET)
    drive.hear(text(page), text(page), text(page))
    failed = drive.events[-1]
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ProtocolChanged)


FULL_PAGE = PAGE.replace("<ret>0<", "<ret>-1<")


@pytest.mark.parametrize(
    ("state", "heard", "endpoint", "kind"),
    [
        (State.CODE, text("window.QRLogin.code = 500;"), "jslogin", Refused),
        (State.CODE, text("<html>"), "jslogin", ProtocolChanged),
        (State.CODE, text('window.QRLogin.code = 200; window.QRLogin.uuid = "";'), "login_poll", ProtocolChanged),
        (State.CODE, text("", 502), "jslogin", NoAnswer),
        (State.QR_WAIT, text("", 502), "login_poll", NoAnswer),
        (State.PUSH_ASK, text("<html>"), "webwxpushloginurl", ProtocolChanged),
        (State.PUSH_ASK, text("", 502), "webwxpushloginurl", NoAnswer),
        (State.TICKET, text(FULL_PAGE), "webwxnewloginpage", Refused),
        (State.TICKET, text(PAGE, 500), "webwxnewloginpage", NoAnswer),
        (State.TICKET, Response(status=200, body=PAGE.encode(), malformed=True), "webwxnewloginpage", NoAnswer),
        (State.TICKET, text("<html></html>"), "webwxnewloginpage", ProtocolChanged),
        (State.INIT, init(BaseResponse={"Ret": -1, "ErrMsg": ""}), "webwxinit", Refused),
        (State.INIT, init(BaseResponse={"Ret": 1205, "ErrMsg": ""}), "webwxinit", TooFast),
        (State.INIT, init(BaseResponse=None), "webwxinit", ProtocolChanged),
        (State.INIT, init(SyncKey=None), "webwxinit", ProtocolChanged),
        (State.INIT, text("", 503), "webwxinit", NoAnswer),
    ],
)  # fmt: skip
def test_a_login_that_fails_says_where_and_why(
    state: State, heard: Response, endpoint: str, kind: type[HongyanError]
) -> None:
    """The error names the endpoint and its own kind, however complete the refused answer looks; then a person decides."""
    drive = at(state)
    for _ in range(40):
        if drive.step.request is not None:
            drive.hear(heard)
    failed = drive.events[-1]
    assert isinstance(failed, Failed)
    assert type(failed.error) is kind
    assert getattr(failed.error, "endpoint", None) == endpoint
    assert drive.machine.state is State.NEW


@pytest.mark.parametrize(
    ("state", "heard", "ret", "endpoint"),
    [
        (State.TICKET, BARRED, 1203, "webwxnewloginpage"),
        (State.INIT, answer(ret=1), 1203, "webwxinit"),
    ],
)
def test_a_login_that_is_not_granted_ends_with_its_code(
    state: State, heard: Response, ret: int, endpoint: str
) -> None:
    """A fresh login that webwxinit answers with 1 was refused earlier without a word: it counts as barred."""
    ended = at(state).hear(heard).events[-1]
    assert isinstance(ended, Ended)
    assert (ended.error.ret, ended.error.endpoint, ended.confirmed) == (ret, endpoint, True)


def test_trouble_before_a_login_stands_is_no_degraded_login() -> None:
    """Nothing is degraded and nothing recovers where there is no login yet."""
    drive = at(State.QR_WAIT)
    drive.hear(NOBODY, BROKEN, poll(408))
    assert [type(n) for n in drive.events] == [QrIssued, LoginHindered, LoginHindered]
    assert drive.hear(NOBODY).wait == 2.0


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        (State.INIT, init()),
        (State.NOTIFY, answer()),
        (State.CHECKING, check()),
        (State.CHECKING, check(0, 2)),
        (State.SYNCING, answer(ret=-1)),
    ],
)
def test_every_answer_may_refresh_cookies(state: State, heard: Response) -> None:
    """They go with the very next request, whatever the answer was."""
    drive = at(state)
    drive.hear(replace(heard, headers=(("Set-Cookie", "wxsid=fresh"),)))
    assert drive.step.request is not None
    assert "wxsid=fresh" in dict(drive.step.request.headers)["Cookie"]
    assert any(isinstance(n, CredentialsChanged) for n in drive.step.events)


def test_codes_are_shown_three_to_ten_times() -> None:
    """More would be a screen that flickers for nobody."""
    assert 3 <= RENEWALS <= 10
