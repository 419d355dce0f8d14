"""Orders of the control API that cannot be carried out: a sentence and a status from 400 to 499, and nothing is done.

The calls and their words come from the table that the API itself reads, so a new call is in here by itself.
"""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import aiohttp
import msgspec
import pytest

from hongyan.emulator import Emulator
from hongyan.emulator.orders import ORDERS

from .browser import ALICE, Browser, small_world

_GOOD: dict[str, Any] = {
    "from": "alice",
    "text": "hi",
    "chat": "alice",
    "person": "alice",
    "group": "Team",
    "topic": "T",
    "name": "N",
    "nickname": "N",
    "people": ["bob"],
    "kind": "text",
    "values": {"words": "hi"},
    "msg_id": "1",
    "action": "cut",
    "seconds": 1,
}
_WRONG: tuple[Any, ...] = (
    7.5,
    True,
    [],
    {},
    [1],
    {"a": 1},
    "x" * 200_000,
    -1,
    10**30,
    1e308,
    None,
    "",
    "\u0000",
)
_REQUESTS = sorted(ORDERS)


async def _answer(browser: Browser, call: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    method, _, path = call.partition(" ")
    url = f"{browser.service.origin}/_control/{path.replace('MSG_ID', '1')}"
    async with browser.http.request(method, url, data=body, headers=headers) as answer:
        raw = await answer.read()
        assert answer.status < 500, (call, body[:200], raw)
        return answer.status, json.loads(raw) if answer.content_type == "application/json" else {}


def _words(call: str) -> list[msgspec.structs.FieldInfo]:
    return list(msgspec.structs.fields(ORDERS[call]))


@pytest.mark.parametrize("call", _REQUESTS)
async def test_words_of_other_types_are_refused(logged_in: Browser, call: str) -> None:
    """Each word of each call, one after the other, with everything that it cannot be; never a stumble."""
    good = {each.encode_name: _GOOD[each.encode_name] for each in _words(call) if each.required}
    for word in _words(call):
        for wrong in _WRONG:
            status, told = await _answer(
                logged_in, call, json.dumps(good | {word.encode_name: wrong}).encode()
            )
            assert status < 400 or told["error"], (call, word.encode_name, wrong)
            if isinstance(wrong, dict) and word.encode_name not in {"values", "value"}:
                assert status == 400, (call, word.encode_name, wrong)


@pytest.mark.parametrize("call", _REQUESTS)
async def test_unknown_words_and_bodies_that_are_no_object_are_refused(logged_in: Browser, call: str) -> None:
    """A misspelt word is not passed over; a missing one is named."""
    good = {each.encode_name: _GOOD[each.encode_name] for each in _words(call) if each.required}
    status, told = await _answer(logged_in, call, json.dumps(good | {"tiems": 3}).encode())
    assert (status, "tiems" in told["error"]) == (400, True)
    for name in good:
        status, told = await _answer(logged_in, call, json.dumps({**good, name: None}).encode())
        assert status == 400
        status, told = await _answer(
            logged_in, call, json.dumps({k: v for k, v in good.items() if k != name}).encode()
        )
        assert (status, name in told["error"]) == (400, True)
    for body in (
        b"[]",
        b"7",
        b"{",
        b'"x"',
        b"\xff",
        b"[" * 100_000,
        b'{"account": "nobody"}',
        b'{"a": "\\ud83d"}',
    ):
        assert (await _answer(logged_in, call, body))[0] in {200, 400}, body[:20]


async def test_any_order_is_answered(logged_in: Browser) -> None:
    """Some thousand drawn orders: an answer each, and the service lives on."""
    chance = random.Random(12)
    values = [*_GOOD.values(), *_WRONG, "me", "wxid_nobody", ALICE, 0, 1, "0"]
    logged_in.service.options.poll_seconds = 0.0
    for number in range(1500):
        call = chance.choice(_REQUESTS)
        body = {each.encode_name: chance.choice(values) for each in _words(call) if chance.random() < 0.8}
        body.pop("wait", None)
        if call == "POST fault":
            body["count"] = 1
        raw = json.dumps(body).encode()
        if number % 5 == 0:
            raw = raw[: chance.randrange(len(raw))] + chance.randbytes(3)
        await _answer(logged_in, call, raw)
    logged_in.service.faults.clear()
    assert (await _answer(logged_in, "GET state", b""))[0] == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:5000", 200),
        ("localhost:1", 200),
        ("[::1]:80", 200),
        ("LOCALHOST", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example:80", 403),
        ("wx.qq.com", 403),
        ("", 403),
        ("[::1", 403),
        ("a b", 403),
    ],
)
async def test_other_host_names_get_nothing(browser: Browser, host: str, status: int) -> None:
    """A page's own name can be led to this machine by its owner; the browser then takes it for its own origin."""
    reader, writer = await asyncio.open_connection("127.0.0.1", browser.service.port)
    writer.write(f"GET /_control/state HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    raw = await reader.read()
    writer.close()
    assert int(raw.split()[1]) in {status, 400 if status == 403 else status}
    assert (b'"accounts"' in raw) == (status == 200)


async def test_pages_are_refused_by_what_browsers_say(browser: Browser) -> None:
    """An Origin, or that the request comes from some site; a person who types the address is no page."""
    assert (await _answer(browser, "GET state", b"", **{"Sec-Fetch-Site": "cross-site"}))[0] == 403
    assert (await _answer(browser, "POST phone/confirm", b"", Origin="http://127.0.0.1"))[0] == 403
    assert (await _answer(browser, "GET state", b"", **{"Sec-Fetch-Site": "none"}))[0] == 200


async def test_what_is_not_there_is_said(browser: Browser) -> None:
    """An unknown path, a wrong method, an act that does not exist: JSON, with what there is."""
    for call, status, word in (
        ("GET nowhere", 404, "POST say"),
        ("POST phone/explode", 404, "phone/confirm"),
        ("GET say", 405, "POST"),
        ("POST person/flies", 404, "person/joins"),
    ):
        got, told = await _answer(browser, call, b"")
        assert (got, word in told["error"]) == (status, True), call
    _, told = await _answer(browser, "GET ", b"")
    assert told["calls"]["POST say"]["text"] == "string, needed"
    assert set(told["calls"]) == set(ORDERS)


@pytest.mark.parametrize("times", [0, -1, 10_001, 100_000_000, 10**30, "5", 1.5])
async def test_numbers_have_bounds(logged_in: Browser, times: object) -> None:
    """A slip of the finger does not keep the service busy for hours."""
    order = {"from": "alice", "text": "x", "times": times}
    status, told = await _answer(logged_in, "POST say", json.dumps(order).encode())
    assert (status, "times" in told["error"]) == (400, True)
    assert logged_in.service.accounts[0].messages == {}


async def test_many_messages_leave_room_for_others(logged_in: Browser) -> None:
    """Two thousand at once: another request is answered meanwhile."""
    order = json.dumps({"from": "alice", "text": "x", "times": 2000}).encode()
    saying = asyncio.create_task(_answer(logged_in, "POST say", order))
    await asyncio.sleep(0)
    seen = []
    while not saying.done():
        seen.append((await _answer(logged_in, "GET state", b""))[1]["accounts"][0]["messages"])
    assert (await saying)[0] == 200
    assert any(0 < count < 2000 for count in seen)


async def test_the_clock_ends_somewhere(logged_in: Browser) -> None:
    """Ten years at a time, up to the year 2500; what is dated stays readable."""
    for _ in range(60):
        status, _told = await _answer(logged_in, "POST clock", b'{"seconds": 315360000}')
        if status == 400:
            break
    assert status == 400
    await logged_in.log_in()


async def test_kinds_with_wrong_values_are_refused(logged_in: Browser) -> None:
    """Neither a stumble nor an hour of silence as sound."""
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("voice", {"seconds": 1e9}),
        ("video", {"seconds": 10**9}),
        ("voice", {"seconds": "long"}),
        ("location", {"latitude": "north", "longitude": 1, "label": "x"}),
        ("text", {"words": 5}),
        ("record", {"title": "x", "lines": [1]}),
        ("articles", {"publisher": "x", "articles": []}),
        ("file", {"name": []}),
        ("card", {"person": {}}),
    )
    for kind, values in wrong:
        order = {"from": "alice", "kind": kind, "values": values}
        status, told = await _answer(logged_in, "POST send", json.dumps(order).encode())
        assert (status, bool(told["error"])) == (400, True), kind


