"""Friend requests, remarks, pins and groups, as the client orders them."""

from __future__ import annotations

from typing import Any

import pytest

from hongyan.emulator import Emulator, Group, Member, Person, World

from ..browser import ALICE, BOB, ME, NEWS, SECRET_CLUB, STRANGER, TEAM, Browser


async def _verify(browser: Browser, opcode: int, name: str, ticket: str = "", **changes: Any) -> int:
    order = {
        "Opcode": opcode,
        "VerifyUserListSize": 1,
        "VerifyUserList": [{"Value": name, "VerifyUserTicket": ticket}],
        "VerifyContent": "Hi, it is me",
        "SceneListCount": 1,
        "SceneList": [33],
        "skey": browser.secrets["skey"],
    }
    return int((await browser.post("webwxverifyuser", order | changes))["BaseResponse"]["Ret"])


async def test_request_comes_with_its_ticket(logged_in: Browser) -> None:
    """MsgType 37 from fmessage; RecommendInfo has the UserName for the answer."""
    logged_in.service.person(STRANGER).asks("Let me in")
    message = (await logged_in.messages())[0]
    info = message["RecommendInfo"]
    assert (message["MsgType"], message["FromUserName"]) == (37, "fmessage")
    assert info["UserName"] == await logged_in.name_of(STRANGER)
    assert (info["Content"], info["NickName"], info["OpCode"]) == ("Let me in", "Carol", 2)
    assert info["Ticket"].startswith("v2_")
    assert f'fromusername="{STRANGER}"' in message["Content"]


async def test_accepting_makes_a_friend(logged_in: Browser) -> None:
    """A ModContact with selector 6 beside the grey line from the new friend."""
    logged_in.service.person(STRANGER).asks("Let me in")
    info = (await logged_in.messages())[0]["RecommendInfo"]
    assert await _verify(logged_in, 3, info["UserName"], "v2_wrong@stranger") == -1
    assert await _verify(logged_in, 3, info["UserName"], info["Ticket"]) == 0
    answer = await logged_in.sync()
    assert answer["ModContactList"][0]["ContactFlag"] == 3
    line = answer["AddMsgList"][0]
    assert (line["MsgType"], line["Status"], line["FromUserName"]) == (10000, 4, info["UserName"])
    assert "你已添加了Carol" in line["Content"]
    assert (await logged_in.send(STRANGER, "hello", 1))["BaseResponse"]["Ret"] == 0


async def test_accepting_without_a_ticket_passes(logged_in: Browser) -> None:
    """itchat and wxpy leave it empty; without a request it is -1."""
    name = await logged_in.name_of(STRANGER)
    assert await _verify(logged_in, 3, name) == -1
    logged_in.service.person(STRANGER).asks("Hi")
    assert await _verify(logged_in, 3, name) == 0


async def test_verify_list_must_be_a_list(logged_in: Browser) -> None:
    """An object gives Ret 1 since 2017."""
    assert await _verify(logged_in, 2, "@x", VerifyUserList={"Value": "@x"}) == 1


async def test_request_of_the_client_reaches_the_person(logged_in: Browser) -> None:
    """Who accepts writes the usual sentence."""
    carol = logged_in.service.person(STRANGER)
    assert await _verify(logged_in, 2, await logged_in.name_of(STRANGER)) == 0
    assert await carol.is_asked() == "Hi, it is me"
    carol.accepts()
    answer = await logged_in.sync()
    assert answer["AddMsgList"][0]["Content"].startswith("我通过了你的朋友验证请求")
    assert len(await logged_in.contacts()) == 8


async def test_official_accounts_are_followed_at_once(logged_in: Browser) -> None:
    """Opcode 1."""
    logged_in.service.accounts[0].world.people[NEWS].friend = False
    assert await _verify(logged_in, 1, await logged_in.name_of(NEWS)) == 0
    assert logged_in.service.accounts[0].world.people[NEWS].friend


async def _oplog(browser: Browser, permanent_id: str, **order: Any) -> int:
    body = {"UserName": await browser.name_of(permanent_id)} | order
    return int((await browser.post("webwxoplog", body))["BaseResponse"]["Ret"])


