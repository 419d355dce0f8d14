"""What every call shares: headers, tickets, encoding, and what an answer's code means."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.errors import HongyanError, NoAnswer, ProtocolChanged, Refused, TooFast, UsageError
from hongyan.model.ids import ClientMsgId, MsgId, TransientName
from hongyan.webwx.calls import contacts, manage, misc, send
from hongyan.webwx.calls.caller import Caller, complement
from hongyan.webwx.calls.contacts import ContactQuery, Notify
from hongyan.webwx.calls.manage import MembersCall, Verify
from hongyan.webwx.http import ApiCall, Lane, Response

from ..conftest import NOW
from ..driving import drawn, saved

if TYPE_CHECKING:
    from collections.abc import Callable

PEER = TransientName("@peer")
GROUP = TransientName("@@group")
ID = ClientMsgId("15462147414160521")
TO = send.To(PEER, ID)


def body(call: ApiCall[Any]) -> Any:
    assert isinstance(call.request.body, bytes)
    return json.loads(call.request.body)


def reply(ret: int | None = 0, said: str = "", status: int = 200, **more: Any) -> Response:
    head = {} if ret is None else {"BaseResponse": {"Ret": ret, "ErrMsg": said}}
    return Response(status=status, body=json.dumps({**head, **more}).encode())


CALLS: dict[str, Callable[[Caller], ApiCall[Any]]] = {
    "notify": lambda c: contacts.notify(c, Notify.READ, PEER),
    "contacts": contacts.contacts_page,
    "batch": lambda c: contacts.batch(c, [ContactQuery(GROUP)]),
    "search": lambda c: contacts.search(c, "x"),
    "text": lambda c: send.send_text(c, TO, "hello"),
    "revoke": lambda c: send.revoke(c, PEER, MsgId("1"), ID),
    "verify": lambda c: manage.verify(c, Verify.REQUEST, PEER, text="hi"),
    "remark": lambda c: manage.remark(c, PEER, "r"),
    "create": lambda c: manage.create_group(c, [PEER, GROUP]),
    "change": lambda c: manage.change_group(c, GROUP, MembersCall.QUIT),
    "report": lambda c: misc.stat_report(c, [misc.Report(1, "{}")]),
    "feedback": lambda c: misc.feedback(c, "x"),
}
each = pytest.mark.parametrize("make", CALLS.values(), ids=CALLS)


@each
def test_a_call_carries_what_the_service_looks_at(
    make: Callable[[Caller], ApiCall[Any]], caller: Caller
) -> None:
    """Cookies, origin and tickets are there; commands stand in their own lane."""
    request = make(caller).request
    sent = dict(request.headers)
    assert sent["Cookie"] == "wxsid=SECRETc; webwx_data_ticket=SECRETdata"
    assert sent["Referer"] == "http://127.0.0.1:8081/"
    assert "pass_ticket=SECRET%252Bpt" in request.url
    assert "lang=zh_CN" in request.url
    assert request.lane is Lane.COMMAND


@each
def test_a_refusal_is_told_with_its_code(make: Callable[[Caller], ApiCall[Any]], caller: Caller) -> None:
    """Even 1101 of a command is a refusal only: whether the login is over is for synccheck to say."""
    for ret in (1, 3, -1, 1100, 1101, 1102, 1204, 777):
        with pytest.raises(Refused) as told:
            make(caller).read(reply(ret, "no"))
        assert (told.value.ret, told.value.said) == (ret, "no")
        assert told.value.endpoint == make(caller).request.endpoint


@each
def test_too_fast_says_when_to_try_again(make: Callable[[Caller], ApiCall[Any]], caller: Caller) -> None:
    """1205 is waited out, a minute at least."""
    with pytest.raises(TooFast) as told:
        make(caller).read(reply(1205))
    assert told.value.retry_at == NOW + 60


@each
def test_no_answer_is_no_refusal(make: Callable[[Caller], ApiCall[Any]], caller: Caller) -> None:
    """A gateway error, an empty body, an odd status line: nobody knows whether it was done."""
    for answer in (reply(status=503), Response(status=200, body=b" \n"), Response(status=0, malformed=True)):
        with pytest.raises(NoAnswer):
            make(caller).read(answer)


@each
def test_a_page_in_place_of_an_answer_is_told(make: Callable[[Caller], ApiCall[Any]], caller: Caller) -> None:
    """What cannot be read, or says nothing, is never taken for success."""
    for answer in (Response(status=200, body=b"<html>"), reply(status=302), reply(None), reply(status=404)):
        with pytest.raises(ProtocolChanged):
            make(caller).read(answer)


@given(st.sampled_from(list(CALLS.values())), st.binary(), st.sampled_from([0, 200, 302, 404, 500]))
def test_no_bytes_raise_a_foreign_error(
    make: Callable[[Caller], ApiCall[Any]], raw: bytes, status: int
) -> None:
    """A caller has to deal with the tree of errors and nothing else."""
    call = make(Caller(saved(), NOW, drawn))
    for answer in (raw, b'{"BaseResponse":{"Ret":0},"MsgID":' + raw + b"}"):
        with contextlib.suppress(HongyanError):
            call.read(Response(status=status, body=answer))


@given(st.text(st.one_of(st.characters(), st.characters(categories=["Cs"]))))
def test_any_text_can_be_sent(text: str) -> None:
    """Halves of a code point, as Python strings may hold them, become U+FFFD; all else arrives as it is."""
    call = send.send_text(Caller(saved(), NOW, drawn), TO, text)
    arrived = body(call)["Msg"]["Content"]
    assert arrived == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def test_json_is_raw_utf8_without_needless_escapes(caller: Caller) -> None:
    """Receivers would see an escape literally."""
    call = send.send_text(caller, TO, "你好 <b> & a/b 😀\n")
    assert isinstance(call.request.body, bytes)
    assert '"Content":"你好 <b> & a/b 😀\\n"'.encode() in call.request.body


def test_each_call_has_a_device_of_its_own(caller: Caller) -> None:
    """``e`` and 15 digits, drawn for every call: a constant one was seen to delay messages."""
    drawn_bytes = iter(range(1, 99))
    fresh = Caller(caller.credentials, NOW, lambda n: bytes([next(drawn_bytes)] * n))
    devices = {body(manage.remark(fresh, PEER, "r"))["BaseRequest"]["DeviceID"] for _ in range(3)}
    assert len(devices) == 3
    assert all(d[0] == "e" and d[1:].isdecimal() and len(d) == 16 for d in devices)


def test_the_base_request_says_who_asks(caller: Caller) -> None:
    """The number is a JSON number, sid and skey are as the login gave them."""
    told = body(manage.remark(caller, PEER, "r"))["BaseRequest"]
    assert (told["Uin"], told["Sid"], told["Skey"]) == (987654321, "SECRET/sid+", "@crypt_SECRET")


@pytest.mark.parametrize(
    ("milliseconds", "expected"), [(1546214741416, -23_073_193), (0, -1), (2**31, 2**31 - 1), (2**32 - 1, 0)]
)
def test_the_complement_is_the_browsers(milliseconds: int, expected: int) -> None:
    """``~new Date()``: the low 32 bits of the milliseconds, inverted, as a signed number."""
    low = milliseconds & 0xFFFFFFFF
    assert complement(milliseconds / 1000) == ~(low - (1 << 32) if low >= 1 << 31 else low)
    if milliseconds != 1546214741416:
        assert complement(milliseconds / 1000) == expected


def test_sends_keep_their_id_and_say_their_scene(caller: Caller) -> None:
    """LocalID equals ClientMsgId, so that a repeat can be told; without Scene a text was refused."""
    sent = body(send.send_text(caller, TO, "x"))
    assert sent["Scene"] == 0
    assert sent["Msg"] == {
        "Type": 1,
        "Content": "x",
        "FromUserName": "@me",
        "ToUserName": "@peer",
        "LocalID": ID,
        "ClientMsgId": ID,
    }
    assert body(send.send_text(caller, send.To(PEER, ID, forwarded=True), "x"))["Scene"] == 2


def test_the_answer_of_a_send_gives_the_servers_number(caller: Caller) -> None:
    """As text: it is larger than a JSON number may be. Old servers gave a number."""
    call = send.send_text(caller, TO, "x")
    assert call.read(reply(MsgID="3053194738703673101", LocalID="1")).id == "3053194738703673101"
    assert call.read(reply(MsgID=3053194738703673101)).id == "3053194738703673101"


def test_mentions_are_named_in_the_source(caller: Caller) -> None:
    """In the front-end's form; the text itself names them too."""
    call = send.send_text(caller, send.To(GROUP, ID), "@a hi", [TransientName("@a"), TransientName("@b")])
    assert body(call)["Msg"]["MsgSource"] == (
        "<msgsource><atusername>@a,@b</atusername><atchatroomname>@@group</atchatroomname></msgsource>"
    )
    assert "MsgSource" not in body(send.send_text(caller, TO, "x"))["Msg"]


