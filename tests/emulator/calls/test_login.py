"""Codes, polls, tickets, the login page, push login, logout."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from hongyan.emulator import Emulator, Person, World
from hongyan.emulator.serve import _scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator import ManualClock

    from ..browser import Browser


async def test_jslogin_sends_two_content_types(browser: Browser) -> None:
    """As captured: text/javascript and text/html."""
    answer = await browser.get("/jslogin", appid="wx782c26e4c19acffb", fun="new")
    assert answer.headers.getall("Content-Type") == ["text/html; charset=gbk", "text/javascript"]


async def test_jslogin_reads_a_form(browser: Browser) -> None:
    """WeixinBot posts the parameters as a form."""
    url = browser.service.origin + "/jslogin"
    answer = await browser.http.post(url, data={"appid": "wx782c26e4c19acffb", "fun": "new", "lang": "zh_CN"})
    assert "QRLogin.code = 200" in await answer.text()


async def test_qr_is_a_picture_of_the_login_address(browser: Browser) -> None:
    """The picture comes under the type of a JPEG."""
    answer = await browser.get(f"/qrcode/{await browser.new_code()}")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert (await answer.read()).startswith(b"\x89PNG")


async def test_qr_of_an_unknown_code_is_missing(browser: Browser) -> None:
    """No picture for a code that was never shown."""
    assert (await browser.get("/qrcode/nothing==")).status == 404


async def test_poll_without_a_scan_answers_408(browser: Browser) -> None:
    """Nothing happened within the hold."""
    assert await browser.poll(await browser.new_code()) == "window.code=408;"


@pytest.mark.parametrize("tip", [0, 1])
async def test_poll_reports_the_scan_whatever_tip_says(browser: Browser, tip: int) -> None:
    """wechat4u and openwechat only ever send tip 0, itchat only 1."""
    uuid = await browser.new_code()
    waiting = asyncio.create_task(browser.poll(uuid, tip, loginicon="true"))
    await asyncio.sleep(0.02)
    browser.service.phone.scan()
    answer = await waiting
    assert re.fullmatch(r"window\.code=201;window\.userAvatar = 'data:img/jpg;base64,[\w+/=]+';", answer)


async def test_old_clients_get_no_avatar(browser: Browser) -> None:
    """Without loginicon the answer is the code alone."""
    uuid = await browser.new_code()
    browser.service.phone.scan()
    assert await browser.poll(uuid, 1) == "window.code=201;"


async def test_scan_is_repeated_for_tip_1_and_held_for_tip_0(
    world: World, open_browser: Callable[[Emulator], Browser]
) -> None:
    """tip 1 gets 201 again after a short pause, tip 0 waits for the confirmation."""
    async with Emulator(world, poll_seconds=0.8) as service:
        browser = open_browser(service)
        uuid = await browser.new_code()
        service.phone.scan()
        assert "code=201" in await browser.poll(uuid, 1)
        assert "code=201" in await browser.poll(uuid, 1)
        assert "code=408" in await browser.poll(uuid, 0)


async def test_confirmed_poll_gives_the_login_page_once(browser: Browser) -> None:
    """Repeating the poll after 200 gives 400."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    answer = await browser.poll(uuid)
    origin = re.escape(browser.service.origin)
    pattern = (
        rf'window\.code=200;\nwindow\.redirect_uri="{origin}/cgi-bin/mmwebwx-bin/webwxnewloginpage\?ticket=[\w-]{{24}}'
        rf'@qrticket_0&uuid={re.escape(uuid)}&lang=zh_CN&scan=\d+";'
    )
    assert re.fullmatch(pattern, answer)
    assert await browser.poll(uuid) == "window.code=400;"


