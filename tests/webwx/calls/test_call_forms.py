"""Every call to the letter: method, address, order of the parameters, and body, as the official front-end forms them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from hongyan.model.ids import ClientMsgId, MsgId, TransientName
from hongyan.webwx import login
from hongyan.webwx.calls import contacts, manage, media, misc, send
from hongyan.webwx.calls.caller import complement
from hongyan.webwx.credentials import SyncPosition
from hongyan.webwx.hosts import official

from ..conftest import NOW, counted
from ..driving import EMULATOR, keepsake, sync_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.calls.caller import Caller
    from hongyan.webwx.http import ApiCall, Request

PEER = TransientName("@peer")
GROUP = TransientName("@@group")
TO = send.To(PEER, ClientMsgId("15462147414160521"))
MS: Final = str(int(NOW * 1000))
SKEY: Final = "@crypt_SECRET"
DEVICE: Final = f"e{int.from_bytes(counted(8), 'big') % 10**15:015d}"
BASE: Final = {"Uin": 987654321, "Sid": "SECRET/sid+", "Skey": SKEY, "DeviceID": DEVICE}
ENVELOPE: Final = {
    "FromUserName": "@me",
    "ToUserName": "@peer",
    "LocalID": TO.client_msg_id,
    "ClientMsgId": TO.client_msg_id,
}
TICKETS: Final = [("lang", "zh_CN"), ("pass_ticket", "SECRET%2Bpt")]
ASYNC: Final = [("fun", "async"), ("f", "json")]

UploadKind = tuple[str, list[tuple[str, str]], dict[str, Any] | None]


def sent(**message: Any) -> dict[str, Any]:
    return {"Msg": {**message, **ENVELOPE}, "Scene": 0}


def group(**more: str) -> dict[str, Any]:
    return {"ChatRoomName": "@@group", **more}


POSTS: dict[str, tuple[Callable[[Caller], ApiCall[Any]], UploadKind]] = {
    "ready": (
        lambda c: contacts.notify(c, contacts.Notify.READY, TransientName("@me")),
        ("webwxstatusnotify", [], {"Code": 3, "FromUserName": "@me", "ToUserName": "@me", "ClientMsgId": int(MS)}),
    ),
    "read": (
        lambda c: contacts.notify(c, contacts.Notify.READ, PEER),
        ("webwxstatusnotify", [], {"Code": 1, "FromUserName": "@me", "ToUserName": "@peer", "ClientMsgId": int(MS)}),
    ),
    "batch": (
        lambda c: contacts.batch(c, [contacts.ContactQuery(GROUP)]),
        ("webwxbatchgetcontact", [("type", "ex"), ("r", MS)], {"Count": 1, "List": [{"UserName": "@@group", "ChatRoomId": ""}]}),
    ),
    "search": (lambda c: contacts.search(c, "王"), ("webwxsearchcontact", [], {"KeyWord": "王"})),
    "text": (lambda c: send.send_text(c, TO, "x"), ("webwxsendmsg", [], sent(Type=1, Content="x"))),
    "card": (
        lambda c: send.send_card(c, TO, "wxid_a", "A"),
        ("webwxsendmsg", [], sent(Type=42, Content='<msg username="wxid_a" nickname="A"/>')),
    ),
    "picture": (
        lambda c: send.send_picture(c, TO, "@m"),
        ("webwxsendmsgimg", ASYNC, sent(Type=3, MediaId="@m", Content="")),
    ),
    "video": (
        lambda c: send.send_video(c, TO, "@m"),
        ("webwxsendvideomsg", ASYNC, sent(Type=43, MediaId="@m", Content="")),
    ),
    "sticker": (
        lambda c: send.send_emoticon(c, TO, md5="0f"),
        ("webwxsendemoticon", [("fun", "sys"), ("f", "json")], sent(Type=47, EmojiFlag=2, EMoticonMd5="0f")),
    ),
    "file": (
        lambda c: send.send_file(c, TO, "<appmsg/>", "sig"),
        ("webwxsendappmsg", ASYNC, sent(Type=6, Content="<appmsg/>", Signature="sig")),
    ),
    "link": (
        lambda c: send.send_app(c, TO, 5, "<appmsg/>"),
        ("webwxsendappmsg", ASYNC, sent(Type=5, Content="<appmsg/>")),
    ),
    "recall": (
        lambda c: send.revoke(c, PEER, MsgId("30"), ClientMsgId("9")),
        ("webwxrevokemsg", [], {"SvrMsgId": "30", "ToUserName": "@peer", "ClientMsgId": "9"}),
    ),
    "permit": (
        lambda c: media.check_upload(c, PEER, "a.zip", 26 << 20, "0f" * 16),
        (
            "webwxcheckupload",
            [],
            {
                "FileMd5": "0f" * 16,
                "FileName": "a.zip",
                "FileSize": 26 << 20,
                "FileType": 7,
                "FromUserName": "@me",
                "ToUserName": "@peer",
            },
        ),
    ),
    "accept": (
        lambda c: manage.verify(c, manage.Verify.ACCEPT, PEER, ticket="v2_x@stranger"),
        (
            "webwxverifyuser",
            [("r", MS)],
            {
                "Opcode": 3,
                "VerifyUserListSize": 1,
                "VerifyUserList": [{"Value": "@peer", "VerifyUserTicket": "v2_x@stranger"}],
                "VerifyContent": "",
                "SceneListCount": 1,
                "SceneList": [33],
                "skey": SKEY,
            },
        ),
    ),
    "remark": (
        lambda c: manage.remark(c, PEER, "r"),
        ("webwxoplog", [], {"UserName": "@peer", "CmdId": 2, "RemarkName": "r"}),
    ),
    "pin": (
        lambda c: manage.pin(c, PEER, on=True, present_remark="r"),
        ("webwxoplog", [], {"UserName": "@peer", "CmdId": 3, "OP": 1, "RemarkName": "r"}),
    ),
    "unpin": (
        lambda c: manage.pin(c, PEER, on=False, present_remark=""),
        ("webwxoplog", [], {"UserName": "@peer", "CmdId": 3, "OP": 0, "RemarkName": ""}),
    ),
    "create": (
        lambda c: manage.create_group(c, [PEER, GROUP], "t"),
        (
            "webwxcreatechatroom",
            [("r", MS)],
            {"MemberCount": 2, "MemberList": [{"UserName": "@peer"}, {"UserName": "@@group"}], "Topic": "t"},
        ),
    ),
    "add": (
        lambda c: manage.change_group(c, GROUP, manage.MembersCall.ADD, "@a,@b"),
        ("webwxupdatechatroom", [("fun", "addmember")], group(AddMemberList="@a,@b")),
    ),
    "invite": (
        lambda c: manage.change_group(c, GROUP, manage.MembersCall.INVITE, "@a"),
        ("webwxupdatechatroom", [("fun", "invitemember")], group(InviteMemberList="@a")),
    ),
    "remove": (
        lambda c: manage.change_group(c, GROUP, manage.MembersCall.REMOVE, "@a"),
        ("webwxupdatechatroom", [("fun", "delmember")], group(DelMemberList="@a")),
    ),
    "rename": (
        lambda c: manage.change_group(c, GROUP, manage.MembersCall.RENAME, "新名"),
        ("webwxupdatechatroom", [("fun", "modtopic")], group(NewTopic="新名")),
    ),
    "quit": (
        lambda c: manage.change_group(c, GROUP, manage.MembersCall.QUIT),
        ("webwxupdatechatroom", [("fun", "quitchatroom")], group()),
    ),
    "report": (
        lambda c: misc.stat_report(c, [misc.Report(1, "{}")]),
        ("webwxstatreport", [("fun", "new")], {"Count": 1, "List": [{"Type": 1, "Text": "{}"}]}),
    ),
    "feedback": (
        lambda c: misc.feedback(c, "x"),
        ("webwxsendfeedback", [], {"MachineType": "webwx", "Content": "x", "ReportType": 0}),
    ),
}  # fmt: skip

GETS: dict[str, tuple[Callable[[Caller], ApiCall[Any]], UploadKind]] = {
    "contacts": (
        lambda c: contacts.contacts_page(c, 88),
        ("webwxgetcontact", [*TICKETS, ("r", MS), ("seq", "88"), ("skey", SKEY)], None),
    ),
    "picture": (
        lambda c: media.message_picture(c, MsgId("1")),
        ("webwxgetmsgimg", [("MsgID", "1"), ("skey", SKEY)], None),
    ),
    "video": (lambda c: media.video(c, MsgId("1")), ("webwxgetvideo", [("msgid", "1"), ("skey", SKEY)], None)),
    "voice": (lambda c: media.voice(c, MsgId("1")), ("webwxgetvoice", [("msgid", "1"), ("skey", SKEY)], None)),
    "place": (
        lambda c: media.place_picture(c, MsgId("1")),
        ("webwxgetpubliclinkimg", [("url", "xxx"), ("msgid", "1"), ("pictype", "location")], None),
    ),
    "preview": (
        lambda c: media.preview(c, "@m"),
        ("webwxpreview", [("fun", "preview"), ("mediaid", "@m")], None),
    ),
    "link": (
        lambda c: misc.check_url(c, "https://example.org/?a=1&b=2"),
        (
            "webwxcheckurl",
            [
                ("requrl", "https://example.org/?a=1&b=2"),
                ("skey", SKEY),
                ("deviceid", DEVICE),
                ("pass_ticket", "SECRET%2Bpt"),
                ("opcode", "2"),
                ("scene", "1"),
                ("username", "@me"),
            ],
            None,
        ),
    ),
}  # fmt: skip


def parts_of(call: ApiCall[Any]) -> tuple[str, str, list[tuple[str, str]]]:
    parts = urlsplit(call.request.url)
    return call.request.method, parts.path, parse_qsl(parts.query, keep_blank_values=True)


@pytest.mark.parametrize("name", POSTS)
def test_a_post_is_formed_to_the_letter(name: str, caller: Caller) -> None:
    """Own parameters first and then the two tickets; the base request first and then the body."""
    make, (endpoint, query, body) = POSTS[name]
    call = make(caller)
    assert parts_of(call) == ("POST", f"/cgi-bin/mmwebwx-bin/{endpoint}", [*query, *TICKETS])
    assert isinstance(call.request.body, bytes)
    told = json.loads(call.request.body)
    assert told == {"BaseRequest": BASE, **(body or {})}
    assert next(iter(told)) == "BaseRequest"
    assert dict(call.request.headers)["Content-Type"] == "application/json;charset=UTF-8"
    assert dict(call.request.headers)["Origin"] == "http://127.0.0.1:8081"


@pytest.mark.parametrize("name", GETS)
def test_a_get_is_formed_to_the_letter(name: str, caller: Caller) -> None:
    """Just these parameters in just this order; no origin, which belongs to a post."""
    make, (endpoint, query, _) = GETS[name]
    call = make(caller)
    assert parts_of(call) == ("GET", f"/cgi-bin/mmwebwx-bin/{endpoint}", query)
    assert call.request.body == b""
    assert "Origin" not in dict(call.request.headers)


def test_a_logout_is_formed_to_the_letter(caller: Caller) -> None:
    """A form of its own, with the key in the query."""
    call = misc.logout(caller)
    assert parts_of(call) == (
        "POST",
        "/cgi-bin/mmwebwx-bin/webwxlogout",
        [("redirect", "1"), ("type", "0"), ("skey", SKEY)],
    )
    assert dict(call.request.headers)["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("name", ["media", *GETS])
def test_only_files_come_from_the_file_host(name: str, caller: Caller) -> None:
    """On the official service everything else is asked of the main host of the account's family."""
    at_home = replace(caller, credentials=replace(caller.credentials, hosts=official("web2.wechat.com")))
    file = media.media_file(at_home, PEER, "@m", "n") if name == "media" else GETS[name][0](at_home)
    assert file.request.origin == (
        "https://file.web2.wechat.com" if name == "media" else "https://web2.wechat.com"
    )


