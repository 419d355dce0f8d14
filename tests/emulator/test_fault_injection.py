"""Faults on command, as raw bytes on the wire where a client would not show them."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from typing import TYPE_CHECKING

import aiohttp
import pytest

from hongyan.emulator import Emulator, Fault
from hongyan.emulator.faults import POISONS
from hongyan.emulator.limits import RequestLimit

from .browser import ALICE, Browser, small_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator import ManualClock


async def _raw(browser: Browser, path: str) -> bytes:
    """The bytes of an answer on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.service.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    data = await reader.read()
    writer.close()
    return data


def test_unknown_fault_is_refused() -> None:
    """With the list of those there are."""
    with pytest.raises(ValueError, match="there are: kick, delay"):
        Fault("explode")
    with pytest.raises(ValueError, match="one of control"):
        Fault("poison", value="arsenic")


async def test_kick_ends_the_login(logged_in: Browser) -> None:
    """With the code that was ordered, once and for all."""
    logged_in.service.faults.add("kick", "webwxsync", 1102)
    assert (await logged_in.sync())["BaseResponse"]["Ret"] == 1102
    assert await logged_in.check() == ("1102", "0")


async def test_ret_is_injected_for_one_endpoint_and_count(logged_in: Browser) -> None:
    """ErrMsg too; afterwards all is well."""
    fault = logged_in.service.faults.add("ret", "webwxsendmsg", 1101, count=2, text="no")
    answers = [await logged_in.send(ALICE, "x", number) for number in range(1, 4)]
    assert [each["BaseResponse"]["Ret"] for each in answers] == [1101, 1101, 0]
    assert answers[0]["BaseResponse"]["ErrMsg"] == "no"
    assert fault.hits == 2
    assert await logged_in.check() == ("0", "0")


async def test_skipped_calls_come_first(logged_in: Browser) -> None:
    """The second call is hit."""
    logged_in.service.faults.add("rate_limit", "webwxsendmsg", skip=1)
    answers = [await logged_in.send(ALICE, "x", number) for number in range(1, 4)]
    assert [each["BaseResponse"]["Ret"] for each in answers] == [0, 1205, 0]


async def test_fault_can_be_for_one_account(logged_in: Browser) -> None:
    """Another account's calls go on."""
    logged_in.service.faults.add("ret", "*", -1, account="wxid_other")
    assert (await logged_in.sync())["BaseResponse"]["Ret"] == 0


async def test_lasting_fault_ends_when_it_is_removed(logged_in: Browser) -> None:
    """count None."""
    fault = logged_in.service.faults.add("ret", "webwxsync", -1, count=None)
    for _ in range(3):
        assert (await logged_in.sync())["BaseResponse"]["Ret"] == -1
    logged_in.service.faults.remove(fault)
    assert (await logged_in.sync())["BaseResponse"]["Ret"] == 0


@pytest.mark.parametrize(
    ("action", "value", "answer"), [("retcode", 1205, ("1205", "0")), ("selector", 3, ("0", "3"))]
)
async def test_poll_answers_are_injected(
    logged_in: Browser, action: str, value: int, answer: tuple[str, str]
) -> None:
    """Retcodes and selectors."""
    logged_in.service.faults.add(action, "synccheck", value)
    assert await logged_in.check() == answer


async def test_login_poll_code_is_injected(browser: Browser) -> None:
    """500, after which the official page reloads."""
    browser.service.faults.add("code", "login", 500)
    assert await browser.poll(await browser.new_code()) == "window.code=500;"


async def test_login_page_ret_is_injected(browser: Browser) -> None:
    """As XML: -1 of October 2019."""
    browser.service.faults.add("ret", "webwxnewloginpage", -1)
    answer = await browser.get("webwxnewloginpage", ticket="x", version="v2")
    assert "<error><ret>-1</ret>" in await answer.text()


async def test_push_login_ret_is_injected(browser: Browser) -> None:
    """`ret` as a string."""
    browser.service.faults.add("ret", "webwxpushloginurl", 1)
    answer = await browser.get("webwxpushloginurl", uin=1)
    assert browser.decoded(await answer.read())["ret"] == "1"


async def test_status_is_empty(browser: Browser) -> None:
    """The empty 503 of synccheck."""
    browser.service.faults.add("status", "synccheck")
    answer = await browser.get("synccheck")
    assert (answer.status, await answer.read()) == (503, b"")


async def test_malformed_status_line_is_sent(browser: Browser) -> None:
    """`HTTP/1.1 0 -`, as seen on synccheck."""
    browser.service.faults.add("status_line", "synccheck")
    data = await _raw(browser, "/cgi-bin/mmwebwx-bin/synccheck")
    assert data.startswith(b"HTTP/1.1 0 -\r\n")
    assert data.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("action", ["drop", "lost"])
