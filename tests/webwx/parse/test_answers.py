"""Answers of the login, init and contact calls."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.errors import HongyanError, ProtocolChanged
from hongyan.model.contacts import ContactKind, Sex
from hongyan.webwx import parse

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (
    "<error><ret>0</ret><message></message><skey>@crypt_canary</skey><wxsid>canarysid</wxsid>"
    "<wxuin>416370532</wxuin><pass_ticket>canary%2Bticket%3D</pass_ticket><isgrayscale>1</isgrayscale></error>"
)


def test_a_login_page_gives_what_the_login_leaves() -> None:
    """The ticket stays percent-encoded, and nothing of it is in the repr."""
    page = parse.parse_login_page(PAGE.encode())
    assert (page.ret, page.usable, page.skey) == (0, True, "@crypt_canary")
    assert (page.wxsid, page.wxuin, page.pass_ticket) == ("canarysid", "416370532", "canary%2Bticket%3D")
    assert "canary" not in repr(page)
    assert "416370532" not in repr(page)


@pytest.mark.parametrize(
    "body",
    [
        PAGE[:-1],
        PAGE.replace("</", "<\\/"),
        "<pre>" + PAGE.replace("<", "&lt;").replace(">", "&gt;") + "</pre>",
        PAGE.replace("<message></message>", "<message>\udcff</message>"),
    ],
)
def test_a_damaged_login_page_gives_the_same(body: str) -> None:
    """A bracket lost, slashes escaped, escaped for a browser, broken UTF-8."""
    page = parse.parse_login_page(body.encode("utf-8", "surrogateescape"))
    assert (page.ret, page.skey, page.pass_ticket) == (0, "@crypt_canary", "canary%2Bticket%3D")


def test_a_barred_login_says_why() -> None:
    """1203 comes with words and nothing else."""
    page = parse.parse_login_page(
        "<error><ret>1203</ret><message>为了你的帐号安全</message></error>".encode()
    )
    assert (page.ret, page.usable, page.message, page.skey) == (1203, False, "为了你的帐号安全", "")


def test_a_login_page_may_send_elsewhere_or_be_a_web_page() -> None:
    """Both are values; only nonsense is an error."""
    page = parse.parse_login_page(b"<error><ret>0</ret><redirecturl>https://x.example/</redirecturl></error>")
    assert page.redirect_url == "https://x.example/"
    assert parse.parse_login_page(b"<!doctype html><html><body>hi</body></html>").html
    with pytest.raises(ProtocolChanged):
        parse.parse_login_page(b"503")


@pytest.mark.parametrize(
    ("script", "code", "uri", "avatar"),
    [
        ("window.code=408;", 408, "", ""),
        ("window.code = 201 ; window.userAvatar = 'data:img/jpg;base64,/9j/4A==';", 201, "", "data:img/jpg;base64,/9j/4A=="),
        ('window.code=200;\nwindow.redirect_uri="https://wx2.qq.com/x?ticket=a&scan=1";', 200, "https://wx2.qq.com/x?ticket=a&scan=1", ""),
        ("window.code=202;", 202, "", ""),
        ("window.code=400;", 400, "", ""),
        ("window.code=500;", 500, "", ""),
        ("", 0, "", ""),
    ],
)  # fmt: skip
def test_a_poll_of_the_login(script: str, code: int, uri: str, avatar: str) -> None:
    """Every code, with what belongs to it; an empty answer is nobody's."""
    poll = parse.parse_login_poll(script.encode())
    assert (poll.code, poll.redirect_uri, poll.avatar) == (code, uri, avatar)
    assert "ticket" not in repr(poll)


def test_the_code_for_the_qr() -> None:
    """With any spacing."""
    told = parse.parse_login_code(b'window.QRLogin.code = 200; window.QRLogin.uuid="4ZtTTqlXGQ==";')
    assert (told.code, told.uuid) == (200, "4ZtTTqlXGQ==")