async def test_bytes_of_what_was_sent_are_told(logged_in: Browser) -> None:
    """Content, type, size, digests and the file itself, under the address that is told."""
    data = b"%PDF-1.4 \x00\xff" * 1000
    media_id = (await logged_in.upload(data, "周报.pdf"))[-1]["MediaId"]
    xml = f"<appmsg><title>周报.pdf</title><type>6</type><attachid>{media_id}</attachid></appmsg>"
    message = {"Type": 6, "Content": xml, "ToUserName": await logged_in.name_of(ALICE), "ClientMsgId": 1}
    await logged_in.post("webwxsendappmsg", {"Msg": message, "Scene": 0})
    _, told = await _answer(logged_in, "GET sent", b"")
    listed = told["sent"][0]
    assert (listed["type"], listed["app_type"]) == (49, 6)
    assert "周报.pdf" in listed["content"]
    file = listed["files"]["full"]
    assert (file["name"], file["size"]) == ("周报.pdf", len(data))
    answer = await logged_in.http.get(file["url"])
    assert await answer.read() == data
    assert (await _answer(logged_in, "GET media/2", b""))[0] == 400
    assert (await _answer(logged_in, "GET media/x", b""))[0] == 400
    assert (await _answer(logged_in, f"GET media/{listed['msg_id']}?variant=slave", b""))[0] == 400


async def test_calls_are_counted(logged_in: Browser) -> None:
    """Per endpoint, also those that were answered by a fault; until they are forgotten."""
    service = logged_in.service
    before = service.calls["webwxsync"]
    service.faults.add("drop", "webwxsync")
    with pytest.raises(aiohttp.ClientError):
        await logged_in.sync()
    await logged_in.sync()
    _, told = await _answer(logged_in, "GET calls", b"")
    assert told["calls"]["webwxsync"] == service.calls["webwxsync"] == before + 2
    assert told["total"] == sum(told["calls"].values())
    await _answer(logged_in, "DELETE calls", b"")
    assert (await _answer(logged_in, "GET calls", b""))[1] == {"calls": {}, "total": 0}


async def test_one_can_wait_for_what_is_sent(logged_in: Browser) -> None:
    """`wait` seconds at most, and no longer than until it is there."""
    assert (await _answer(logged_in, "GET sent?wait=0.05", b""))[1] == {"sent": []}
    waiting = asyncio.create_task(_answer(logged_in, "GET sent?since=0&wait=30", b""))
    await asyncio.sleep(0.05)
    await logged_in.send(ALICE, "now", 1)
    assert [each["text"] for each in (await waiting)[1]["sent"]] == ["now"]
    assert (await _answer(logged_in, "GET sent?since=x", b""))[0] == 400


async def test_a_body_that_is_too_large_is_refused() -> None:
    """413, as JSON."""
    async with Emulator(small_world()) as service:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(
            b"POST /_control/say HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200000000\r\n\r\n"
            + b"x" * 200
        )
        writer.write_eof()
        raw = await reader.read(200)
        writer.close()
        assert raw == b"" or raw.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))
