"""Sends, repeats, forwards, recalls."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.emulator import compose, compose_media

from ..browser import ALICE, BOB, SECRET_CLUB, STRANGER, TEAM, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator import Emulator, ManualClock


async def test_text_is_heard_and_not_echoed(logged_in: Browser) -> None:
    """The answer has both ids as strings; the sender's own sync stays empty."""
    answer = await logged_in.send(ALICE, "你好 <3\nsecond", 15462147414160521)
    assert re.fullmatch(r"\d{19}", answer["MsgID"])
    assert answer["LocalID"] == "15462147414160521"
    heard = await logged_in.service.person("alice").hears("你好 <3\nsecond")
    assert str(heard.msg_id) == answer["MsgID"]
    assert await logged_in.messages() == []


async def test_repeat_of_a_client_id_is_dropped(logged_in: Browser) -> None:
    """The first MsgID is answered again, as a number or as text."""
    first = await logged_in.send(ALICE, "once", 17)
    again = await logged_in.send(ALICE, "once", "17")
    assert first["MsgID"] == again["MsgID"]
    alice = logged_in.service.person("alice")
    await alice.hears("once")
    with pytest.raises(TimeoutError, match="it got \\[\\]"):
        await alice.hears("once", timeout=0.02)


@pytest.mark.parametrize("chat", [TEAM, SECRET_CLUB, "filehelper", BOB])
async def test_text_reaches_every_kind_of_chat(logged_in: Browser, chat: str) -> None:
    """Groups saved or not, the file helper, friends."""
    answer = await logged_in.send(chat, "hello", 1)
    assert answer["BaseResponse"]["Ret"] == 0
    assert logged_in.service.accounts[0].heard[-1].chat == chat


async def test_escapes_and_raw_text_are_the_same(logged_in: Browser) -> None:
    """wxBot escapes what others send raw."""
    message = {
        "Type": 1,
        "Content": "\\u4f60",
        "ToUserName": await logged_in.name_of(ALICE),
        "ClientMsgId": 3,
    }
    text = (
        str({"BaseRequest": logged_in.base_request, "Msg": message}).replace("'", '"').replace("\\\\u", "\\u")
    )
    url = logged_in.service.origin + "/cgi-bin/mmwebwx-bin/webwxsendmsg"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    await logged_in.http.post(url, data=text.encode(), headers=headers)
    await logged_in.service.person("alice").hears("你")


async def test_unknown_target_is_a_bad_parameter(logged_in: Browser) -> None:
    """A name of another login: Ret 1 and empty ids."""
    answer = await logged_in.send(ALICE, "x", 5, ToUserName="@" + "1" * 64)
    assert (answer["BaseResponse"]["Ret"], answer["MsgID"], answer["LocalID"]) == (1, "", "")


@pytest.mark.parametrize("target", ["wxid_me0000000000001", STRANGER])
async def test_self_and_strangers_cannot_be_written_to(logged_in: Browser, target: str) -> None:
    """Ret 1204."""
    assert (await logged_in.send(target, "x", 6))["BaseResponse"]["Ret"] == 1204


async def test_send_without_msg_is_a_bad_parameter(logged_in: Browser) -> None:
    """Ret 1."""
    assert (await logged_in.post("webwxsendmsg"))["BaseResponse"]["Ret"] == 1


async def test_body_that_is_no_json_is_a_parser_error(logged_in: Browser) -> None:
    """Ret 1200."""
    url = logged_in.service.origin + "/cgi-bin/mmwebwx-bin/webwxsendmsg"
    answer = await logged_in.http.post(url, data=b'{"Msg": ')
    assert logged_in.decoded(await answer.read())["BaseResponse"]["Ret"] == 1200


async def test_sends_fail_while_the_phone_is_away(logged_in: Browser) -> None:
    """-1 at first, 3 after long; what others write waits."""
    phone = logged_in.service.phone
    phone.go_offline(3)
    assert (await logged_in.send(ALICE, "x", 7))["BaseResponse"]["Ret"] == 3
    logged_in.service.person("alice").says("wait")
    assert await logged_in.messages() == []
    phone.come_online()
    assert [each["Content"] for each in await logged_in.messages()] == ["wait"]
    assert (await logged_in.send(ALICE, "x", 7))["BaseResponse"]["Ret"] == 0


async def test_other_logins_see_what_one_sent(
    browser: Browser, open_browser: Callable[[Emulator], Browser]
) -> None:
    """A second login of the same ticket gets the echo; From is self."""
    uuid = await browser.new_code()
    browser.service.phone.confirm()
    redirect = await browser.take_ticket(uuid)
    other = open_browser(browser.service)
    await browser.open_page(redirect)
    await other.open_page(redirect)
    await other.begin()
    await browser.begin()
    await browser.send(ALICE, "hello", 1)
    message = (await other.messages())[0]
    assert (message["FromUserName"], message["Content"]) == (other.me, "hello")


