"""The answers of the login and of synccheck: scripts, a page of tags, a web page; it knows no account and no message.

Every function raises ``ProtocolChanged`` for bytes that are not such an answer, and nothing else.
"""

from __future__ import annotations

import re
from typing import Final

from hongyan.errors import ProtocolChanged, UnreadableJson
from hongyan.model.numbers import whole
from hongyan.redaction import redacted
from hongyan.webwx.boundary import only_errors
from hongyan.webwx.lenient_json import read_object
from hongyan.webwx.markup import unescape
from hongyan.webwx.parse.answer import Answer
from hongyan.webwx.wire import WirePushLogin

__all__ = [
    "LoginCode",
    "LoginPage",
    "LoginPoll",
    "PushLogin",
    "RootPage",
    "SyncCheck",
    "parse_login_code",
    "parse_login_page",
    "parse_login_poll",
    "parse_push_login",
    "parse_root_page",
    "parse_sync_check",
]


class SyncCheck(Answer, frozen=True, kw_only=True):
    """synccheck: ``retcode`` 0 is a living login; every ``selector`` but 0 asks for a sync."""

    retcode: int
    selector: int = 0

    @property
    def alive(self) -> bool:
        """Whether the login goes on."""
        return self.retcode == 0

    @property
    def fetch(self) -> bool:
        """Whether there is something to fetch."""
        return self.alive and self.selector != 0


@redacted
class LoginCode(Answer, frozen=True, kw_only=True):
    """jslogin: the uuid that the QR holds; ``code`` is 200 where there is one."""

    code: int
    uuid: str = ""


class LoginPoll(Answer, frozen=True, kw_only=True):
    """login: 200 confirmed, 201 scanned, 202 cancelled, 400 expired, 408 nothing yet, 500 server trouble, 0 no answer.

    ``avatar`` is a ``data:`` address or empty; ``redirect_uri`` holds a ticket and is a secret.
    """

    secret_fields = frozenset({"redirect_uri", "avatar"})

    code: int
    avatar: str = ""
    redirect_uri: str = ""


@redacted
class LoginPage(Answer, frozen=True, kw_only=True):
    """webwxnewloginpage. ``html`` is True for a web page in place of the answer; ``redirect_url`` is where to go next.

    ``whole`` is False where the answer breaks off before its last tag, so that a ticket may be missing or cut.

    What is empty here may be in the cookies. ``pass_ticket`` stays percent-encoded as received.
    """

    secret_fields = frozenset({"skey", "wxsid", "wxuin", "pass_ticket", "redirect_url"})

    ret: int | None = None
    message: str = ""
    skey: str = ""
    wxsid: str = ""
    wxuin: str = ""
    pass_ticket: str = ""
    redirect_url: str = ""
    html: bool = False
    whole: bool = True

    @property
    def usable(self) -> bool:
        """Whether the login succeeded."""
        return self.ret == 0


@redacted
class PushLogin(Answer, frozen=True, kw_only=True):
    """webwxpushloginurl: a uuid to poll, or a refusal (``ret`` other than 0)."""

    ret: int
    err_msg: str = ""
    uuid: str = ""


class RootPage(Answer, frozen=True, kw_only=True):
    """The root page; ``logged_in`` is None if the page shows neither."""

    logged_in: bool | None = None


