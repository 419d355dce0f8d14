"""What each level of auth accepts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from hongyan.emulator import Emulator, World

from .browser import ALICE, PREFIX, Browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@pytest.fixture
async def strict(world: World, open_browser: Callable[[Emulator], Browser]) -> AsyncIterator[Browser]:
    """A browser at a strict service, logged in."""
    async with Emulator(world, auth="strict", poll_seconds=0.1) as service:
        yield await open_browser(service).log_in()


async def _ret(browser: Browser, call: str, changes: dict[str, Any], **query: str) -> int:
    body = json.dumps({"BaseRequest": browser.base_request | changes})
    headers = {"Content-Type": "application/json"}
    url = browser.service.origin + PREFIX + call
    answer = await browser.http.post(url, data=body, params=query, headers=headers)
    return int(browser.decoded(await answer.read())["BaseResponse"]["Ret"])


@pytest.mark.parametrize(
    "changes",
    [{"Uin": "str"}, {"Skey": ""}, {"DeviceID": "a pass ticket"}, {"DeviceID": None, "Skey": None}],
)
async def test_real_accepts_what_real_clients_send(logged_in: Browser, changes: dict[str, Any]) -> None:
    """Uin as text, no Skey, anything as DeviceID, no pass_ticket."""
    if "Uin" in changes:
        changes = {"Uin": logged_in.secrets["wxuin"]}
    assert await _ret(logged_in, "webwxinit", changes) == 0


@pytest.mark.parametrize(
    ("changes", "ret"),
    [({"Sid": "wrong"}, 1100), ({"Uin": 1}, 1100), ({"Skey": "@crypt_wrong"}, 1101)],
)
async def test_real_refuses_what_is_wrong(logged_in: Browser, changes: dict[str, Any], ret: int) -> None:
    """Missing may pass, wrong may not."""
    assert await _ret(logged_in, "webwxinit", changes) == ret


async def test_real_wants_cookies_for_init_but_not_for_sends_and_polls(
    logged_in: Browser, open_browser: Callable[[Emulator], Browser]
) -> None:
    """As recorded: WeixinBot sends without, openwechat polls without."""
    bare = open_browser(logged_in.service)
    bare.secrets, bare.user, bare.check_key = logged_in.secrets, logged_in.user, logged_in.check_key
    assert (await bare.post("webwxinit"))["BaseResponse"]["Ret"] == 1100
    assert (await bare.send(ALICE, "hi", 1))["BaseResponse"]["Ret"] == 0
    assert await bare.check() == ("0", "0")


async def test_no_proof_at_all_is_1100(browser: Browser) -> None:
    """JSON and script answers alike."""
    answer = await browser.get("webwxgetcontact")
    assert browser.decoded(await answer.read())["BaseResponse"]["Ret"] == 1100
    assert 'retcode:"1100"' in await (await browser.get("synccheck")).text()


async def test_wrong_family_is_refused(logged_in: Browser) -> None:
    """A login of wx2 has no business at wx; on a plain origin there are no families."""
    login = logged_in.service.accounts[0].living()[0]
    login.host = "wx2.qq.com"
    for host, ret in (("wx2.qq.com", 0), ("wx.qq.com", 1100)):
        answer = await logged_in.get(
            "webwxgetcontact", {"Host": host, "Cookie": f"wxsid={login.secrets.sid}"}
        )
        assert logged_in.decoded(await answer.read())["BaseResponse"]["Ret"] == ret


async def test_strict_lets_the_official_form_pass(strict: Browser) -> None:
    """Everything right, pass_ticket encoded once or twice."""
    ticket = strict.secrets["pass_ticket"]
    assert await _ret(strict, "webwxinit", {}, pass_ticket=ticket) == 0
    assert await _ret(strict, "webwxinit", {}, pass_ticket=quote(ticket, safe="")) == 0
    assert await _ret(strict, "webwxinit", {"Skey": ""}, pass_ticket=ticket) == 0
    assert await strict.check() == ("0", "0")


@pytest.mark.parametrize(
    ("changes", "ticket", "ret"),
    [
        ({}, False, 1100),
        ({"Uin": 1}, True, 1100),
        ({"Skey": ""}, True, 1101),
        ({"DeviceID": "x"}, True, 1),
    ],
)
async def test_strict_wants_every_part(
    strict: Browser, changes: dict[str, Any], ticket: bool, ret: int
) -> None:
    """pass_ticket, Uin, Skey, DeviceID."""
    query = {"pass_ticket": strict.secrets["pass_ticket"]} if ticket else {}
    assert await _ret(strict, "webwxoplog", changes, **query) == ret


@pytest.mark.parametrize("cookie", ["wxuin", "wxsid", "webwx_data_ticket"])
async def test_strict_wants_every_cookie(strict: Browser, cookie: str) -> None:
    """Missing: 1100, wrong: 1102."""
    cookies = {each.key: each.value for each in strict.http.cookie_jar}
    for value, ret in ((None, "1100"), ("wrong", "1102")):
        sent = {name: held for name, held in (cookies | {cookie: value}).items() if held is not None}
        strict.http.cookie_jar.clear()
        strict.http.cookie_jar.update_cookies(sent)
        assert (await strict.check())[0] == ret


async def test_strict_wants_scene_and_small_chunks(strict: Browser) -> None:
    """No Scene: 1204; more than 512 KiB in one request: Ret 1; no `fun`: Ret 1."""
    ticket = strict.secrets["pass_ticket"]
    message = {
        "Type": 1,
        "Content": "x",
        "FromUserName": strict.me,
        "ToUserName": await strict.name_of(ALICE),
    }
    answer = await strict.post("webwxsendmsg", {"Msg": message | {"ClientMsgId": 1}}, pass_ticket=ticket)
    assert answer["BaseResponse"]["Ret"] == 1204
    data = bytes(524289)
    assert (await strict.upload(data, size=524289))[-1]["BaseResponse"]["Ret"] == 1
    assert (await strict.upload(data))[-1]["MediaId"]


async def test_lax_takes_a_call_without_any_proof(
    world: World, open_browser: Callable[[Emulator], Browser]
) -> None:
    """For the latest login."""
    async with Emulator(world, auth="lax") as service:
        await open_browser(service).log_in()
        stranger = open_browser(service)
        answer = await stranger.get("webwxgetcontact")
        assert stranger.decoded(await answer.read())["MemberCount"] == 7