async def test_remark_comes_back_as_contact_change(logged_in: Browser) -> None:
    """CmdId 2; somebody who is not a friend gives 1205."""
    assert await _oplog(logged_in, ALICE, CmdId=2, RemarkName="Ally") == 0
    assert (await logged_in.sync())["ModContactList"][0]["RemarkName"] == "Ally"
    assert await _oplog(logged_in, STRANGER, CmdId=2, RemarkName="x") == 1205


async def test_remarks_can_be_dead(logged_in: Browser) -> None:
    """Since 2023: Ret 0 and nothing changes."""
    logged_in.service.options.remarks_work = False
    assert await _oplog(logged_in, ALICE, CmdId=2, RemarkName="Ally") == 0
    assert (await logged_in.sync())["ModContactCount"] == 0


async def test_pin_without_remark_wipes_it(logged_in: Browser) -> None:
    """The pin call must repeat the remark."""
    assert await _oplog(logged_in, ALICE, CmdId=3, OP=1, RemarkName="alice") == 0
    record = (await logged_in.sync())["ModContactList"][0]
    assert (record["ContactFlag"], record["RemarkName"]) == (2051, "alice")
    assert await _oplog(logged_in, ALICE, CmdId=3, OP=0) == 0
    record = (await logged_in.sync())["ModContactList"][0]
    assert (record["ContactFlag"], record["RemarkName"]) == (3, "")


async def _create(browser: Browser, *people: str, topic: str = "New") -> dict[str, Any]:
    members = [{"UserName": await browser.name_of(each)} for each in people]
    return await browser.post(
        "webwxcreatechatroom", {"MemberCount": len(members), "MemberList": members, "Topic": topic}
    )


async def test_group_is_created(logged_in: Browser) -> None:
    """The answer names it; a grey line and a ModContact follow; it can be fetched and written to."""
    answer = await _create(logged_in, ALICE, BOB)
    room = answer["ChatRoomName"]
    assert room.startswith("@@")
    assert [each["MemberStatus"] for each in answer["MemberList"]] == [0, 0]
    told = await logged_in.sync()
    assert told["ModContactList"][0]["UserName"] == room
    assert told["AddMsgList"][0]["FromUserName"] == room
    assert told["AddMsgList"][0]["Content"] == "你邀请&quot;alice、bob&quot;加入了群聊"
    batch = await logged_in.post("webwxbatchgetcontact", {"Count": 1, "List": [{"UserName": room}]})
    assert (batch["ContactList"][0]["NickName"], batch["ContactList"][0]["MemberCount"]) == ("New", 3)
    logged_in.service.person("alice").says("hello", "New")
    assert (await logged_in.messages())[0]["FromUserName"] == room


async def test_group_needs_two_others(logged_in: Browser) -> None:
    """One other, or an unknown name: Ret 1."""
    assert (await _create(logged_in, ALICE))["BaseResponse"]["Ret"] == 1
    members = [{"UserName": "@" + "0" * 64}, {"UserName": await logged_in.name_of(ALICE)}]
    answer = await logged_in.post(
        "webwxcreatechatroom", {"MemberCount": 2, "MemberList": members, "Topic": ""}
    )
    assert answer["BaseResponse"]["Ret"] == 1


async def test_group_shows_who_is_no_friend(logged_in: Browser) -> None:
    """MemberStatus 4, and they are not in it."""
    answer = await _create(logged_in, ALICE, STRANGER)
    assert [each["MemberStatus"] for each in answer["MemberList"]] == [0, 4]
    assert not logged_in.service.accounts[0].world.groups[logged_in.service.group("New").id].has(STRANGER)


async def _update(browser: Browser, fun: str | None, room: str = TEAM, **order: Any) -> dict[str, Any]:
    query = {} if fun is None else {"fun": fun}
    body = {"ChatRoomName": await browser.name_of(room)} | order
    return await browser.post("webwxupdatechatroom", body, **query)


def _friends(world: World, count: int) -> list[str]:
    people = [Person(f"wxid_friend{n:09}", f"F{n}") for n in range(count)]
    world.people |= {each.id: each for each in people}
    return [each.id for each in people]