async def test_connection_is_dropped(browser: Browser, action: str) -> None:
    """Without a byte of an answer."""
    browser.service.faults.add(action, "jslogin", count=None)  # aiohttp repeats a GET by itself
    with pytest.raises(aiohttp.ClientConnectionError):
        await browser.new_code()


async def test_lost_answer_was_still_done(logged_in: Browser) -> None:
    """The send counts, and its repeat gets the same MsgID."""
    logged_in.service.faults.add("lost", "webwxsendmsg")
    with pytest.raises(aiohttp.ClientConnectionError):
        await logged_in.send(ALICE, "once", 5)
    heard = await logged_in.service.person("alice").hears("once")
    assert (await logged_in.send(ALICE, "once", 5))["MsgID"] == str(heard.msg_id)


async def test_answer_is_cut(browser: Browser) -> None:
    """Content-Length promises more than comes."""
    browser.service.faults.add("truncate", "jslogin", 10)
    data = await _raw(browser, "/jslogin?appid=wx782c26e4c19acffb")
    assert data.endswith(b"\r\n\r\nwindow.QRL")


async def test_answer_is_delayed(browser: Browser) -> None:
    """By the seconds that were ordered; other faults of the same call still strike."""
    browser.service.faults.add("delay", "jslogin", 0.15)
    browser.service.faults.add("status", "jslogin", 502)
    begin = time.monotonic()
    assert (await browser.get("/jslogin")).status == 502
    assert time.monotonic() - begin >= 0.15


async def test_hang_says_nothing(browser: Browser) -> None:
    """Until the client gives up; closing the service does not wait for it."""
    browser.service.faults.add("hang", "jslogin")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await browser.get("/jslogin")


async def test_login_page_redirect_and_own_body(browser: Browser) -> None:
    """301 to the login page, and any text."""
    browser.service.faults.add("login_page", "webwxinit")
    browser.service.faults.add("body", "webwxinit", "<html>busy</html>")
    first, second = await browser.get("webwxinit"), await browser.get("webwxinit")
    assert (first.status, first.headers["Location"]) == (301, browser.service.origin + "/")
    assert await second.text() == "<html>busy</html>"


async def test_messages_are_doubled_reversed_and_extended(logged_in: Browser) -> None:
    """Each in one answer only."""
    alice = logged_in.service.person("alice")
    faults = logged_in.service.faults
    old = logged_in.key
    alice.says("1")
    alice.says("2")
    faults.add("duplicate", "webwxsync")
    doubled = await logged_in.sync(old)
    faults.add("reorder", "webwxsync")
    turned = await logged_in.sync(old)
    faults.add("unknown_fields", "webwxsync")
    extended = await logged_in.sync(old)
    assert [each["Content"] for each in doubled["AddMsgList"]] == ["1", "1", "2", "2"]
    assert [each["Content"] for each in turned["AddMsgList"]] == ["2", "1"]
    assert all("XNewField" in each for each in extended["AddMsgList"])
    assert "XNewField" not in (await logged_in.sync(old))["AddMsgList"][0]


@pytest.mark.parametrize("poison", POISONS)
async def test_poison_hits_one_message(logged_in: Browser, poison: str) -> None:
    """The others stay as they are, byte for byte; without the fault all are healthy."""
    for number in range(3):
        logged_in.service.person("alice").says(f"m{number}")
    body = json.dumps({"BaseRequest": logged_in.base_request, "SyncKey": logged_in.key})
    url = logged_in.service.origin + "/cgi-bin/mmwebwx-bin/webwxsync"
    logged_in.service.faults.add("poison", "webwxsync", poison)
    poisoned = await (await logged_in.http.post(url, data=body)).read()
    healthy = await (await logged_in.http.post(url, data=body)).read()
    damaged, whole = (each.split(b'"AddMsgList": [')[1].split(b",\n") for each in (poisoned, healthy))
    assert (damaged[0], damaged[2].split(b"]")[0]) == (whole[0], whole[2].split(b"]")[0])
    assert damaged[1] != whole[1]
    assert json.loads(healthy)["AddMsgCount"] == 3


async def test_strict_readers_stumble_over_poison(logged_in: Browser) -> None:
    """A raw control character and broken UTF-8 make the whole answer invalid."""
    logged_in.service.person("alice").says("x")
    for poison in ("control", "utf8", "escape"):
        logged_in.service.faults.add("poison", "webwxsync", poison)
        with pytest.raises(ValueError, match=r"."):
            await logged_in.sync(logged_in.key)