async def _send_media(
    browser: Browser, call: str, message: dict[str, Any], fun: str = "async"
) -> dict[str, Any]:
    own = {
        "FromUserName": browser.me,
        "ToUserName": await browser.name_of(ALICE),
        "LocalID": call,
        "ClientMsgId": call,
    }
    return await browser.post(call, {"Msg": own | message, "Scene": 0}, fun=fun, f="json")


@pytest.mark.parametrize(
    ("call", "kind"), [("webwxsendmsgimg", 3), ("webwxsendvideomsg", 43), ("webwxsendemoticon", 47)]
)
async def test_media_are_sent_by_their_media_id(logged_in: Browser, call: str, kind: int) -> None:
    """The bytes arrive at the addressee; a type as text works as well."""
    media_id = (await logged_in.upload(b"bytes of a picture"))[-1]["MediaId"]
    answer = await _send_media(logged_in, call, {"Type": str(kind), "MediaId": media_id})
    assert answer["BaseResponse"]["Ret"] == 0
    heard = await logged_in.service.person("alice").hears()
    assert heard.content.msg_type == kind
    assert logged_in.service.file_of(heard) == b"bytes of a picture"


async def test_unknown_media_id_is_a_bad_parameter(logged_in: Browser) -> None:
    """Ret 1."""
    answer = await _send_media(logged_in, "webwxsendmsgimg", {"Type": 3, "MediaId": "@crypt_0_0"})
    assert answer["BaseResponse"]["Ret"] == 1


async def test_file_is_sent_as_appmsg(logged_in: Browser) -> None:
    """attachid in unescaped XML, with single or double quotes."""
    media_id = (await logged_in.upload(b"%PDF", "报告.pdf"))[-1]["MediaId"]
    xml = (
        "<appmsg appid='wxeb7ec651dd0aefa9' sdkver=''><title>报告 &amp; more.pdf</title><des></des><action></action>"
        "<type>6</type><content></content><url></url><lowurl></lowurl><appattach><totallen>4</totallen>"
        f"<attachid>{media_id}</attachid><fileext>pdf</fileext></appattach><extinfo></extinfo></appmsg>"
    )
    await _send_media(logged_in, "webwxsendappmsg", {"Type": 6, "Content": xml})
    heard = await logged_in.service.person("alice").hears("报告 & more.pdf")
    assert (heard.content.fields["AppMsgType"], heard.content.fields["FileSize"]) == (6, "4")
    assert logged_in.service.file_of(heard) == b"%PDF"


async def test_picture_is_forwarded_by_its_xml(logged_in: Browser) -> None:
    """MediaId empty, Content as received, Scene 2."""
    xml = '<msg><img length="12" hdlength="0"/></msg>'
    content = compose.Composed(3, compose.escaped(xml), files={"full": b"the picture!"})
    logged_in.service.person("bob").sends(content)
    await _send_media(logged_in, "webwxsendmsgimg", {"Type": 3, "MediaId": "", "Content": xml})
    heard = await logged_in.service.person("alice").hears()
    assert logged_in.service.file_of(heard) == b"the picture!"


async def test_picture_is_forwarded_as_it_was_received(logged_in: Browser) -> None:
    """wechat4u decodes the received content once and sends it back, line breaks or not."""
    logged_in.service.person("bob").sends(compose_media.picture(b"the picture!"))
    received = (await logged_in.messages())[0]["Content"]
    xml = html.unescape(received.replace("<br/>", "\n"))
    await _send_media(logged_in, "webwxsendmsgimg", {"Type": 3, "MediaId": "", "Content": xml})
    heard = await logged_in.service.person("alice").hears()
    assert logged_in.service.file_of(heard) == b"the picture!"


async def test_sticker_is_sent_again_by_md5(logged_in: Browser) -> None:
    """EMoticonMd5 of bytes the server knows."""
    await logged_in.upload(b"GIF89a sticker")
    content = compose.Composed(47, "", files={"full": b"GIF89a sticker"})
    logged_in.service.person("bob").sends(content)
    md5 = hashlib.md5(b"GIF89a sticker", usedforsecurity=False).hexdigest()
    await _send_media(logged_in, "webwxsendemoticon", {"Type": 47, "EmojiFlag": 2, "EMoticonMd5": md5}, "sys")
    heard = await logged_in.service.person("alice").hears()
    assert logged_in.service.file_of(heard) == b"GIF89a sticker"


async def _recall(browser: Browser, msg_id: str, chat: str = ALICE, client_id: str = "1") -> int:
    order = {"SvrMsgId": msg_id, "ToUserName": await browser.name_of(chat), "ClientMsgId": client_id}
    return int((await browser.post("webwxrevokemsg", order))["BaseResponse"]["Ret"])