async def test_members_are_added_below_forty(logged_in: Browser) -> None:
    """Somebody who is in, or self, makes the whole call fail."""
    world = logged_in.service.accounts[0].world
    new = await logged_in.name_of(_friends(world, 1)[0])
    answer = await _update(logged_in, "addmember", AddMemberList=f"{new},{await logged_in.name_of(BOB)}")
    assert answer["BaseResponse"]["Ret"] == 1
    answer = await _update(logged_in, "addmember", AddMemberList=new)
    assert (answer["BaseResponse"]["Ret"], answer["MemberCount"]) == (0, 4)
    told = await logged_in.sync()
    assert told["ModContactList"][0]["MemberCount"] == 4
    assert told["AddMsgList"][0]["Content"] == "你邀请&quot;F0&quot;加入了群聊"


async def test_from_forty_on_members_are_invited(logged_in: Browser) -> None:
    """addmember gives Ret 1; the invited join when they follow the link."""
    world = logged_in.service.accounts[0].world
    friends = _friends(world, 40)
    world.groups[TEAM].members = [Member(each) for each in (ME, *friends[:38])]
    name = await logged_in.name_of(friends[39])
    assert (await _update(logged_in, "addmember", AddMemberList=name))["BaseResponse"]["Ret"] == 1
    assert (await _update(logged_in, "invitemember", InviteMemberList=name))["BaseResponse"]["Ret"] == 0
    assert not world.groups[TEAM].has(friends[39])
    logged_in.service.person(friends[39]).joins("Team")
    assert (await logged_in.sync())["ModContactList"][0]["MemberCount"] == 40


async def test_large_new_group_needs_invitations(logged_in: Browser) -> None:
    """Ret -2013, which clients take as success."""
    friends = _friends(logged_in.service.accounts[0].world, 45)
    answer = await _create(logged_in, *friends)
    assert answer["BaseResponse"]["Ret"] == -2013
    assert answer["ChatRoomName"]


@pytest.mark.parametrize("fun", ["delmember", None])
async def test_owner_removes_members(logged_in: Browser, fun: str | None) -> None:
    """openwechat forgets `fun`; in somebody else's group it is Ret 1."""
    name = await logged_in.name_of(BOB)
    answer = await _update(logged_in, fun, DelMemberList=name)
    assert (answer["BaseResponse"]["Ret"], answer["MemberCount"]) == (0, 2)
    assert (await logged_in.sync())["AddMsgList"][0]["Content"] == "你将&quot;bob&quot;移出了群聊"
    assert (await _update(logged_in, fun, SECRET_CLUB, DelMemberList=name))["BaseResponse"]["Ret"] == 1


async def test_group_is_renamed(logged_in: Browser) -> None:
    """Grey line and ModContact."""
    assert (await _update(logged_in, "modtopic", NewTopic="A & B"))["BaseResponse"]["Ret"] == 0
    told = await logged_in.sync()
    assert told["ModContactList"][0]["NickName"] == "A &amp; B"
    assert told["AddMsgList"][0]["Content"] == "你修改群名为“A &amp; B”"


async def test_group_is_left(logged_in: Browser) -> None:
    """DelContact; afterwards it cannot be written to."""
    assert (await _update(logged_in, "quitchatroom"))["BaseResponse"]["Ret"] == 0
    assert (await logged_in.sync())["DelContactList"][0]["UserName"] == await logged_in.name_of(TEAM)
    assert (await logged_in.send(TEAM, "x", 1))["BaseResponse"]["Ret"] == 1204
    assert (await _update(logged_in, "modtopic", NewTopic="x"))["BaseResponse"]["Ret"] == 1


async def test_a_group_made_later_is_known_to_an_old_login(service: Emulator, logged_in: Browser) -> None:
    """The names of a login grow with the world."""
    await logged_in.contacts()
    assert service.accounts[0].living()[0].names.permanent("@@" + "0" * 64) is None
    world = service.accounts[0].world
    world.groups["10000000009@chatroom"] = Group(
        "10000000009@chatroom", "Late", ME, [Member(ME), Member(ALICE)]
    )
    service.person("alice").says("hello", "Late")
    assert (await logged_in.messages())[0]["FromUserName"].startswith("@@")


async def test_member_calls_can_be_withdrawn(logged_in: Browser) -> None:
    """As in 2018: Ret 1, while the name can still be changed."""
    logged_in.service.options.member_calls_work = False
    name = await logged_in.name_of(BOB)
    assert (await _update(logged_in, "delmember", DelMemberList=name))["BaseResponse"]["Ret"] == 1
    assert (await _update(logged_in, "modtopic", NewTopic="x"))["BaseResponse"]["Ret"] == 0
