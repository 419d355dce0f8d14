"""Calls of the login: code, poll, ticket, login page, push login, logout, root page."""

from __future__ import annotations

import asyncio
import base64
import io
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.sax.saxutils import escape

import segno

from hongyan.emulator.answers import HttpAnswer, SetCookie, encode, html, json_answer, script
from hongyan.emulator.auth import Proof
from hongyan.emulator.call import as_number
from hongyan.emulator.codes import CodeState
from hongyan.emulator.core import AuthLevel
from hongyan.emulator.dispatch import PREFIX, Route
from hongyan.emulator.hosts import cookie_domain, is_real_name, ticket_domain
from hongyan.emulator.logins import COOKIE_SECONDS, UIN_COOKIE_SECONDS

if TYPE_CHECKING:
    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.call import IncomingCall, Refusal
    from hongyan.emulator.codes import Code
    from hongyan.emulator.logins import Login
    from hongyan.emulator.service import Service

__all__ = ["ROUTES", "login_cookies", "sync_cookies"]

WEB_APP_ID = "wx782c26e4c19acffb"
TEN_YEARS = 10 * 365 * 86400.0
STALE_TICKET = 1203

_REPEAT_SECONDS = 0.3  # itchat repeats the poll at once on every 201: an immediate answer would make it spin


async def jslogin(call: IncomingCall) -> HttpAnswer:
    """A new code. The two Content-Type headers are captured."""
    asked = call.query | {name.lower(): str(value) for name, value in call.body.items()}
    if call.service.options.auth is not AuthLevel.LAX and asked.get("appid") != WEB_APP_ID:
        return script("window.QRLogin.code = 400; window.QRLogin.error = 'appid';")
    desktop = "mod=desktop" in unquote(asked.get("redirect_uri", ""))
    code = call.service.show_code(desktop=desktop, language=asked.get("lang") or "zh_CN")
    answer = script(f'window.QRLogin.code = 200; window.QRLogin.uuid = "{code.uuid}";')
    answer.headers.append(("Content-Type", "text/html; charset=gbk"))
    return answer


async def qrcode(call: IncomingCall) -> HttpAnswer:
    """The picture of a code, whose text is the address that a phone opens."""
    uuid = call.request.match_info["uuid"]
    if call.service.codes.find(uuid) is None:
        return HttpAnswer(b"", 404, "")
    out = io.BytesIO()
    segno.make(f"https://login.weixin.qq.com/l/{uuid}", error="m").save(out, kind="png", scale=10, border=4)
    return HttpAnswer(out.getvalue(), content_type="image/jpeg")


async def poll(call: IncomingCall) -> HttpAnswer:
    """Wait for the phone: 201 scanned, 200 confirmed, 202 cancelled, 400 over, 408 nothing yet."""
    service = call.service
    deadline = asyncio.get_running_loop().time() + service.options.poll_seconds
    while True:
        code = service.codes.find(call.query.get("uuid", ""))
        answer = _state_answer(call, code)
        left = deadline - asyncio.get_running_loop().time()
        if answer is not None:
            return answer
        if left <= 0 or service.stopping:
            return script("window.code=408;")
        slow = call.query.get("tip") == "1" and code is not None and code.state is CodeState.SCANNED
        rang = await service.notifier.wait(min(left, _REPEAT_SECONDS) if slow else left)
        if slow and not rang and code is not None:
            code.announced = False


def _state_answer(call: IncomingCall, code: Code | None) -> HttpAnswer | None:
    if code is None or code.state is CodeState.USED:
        return script("window.code=400;")
    if code.state is CodeState.CANCELLED:
        code.state = CodeState.USED
        return script("window.code=202;")
    if code.state is CodeState.CONFIRMED:
        code.state = CodeState.USED
        return script(f'window.code=200;\nwindow.redirect_uri="{_redirect(call, code)}";')
    if code.state is CodeState.SCANNED and not code.announced and not code.pushed:
        code.announced = code.scan_reported = True
        if code.agreed:
            call.service.codes.confirm(code)
        call.service.notifier.ring()
        return script("window.code=201;" + _avatar(call, code))
    return None


