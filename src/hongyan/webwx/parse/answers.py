"""The server's answers to everything but a sync, read into values; it asks for nothing and decides nothing.

Every function raises ``ProtocolChanged`` for bytes that are no such answer, and nothing else. A refusal (a ``ret`` other
than 0) is a value here: its meaning depends on who asked. Secrets are in no repr.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, TypeVar

from msgspec import Struct

from hongyan.errors import ProtocolChanged
from hongyan.model.contacts import ContactChange, Member
from hongyan.model.ids import TransientName, Uin
from hongyan.webwx.contacts import change_of, change_of_user, member_of
from hongyan.webwx.ladder import Unreadable, read_object
from hongyan.webwx.markup import unescape
from hongyan.webwx.wire import (
    SyncKey,
    WireBatch,
    WireContacts,
    WireInit,
    WireNewGroup,
    WirePushLogin,
    WireResponse,
    WireUser,
)

__all__ = [
    "BatchAnswer",
    "ContactsAnswer",
    "InitAnswer",
    "LoginCode",
    "LoginPage",
    "LoginPoll",
    "NewGroup",
    "PushLogin",
    "Receipt",
    "RootPage",
    "SyncCheck",
    "parse_batch",
    "parse_contacts",
    "parse_init",
    "parse_login_code",
    "parse_login_page",
    "parse_login_poll",
    "parse_new_group",
    "parse_push_login",
    "parse_receipt",
    "parse_root_page",
    "parse_sync_check",
]

S = TypeVar("S", bound=Struct)

_HEAD: Final = frozenset({"BaseResponse"})
_INIT: Final = _HEAD | {"ContactList", "SyncKey", "User", "ChatSet", "SKey", "ClientVersion", "SystemTime"}
_INIT_ALL: Final = _INIT | {"GrayScale", "InviteStartCount", "MPSubscribeMsgList", "ClickReportInterval"}


class _Answer(Struct, frozen=True, kw_only=True):
    """An answer; fields named in ``secret_fields`` appear in no repr."""

    secret_fields: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        told = ((f, getattr(self, f)) for f in self.__struct_fields__)
        shown = (f"{f}={'…' if v and f in self.secret_fields else repr(v)}" for f, v in told)
        return f"{type(self).__name__}({', '.join(shown)})"


class InitAnswer(_Answer, frozen=True, kw_only=True):
    """webwxinit. ``ret`` is None where the answer does not say; only with 0 is the rest to be used.

    ``recent`` is the list of recent chats as sent, repeats included. ``sync_key`` is None where it is missing or empty.
    """

    secret_fields = frozenset({"skey", "uin"})

    ret: int | None = None
    said: str = ""
    me: ContactChange
    uin: Uin = Uin(0)
    contacts: tuple[ContactChange, ...] = ()
    recent: tuple[TransientName, ...] = ()
    sync_key: SyncKey | None = None
    skey: str = ""
    system_time: int = 0
    invite_start_count: int = 0
    rung: str = "strict"

    @property
    def usable(self) -> bool:
        """Whether the server accepted: a refusal can look like a complete, empty answer."""
        return self.ret == 0


class ContactsAnswer(_Answer, frozen=True, kw_only=True):
    """webwxgetcontact: one page. ``seq`` asks for the next one while it is not 0; ``count`` is the server's figure."""

    ret: int | None = None
    said: str = ""
    contacts: tuple[ContactChange, ...] = ()
    count: int = 0
    seq: int = 0
    rung: str = "strict"

    @property
    def usable(self) -> bool:
        """Whether the server accepted: a refusal is no empty address book."""
        return self.ret == 0


class BatchAnswer(_Answer, frozen=True, kw_only=True):
    """webwxbatchgetcontact: full records, groups with their members."""

    ret: int | None = None
    said: str = ""
    contacts: tuple[ContactChange, ...] = ()
    count: int = 0
    rung: str = "strict"