def _script(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _assigned(name: str, script: str) -> str | None:
    """Return what a script assigns to ``name``, quotes removed, with any spacing; None where it assigns nothing."""
    found = re.search(rf"\b{re.escape(name)}\s*[=:]\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;,}}\"']+))", script)
    return None if not found else next((g for g in found.groups() if g is not None), "")


def _number(value: str | None) -> int | None:
    return whole(value) if value and re.fullmatch(r"-?[0-9]{1,9}", value) else None


@only_errors("synccheck")
def parse_sync_check(body: bytes) -> SyncCheck:
    """Read ``window.synccheck={retcode:"0",selector:"2"}``, which is not JSON."""
    script = _script(body).replace('"retcode"', "retcode").replace('"selector"', "selector")
    retcode = _number(_assigned("retcode", script))
    if "synccheck" not in script or retcode is None:
        raise ProtocolChanged("synccheck", "no retcode in it")
    selector = _assigned("selector", script)
    return SyncCheck(retcode=retcode, selector=_selector(selector))


def _selector(value: str | None) -> int:
    """Return the selector; one that is not a number still leads to a sync, since only 0 means "nothing"."""
    number = _number(value)
    return number if number is not None else -1 if value else 0


@only_errors("jslogin")
def parse_login_code(body: bytes) -> LoginCode:
    """Read ``window.QRLogin.code = 200; window.QRLogin.uuid = "…";``."""
    script = _script(body)
    code = _number(_assigned("window.QRLogin.code", script))
    if code is None:
        raise ProtocolChanged("jslogin", "no code in it")
    return LoginCode(code=code, uuid=_assigned("window.QRLogin.uuid", script) or "")


@only_errors("login")
def parse_login_poll(body: bytes) -> LoginPoll:
    """Read ``window.code=…;`` with what belongs to the code; an empty answer is code 0: no answer yet."""
    script = _script(body)
    if not script.strip():
        return LoginPoll(code=0)
    code = _number(_assigned("window.code", script))
    if code is None:
        raise ProtocolChanged("login", "no code in it")
    return LoginPoll(
        code=code,
        avatar=_assigned("window.userAvatar", script) or "",
        redirect_uri=_assigned("window.redirect_uri", script) or "",
    )


_PAGE: Final = re.compile(r"<(html|head|body|!doctype html)\b", re.IGNORECASE)


@only_errors("webwxnewloginpage")
def parse_login_page(body: bytes) -> LoginPage:
    """Read ``<error>…</error>`` tag by tag: broken UTF-8, missing brackets, escaped tags and slashes all occur.

    A web page in its place is a value (``html``), since it is what the service shows to browsers it is unsure of.
    """
    page = _script(body).replace("\\/", "/")
    if "<error" not in page and "&lt;error" in page:
        page = unescape(page)
    found = re.search(r"<ret>\s*(-?\d{1,9})\s*<", page)
    redirect = _element("redirecturl", page)
    if not found and not redirect:
        if _PAGE.search(page):
            return LoginPage(html=True)
        raise ProtocolChanged("webwxnewloginpage", "neither an answer nor a web page")
    return LoginPage(
        ret=whole(found[1]) if found else None,
        message=_element("message", page),
        skey=_element("skey", page),
        wxsid=_element("wxsid", page),
        wxuin=_element("wxuin", page),
        pass_ticket=_element("pass_ticket", page),
        redirect_url=redirect,
        whole="</error" in page,
    )


def _element(name: str, page: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</?{name}\b", page, re.DOTALL)
    return unescape(found[1].strip()) if found else ""


@only_errors("webwxpushloginurl")
def parse_push_login(body: bytes) -> PushLogin:
    """Read webwxpushloginurl's answer; ``ret`` comes as text."""
    try:
        wire, _ = read_object(body, WirePushLogin, frozenset({"ret", "msg", "uuid"}))
    except UnreadableJson as failure:
        raise ProtocolChanged("webwxpushloginurl", failure.problem) from failure
    ret = _number(str(wire.ret).strip())
    if ret is None:
        raise ProtocolChanged("webwxpushloginurl", "no ret in it")
    return PushLogin(ret=ret, err_msg=wire.msg, uuid=wire.uuid)


@only_errors("root_page")
def parse_root_page(body: bytes) -> RootPage:
    """Read ``isLogin : !!"1"`` from the page; never raises, since any page at all is an answer."""
    found = re.search(r"isLogin\s*:\s*!!\s*[\"'](\w*)[\"']", _script(body))
    return RootPage(logged_in=None if not found else found[1] not in {"", "0"})
