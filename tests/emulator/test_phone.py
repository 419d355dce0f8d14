"""What the phone and the people of the world do, and what the web client sees of it."""

from __future__ import annotations

import pytest

from hongyan.emulator import compose

from .browser import ALICE, BOB, SECRET_CLUB, TEAM, Browser


async def test_phone_messages_come_as_own(logged_in: Browser) -> None:
    """From self to the peer; in groups without a sender's prefix."""
    phone = logged_in.service.phone
    phone.says("to alice", "alice")
    phone.says("to all", "Team")
    private, group = await logged_in.messages()
    assert (private["FromUserName"], private["ToUserName"]) == (logged_in.me, await logged_in.name_of(ALICE))
    assert (group["FromUserName"], group["ToUserName"]) == (logged_in.me, await logged_in.name_of(TEAM))
    assert group["Content"] == "to all"


async def test_phone_recalls_its_own_messages(logged_in: Browser) -> None:
    """From self, in the chat of the message; others' messages are not its own."""
    phone = logged_in.service.phone
    phone.recalls(phone.says("oops", "alice"))
    notice = (await logged_in.messages())[1]
    assert (notice["MsgType"], notice["FromUserName"]) == (10002, logged_in.me)
    assert "你撤回了一条消息" in notice["Content"]
    with pytest.raises(ValueError, match="did not send"):
        phone.recalls(logged_in.service.person("alice").says("mine"))


@pytest.mark.parametrize(("act", "code"), [("reads", 1), ("opens", 2), ("leaves", 5)])
async def test_phone_shows_what_it_looks_at(logged_in: Browser, act: str, code: int) -> None:
    """MsgType 51 with selector 7."""
    getattr(logged_in.service.phone, act)("alice")
    assert await logged_in.check() == ("0", "7")
    note = (await logged_in.sync())["AddMsgList"][0]
    name = await logged_in.name_of(ALICE)
    assert (note["MsgType"], note["StatusNotifyCode"]) == (51, code)
    assert (note["FromUserName"], note["ToUserName"], note["StatusNotifyUserName"]) == (
        logged_in.me,
        name,
        name,
    )


async def test_phone_changes_groups(logged_in: Browser) -> None:
    """Create, rename, add, remove, save, quit: each with its record."""
    phone = logged_in.service.phone
    phone.creates_group("Phone", ["alice"])
    phone.adds("Phone", ["bob"])
    phone.renames("Phone", "Phone 2")
    phone.removes("Phone 2", ["alice"])
    phone.saves("Phone 2")
    answer = await logged_in.sync()
    record = answer["ModContactList"][0]
    assert (record["NickName"], record["MemberCount"], record["ContactFlag"] & 1) == ("Phone 2", 2, 1)
    assert [each["Content"] for each in answer["AddMsgList"]] == [
        "你邀请&quot;alice&quot;加入了群聊",
        "你邀请&quot;bob&quot;加入了群聊",
        "你修改群名为“Phone 2”",
        "你将&quot;alice&quot;移出了群聊",
    ]
    phone.quits("Phone 2")
    assert (await logged_in.sync())["DelContactCount"] == 1


async def test_people_change_groups(logged_in: Browser) -> None:
    """The lines name who did it; who leaves by himself leaves no line."""
    service = logged_in.service
    bob, alice = service.person("bob"), service.person("alice")
    bob.adds("Club", [alice])
    bob.renames("Club", "Club 2")
    alice.quits("Club 2")
    bob.removes("Club 2", [service.person("wxid_me0000000000001")])
    lines = [each["Content"] for each in await logged_in.messages()]
    assert lines == [
        "&quot;bob&quot;邀请&quot;alice&quot;加入了群聊",
        "&quot;bob&quot;修改群名为“Club 2”",
        "你被&quot;bob&quot;移出群聊",
    ]
    record = logged_in.service.accounts[0].world.groups[SECRET_CLUB]
    assert [each.id for each in record.members] == [BOB, "carol_short"]


async def test_phone_pins_and_deletes(logged_in: Browser) -> None:
    """ContactFlag 0x800 comes and goes; a deleted friend is a DelContact with selector 6."""
    phone = logged_in.service.phone
    phone.pins("alice")
    assert (await logged_in.sync())["ModContactList"][0]["ContactFlag"] & 0x800
    phone.deletes("alice")
    assert await logged_in.check() == ("0", "6")
    assert (await logged_in.sync())["DelContactList"] == [
        {"UserName": await logged_in.name_of(ALICE), "ContactFlag": 0}
    ]


async def test_nobody_can_speak_in_a_group_he_is_not_in(logged_in: Browser) -> None:
    """LookupError, also for names that nobody has."""
    with pytest.raises(LookupError, match="is not in"):
        logged_in.service.person("alice").says("x", "Club")
    with pytest.raises(LookupError, match="no person is called"):
        logged_in.service.person("nobody")


async def test_groups_hear_what_the_client_writes(logged_in: Browser) -> None:
    """By pattern, test or anything."""
    await logged_in.send(TEAM, "number 7", 1)
    team = logged_in.service.group("Team")
    assert (await team.hears(lambda message: message.text.endswith("7"))).chat == TEAM


async def test_any_composed_message_can_be_sent(logged_in: Browser) -> None:
    """Fields of a composer go into the item."""
    content = compose.Composed(49, "x", fields={"AppMsgType": 5, "FileName": "title", "Url": "http://a"})
    logged_in.service.person("alice").sends(content)
    message = (await logged_in.messages())[0]
    assert (message["MsgType"], message["AppMsgType"], message["FileName"]) == (49, 5, "title")
