"""Init, ready notice, the book and batches."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest

from hongyan.emulator import Emulator, Person, World, compose, compose_apps

from ..browser import ALICE, BOB, NEWS, SECRET_CLUB, STRANGER, TEAM, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

USER_KEYS = [
    "Uin",
    "UserName",
    "NickName",
    "HeadImgUrl",
    "RemarkName",
    "PYInitial",
    "PYQuanPin",
    "RemarkPYInitial",
    "RemarkPYQuanPin",
    "HideInputBarFlag",
    "StarFriend",
    "Sex",
    "Signature",
    "AppAccountFlag",
    "VerifyFlag",
    "ContactFlag",
    "WebWxPluginSwitch",
    "HeadImgFlag",
    "SnsFlag",
]


async def test_init_has_the_captured_keys(logged_in: Browser) -> None:
    """Every key of a captured webwxinit, and the skey of the login page."""
    answer = logged_in.init_answer
    assert list(answer) == [
        "BaseResponse",
        "Count",
        "ContactList",
        "SyncKey",
        "User",
        "ChatSet",
        "SKey",
        "ClientVersion",
        "SystemTime",
        "GrayScale",
        "InviteStartCount",
        "MPSubscribeMsgCount",
        "MPSubscribeMsgList",
        "ClickReportInterval",
    ]
    assert set(USER_KEYS) <= set(answer["User"])
    assert answer["SKey"] == logged_in.secrets["skey"]
    assert answer["InviteStartCount"] == 40
    assert [pair["Key"] for pair in answer["SyncKey"]["List"]] == [1, 2, 3, 1000]
    assert answer["ChatSet"].endswith(",")


async def test_init_shows_groups_with_nameless_members(logged_in: Browser) -> None:
    """ContactFlag 0, no EncryChatRoomId, members with a UserName only."""
    club = await logged_in.name_of(SECRET_CLUB)
    record = next(each for each in logged_in.init_answer["ContactList"] if each["UserName"] == club)
    assert (record["ContactFlag"], record["EncryChatRoomId"], record["MemberCount"]) == (0, "", 3)
    assert {each["NickName"] for each in record["MemberList"]} == {""}


async def test_init_again_keeps_names_and_jumps_to_now(logged_in: Browser) -> None:
    """What came between the two is skipped."""
    before = logged_in.me
    logged_in.service.person("alice").says("lost")
    await logged_in.begin()
    assert logged_in.me == before
    assert await logged_in.check() == ("0", "0")
    assert await logged_in.messages() == []


async def test_names_follow_the_length_rule(logged_in: Browser) -> None:
    """Ids up to 15 bytes give 32 hex digits, longer ones 64, groups begin with two at signs."""
    assert re.fullmatch(r"@[0-9a-f]{64}", await logged_in.name_of(ALICE))
    assert re.fullmatch(r"@[0-9a-f]{32}", await logged_in.name_of(STRANGER))
    assert re.fullmatch(r"@[0-9a-f]{32}", await logged_in.name_of(NEWS))
    assert re.fullmatch(r"@@[0-9a-f]{64}", await logged_in.name_of(TEAM))
    assert await logged_in.name_of("filehelper") == "filehelper"


async def test_ready_notice_brings_the_conversation_list_in_parts(logged_in: Browser) -> None:
    """Permanent ids in the XML and UserNames beside them can be zipped."""
    answer = await logged_in.post(
        "webwxstatusnotify",
        {"Code": 3, "FromUserName": logged_in.me, "ToUserName": logged_in.me, "ClientMsgId": 1},
    )
    assert re.fullmatch(r"\d{19}", answer["MsgID"])
    assert await logged_in.check() == ("0", "7")
    notes = (await logged_in.sync())["AddMsgList"]
    assert len(notes) == 3
    pairs: dict[str, str] = {}
    for note in notes:
        assert (note["MsgType"], note["StatusNotifyCode"], note["FromUserName"]) == (51, 4, logged_in.me)
        found = re.search(r"&lt;username&gt;(.+?)&lt;/username&gt;", note["Content"])
        assert found
        pairs |= dict(zip(found[1].split(","), note["StatusNotifyUserName"].split(","), strict=True))
    assert pairs[SECRET_CLUB] == await logged_in.name_of(SECRET_CLUB)
    assert pairs[ALICE] == await logged_in.name_of(ALICE)


async def test_status_notify_without_client_id_is_refused(logged_in: Browser) -> None:
    """ClientMsgId is mandatory."""
    answer = await logged_in.post("webwxstatusnotify", {"Code": 3})
    assert (answer["BaseResponse"]["Ret"], answer["MsgID"]) == (1, "")


async def test_read_notice_is_kept(logged_in: Browser) -> None:
    """Code 1 clears the mark on the phone."""
    name = await logged_in.name_of(ALICE)
    await logged_in.post("webwxstatusnotify", {"Code": 1, "ToUserName": name, "ClientMsgId": "1"})
    assert [chat for chat, _ in logged_in.service.accounts[0].reads] == [ALICE]


async def test_book_has_friends_accounts_saved_groups_and_self(logged_in: Browser) -> None:
    """Unsaved groups and strangers are absent; groups have no members here."""
    book = {each["UserName"]: each for each in await logged_in.contacts()}
    names = logged_in.name_of
    assert {logged_in.me, await names(ALICE), await names(TEAM), await names(NEWS)} <= set(book)
    assert not {await names(SECRET_CLUB), await names(STRANGER)} & set(book)
    team, alice = book[await names(TEAM)], book[await names(ALICE)]
    assert (team["MemberCount"], team["MemberList"], team["ContactFlag"] & 5) == (0, [], 5)
    assert (alice["NickName"], alice["RemarkName"], alice["ContactFlag"]) == ("Alice &lt;3", "alice", 3)
    assert alice["Signature"] == "a &amp; b"
    assert alice["HeadImgUrl"].endswith("&skey=" + logged_in.secrets["skey"])
    assert book[await names(NEWS)]["VerifyFlag"] & 8


async def test_book_comes_in_pages(world: World, open_browser: Callable[[Emulator], Browser]) -> None:
    """Seq leads from page to page until it is 0; POST with an empty object works too."""
    world.people |= {f"wxid_{n:014}": Person(f"wxid_{n:014}", f"P{n}") for n in range(25)}
    async with Emulator(world, contact_page=10) as service:
        browser = await open_browser(service).log_in()
        assert len(await browser.contacts()) == 25 + 7
        page = await browser.post("webwxgetcontact", {})
        assert (page["MemberCount"], page["Seq"]) == (10, 620000010)


async def test_batch_answers_in_the_order_asked(logged_in: Browser) -> None:
    """Groups come with members and EncryChatRoomId; HeadImgUrl ends with an empty skey."""
    asked = [await logged_in.name_of(each) for each in (SECRET_CLUB, ALICE, TEAM)]
    answer = await logged_in.post(
        "webwxbatchgetcontact",
        {"Count": 3, "List": [{"UserName": each, "ChatRoomId": ""} for each in asked]},
        type="ex",
    )
    club, alice, team = answer["ContactList"]
    assert [each["UserName"] for each in answer["ContactList"]] == asked
    assert re.fullmatch(r"@[0-9a-f]{32}", club["EncryChatRoomId"])
    assert (club["IsOwner"], team["IsOwner"]) == (0, 1)
    assert club["ChatRoomOwner"] == await logged_in.name_of(BOB)
    assert team["MemberCount"] == len(team["MemberList"]) == 3
    assert team["MemberList"][1]["DisplayName"] == "Captain"
    assert alice["HeadImgUrl"].endswith("skey=")


async def test_batch_tells_members_in_full(logged_in: Browser) -> None:
    """The group may be named by its EncryChatRoomId or by its UserName."""
    room = await logged_in.name_of(SECRET_CLUB)
    answer = await logged_in.post("webwxbatchgetcontact", {"Count": 1, "List": [{"UserName": room}]})
    carol = await logged_in.name_of(STRANGER)
    for key in (answer["ContactList"][0]["EncryChatRoomId"], room):
        found = await logged_in.post(
            "webwxbatchgetcontact", {"Count": 1, "List": [{"UserName": carol, "EncryChatRoomId": key}]}
        )
        assert found["ContactList"][0]["City"] == "上海"


async def test_batch_gives_empty_records_for_unknown_names(logged_in: Browser) -> None:
    """A name of another login is no error."""
    name = "@" + "0" * 64
    answer = await logged_in.post("webwxbatchgetcontact", {"Count": 1, "List": [{"UserName": name}]})
    assert (answer["BaseResponse"]["Ret"], answer["Count"]) == (0, 1)
    assert (answer["ContactList"][0]["UserName"], answer["ContactList"][0]["NickName"]) == (name, "")


async def test_search_finds_names_in_the_book(logged_in: Browser) -> None:
    """The front-end's search on the server."""
    answer = await logged_in.post("webwxsearchcontact", {"KeyWord": "ALI"})
    assert answer["List"] == [{"EncryUserName": await logged_in.name_of(ALICE)}]