def test_a_location_names_its_place(caller: Caller) -> None:
    """x is the latitude, y the longitude, as in received ones."""
    xml = send.location_xml(39.9042, 116.4074, 'a "b"')
    call = send.send_location(caller, TO, xml)
    assert isinstance(call.request.body, bytes)
    assert json.loads(call.request.body)["Msg"] == {"Type": 48, "Content": xml, **ENVELOPE}
    assert """x="39.904200" y="116.407400" scale="16" label='a "b"'""" in xml


def parts(request: Request) -> tuple[str, str, list[tuple[str, str]]]:
    found = urlsplit(request.url)
    return request.method, f"{request.origin}{found.path}", parse_qsl(found.query, keep_blank_values=True)


HERE: Final = "http://127.0.0.1:8081"
BELOW: Final = f"{HERE}/cgi-bin/mmwebwx-bin"
TILDE: Final = str(complement(NOW))
HELD: Final = SyncPosition(sync_key=sync_key(10, 20), check_key=sync_key(30, 40))
REDIRECT: Final = f"{BELOW}/webwxnewloginpage?ticket=t@qrticket_0&uuid=u==&scan=1"

LOGIN: dict[str, tuple[Callable[[Caller], Request], str, list[tuple[str, str]]]] = {
    "jslogin": (
        lambda _: login.ask_code(EMULATOR, NOW, "zh_CN"),
        f"{HERE}/jslogin",
        [
            ("appid", "wx782c26e4c19acffb"),
            ("redirect_uri", f"{BELOW}/webwxnewloginpage"),
            ("fun", "new"),
            ("lang", "zh_CN"),
            ("_", MS),
        ],
    ),
    "login_poll": (
        lambda _: login.ask_poll(EMULATOR, "u==", NOW, first=True),
        f"{BELOW}/login",
        [("loginicon", "true"), ("uuid", "u=="), ("tip", "1"), ("r", TILDE), ("_", MS)],
    ),
    "webwxpushloginurl": (lambda _: login.ask_phone(keepsake()), f"{BELOW}/webwxpushloginurl", [("uin", "7")]),
    "webwxnewloginpage": (
        lambda _: login.ask_page(EMULATOR, REDIRECT, "zh_CN")[1],
        f"{BELOW}/webwxnewloginpage",
        [
            *(("ticket", "t@qrticket_0"), ("uuid", "u=="), ("scan", "1")),
            *(("fun", "new"), ("version", "v2"), ("lang", "zh_CN")),
        ],
    ),
    "webwxinit": (login.ask_init, f"{BELOW}/webwxinit", [("r", TILDE), *TICKETS]),
    "synccheck": (
        lambda c: login.ask_check(c, HELD),
        f"{BELOW}/synccheck",
        [
            *(("r", MS), ("skey", SKEY), ("sid", "SECRET/sid+"), ("uin", "987654321"), ("deviceid", DEVICE)),
            *(("synckey", "1_30|2_40"), ("_", MS)),
        ],
    ),
    "webwxsync": (
        lambda c: login.ask_sync(c, HELD),
        f"{BELOW}/webwxsync",
        [("sid", "SECRET/sid+"), ("skey", SKEY), *TICKETS],
    ),
    "root_page": (lambda c: misc.root_page(c).request, f"{HERE}/", []),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGIN)
