"""The JSON control API."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from hongyan.emulator.control import _is_loopback

from .browser import ALICE, STRANGER, TEAM, Browser

if TYPE_CHECKING:
    from hongyan.emulator import ManualClock


async def test_phone_is_ordered(browser: Browser) -> None:
    """Scan, confirm, and later log the web out."""
    uuid = await browser.new_code()
    await browser.control("POST", "phone/scan")
    assert "code=201" in await browser.poll(uuid)
    await browser.control("POST", "phone/confirm")
    await browser.open_page(await browser.take_ticket(uuid))
    await browser.begin()
    await browser.control("POST", "phone/log_web_out", {"code": 1101})
    assert await browser.check() == ("1101", "0")


async def test_people_speak_by_order(logged_in: Browser) -> None:
    """As anybody, into groups, from the phone, many times."""
    answer = await logged_in.control("POST", "say", {"from": "alice", "text": "hi", "group": "Team"})
    assert (answer["chat"], answer["from"], answer["times"]) == (TEAM, ALICE, 1)
    await logged_in.control("POST", "say", {"from": "me", "to": "alice", "text": "own", "times": 2})
    texts = [each["Content"].split("<br/>")[-1] for each in await logged_in.messages()]
    assert texts == ["hi", "own", "own"]
    await logged_in.control("POST", "recall", {"msg_id": answer["msg_id"]})
    assert (await logged_in.messages())[0]["MsgType"] == 10002


async def test_any_kind_is_sent_by_its_name(logged_in: Browser) -> None:
    """With its values, or with bytes of one's own; a kind that does not exist is answered with those that do."""
    order = {"from": "alice", "kind": "system", "values": {"words": "grey"}}
    await logged_in.control("POST", "send", order)
    picture = {"kind": "picture", "data_base64": base64.b64encode(b"GIF89a").decode(), "name": "a.gif"}
    sent = await logged_in.control("POST", "send", order | picture)
    assert [each["MsgType"] for each in await logged_in.messages()] == [10000, 3]
    answer = await logged_in.get("webwxgetmsgimg", MsgID=sent["msg_id"])
    assert await answer.read() == b"GIF89a"
    assert "there are: " in (await logged_in.control("POST", "send", order | {"kind": "os"}))["error"]
    assert (
        "no kind" in (await logged_in.control("POST", "send", order | picture | {"kind": "system"}))["error"]
    )


async def test_sent_messages_are_listed(logged_in: Browser) -> None:
    """With the ids as text."""
    sent = await logged_in.send(ALICE, "hello", 7)
    listed = (await logged_in.control("GET", "sent"))["sent"]
    assert [(each["text"], each["chat"], each["msg_id"]) for each in listed] == [
        ("hello", ALICE, sent["MsgID"])
    ]
    assert (await logged_in.control("GET", "sent?since=1"))["sent"] == []


async def test_faults_are_ordered_listed_and_cleared(logged_in: Browser) -> None:
    """The table explains itself."""
    await logged_in.control(
        "POST", "fault", {"action": "ret", "endpoint": "webwxsync", "value": -1, "count": None}
    )
    listed = await logged_in.control("GET", "fault")
    assert listed["faults"][0]["endpoint"] == "webwxsync"
    assert set(listed["actions"]) >= {
        "kick",
        "drop",
        "delay",
        "truncate",
        "duplicate",
        "reorder",
        "rate_limit",
    }
    assert (await logged_in.sync())["BaseResponse"]["Ret"] == -1
    await logged_in.control("DELETE", "fault")
    assert (await logged_in.sync())["BaseResponse"]["Ret"] == 0
    assert "unknown fault" in (await logged_in.control("POST", "fault", {"action": "explode"}))["error"]


async def test_clock_kick_touch_and_limits_are_ordered(logged_in: Browser, clock: ManualClock) -> None:
    """Each acts at once."""
    before = clock.now()
    await logged_in.control("POST", "clock", {"seconds": 60})
    assert clock.now() == before + 60
    await logged_in.control("POST", "touch")
    assert await logged_in.check() == ("0", "3")
    await logged_in.control("POST", "limit", {"kind": "send", "burst": 0, "per_second": 0})
    assert (await logged_in.send(ALICE, "x", 1))["BaseResponse"]["Ret"] == 1205
    assert (await logged_in.control("POST", "kick", {"retcode": 1102}))["ended"] == 1
    assert await logged_in.check() == ("1102", "0")


async def test_state_shows_no_secrets(logged_in: Browser) -> None:
    """Logins and counts, but neither sid nor skey."""
    state = await logged_in.control("GET", "state")
    assert state["accounts"][0]["logins"][0]["ended"] == 0
    text = str(state)
    assert not any(logged_in.secrets[name] in text for name in ("wxsid", "skey", "pass_ticket"))
    people = await logged_in.control("GET", "people")
    assert {"id": STRANGER, "nickname": "Carol", "remark": ""} in people["people"]


async def test_people_act_by_order(logged_in: Browser) -> None:
    """Friend requests and group changes."""
    await logged_in.control("POST", "person/asks", {"from": STRANGER, "text": "hi"})
    await logged_in.control("POST", "person/renames", {"from": "alice", "group": "Team", "topic": "T2"})
    kinds = [each["MsgType"] for each in await logged_in.messages()]
    assert kinds == [37, 10000]
    assert (
        "no request was sent"
        in (await logged_in.control("POST", "person/accepts", {"from": STRANGER}))["error"]
    )


def test_only_this_machine_is_answered() -> None:
    """Loopback addresses of both families and nothing else."""
    assert _is_loopback("127.0.0.1")
    assert _is_loopback("::1")
    assert not _is_loopback("192.168.0.7")
    assert not _is_loopback(None)


async def test_web_pages_cannot_give_orders(browser: Browser) -> None:
    """A request with an Origin comes from a page somewhere."""
    url = browser.service.origin + "/_control/state"
    answer = await browser.http.get(url, headers={"Origin": "https://example.org"})
    assert answer.status == 403