@pytest.mark.parametrize(
    ("call", "endpoint", "expected"),
    [
        (lambda c: send.send_picture(c, TO, "@m"), "webwxsendmsgimg", {"Type": 3, "MediaId": "@m", "Content": ""}),
        (lambda c: send.send_picture(c, TO, "", "<msg/>"), "webwxsendmsgimg", {"Type": 3, "MediaId": "", "Content": "<msg/>"}),
        (lambda c: send.send_video(c, TO, "@m"), "webwxsendvideomsg", {"Type": 43, "MediaId": "@m"}),
        (lambda c: send.send_emoticon(c, TO, media_id="@m"), "webwxsendemoticon", {"Type": 47, "EmojiFlag": 2, "MediaId": "@m"}),
        (lambda c: send.send_emoticon(c, TO, md5="0f"), "webwxsendemoticon", {"Type": 47, "EmojiFlag": 2, "EMoticonMd5": "0f"}),
        (lambda c: send.send_file(c, TO, "<appmsg/>", "sig"), "webwxsendappmsg", {"Type": 6, "Content": "<appmsg/>", "Signature": "sig"}),
        (lambda c: send.send_app(c, TO, 5, "<appmsg/>"), "webwxsendappmsg", {"Type": 5, "Content": "<appmsg/>"}),
        (lambda c: send.send_location(c, TO, "<msg/>"), "webwxsendmsg", {"Type": 48, "Content": "<msg/>"}),
    ],
)  # fmt: skip
def test_each_kind_is_sent_in_its_own_form(
    call: Callable[[Caller], ApiCall[Any]], endpoint: str, expected: dict[str, Any], caller: Caller
) -> None:
    """Endpoint, type and payload of every kind that can be sent."""
    made = call(caller)
    assert made.request.endpoint == endpoint
    assert expected.items() <= body(made)["Msg"].items()