async def test_own_message_is_recalled_within_two_minutes(logged_in: Browser, clock: ManualClock) -> None:
    """Once; at 120 s still, later not."""
    first, second = await logged_in.send(ALICE, "a", 1), await logged_in.send(ALICE, "b", 2)
    clock.advance(120)
    assert await _recall(logged_in, first["MsgID"]) == 0
    assert await _recall(logged_in, first["MsgID"]) == 1
    clock.advance(1)
    assert await _recall(logged_in, second["MsgID"]) == -1
    assert [each.recalled for each in logged_in.service.accounts[0].heard] == [True, False]


async def test_recall_needs_the_right_chat_and_a_client_id(logged_in: Browser) -> None:
    """Ret 1 for another chat, somebody else's message, or no ClientMsgId."""
    sent = await logged_in.send(ALICE, "a", 1)
    received = logged_in.service.person("alice").says("mine")
    assert await _recall(logged_in, sent["MsgID"], BOB) == 1
    assert await _recall(logged_in, str(received.msg_id)) == 1
    assert await _recall(logged_in, sent["MsgID"], client_id="") == 1


async def test_message_sent_from_the_phone_can_be_recalled(logged_in: Browser) -> None:
    """Its MsgId is known from the echo."""
    message = logged_in.service.phone.says("oops", "alice")
    assert await _recall(logged_in, str(message.msg_id)) == 0


async def test_recall_by_others_names_the_message(logged_in: Browser) -> None:
    """MsgType 10002 in the chat, with oldmsgid and msgid."""
    alice = logged_in.service.person("alice")
    message = alice.says("oops", TEAM)
    alice.recalls(message)
    notice = (await logged_in.messages())[1]
    assert (notice["MsgType"], notice["FromUserName"]) == (10002, await logged_in.name_of(TEAM))
    assert f"&lt;msgid&gt;{message.msg_id}&lt;/msgid&gt;" in notice["Content"]
    assert "撤回了一条消息" in notice["Content"]
    assert notice["Content"].startswith("&lt;sysmsg")


@pytest.mark.parametrize(("act", "line"), [("deletes_me", "开启了朋友验证"), ("blocks_me", "被对方拒收")])
async def test_who_turned_away_hears_nothing(logged_in: Browser, act: str, line: str) -> None:
    """The send is accepted; only a grey line says that it went nowhere."""
    alice = logged_in.service.person("alice")
    getattr(alice, act)()
    assert (await logged_in.send(ALICE, "hello?", 1))["BaseResponse"]["Ret"] == 0
    message = (await logged_in.messages())[0]
    assert (message["MsgType"], message["FromUserName"]) == (10000, await logged_in.name_of(ALICE))
    assert line in message["Content"]
    with pytest.raises(TimeoutError):
        await alice.hears(timeout=0.02)


async def test_one_number_for_two_friends_is_two_messages(logged_in: Browser) -> None:
    """openwechat forwards to several friends under one ClientMsgId; only its repeat in the same chat is dropped."""
    answers = [await logged_in.send(friend, "forwarded", 77) for friend in (ALICE, BOB, ALICE)]
    assert answers[0]["MsgID"] == answers[2]["MsgID"] != answers[1]["MsgID"]
    for who in ("alice", "bob"):
        await logged_in.service.person(who).hears("forwarded")
    assert logged_in.service.accounts[0].heard == []


@pytest.mark.parametrize("content", [5, 1.5, True, ["x"], {"a": 1}])
@pytest.mark.parametrize("call", ["webwxsendmsg", "webwxsendmsgimg", "webwxsendemoticon", "webwxsendappmsg"])
async def test_content_that_is_no_text_is_refused(logged_in: Browser, call: str, content: object) -> None:
    """Ret 1200, as for any wrong type of a field; nobody hears a notation of some programming language."""
    message = {"Type": 1, "Content": content, "ToUserName": await logged_in.name_of(ALICE), "ClientMsgId": 9}
    answer = await logged_in.post(call, {"Msg": message, "Scene": 0})
    assert answer["BaseResponse"]["Ret"] == 1200
    assert logged_in.service.accounts[0].heard == []


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("webwxupdatechatroom", {"ChatRoomName": TEAM, "NewTopic": ["x"]}),
        ("webwxoplog", {"CmdId": 2, "UserName": ALICE, "RemarkName": {"a": 1}}),
        ("webwxverifyuser", {"Opcode": 2, "VerifyUserList": [{"Value": STRANGER}], "VerifyContent": [1]}),
        ("webwxsearchcontact", {"KeyWord": {"a": 1}}),
    ],
)
async def test_other_words_that_are_no_text_are_refused(
    logged_in: Browser, call: str, body: dict[str, Any]
) -> None:
    """The same for topics, remarks and greetings."""
    for key in ("ChatRoomName", "UserName"):
        if key in body:
            body |= {key: await logged_in.name_of(body[key])}
    if "VerifyUserList" in body:
        body |= {"VerifyUserList": [{"Value": await logged_in.name_of(STRANGER)}]}
    answer = await logged_in.post(call, body, **({"fun": "modtopic"} if "NewTopic" in body else {}))
    assert answer["BaseResponse"]["Ret"] == 1200