@pytest.mark.parametrize(
    ("script", "retcode", "selector", "fetch"),
    [
        ('window.synccheck={retcode:"0",selector:"2"}', 0, 2, True),
        ('window.synccheck={retcode:"0",selector:"0"}', 0, 0, False),
        ('window.synccheck={retcode:"0",selector:"x"}', 0, -1, True),
        ('window.synccheck={retcode:"1101",selector:"0"}', 1101, 0, False),
        ('window.synccheck = { "retcode" : "0", "selector" : "7" };', 0, 7, True),
    ],
)
def test_a_sync_check(script: str, retcode: int, selector: int, fetch: bool) -> None:
    """Every selector but 0 asks for a sync."""
    told = parse.parse_sync_check(script.encode())
    assert (told.retcode, told.selector, told.fetch) == (retcode, selector, fetch)


def test_a_push_login_is_read_whether_ret_is_text_or_number() -> None:
    """Captures have text."""
    assert parse.parse_push_login(b'{"ret":"0","msg":"all ok","uuid":"A_1_x=="}').uuid == "A_1_x=="
    assert parse.parse_push_login(b'{"ret":1,"msg":"no"}').ret == 1


@pytest.mark.parametrize(
    ("page", "told"), [(b'isLogin : !!"1"', True), (b'isLogin : !!""', False), (b"x", None)]
)
def test_the_root_page_says_whether_the_login_stands(page: bytes, told: bool | None) -> None:
    """Or says nothing."""
    assert parse.parse_root_page(page).logged_in is told


CONTACT: dict[str, Any] = {
    "UserName": "@" + "ab" * 32,
    "NickName": 'Anna <span class="emoji emoji1f31b"></span> &amp; co',
    "HeadImgUrl": "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=1&username=@ab&skey=@crypt_canary",
    "ContactFlag": 2051,
    "MemberList": [],
    "RemarkName": "",
    "Sex": 2,
    "VerifyFlag": 0,
    "StarFriend": 1,
    "AttrStatus": 4294967295,
    "EncryChatRoomId": "0",
}


def contacts(*entries: dict[str, Any]) -> bytes:
    listed = {"BaseResponse": {"Ret": 0}, "MemberCount": len(entries), "MemberList": list(entries), "Seq": 7}
    return json.dumps(listed).encode()


def test_a_contact_is_decoded_and_its_flags_are_told() -> None:
    """Names once, no key in the picture's path, what is absent is unset."""
    told = parse.parse_contacts(contacts(CONTACT))
    (anna,) = told.contacts
    assert (anna.nickname, anna.remark, anna.sex) == ("Anna 🌛 & co", "", Sex.FEMALE)
    assert (anna.kind, anna.pinned, anna.in_contacts, anna.starred) == (ContactKind.FRIEND, True, True, True)
    assert (anna.avatar, anna.group_id, anna.full) == (
        "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=1&username=@ab",
        "",
        True,
    )
    assert not anna.province
    assert told.seq == 7


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ({"UserName": "@me"}, ContactKind.SELF),
        ({"UserName": "@@room"}, ContactKind.GROUP),
        ({"UserName": "1@chatroom"}, ContactKind.GROUP),
        ({"UserName": "filehelper", "VerifyFlag": 8}, ContactKind.SPECIAL),
        ({"UserName": "9@qqim"}, ContactKind.SPECIAL),
        ({"UserName": "@x", "VerifyFlag": 24}, ContactKind.OFFICIAL),
        ({"UserName": "@x", "ContactFlag": 1}, ContactKind.FRIEND),
        ({"UserName": "@x", "ContactFlag": 0}, ContactKind.STRANGER),
    ],
)
def test_kinds_of_contacts(entry: dict[str, Any], kind: ContactKind) -> None:
    """The first rule that fits decides."""
    assert parse.parse_contacts(contacts(entry), "@me").contacts[0].kind is kind


def test_one_broken_contact_costs_no_other() -> None:
    """The list is long, and it is asked for once."""
    body = contacts(CONTACT, CONTACT, CONTACT).replace(b"emoji1f31b", b"emoji\x01\xff", 1)
    assert len(parse.parse_contacts(body).contacts) == 3
    body = contacts(CONTACT, {"UserName": "@bad"}, CONTACT).replace(b'"@bad"', b'"@bad')
    assert [c.name for c in parse.parse_contacts(body).contacts].count(CONTACT["UserName"]) == 2


def test_wrong_types_in_a_contact_are_put_right() -> None:
    """Edited captures and old servers have null and text for numbers."""
    (told,) = parse.parse_contacts(
        contacts({"UserName": "@x", "NickName": None, "ContactFlag": "3", "Sex": {}})
    ).contacts
    assert (told.kind, told.in_contacts) == (ContactKind.FRIEND, True)