class NewGroup(_Answer, frozen=True, kw_only=True):
    """webwxcreatechatroom: the new group's name and those who were asked into it."""

    ret: int | None = None
    said: str = ""
    name: str = ""
    topic: str = ""
    members: tuple[Member, ...] = ()


class Receipt(_Answer, frozen=True, kw_only=True):
    """Any answer of which only ``BaseResponse`` matters."""

    ret: int | None = None
    said: str = ""


class SyncCheck(_Answer, frozen=True, kw_only=True):
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


class LoginCode(_Answer, frozen=True, kw_only=True):
    """jslogin: the uuid that the QR holds; ``code`` is 200 where there is one."""

    code: int
    uuid: str = ""


class LoginPoll(_Answer, frozen=True, kw_only=True):
    """login: 200 confirmed, 201 scanned, 202 cancelled, 400 expired, 408 nothing yet, 500 server trouble, 0 no answer.

    ``avatar`` is a ``data:`` address or empty; ``redirect_uri`` holds a ticket and is a secret.
    """

    secret_fields = frozenset({"redirect_uri", "avatar"})

    code: int
    avatar: str = ""
    redirect_uri: str = ""


class LoginPage(_Answer, frozen=True, kw_only=True):
    """webwxnewloginpage. ``html`` is True for a web page in place of the answer; ``redirect_url`` asks to go there.

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

    @property
    def usable(self) -> bool:
        """Whether the login succeeded."""
        return self.ret == 0


class PushLogin(_Answer, frozen=True, kw_only=True):
    """webwxpushloginurl: a uuid to poll, or a refusal (``ret`` other than 0)."""

    ret: int
    said: str = ""
    uuid: str = ""


class RootPage(_Answer, frozen=True, kw_only=True):
    """The root page; ``logged_in`` is None where it does not say."""

    logged_in: bool | None = None


def _read(endpoint: str, body: bytes, kind: type[S], names: frozenset[str]) -> tuple[S, str]:
    try:
        return read_object(body, kind, names)
    except Unreadable as failure:
        raise ProtocolChanged(endpoint, failure.problem) from failure


def _ret(response: WireResponse | None) -> tuple[int | None, str]:
    return (response.ret, response.err_msg) if response else (None, "")


def usable_key(key: SyncKey | None) -> SyncKey | None:
    """Return a key that may replace the one in use; an empty one may not."""
    return key if key and key.list else None


def parse_init(body: bytes) -> InitAnswer:
    """Read webwxinit's answer."""
    wire, rung = _read("webwxinit", body, WireInit, _INIT_ALL)
    user = wire.user or WireUser()
    ret, said = _ret(wire.base_response)
    return InitAnswer(
        ret=ret,
        said=said,
        me=change_of_user(user),
        uin=Uin(user.uin),
        contacts=tuple(change_of(c, user.user_name) for c in wire.contact_list),
        recent=tuple(TransientName(n) for n in wire.chat_set.split(",") if n),
        sync_key=usable_key(wire.sync_key),
        skey=wire.s_key,
        system_time=wire.system_time,
        invite_start_count=wire.invite_start_count,
        rung=rung,
    )


def parse_contacts(body: bytes, me: str = "") -> ContactsAnswer:
    """Read one page of webwxgetcontact."""
    # Not cut at MemberCount, which every contact has as well; the list ends where Seq begins.
    wire, rung = _read("webwxgetcontact", body, WireContacts, _HEAD | {"MemberList", "Seq"})
    ret, said = _ret(wire.base_response)
    return ContactsAnswer(
        ret=ret,
        said=said,
        contacts=tuple([change_of(c, me, full=True) for c in wire.member_list]),
        count=wire.member_count,
        seq=wire.seq,
        rung=rung,
    )


def parse_batch(body: bytes, me: str = "") -> BatchAnswer:
    """Read webwxbatchgetcontact's answer."""
    wire, rung = _read("webwxbatchgetcontact", body, WireBatch, _HEAD | {"Count", "ContactList"})
    ret, said = _ret(wire.base_response)
    return BatchAnswer(
        ret=ret,
        said=said,
        contacts=tuple(change_of(c, me, full=True) for c in wire.contact_list),
        count=wire.count,
        rung=rung,
    )