def test_names_in_xml_cannot_break_out(caller: Caller) -> None:
    """A file's or a person's name is data."""
    name = "a'><&\"\n].txt"
    xml = send.file_xml(name, 3, "@media")
    assert "<title>a'&gt;&lt;&amp;\"\n].txt</title>" in xml
    assert "<totallen>3</totallen><attachid>@media</attachid><fileext>txt</fileext>" in xml
    card = body(send.send_card(caller, TO, "wxid_a", "a'<\"\n"))["Msg"]
    assert card["Type"] == 42
    assert '<"' not in card["Content"][5:]
    assert 'label="here"' in send.location_xml(39.9, 116.4, "here")


@given(st.text(st.one_of(st.characters(), st.characters(categories=["Cs", "Cc"]))))
def test_any_name_makes_xml_that_can_be_read(name: str) -> None:
    """Names of files may hold control characters, which XML has no way to write; receivers would see nothing at all."""
    c = Caller(saved(), NOW, drawn)
    made = [
        send.file_xml(name, 3, "@m"),
        send.location_xml(1, 2, name).partition("?>")[2],
        body(send.send_card(c, TO, "wxid_a", name))["Msg"]["Content"],
        body(send.send_text(c, TO, "x", [TransientName(name or "@")]))["Msg"]["MsgSource"],
    ]
    read = [ET.fromstring(xml.encode()) for xml in made]
    illegal = {*map(chr, range(32)), *map(chr, range(0xD800, 0xE000)), "\ufffe", "\uffff"} - set("\t\n\r")
    legal = "".join("\ufffd" if x in illegal else x for x in name)
    assert read[0].findtext("title") == re.sub("\r\n?", "\n", legal), "XML itself makes line ends alike"
    assert read[2].get("nickname") == legal


def test_the_contact_list_is_asked_page_by_page(caller: Caller) -> None:
    """The key stands in the query; a page may take minutes."""
    request = contacts.contacts_page(caller, 688123).request
    assert "seq=688123" in request.url
    assert "skey=%40crypt_SECRET" in request.url
    assert request.timeout >= 60


def test_a_batch_has_a_limit(caller: Caller) -> None:
    """Fifty names, and not none."""
    assert body(contacts.batch(caller, [ContactQuery(PEER)] * 50))["Count"] == 50
    for wrong in ([], [ContactQuery(PEER)] * 51):
        with pytest.raises(UsageError):
            contacts.batch(caller, wrong)


