"""The parked poll, the keys, the slices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hongyan.emulator import Emulator, World
from hongyan.emulator.logins import COOKIE_SECONDS

from ..browser import ALICE, TEAM, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator import ManualClock


async def test_poll_wakes_when_somebody_writes(logged_in: Browser) -> None:
    """Selector 2 at once."""
    waiting = asyncio.create_task(logged_in.check())
    await asyncio.sleep(0.02)
    logged_in.service.person("alice").says("hi")
    assert await waiting == ("0", "2")


async def test_poll_with_nothing_new_says_0(logged_in: Browser) -> None:
    """After the hold."""
    assert await logged_in.check() == ("0", "0")


async def test_second_poll_releases_the_first(
    world: World, open_browser: Callable[[Emulator], Browser]
) -> None:
    """Only one poll of a login is parked."""
    async with Emulator(world, poll_seconds=60) as service:
        browser = await open_browser(service).log_in()
        first = asyncio.create_task(browser.check())
        await asyncio.sleep(0.02)
        second = asyncio.create_task(browser.check())
        assert await first == ("0", "0")
        service.person("alice").says("hi")
        assert await second == ("0", "2")


async def test_messages_come_again_until_the_key_advances(logged_in: Browser) -> None:
    """Receiving acknowledges nothing; coming back with the new key does."""
    logged_in.service.person("alice").says("one")
    old = logged_in.key
    first, again = await logged_in.sync(old), await logged_in.sync(old)
    assert [each["MsgId"] for each in first["AddMsgList"]] == [each["MsgId"] for each in again["AddMsgList"]]
    assert await logged_in.check(old) == ("0", "2")
    assert (await logged_in.sync(first["SyncKey"]))["AddMsgCount"] == 0
    assert await logged_in.check(first["SyncKey"]) == ("0", "0")


async def test_backlog_comes_in_slices_in_order(logged_in: Browser) -> None:
    """50 at once, ContinueFlag until the last."""
    alice = logged_in.service.person("alice")
    for number in range(120):
        alice.says(f"m{number}")
    answers = [await logged_in.sync() for _ in range(3)]
    assert [each["AddMsgCount"] for each in answers] == [50, 50, 20]
    assert [each["ContinueFlag"] for each in answers] == [1, 1, 0]
    texts = [message["Content"] for each in answers for message in each["AddMsgList"]]
    assert texts == [f"m{number}" for number in range(120)]


async def test_keys_advance_with_empty_lists(logged_in: Browser) -> None:
    """An empty answer carries new keys, in both lists."""
    first, second = await logged_in.sync(), await logged_in.sync()
    assert first["SyncKey"] != second["SyncKey"]
    assert second["SyncKey"] == second["SyncCheckKey"]
    assert second["SyncKey"]["Count"] == len(second["SyncKey"]["List"]) == 8


async def test_a_touch_shows_selector_3_until_the_key_is_used(logged_in: Browser) -> None:
    """Seen after media: an empty sync whose keys must be kept."""
    logged_in.service.accounts[0].touch()
    assert await logged_in.check() == ("0", "3")
    assert (await logged_in.sync())["AddMsgCount"] == 0
    assert await logged_in.check() == ("0", "0")


async def test_check_key_can_lag_behind(world: World, open_browser: Callable[[Emulator], Browser]) -> None:
    """The two keys are two keys: who syncs with the check key gets the last message again."""
    async with Emulator(world, poll_seconds=0.05, check_key_lags=True) as service:
        browser = await open_browser(service).log_in()
        service.person("alice").says("one")
        answer = await browser.sync()
        assert answer["SyncKey"] != answer["SyncCheckKey"]
        assert await browser.check() == ("0", "0")
        mixed = await browser.sync(answer["SyncCheckKey"])
        assert [each["Content"] for each in mixed["AddMsgList"]] == ["one"]


async def test_text_message_has_all_keys_with_their_types(logged_in: Browser) -> None:
    """itchat indexes them without looking; MsgId and NewMsgId are the same number."""
    logged_in.service.person("alice").says("a <b>\n'c' & \"d\"")
    message = (await logged_in.messages())[0]
    assert message["Content"] == "a &lt;b&gt;<br/>&#39;c&#39; &amp; &quot;d&quot;"
    assert message["FromUserName"] == await logged_in.name_of(ALICE)
    assert message["ToUserName"] == logged_in.me
    assert message["MsgId"] == str(message["NewMsgId"])
    assert message["NewMsgId"] > 2**53
    assert (message["MsgType"], message["Status"], message["FileSize"], message["Ticket"]) == (1, 3, "", "")
    assert message["RecommendInfo"]["UserName"] == ""
    assert message["AppInfo"] == {"AppID": "", "Type": 0}


async def test_group_text_names_its_sender(logged_in: Browser) -> None:
    """From is the group, the sender stands in front of the text."""
    logged_in.service.person("alice").says("hello", TEAM)
    message = (await logged_in.messages())[0]
    assert message["FromUserName"] == await logged_in.name_of(TEAM)
    assert message["Content"] == f"{await logged_in.name_of(ALICE)}:<br/>hello"


async def test_several_changes_of_one_contact_come_as_one(logged_in: Browser) -> None:
    """A slice tells the last state of each."""
    phone = logged_in.service.phone
    phone.remarks("alice", "first")
    phone.remarks("first", "second")
    assert await logged_in.check() == ("0", "4")
    answer = await logged_in.sync()
    assert (answer["ModContactCount"], answer["ModContactList"][0]["RemarkName"]) == (1, "second")
    assert "PYInitial" not in answer["ModContactList"][0]


async def test_own_profile_change_sets_bit_flag_190(logged_in: Browser) -> None:
    """Nickname and picture of the account itself come as Profile."""
    assert (await logged_in.sync())["Profile"]["BitFlag"] == 0
    logged_in.service.phone.calls_itself("New me")
    profile = (await logged_in.sync())["Profile"]
    assert (profile["BitFlag"], profile["NickName"]["Buff"]) == (190, "New me")


async def test_sync_renews_the_cookies(logged_in: Browser, clock: ManualClock) -> None:
    """Twelve hours count from the last webwxsync."""
    clock.advance(COOKIE_SECONDS - 60)
    await logged_in.sync()
    cookies = {each.key: each.value for each in logged_in.http.cookie_jar}
    assert cookies["wxloadtime"].endswith("_expired")
    assert cookies["wxpluginkey"] == str(logged_in.key["List"][6]["Val"])
    clock.advance(COOKIE_SECONDS - 60)
    assert (await logged_in.check())[0] == "0"


async def test_cookies_end_after_twelve_hours(logged_in: Browser, clock: ManualClock) -> None:
    """A login that never synced gets 1102 from everything."""
    clock.advance(COOKIE_SECONDS)
    assert await logged_in.check() == ("1102", "0")
    assert (await logged_in.sync())["BaseResponse"]["Ret"] == 1102


async def test_refused_sync_still_has_its_keys(logged_in: Browser) -> None:
    """openwechat reads SyncKey.Count without looking at Ret."""
    logged_in.service.phone.log_web_out(1101)
    answer = await logged_in.sync()
    assert (answer["BaseResponse"]["Ret"], answer["SyncKey"], answer["SyncCheckKey"]["Count"]) == (
        1101,
        {"Count": 0, "List": []},
        0,
    )


async def test_poll_is_answered_on_every_host(logged_in: Browser) -> None:
    """WeixinBot polls at the MAIN host itself."""
    for host in ("wx2.qq.com", "webpush.wx2.qq.com", "webpush.wx.qq.com"):
        query: dict[str, Any] = {"sid": logged_in.secrets["wxsid"], "uin": logged_in.secrets["wxuin"]}
        answer = await logged_in.get("synccheck", {"Host": host}, **query)
        assert 'retcode:"0"' in await answer.text()


async def test_unescaped_sid_in_the_query_is_read(logged_in: Browser) -> None:
    """A plus that became a blank."""
    login = logged_in.service.accounts[0].living()[0]
    query: dict[str, Any] = {"sid": login.secrets.sid.replace("+", " "), "uin": logged_in.secrets["wxuin"]}
    assert 'retcode:"0"' in await (await logged_in.get("synccheck", **query)).text()
