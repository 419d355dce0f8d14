"""The requests of a login, before there are credentials, and the credentials that its last answer leaves."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote

import msgspec

from hongyan.errors import ProtocolChanged
from hongyan.model.ids import Uin
from hongyan.webwx.calls.caller import PATH, Caller, common_headers, complement, milliseconds
from hongyan.webwx.credentials import Credentials, Keepsake, SyncPosition, cookies_of, device_id, login_id
from hongyan.webwx.hosts import HostClass, Hosts, hosts_after
from hongyan.webwx.http import Lane, Request, Response, encode_query
from hongyan.webwx.parse import LoginPage

__all__ = [
    "ask_check",
    "ask_code",
    "ask_init",
    "ask_page",
    "ask_phone",
    "ask_poll",
    "ask_sync",
    "credentials_from",
    "image_url",
    "is_number",
    "qr_text",
]

_APP_ID: Final = "wx782c26e4c19acffb"  # Web WeChat
_SAFE_IN_REDIRECT: Final = "%!$&'()*+,/:;=?@-._~"  # characters a query may hold stay as the server wrote them
_POLL_S: Final = 35.0  # the server holds a poll for 25 to 30 s


def ask_code(hosts: Hosts, now: float, language: str) -> Request:
    """Request the number of a new QR code (jslogin)."""
    target = f"{hosts.origin(HostClass.MAIN)}{PATH}webwxnewloginpage"
    query = (
        ("appid", _APP_ID),
        ("redirect_uri", target),
        ("fun", "new"),
        ("lang", language),
        ("_", milliseconds(now)),
    )
    url = f"{hosts.origin(HostClass.LOGIN)}/jslogin?{encode_query(query)}"
    return Request(
        endpoint="jslogin", method="GET", url=url, headers=common_headers(hosts), timeout=10.0, lane=Lane.POLL
    )


def is_number(uuid: str) -> bool:
    """Whether ``uuid`` looks like the number of a code: it is put in an address and on a screen."""
    return re.fullmatch(r"[A-Za-z0-9_=+/-]{1,200}", uuid) is not None


def qr_text(uuid: str) -> str:
    """Return the content of the QR code; the picture of the service encodes the same text."""
    return f"https://login.weixin.qq.com/l/{uuid}"


def image_url(hosts: Hosts, uuid: str) -> str:
    """Return where the service shows the code as a picture; the uuid is not escaped in the path."""
    return f"{hosts.origin(HostClass.QR)}/qrcode/{uuid}"


def ask_poll(hosts: Hosts, uuid: str, now: float, *, first: bool) -> Request:
    """Poll whether the code was scanned or confirmed; the server delays the answer. ``tip`` is 1 on the first poll."""
    query = (
        ("loginicon", "true"),
        ("uuid", uuid),
        ("tip", int(first)),
        ("r", complement(now)),
        ("_", milliseconds(now)),
    )
    url = f"{hosts.origin(HostClass.LOGIN)}{PATH}login?{encode_query(query)}"
    return Request(
        endpoint="login_poll",
        method="GET",
        url=url,
        headers=common_headers(hosts),
        timeout=_POLL_S,
        lane=Lane.POLL,
    )


def ask_phone(keepsake: Keepsake) -> Request:
    """Request that the service asks the phone of the last login to confirm (push login)."""
    hosts = keepsake.hosts
    cookies = "; ".join(f"{name}={c.value}" for name, c in keepsake.cookies.items())
    query = encode_query((("uin", int(keepsake.uin)),))
    url = f"{hosts.origin(HostClass.MAIN)}{PATH}webwxpushloginurl?{query}"
    headers = common_headers(hosts, cookies)
    return Request(
        endpoint="webwxpushloginurl", method="GET", url=url, headers=headers, timeout=10.0, lane=Lane.POLL
    )


def ask_page(hosts: Hosts, redirect_uri: str, language: str) -> tuple[Hosts, Request]:
    """Request the login page that a confirmation points to, and name the hosts the login will have.

    Without ``version=v2`` the service answers 301 with no usable Location; the body is the same. On an emulator the
    request stays on its origin. The parameters of the redirect stay as they are, as in the browser, which appends to
    them. ProtocolChanged where the official service points outside its families.
    """
    login_hosts = hosts_after(hosts, redirect_uri)
    given = redirect_uri.partition("#")[0].partition("?")[2]
    names = {name for name, _ in parse_qsl(given, keep_blank_values=True)}
    if "ticket" not in names:
        raise ProtocolChanged("login", "its redirect_uri has no ticket")
    own = (("fun", "new"), ("version", "v2"), ("lang", language))
    more = encode_query((name, value) for name, value in own if name not in names)
    query = f"{quote(given, safe=_SAFE_IN_REDIRECT, errors='replace')}&{more}".rstrip("&")
    url = f"{login_hosts.origin(HostClass.MAIN)}{PATH}webwxnewloginpage?{query}"
    headers = common_headers(login_hosts)
    return login_hosts, Request(
        endpoint="webwxnewloginpage", method="GET", url=url, headers=headers, timeout=10.0, lane=Lane.POLL
    )


def credentials_from(
    page: LoginPage, response: Response, hosts: Hosts, caller: tuple[float, bytes], language: str
) -> Credentials:
    """Return the credentials that a login page leaves; sid and uin may be in its cookies alone.

    ``caller`` is the time and eight random bytes. ProtocolChanged where either is nowhere.
    """
    cookies = cookies_of(response)
    sid = page.wxsid or (cookies["wxsid"].value if "wxsid" in cookies else "")
    uin = page.wxuin or (cookies["wxuin"].value if "wxuin" in cookies else "")
    if not sid or not re.fullmatch(r"[0-9]{1,19}", uin):
        raise ProtocolChanged("webwxnewloginpage", "it gives no wxsid or wxuin")
    now, random = caller
    return Credentials(
        login=login_id(lambda _: random),
        hosts=hosts,
        uin=Uin(int(uin)),
        sid=sid,
        skey=page.skey,
        pass_ticket=page.pass_ticket,
        cookies=cookies,
        language=language,
        logged_in_at=now,
    )


def ask_init(caller: Caller) -> Request:
    """Request the state of the account: only at the start of a login, or when no position is held (webwxinit)."""
    call = caller.post(
        "webwxinit", {}, lambda _: None, query=(("r", complement(caller.now)),), timeout=30.0, lane=Lane.POLL
    )
    return call.request


def ask_check(caller: Caller, position: SyncPosition) -> Request:
    """Poll whether anything happened; the server delays the answer for about 25 s (synccheck)."""
    c = caller.credentials
    query = (
        ("r", milliseconds(caller.now)),
        ("skey", c.skey),
        ("sid", c.sid),
        ("uin", int(c.uin)),
        ("deviceid", device_id(caller.entropy)),
        ("synckey", position.for_check.joined),
        ("_", milliseconds(caller.now)),
    )
    call = caller.get(
        "synccheck", query, lambda _: None, host=HostClass.PUSH, timeout=_POLL_S, lane=Lane.POLL
    )
    return call.request


def ask_sync(caller: Caller, position: SyncPosition) -> Request:
    """Request everything after a position (webwxsync); the key is sent back unchanged."""
    c = caller.credentials
    body = {"SyncKey": msgspec.to_builtins(position.sync_key), "rr": complement(caller.now)}
    query = (("sid", c.sid), ("skey", c.skey))
    call = caller.post("webwxsync", body, lambda _: None, query=query, timeout=20.0, lane=Lane.POLL)
    return call.request