async def test_link_redirector_leads_on_or_warns(logged_in: Browser) -> None:
    """302 to a web address, a page for anything else."""
    answer = await logged_in.get("webwxcheckurl", requrl="https://example.org/a?b=c", skey="")
    assert (answer.status, answer.headers["Location"]) == (302, "https://example.org/a?b=c")
    assert (await logged_in.get("webwxcheckurl", requrl="file:///etc/passwd")).status == 200


async def test_reports_are_kept(logged_in: Browser) -> None:
    """Statistics and feedback are answered with 0 and can be looked at."""
    await logged_in.post("webwxstatreport", {"Count": 1, "List": [{"Type": 1, "Text": "{}"}]}, fun="new")
    await logged_in.post("webwxsendfeedback", {"MachineType": "webwx", "Content": "fine", "ReportType": 0})
    kept = logged_in.service.accounts[0].reports
    assert [each["endpoint"] for each in kept] == ["webwxstatreport", "webwxsendfeedback"]


async def test_a_group_that_was_left_does_not_come_back(logged_in: Browser) -> None:
    """Neither in webwxinit nor in the list of chats nor in the book of a new login, and nothing said there arrives."""
    service = logged_in.service
    service.phone.says("hello", "Club")
    room = await logged_in.name_of(SECRET_CLUB)
    answer = await logged_in.post("webwxupdatechatroom", {"ChatRoomName": room}, fun="quitchatroom")
    assert answer["BaseResponse"]["Ret"] == 0
    service.accounts[0].say(SECRET_CLUB, BOB, compose.text("among ourselves"))
    with pytest.raises(LookupError, match="is not in"):
        service.person("bob").says("to the empty chair", "Club")
    assert [each["Content"] for each in await logged_in.messages() if "ourselves" in each["Content"]] == []
    again = await logged_in.log_in()
    await again.post(
        "webwxstatusnotify", {"Code": 3, "FromUserName": again.me, "ToUserName": again.me, "ClientMsgId": 1}
    )
    told = json.dumps([again.init_answer, await again.sync(), await again.contacts()])
    assert await again.name_of(SECRET_CLUB) not in told
    assert await again.name_of(TEAM) in told


async def test_articles_of_official_accounts_are_told_at_the_start(logged_in: Browser) -> None:
    """MPSubscribeMsgList: the newest list of each account."""
    assert logged_in.init_answer["MPSubscribeMsgList"] == []
    pieces = [
        ("One & two", "digest <1>", "https://example.com/?a=1&b=2"),
        ("Two", "", "https://example.com/2"),
    ]
    news = logged_in.service.person("MachineEvent")
    news.sends(compose_apps.article_list("MachineEvent", pieces[1:]))
    news.sends(compose_apps.article_list("MachineEvent", pieces))
    told = (await logged_in.begin()).init_answer
    assert told["MPSubscribeMsgCount"] == len(told["MPSubscribeMsgList"]) == 1
    account = told["MPSubscribeMsgList"][0]
    assert (account["NickName"], account["MPArticleCount"]) == ("MachineEvent", 2)
    first = account["MPArticleList"][0]
    assert (html.unescape(first["Title"]), html.unescape(first["Url"])) == (pieces[0][0], pieces[0][2])