async def test_real_names_redirect_to_the_family_of_the_account(browser: Browser) -> None:
    """A login that began at wx.qq.com goes on at wx2.qq.com."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    answer = await browser.get("login", {"Host": "login.wx.qq.com"}, uuid=uuid)
    assert 'redirect_uri="https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?' in await answer.text()


async def test_cancel_answers_202(browser: Browser) -> None:
    """The button *cancel* on the phone."""
    uuid = await browser.new_code()
    browser.service.phone.scan()
    browser.service.phone.cancel()
    assert await browser.poll(uuid) == "window.code=202;"


async def test_code_expires_after_300_seconds(browser: Browser, clock: ManualClock) -> None:
    """A code nobody scans is gone after five minutes, also under a parked poll."""
    uuid = await browser.new_code()
    waiting = asyncio.create_task(browser.poll(uuid))
    await asyncio.sleep(0.02)
    clock.advance(300)
    assert await waiting == "window.code=400;"


async def test_phone_can_act_before_a_code_is_shown(browser: Browser) -> None:
    """The wish waits for the next code, and the confirmation until the scan was told: some clients need both answers."""
    browser.service.phone.confirm()
    uuid = await browser.new_code()
    assert "code=201" in await browser.poll(uuid)
    assert "code=200" in await browser.poll(uuid)


async def test_login_page_is_301_unless_the_query_says_otherwise(browser: Browser) -> None:
    """wechat4u reads only the 301; fun or version ask for 200. Body and cookies are the same."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    redirect = await browser.take_ticket(uuid)
    moved = await browser.http.get(redirect, allow_redirects=False)
    plain = await browser.http.get(redirect + "&fun=new", allow_redirects=False)
    assert (moved.status, plain.status) == (301, 200)
    assert "Location" not in moved.headers
    assert moved.headers["Content-Type"] == "text/plain;charset=utf-8"
    pattern = (
        r"<error><ret>0</ret><message></message><skey>@crypt_[0-9a-f]{8}_[0-9a-f]{32}</skey><wxsid>[\w+/]{16}</wxsid>"
        r"<wxuin>\d{9}</wxuin><pass_ticket>[\w%]+</pass_ticket><isgrayscale>1</isgrayscale></error>"
    )
    for answer in (moved, plain):
        assert re.fullmatch(pattern, await answer.text())
        assert [each.split("=")[0] for each in answer.headers.getall("Set-Cookie")] == [
            "wxuin",
            "wxsid",
            "wxloadtime",
            "mm_lang",
            "webwx_data_ticket",
            "webwxuvid",
            "webwx_auth_ticket",
        ]


async def test_cookies_carry_the_captured_attributes_under_real_names(browser: Browser) -> None:
    """Domain of the family, all of qq.com for the data ticket, dashed dates."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    answer = await browser.get("login", {"Host": "login.wx.qq.com"}, uuid=uuid)
    query = re.search(r"\?(.+?)\"", await answer.text())
    assert query
    page = f"/cgi-bin/mmwebwx-bin/webwxnewloginpage?{query[1]}"
    answer = await browser.http.get(
        browser.service.origin + page, headers={"Host": "wx2.qq.com"}, allow_redirects=False
    )
    cookies = {each.split("=")[0]: each for each in answer.headers.getall("Set-Cookie")}
    date = r"Expires=\w{3}, \d\d-\w{3}-\d{4} \d\d:\d\d:\d\d GMT"
    assert re.search(rf"; Domain=wx2\.qq\.com; Path=/; {date}$", cookies["wxsid"])
    assert "; Domain=.qq.com;" in cookies["webwx_data_ticket"]


async def test_plain_origin_sets_host_cookies(browser: Browser) -> None:
    """No Domain and no Secure where there is no name and no TLS."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    answer = await browser.http.get(await browser.take_ticket(uuid), allow_redirects=False)
    assert not any("Domain" in each or "Secure" in each for each in answer.headers.getall("Set-Cookie"))