async def test_json_is_pretty_printed(logged_in: Browser) -> None:
    """Line breaks before commas, as text/plain without a charset; the same values."""
    logged_in.service.faults.add("pretty", "webwxinit")
    answer = await logged_in.http.post(
        logged_in.service.origin + "/cgi-bin/mmwebwx-bin/webwxinit",
        data=json.dumps({"BaseRequest": logged_in.base_request}),
    )
    body = await answer.read()
    assert answer.headers["Content-Type"] == "text/plain"
    assert body.startswith(b'{\n"BaseResponse": {\n"Ret": 0\n,\n"ErrMsg": ""\n}\n,\n')
    assert json.loads(body)["User"]["UserName"] == logged_in.me


async def test_utf8_is_cut_inside_a_character(logged_in: Browser) -> None:
    """A nickname that ends in the middle of a code point."""
    logged_in.service.faults.add("invalid_utf8", "webwxgetcontact")
    body = await (await logged_in.get("webwxgetcontact")).read()
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert json.loads(body.decode(errors="replace"))["MemberCount"] == 7


def _unzip(body: bytes) -> bytes:
    return zlib.decompress(body, -zlib.MAX_WBITS)


@pytest.mark.parametrize(
    ("encoding", "header", "unpack"),
    [("gzip", "gzip", gzip.decompress), ("zlib", "deflate", zlib.decompress), ("deflate", "deflate", _unzip)],
)
async def test_answers_are_compressed(
    browser: Browser, encoding: str, header: str, unpack: Callable[[bytes], bytes]
) -> None:
    """gzip and both kinds of deflate."""
    browser.service.faults.add("encoding", "jslogin", encoding)
    data = await _raw(browser, "/jslogin?appid=wx782c26e4c19acffb")
    head, _, body = data.partition(b"\r\n\r\n")
    assert f"Content-Encoding: {header}".encode() in head
    assert unpack(body).startswith(b"window.QRLogin.code = 200")


async def test_keys_nobody_knows_and_empty_bodies(logged_in: Browser) -> None:
    """At the top of any JSON answer; and nothing at all."""
    logged_in.service.faults.add("unknown_keys", "webwxgetcontact")
    logged_in.service.faults.add("empty", "webwxgetcontact", skip=1)
    first = await (await logged_in.get("webwxgetcontact")).read()
    assert json.loads(first)["XNewFlag"] == 7
    assert await (await logged_in.get("webwxgetcontact")).read() == b""


async def test_limits_refuse_and_recover(logged_in: Browser, clock: ManualClock) -> None:
    """A bucket of two with one back per second; Ret 1205 in between."""
    logged_in.service.limits.set("send", RequestLimit(2, 1))
    rets = [(await logged_in.send(ALICE, "x", number))["BaseResponse"]["Ret"] for number in range(1, 4)]
    assert rets == [0, 0, 1205]
    clock.advance(1)
    assert (await logged_in.send(ALICE, "x", 4))["BaseResponse"]["Ret"] == 0


async def test_limits_can_show_as_a_grey_line(logged_in: Browser) -> None:
    """Ret 0, the message is not delivered, MsgType 10000 says so."""
    logged_in.service.limits.set("send", RequestLimit(0, 0))
    logged_in.service.limits.as_text = True
    assert (await logged_in.send(ALICE, "x", 1))["BaseResponse"]["Ret"] == 0
    line = (await logged_in.messages())[0]
    assert (line["MsgType"], line["FromUserName"]) == (10000, await logged_in.name_of(ALICE))
    assert "过于频繁" in line["Content"]
    with pytest.raises(TimeoutError):
        await logged_in.service.person("alice").hears("x", timeout=0.02)


async def test_every_kind_of_call_has_its_limit(logged_in: Browser) -> None:
    """Batches, requests, groups, remarks; none is on by default."""
    service = logged_in.service
    service.limits.use_reported()
    for _ in range(11):
        last = await logged_in.post("webwxbatchgetcontact", {"Count": 0, "List": []})
    assert last["BaseResponse"]["Ret"] == 1205
    for kind in ("verify", "create_group", "remark"):
        service.limits.set(kind, RequestLimit(0, 0))
    name = await logged_in.name_of(ALICE)
    verify = {"Opcode": 2, "VerifyUserList": [{"Value": name, "VerifyUserTicket": ""}]}
    for call, order in (
        ("webwxverifyuser", verify),
        ("webwxcreatechatroom", {"MemberList": [{"UserName": name}]}),
        ("webwxoplog", {"CmdId": 2, "UserName": name, "RemarkName": "x"}),
    ):
        assert (await logged_in.post(call, order))["BaseResponse"]["Ret"] == 1205


async def test_closing_lets_parked_calls_go(open_browser: Callable[[Emulator], Browser]) -> None:
    """A service with a parked poll closes at once."""
    service = Emulator(small_world(), poll_seconds=60)
    async with service:
        browser = await open_browser(service).log_in()
        waiting = asyncio.create_task(browser.check())
        await asyncio.sleep(0.05)
        begin = time.monotonic()
    assert time.monotonic() - begin < 1
    assert await waiting == ("0", "0")