def parse_new_group(body: bytes) -> NewGroup:
    """Read webwxcreatechatroom's answer."""
    names = _HEAD | {"Topic", "MemberList", "ChatRoomName", "BlackList"}
    wire, _ = _read("webwxcreatechatroom", body, WireNewGroup, names)
    ret, said = _ret(wire.base_response)
    members = tuple(member_of(m) for m in wire.member_list)
    return NewGroup(
        ret=ret, said=said, name=TransientName(wire.chat_room_name), topic=wire.topic, members=members
    )


class _WireReceipt(Struct, rename="pascal"):
    base_response: WireResponse | None = None


def parse_receipt(body: bytes, endpoint: str = "the service") -> Receipt:
    """Read the ``BaseResponse`` of any JSON answer."""
    wire, _ = _read(endpoint, body, _WireReceipt, _HEAD)
    ret, said = _ret(wire.base_response)
    return Receipt(ret=ret, said=said)


def _script(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _assigned(name: str, script: str) -> str | None:
    """Return what a script assigns to ``name``, quotes removed, with any spacing; None where it assigns nothing."""
    found = re.search(rf"\b{re.escape(name)}\s*[=:]\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;,}}\"']+))", script)
    return None if not found else next((g for g in found.groups() if g is not None), "")


def _number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"-?[0-9]{1,9}", value) else None


def parse_sync_check(body: bytes) -> SyncCheck:
    """Read ``window.synccheck={retcode:"0",selector:"2"}``, which is no JSON."""
    script = _script(body).replace('"retcode"', "retcode").replace('"selector"', "selector")
    retcode = _number(_assigned("retcode", script))
    if "synccheck" not in script or retcode is None:
        raise ProtocolChanged("synccheck", "no retcode in it")
    selector = _assigned("selector", script)
    return SyncCheck(retcode=retcode, selector=_selector(selector))


def _selector(value: str | None) -> int:
    """Return the selector; one that is no number still asks for a sync, since only 0 means "nothing"."""
    number = _number(value)
    return number if number is not None else -1 if value else 0


def parse_login_code(body: bytes) -> LoginCode:
    """Read ``window.QRLogin.code = 200; window.QRLogin.uuid = "…";``."""
    script = _script(body)
    code = _number(_assigned("window.QRLogin.code", script))
    if code is None:
        raise ProtocolChanged("jslogin", "no code in it")
    return LoginCode(code=code, uuid=_assigned("window.QRLogin.uuid", script) or "")


def parse_login_poll(body: bytes) -> LoginPoll:
    """Read ``window.code=…;`` with what belongs to the code; an empty answer is code 0: nobody answered."""
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
        ret=int(found[1]) if found else None,
        message=_element("message", page),
        skey=_element("skey", page),
        wxsid=_element("wxsid", page),
        wxuin=_element("wxuin", page),
        pass_ticket=_element("pass_ticket", page),
        redirect_url=redirect,
    )


def _element(name: str, page: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</?{name}\b", page, re.DOTALL)
    return unescape(found[1].strip()) if found else ""


def parse_push_login(body: bytes) -> PushLogin:
    """Read webwxpushloginurl's answer; ``ret`` comes as text."""
    wire, _ = _read("webwxpushloginurl", body, WirePushLogin, frozenset({"ret", "msg", "uuid"}))
    ret = _number(str(wire.ret).strip())
    if ret is None:
        raise ProtocolChanged("webwxpushloginurl", "no ret in it")
    return PushLogin(ret=ret, said=wire.msg, uuid=wire.uuid)


def parse_root_page(body: bytes) -> RootPage:
    """Read ``isLogin : !!"1"`` from the page; never raises, since any page at all is an answer."""
    found = re.search(r"isLogin\s*:\s*!!\s*[\"'](\w*)[\"']", _script(body))
    return RootPage(logged_in=None if not found else found[1] not in {"", "0"})