async def test_ticket_gives_two_logins_with_names_of_their_own(
    browser: Browser, open_browser: Callable[[Emulator], Browser]
) -> None:
    """A second exchange of the same ticket is a second living login; a third is refused."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    redirect = await browser.take_ticket(uuid)
    other = open_browser(browser.service)
    await browser.open_page(redirect)
    await other.open_page(redirect)
    await browser.begin()
    await other.begin()
    assert browser.user["NickName"] == other.user["NickName"]
    assert browser.me != other.me
    assert "<ret>1203</ret>" in await open_browser(browser.service).open_page(redirect)


async def test_ticket_is_stale_after_300_seconds(browser: Browser, clock: ManualClock) -> None:
    """ret 1203 with its message, as in 2016."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    redirect = await browser.take_ticket(uuid)
    clock.advance(300)
    assert "<ret>1203</ret><message>check ticket failed</message>" in await browser.open_page(redirect)


async def test_barred_account_is_told_so(browser: Browser) -> None:
    """ret 1203 with the sentence for the user, and no secrets."""
    browser.service.phone.bar()
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    xml = await browser.open_page(await browser.take_ticket(uuid))
    assert "<ret>1203</ret><message>为了你的帐号安全" in xml
    assert "skey" not in xml


async def test_second_login_kicks_the_first(
    browser: Browser, open_browser: Callable[[Emulator], Browser]
) -> None:
    """The first one's parked poll gets 1101 at once."""
    await browser.log_in()
    waiting = asyncio.create_task(browser.check())
    await asyncio.sleep(0.02)
    await open_browser(browser.service).log_in()
    assert await waiting == ("1101", "0")
    assert (await browser.post("webwxinit"))["BaseResponse"]["Ret"] == 1101


async def test_kicking_can_be_switched_off(world: World, open_browser: Callable[[Emulator], Browser]) -> None:
    """Two logins of one account live side by side then."""
    async with Emulator(world, poll_seconds=0.1, kick_on_login=False) as service:
        first, second = open_browser(service), open_browser(service)
        await first.log_in()
        await second.log_in()
        assert await first.check() == ("0", "0")


async def test_push_login_asks_the_phone(browser: Browser) -> None:
    """The browser's long-lived cookies are enough; there is no scan and no second QR."""
    await browser.log_in()
    uin = browser.secrets["wxuin"]
    browser.service.phone.log_web_out()
    answer = browser.decoded(await (await browser.get("webwxpushloginurl", uin=uin)).read())
    assert (answer["ret"], answer["msg"]) == ("0", "all ok")
    assert await browser.poll(answer["uuid"], 1) == "window.code=408;"
    browser.service.phone.confirm()
    assert "code=200" in await browser.poll(answer["uuid"])


async def test_push_login_can_be_declined(browser: Browser) -> None:
    """202, as for a QR code."""
    await browser.log_in()
    answer = browser.decoded(
        await (await browser.get("webwxpushloginurl", uin=browser.secrets["wxuin"])).read()
    )
    browser.service.phone.cancel()
    assert await browser.poll(answer["uuid"]) == "window.code=202;"


async def test_push_login_needs_the_browsers_cookies(
    browser: Browser, open_browser: Callable[[Emulator], Browser]
) -> None:
    """A stranger's browser is refused with ret 1, as a string."""
    await browser.log_in()
    stranger = open_browser(browser.service)
    answer = browser.decoded(
        await (await stranger.get("webwxpushloginurl", uin=browser.secrets["wxuin"])).read()
    )
    assert answer["ret"] == "1"


async def test_logout_redirects_and_answers_json(browser: Browser) -> None:
    """Some clients follow the 301, openwechat decodes the body; afterwards the login is unknown."""
    await browser.log_in()
    answer = await browser.get("webwxlogout", redirect=1, type=1, skey=browser.secrets["skey"])
    assert answer.status == 301
    assert answer.headers["Location"] == browser.service.origin + "/"
    assert browser.decoded(await answer.read())["BaseResponse"]["Ret"] == 0
    assert await browser.check() == ("1100", "0")