def test_a_login_is_asked_for_to_the_letter(name: str, caller: Caller) -> None:
    """The requests of the login and of the sync cycle, under their own names; only webwxinit and webwxsync are posts."""
    make, address, query = LOGIN[name]
    request = make(caller)
    method = "POST" if name in {"webwxinit", "webwxsync"} else "GET"
    assert request.endpoint == name
    assert parts(request) == (method, address, query)


def test_a_sync_is_asked_for_to_the_letter(caller: Caller) -> None:
    """The body holds who asks, the key as it came, and a time that nobody checks."""
    request = login.ask_sync(caller, HELD)
    assert isinstance(request.body, bytes)
    assert json.loads(request.body) == {
        "BaseRequest": BASE,
        "SyncKey": {"Count": 2, "List": [{"Key": 1, "Val": 10}, {"Key": 2, "Val": 20}]},
        "rr": complement(NOW),
    }


def test_before_a_login_no_cookies_are_sent() -> None:
    """There are none; afterwards they go with every request."""
    for request in (
        login.ask_code(EMULATOR, NOW, "zh_CN"),
        login.ask_page(EMULATOR, REDIRECT, "zh_CN")[1],
    ):
        assert "Cookie" not in dict(request.headers)


@pytest.mark.parametrize("what", list(manage.Verify))
def test_each_answer_to_a_friend_request_has_its_number(what: manage.Verify, caller: Caller) -> None:
    """1 follows, 2 asks, 3 accepts, 4 rejects."""
    call = manage.verify(caller, what, PEER, text="hi")
    assert isinstance(call.request.body, bytes)
    told = json.loads(call.request.body)
    assert told["Opcode"] == {"FOLLOW": 1, "REQUEST": 2, "ACCEPT": 3, "REJECT": 4}[what.name]
    assert told["VerifyContent"] == "hi"