def _redirect(call: IncomingCall, code: Code) -> str:
    """The login page of the account's family; on a plain origin, of that origin."""
    service = call.service
    account = service.account_of(code.account)
    origin = f"https://{account.family}" if is_real_name(call.request.host) else call.origin
    query = f"ticket={code.ticket}&uuid={code.uuid}&lang={code.language}&scan={int(service.clock.now())}"
    return f"{origin}{PREFIX}webwxnewloginpage?{query}"


def _avatar(call: IncomingCall, code: Code) -> str:
    if call.query.get("loginicon") != "true":
        return ""
    picture = base64.b64encode(call.service.account_of(code.account).avatar()).decode()
    return f"window.userAvatar = 'data:img/jpg;base64,{picture}';"


async def push_login(call: IncomingCall) -> HttpAnswer:
    """Ask the phone instead of showing a code: needs the browser's two long-lived cookies and the uin."""
    cookies = call.cookies
    uin = as_number(call.query.get("uin") or cookies.get("wxuin", ""))
    account = call.service.account_of_uin(uin)
    proof = (unquote(cookies.get("webwx_auth_ticket", "")), cookies.get("webwxuvid", ""))
    if account is None or not _may_push(call.service, account, proof):
        return HttpAnswer(encode({"ret": "1", "msg": "not allowed", "uuid": ""}))
    code = call.service.push_code(account)
    return HttpAnswer(encode({"ret": "0", "msg": "all ok", "uuid": code.uuid}))


def _may_push(service: Service, account: HostedAccount, proof: tuple[str, str]) -> bool:
    return service.options.auth is AuthLevel.LAX or account.knows_browser(*proof)


def _push_no(call: IncomingCall, no: Refusal) -> HttpAnswer:
    del call
    return HttpAnswer(encode({"ret": str(no.ret), "msg": no.text, "uuid": ""}))


async def login_page(call: IncomingCall) -> HttpAnswer:
    """Exchange the ticket. Status 301 without Location unless the query has `fun` or `version`."""
    service = call.service
    ticket = call.query.get("ticket", "")
    code = service.codes.exchange(ticket)
    if code is None:
        return _login_xml(call, STALE_TICKET, "check ticket failed")
    account = service.account_of(code.account)
    if account.barred is not None:
        return _login_xml(call, *account.barred)
    kept = (unquote(call.cookies.get("webwx_auth_ticket", "")), call.cookies.get("webwxuvid", ""))
    family = account.family if is_real_name(call.request.host) else ""
    login = account.open_login(family, ticket, desktop=code.desktop, kept=kept)
    answer = _login_xml(call, 0, "", login)
    answer.headers.extend(cookie.header() for cookie in login_cookies(login, call, code.language))
    return answer


def _login_xml(call: IncomingCall, ret: int, message: str, login: Login | None = None) -> HttpAnswer:
    given = ""
    if login is not None:
        secrets = login.secrets
        given = (
            f"<skey>{escape(secrets.skey)}</skey><wxsid>{secrets.sid}</wxsid><wxuin>{secrets.uin}</wxuin>"
            f"<pass_ticket>{secrets.pass_ticket}</pass_ticket><isgrayscale>1</isgrayscale>"
        )
    xml = f"<error><ret>{ret}</ret><message>{escape(message)}</message>{given}</error>"
    plain = "fun" in call.query or "version" in call.query
    return HttpAnswer(xml.encode(), 200 if plain else 301, "text/plain;charset=utf-8")


def _login_no(call: IncomingCall, no: Refusal) -> HttpAnswer:
    return _login_xml(call, no.ret, no.text)