async def test_root_page_tells_whether_the_cookies_are_good(browser: Browser) -> None:
    """isLogin is true only between login and logout."""
    assert 'isLogin : !!""' in await (await browser.get("/")).text()
    await browser.log_in()
    assert 'isLogin : !!"1"' in await (await browser.get("/")).text()
    browser.service.phone.log_web_out()
    assert 'isLogin : !!""' in await (await browser.get("/")).text()


async def test_desktop_login_is_accepted_with_any_headers(browser: Browser) -> None:
    """mod=desktop inside redirect_uri, and whatever stands in the two headers."""
    uuid = await browser.new_code(
        redirect_uri="https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?mod=desktop"
    )
    browser.service.phone.confirm()
    redirect = await browser.take_ticket(uuid)
    headers = {"client-version": "2.0.0", "extspam": "anything"}
    answer = await browser.http.get(redirect, headers=headers, allow_redirects=False)
    assert "<ret>0</ret>" in await answer.text()
    assert browser.service.accounts[0].living()[-1].desktop


async def test_each_account_has_its_own_phone(
    world: World, open_browser: Callable[[Emulator], Browser]
) -> None:
    """The phone that scans says who logs in; the accounts do not kick each other."""
    other = World(Person("wxid_other00000000001", "Other"), {"filehelper": Person("filehelper", "notes")})
    async with Emulator([world, other], poll_seconds=0.1) as service:
        first = await open_browser(service).log_in()
        second = open_browser(service)
        uuid = await second.new_code()
        service.phones[1].confirm()
        await second.open_page(await second.take_ticket(uuid))
        await second.begin()
        assert (first.user["NickName"], second.user["NickName"]) == ("Me", "Other")
        assert first.secrets["wxuin"] != second.secrets["wxuin"]
        service.person("alice").says("for the first")
        assert (await first.check(), await second.check()) == (("0", "2"), ("0", "0"))


async def test_an_unknown_appid_gets_no_code(browser: Browser) -> None:
    """Nor a missing one; level `lax` takes any."""
    for query in ("?appid=wx0000000000000000", ""):
        answer = await browser.http.get(f"{browser.service.origin}/jslogin{query}")
        assert "QRLogin.code = 400" in await answer.text()


async def test_every_sid_has_what_clients_escape_wrongly(browser: Browser) -> None:
    """`+` and `/`, in every login."""
    for _ in range(5):
        await browser.log_in()
        assert {"+", "/"} < set(browser.secrets["wxsid"])


async def test_paths_may_have_more_slashes(logged_in: Browser) -> None:
    """An origin that ends with a slash, joined to a path that begins with one."""
    for path in ("//cgi-bin/mmwebwx-bin/webwxgetcontact", "/cgi-bin//mmwebwx-bin/webwxgetcontact"):
        url = URL(logged_in.service.origin + path, encoded=True)
        answer = await logged_in.http.get(url, params={"skey": logged_in.secrets["skey"]})
        assert (await answer.json(content_type=None))["MemberCount"] > 0
    uuid = await logged_in.new_code()
    answer = await logged_in.http.get(URL(f"{logged_in.service.origin}//qrcode//{uuid}", encoded=True))
    assert answer.status == 200


async def test_a_phone_that_scans_by_itself_waits_for_slow_clients(
    world: World, open_browser: Callable[[Emulator], Browser]
) -> None:
    """Confirmed only after 201 was told: a client may ask for the first time long after the code was shown."""
    async with Emulator(world, poll_seconds=1.0) as service:
        phone = asyncio.create_task(_scan(service, 0.01))
        slow, gone = open_browser(service), open_browser(service)
        await gone.new_code()  # its client never asks
        uuid = await slow.new_code()
        await asyncio.sleep(0.2)
        first, second = await slow.poll(uuid, tip=1), await slow.poll(uuid)
        assert ("code=201" in first, "code=200" in second) == (True, True)
        phone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await phone
