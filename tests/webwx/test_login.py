"""The requests of a login and of the sync cycle, each by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.errors import ProtocolChanged
from hongyan.webwx import login
from hongyan.webwx.credentials import SyncPosition
from hongyan.webwx.hosts import official
from hongyan.webwx.http import Lane, Request

from .conftest import NOW
from .driving import EMULATOR, keepsake, sync_key

if TYPE_CHECKING:
    from hongyan.webwx.calls.caller import Caller

HELD = SyncPosition(sync_key=sync_key(10, 20), check_key=sync_key(30, 40))


def query(request: Request) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(request.url).query, keep_blank_values=True).items()}


def test_a_code_is_asked_for_as_web_wechat() -> None:
    """The app id of the web client, and never the desktop form."""
    request = login.ask_code(official(), NOW, "en_US")
    assert request.url.startswith("https://login.wx.qq.com/jslogin?")
    told = query(request)
    assert (told["appid"], told["fun"], told["lang"]) == ("wx782c26e4c19acffb", "new", "en_US")
    assert told["redirect_uri"] == "https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage"
    assert "desktop" not in request.url


def test_a_poll_asks_for_the_picture_and_waits() -> None:
    """The server holds a poll for up to 30 s, so the client waits longer."""
    request = login.ask_poll(EMULATOR, "u==", NOW, first=True)
    assert query(request)["loginicon"] == "true"
    assert query(request)["uuid"] == "u=="
    assert request.lane is Lane.POLL
    assert 30 < request.timeout <= 35


def test_the_login_page_is_asked_for_once_with_each_parameter() -> None:
    """What the redirect holds already is not added again; the ticket goes through unchanged."""
    redirect = "https://wx8.qq.com/x?ticket=A%2Bb@qrticket_0&uuid=u&lang=zh_TW&scan=1&fun=new#end"
    hosts, request = login.ask_page(official(), redirect, "zh_CN")
    assert hosts.family == "wx8.qq.com"
    told = parse_qs(urlsplit(request.url).query)
    assert told == {
        "ticket": ["A+b@qrticket_0"],
        "uuid": ["u"],
        "lang": ["zh_TW"],
        "scan": ["1"],
        "fun": ["new"],
        "version": ["v2"],
    }
    assert urlsplit(request.url).path == "/cgi-bin/mmwebwx-bin/webwxnewloginpage"


def test_the_redirect_is_followed_to_the_letter() -> None:
    """The browser appends to it and changes nothing: what is escaped in it stays so, and what is not, too."""
    redirect = "https://wx2.qq.com/x?ticket=A+b/%2B@qrticket_0&uuid=x3np==&lang=zh_CN&scan=1"
    request = login.ask_page(official(), redirect, "zh_CN")[1]
    assert request.url.endswith("?ticket=A+b/%2B@qrticket_0&uuid=x3np==&lang=zh_CN&scan=1&fun=new&version=v2")


@given(st.text())
def test_a_redirect_makes_an_address_and_nothing_else(said: str) -> None:
    """Blanks, line ends and what is no ASCII cannot break out of the request."""
    try:
        url = login.ask_page(EMULATOR, f"http://127.0.0.1:8081/x?ticket=t&{said}", "zh_CN")[1].url
    except ProtocolChanged:
        return
    assert url.isascii()
    assert url.isprintable()
    assert not set(url) & set(' #"<>\\')


def test_without_a_ticket_there_is_nothing_to_ask() -> None:
    """Not even on an emulator."""
    with pytest.raises(ProtocolChanged):
        login.ask_page(EMULATOR, "http://127.0.0.1:8081/x?uuid=u", "zh_CN")


def test_the_phone_is_asked_with_what_outlives_a_login() -> None:
    """The account's number, and the cookies that name browser and account."""
    request = login.ask_phone(keepsake())
    assert query(request) == {"uin": "7"}
    assert ("Cookie", "wxuin=v; webwxuvid=v; webwx_auth_ticket=v") in request.headers


def test_init_carries_the_base_request_alone(caller: Caller) -> None:
    """Nothing else was captured in it."""
    request = login.ask_init(caller)
    assert isinstance(request.body, bytes)
    assert list(json.loads(request.body)) == ["BaseRequest"]
    assert request.lane is Lane.POLL


def test_a_check_goes_to_the_push_host_with_the_check_key(caller: Caller) -> None:
    """Everything is escaped once: a sid holds ``/`` and ``+``, a key is divided by ``|``."""
    request = login.ask_check(caller, HELD)
    assert "synckey=1_30%7C2_40" in request.url
    assert "sid=SECRET%2Fsid%2B" in request.url
    assert query(request)["uin"] == "987654321"
    assert query(request)["deviceid"].startswith("e")
    assert request.timeout <= 35


def test_a_sync_returns_the_key_as_it_came(caller: Caller) -> None:
    """All pairs, in order, with their count; and it is the SyncKey, not the other."""
    request = login.ask_sync(caller, HELD)
    assert isinstance(request.body, bytes)
    assert json.loads(request.body)["SyncKey"] == {
        "Count": 2,
        "List": [{"Key": 1, "Val": 10}, {"Key": 2, "Val": 20}],
    }
    assert query(request)["sid"] == "SECRET/sid+"
    assert request.lane is Lane.POLL


def test_nothing_pretends_to_be_another_client(caller: Caller) -> None:
    """One name of our own, and none of the desktop client's headers."""
    requests = [login.ask_code(official(), NOW, "zh_CN"), login.ask_init(caller), login.ask_phone(keepsake())]
    for request in requests:
        sent = {name.lower(): value for name, value in request.headers}
        assert sent["user-agent"].startswith("Hongyan")
        assert not {"client-version", "extspam"} & sent.keys()