def test_a_member_is_asked_for_with_its_group(caller: Caller) -> None:
    """The group's handle goes along; a group itself has none."""
    asked = body(contacts.batch(caller, [ContactQuery(PEER, "@id"), ContactQuery(GROUP)]))["List"]
    assert asked == [
        {"UserName": "@peer", "EncryChatRoomId": "@id"},
        {"UserName": "@@group", "ChatRoomId": ""},
    ]


def test_a_friend_request_is_answered_with_its_ticket(caller: Caller) -> None:
    """The list is an array, the scene is the web."""
    told = body(manage.verify(caller, Verify.ACCEPT, PEER, ticket="v2_x@stranger"))
    assert told["Opcode"] == 3
    assert told["VerifyUserList"] == [{"Value": "@peer", "VerifyUserTicket": "v2_x@stranger"}]
    assert told["SceneList"] == [33]


def test_a_pin_repeats_the_remark(caller: Caller) -> None:
    """Without it the server would wipe the remark."""
    told = body(manage.pin(caller, PEER, on=True, present_remark="boss"))
    assert (told["CmdId"], told["OP"], told["RemarkName"]) == (3, 1, "boss")


def test_an_invitation_is_a_success(caller: Caller) -> None:
    """-2013: done, and some must accept first."""
    call = manage.create_group(caller, [PEER, TransientName("@b")], "t")
    made = call.read(reply(-2013, ChatRoomName="@@new", MemberList=[{"UserName": "@b"}]))
    assert (made.name, made.by_invitation) == ("@@new", True)
    assert not call.read(reply(ChatRoomName="@@new")).by_invitation
    manage.change_group(caller, GROUP, MembersCall.ADD, "@a").read(reply(-2013))
    with pytest.raises(Refused):
        manage.remark(caller, PEER, "x").read(reply(-2013))


def test_a_group_needs_two_others(caller: Caller) -> None:
    """With one it would be a private chat."""
    with pytest.raises(UsageError):
        manage.create_group(caller, [PEER])


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (MembersCall.ADD, "AddMemberList"),
        (MembersCall.INVITE, "InviteMemberList"),
        (MembersCall.REMOVE, "DelMemberList"),
        (MembersCall.RENAME, "NewTopic"),
    ],
)
def test_each_change_of_a_group_has_its_key(change: MembersCall, key: str, caller: Caller) -> None:
    """The function in the query, its value under the key that belongs to it."""
    call = manage.change_group(caller, GROUP, change, "@a,@b")
    assert f"fun={change}" in call.request.url
    assert body(call)[key] == "@a,@b"


@pytest.mark.parametrize(("present", "new", "invited"), [(38, 1, False), (39, 1, True), (5, 35, True)])
def test_large_groups_are_joined_by_invitation(present: int, new: int, invited: bool, caller: Caller) -> None:
    """From forty on, counting the new ones."""
    assert manage.must_invite(caller, present, new) is invited


def test_a_search_returns_names(caller: Caller) -> None:
    """Empty ones are left out."""
    found = contacts.search(caller, "x").read(reply(List=[{"EncryUserName": "@a"}, {}]))
    assert found == ("@a",)


def test_a_checked_link_leads_somewhere(caller: Caller) -> None:
    """A redirect names the target; a page is a warning; a gateway error is neither."""
    call = misc.check_url(caller, "https://example.org/?a=1&b=2")
    assert "requrl=https%3A%2F%2Fexample.org%2F%3Fa%3D1%26b%3D2" in call.request.url
    assert (
        call.read(Response(status=302, headers=(("Location", "https://example.org/"),)))
        == "https://example.org/"
    )
    assert call.read(Response(status=200, body=b"<html>")) == ""
    with pytest.raises(NoAnswer):
        call.read(Response(status=502))


def test_a_logout_sends_a_form_and_takes_any_answer(caller: Caller) -> None:
    """Redirects, pages, nothing: the login is over either way."""
    call = misc.logout(caller)
    assert call.request.body == b"sid=SECRET%2Fsid%2B&uin=987654321"
    for answer in (Response(status=301), Response(status=200, body=b"x"), Response(status=500)):
        call.read(answer)


def test_the_root_page_says_whether_the_login_stands(caller: Caller) -> None:
    """Or nothing at all; a gateway error says nothing about the login."""
    read = misc.root_page(caller).read
    assert read(Response(status=200, body=b'isLogin : !!"1"')).logged_in is True
    assert read(Response(status=200, body=b'isLogin : !!""')).logged_in is False
    assert read(Response(status=200, body=b"")).logged_in is None
    with pytest.raises(NoAnswer):
        read(Response(status=503))