def test_members_without_names_are_no_list() -> None:
    """An init names nobody; that must not overwrite better knowledge."""
    room = {"UserName": "@@r", "MemberCount": 2, "MemberList": [{"UserName": "@a", "NickName": ""}]}
    body = json.dumps({"BaseResponse": {"Ret": 0}, "Count": 1, "ContactList": [room]}).encode()
    assert not parse.parse_batch(body).contacts[0].members
    room["MemberList"] = [{"UserName": "@a", "NickName": "A &lt;3"}]
    body = json.dumps({"BaseResponse": {"Ret": 0}, "Count": 1, "ContactList": [room]}).encode()
    members = parse.parse_batch(body).contacts[0].members
    assert members
    assert members[0].nickname == "A <3"


def test_a_refused_init_is_not_usable_however_complete_it_looks() -> None:
    """Only ret 0 counts."""
    body = {"BaseResponse": {"Ret": 1}, "ContactList": [], "SyncKey": {"Count": 0, "List": []}, "User": {}}
    told = parse.parse_init(json.dumps(body).encode())
    assert not told.usable
    assert told.sync_key is None


def test_an_init_gives_the_account_and_its_key() -> None:
    """Recent chats as sent, secrets in no repr."""
    body = {
        "BaseResponse": {"Ret": 0},
        "ContactList": [CONTACT],
        "SyncKey": {"Count": 1, "List": [{"Key": 1, "Val": 2}]},
        "User": {"Uin": 2460137520, "UserName": "@me", "NickName": "Me &amp; I"},
        "ChatSet": "filehelper,@@r,filehelper,",
        "SKey": "@crypt_canary",
        "InviteStartCount": 40,
    }
    told = parse.parse_init(json.dumps(body).encode())
    assert (told.me.name, told.me.nickname, told.uin) == ("@me", "Me & I", 2460137520)
    assert told.recent == ("filehelper", "@@r", "filehelper")
    assert told.sync_key is not None
    assert told.sync_key.joined == "1_2"
    assert "canary" not in repr(told)
    assert "2460137520" not in repr(told)


PARSERS: list[Callable[[bytes], object]] = [
    parse.parse_init,
    parse.parse_contacts,
    parse.parse_batch,
    parse.parse_new_group,
    parse.parse_receipt,
    parse.parse_sync_check,
    parse.parse_login_code,
    parse.parse_login_poll,
    parse.parse_login_page,
    parse.parse_push_login,
    parse.parse_root_page,
    parse.parse_message,
    parse.parse_sync,
]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda p: p.__name__)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text('{}[]":,\\\'<>/ret=0window.code synccheck"BaseResponse"', max_size=200).map(str.encode),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "BaseResponse",
                            "Ret",
                            "MemberList",
                            "ContactList",
                            "User",
                            "SyncKey",
                            "List",
                            "MsgType",
                            "Content",
                            "UserName",
                            "AddMsgList",
                            "ret",
                            "MsgId",
                            "RecommendInfo",
                            "CreateTime",
                        ]
                    ),
                    inner,
                    max_size=6,
                )
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
@settings(max_examples=80, deadline=None)
def test_no_bytes_raise_anything_but_our_errors(parser: Callable[[bytes], object], body: bytes) -> None:
    """Not from any parser."""
    with contextlib.suppress(HongyanError):
        parser(body)


CONTENTS = st.text("<>/&;lt\"'=:!@[]CDATA msgappmsgsysmsgtitletypeop \n", max_size=200)


@given(
    msg_type=st.sampled_from([1, 3, 34, 37, 40, 42, 43, 47, 48, 49, 50, 51, 62, 10000, 10002, 7]),
    app_type=st.sampled_from([0, 1, 3, 5, 6, 8, 17, 19, 33, 40, 51, 57, 74, 2000, 2001]),
    content=CONTENTS,
)
@settings(max_examples=400, deadline=None)
def test_no_content_of_any_type_raises(msg_type: int, app_type: int, content: str) -> None:
    """A message of any type with any content is a value, and survives JSON."""
    wire = {
        "MsgId": "1",
        "FromUserName": "@@g",
        "MsgType": msg_type,
        "AppMsgType": app_type,
        "Content": content,
    }
    parse.parse_message(wire, "@me")