def login_cookies(login: Login, call: IncomingCall, language: str) -> list[SetCookie]:
    """The seven cookies of a login, in the captured order."""
    secrets, now = login.secrets, call.service.clock.now()
    domain, secure = cookie_domain(login.host), call.request.secure
    soon, late = now + COOKIE_SECONDS, now + TEN_YEARS
    return [
        SetCookie("wxuin", str(secrets.uin), domain, soon, secure),
        SetCookie("wxsid", secrets.sid, domain, soon, secure),
        SetCookie("wxloadtime", str(secrets.loadtime), domain, soon, secure),
        SetCookie("mm_lang", language, domain, soon, secure),
        SetCookie("webwx_data_ticket", secrets.data_ticket, ticket_domain(login.host), soon, secure),
        SetCookie("webwxuvid", secrets.uvid, domain, late, secure),
        SetCookie("webwx_auth_ticket", secrets.auth_ticket, domain, late, secure),
    ]


def sync_cookies(login: Login, call: IncomingCall) -> list[SetCookie]:
    """The values that webwxsync renews; `wxloadtime` shows from now on that the page has synced once."""
    secrets, now = login.secrets, call.service.clock.now()
    domain, secure = cookie_domain(login.host), call.request.secure
    soon = now + COOKIE_SECONDS
    return [
        SetCookie("wxuin", str(secrets.uin), domain, now + UIN_COOKIE_SECONDS, secure),
        SetCookie("wxsid", secrets.sid, domain, soon, secure),
        SetCookie("wxloadtime", f"{secrets.loadtime}_expired", domain, soon, secure),
        SetCookie("wxpluginkey", str(login.keys.opened), domain, soon, secure),
        SetCookie("webwx_data_ticket", secrets.data_ticket, ticket_domain(login.host), soon, secure),
    ]


async def logout(call: IncomingCall) -> HttpAnswer:
    """End the login. 301 with a Location for those who follow it, JSON for those who read it."""
    login = call.service.login_of_sid(call.cookies.get("wxsid", "") or str(call.body.get("sid") or ""))
    skey = call.query.get("skey", "")
    if login is None and skey:
        login = call.service.login_of_skey(skey)
    if login is not None and not login.ended:
        call.service.account_of_login(login).end(login, 1100)
    answer = json_answer({})
    answer.status = 301
    answer.headers.append(("Location", f"{call.origin}/"))
    if login is not None:
        domain = cookie_domain(login.host)
        for name in ("wxuin", "wxsid", "wxloadtime", "webwx_data_ticket"):
            where = ticket_domain(login.host) if name == "webwx_data_ticket" else domain
            answer.headers.append(SetCookie(name, "", where, 0, call.request.secure).header())
    return answer


_ROOT = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Web WeChat (Hongyan emulator)</title>
<script>window.MMCgi = {{ isLogin : !!"{login}" }};</script></head>
<body><p>This is an emulator of Web WeChat. No message leaves this machine.</p></body></html>
"""


async def root(call: IncomingCall) -> HttpAnswer:
    """The root page, which shows whether the cookies are still valid."""
    login = call.service.login_of_sid(unquote(call.cookies.get("wxsid", "")))
    good = login is not None and not login.ended and login.cookies_until > call.service.clock.now()
    return html(_ROOT.format(login="1" if good else ""))


ROUTES = [
    Route("/jslogin", jslogin, Proof.NOTHING),
    Route("/qrcode/{uuid}", qrcode, Proof.NOTHING),
    Route(PREFIX + "login", poll, Proof.NOTHING),
    Route(PREFIX + "webwxpushloginurl", push_login, Proof.NOTHING, no=_push_no),
    Route(PREFIX + "webwxnewloginpage", login_page, Proof.NOTHING, no=_login_no),
    Route(PREFIX + "webwxlogout", logout, Proof.NOTHING),
    Route("/", root, Proof.NOTHING),
]
