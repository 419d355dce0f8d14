"""Every endpoint errs inside a 200, as bytes: nothing in the head of these answers says that something is wrong.

The endpoints come from the service's own table, so a new one is in here by itself.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.emulator import Emulator, compose_media
from hongyan.emulator.corruption import keys
from hongyan.emulator.faults import ACTIONS, LIES, parse_order
from hongyan.emulator.server import _ROUTES

from .browser import ALICE, PREFIX, Browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_LAST = ("webwxlogout",)  # it ends the login that the others need
_RANGED = frozenset({"webwxgetvideo", "webwxgetvoice"})
_ENOUGH = 3_000_000


@dataclass
class Answer:
    """What came: status, headers in lower case, body as it was on the wire (unchunked), whether the end was the end of the connection."""

    status: int
    headers: dict[str, str]
    body: bytes
    closed: bool


@dataclass
class House:
    """A login, one message of each kind of media, and the requests of all endpoints."""

    browser: Browser
    queries: dict[str, dict[str, Any]]

    @property
    def service(self) -> Emulator:
        return self.browser.service

    def request(self, path: str) -> bytes:
        """A request with every proof; what it asks for is right where the answer is a file, a page or a list."""
        endpoint = _endpoint(path)
        query = {"sid": self.browser.secrets["wxsid"], "fun": "new"} | self.queries.get(endpoint, {})
        uuid = str(self.queries["login"]["uuid"])
        target = path.replace("{uuid}", uuid) + "?" + "&".join(f"{k}={_quoted(v)}" for k, v in query.items())
        cookies = "; ".join(f"{each.key}={each.value}" for each in self.browser.http.cookie_jar)
        body = json.dumps({"BaseRequest": self.browser.base_request, "SyncKey": self.browser.key}).encode()
        lines = [
            f"POST {target} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Cookie: {cookies}",
            f"Content-Length: {len(body)}",
        ]
        lines += ["Range: bytes=2-"] * (endpoint in _RANGED)
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    async def ask(self, path: str, most: int = _ENOUGH) -> Answer:
        """The answer, of which no more than ``most`` bytes are read."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.service.port)
        try:
            writer.write(self.request(path))
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])
            }
            body, closed = await _body(reader, headers, most)
            return Answer(int(head[0].split()[1]), headers, body, closed)
        finally:
            writer.close()


async def _body(reader: asyncio.StreamReader, headers: dict[str, str], most: int) -> tuple[bytes, bool]:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"])), False
    body = b""
    if "transfer-encoding" in headers:
        while len(body) < most and (size := int(await reader.readline(), 16)):
            body += (await reader.readexactly(size + 2))[:-2]
        return body, False
    return await reader.read(), True


def _quoted(value: object) -> str:
    return str(value).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D").replace("@", "%40")


def _endpoint(path: str) -> str:
    return next(route.endpoint for route in _ROUTES if route.path == path)


def _paths() -> list[str]:
    return sorted((route.path for route in _ROUTES), key=lambda path: path.endswith(_LAST))


@pytest.fixture
async def house(logged_in: Browser) -> House:
    service = logged_in.service
    service.options.poll_seconds = 0.0
    alice = service.person("alice")
    data = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
    picture = alice.sends(compose_media.picture(data))
    voice = alice.sends(compose_media.voice(data, 1000))
    video = alice.sends(compose_media.video(data, 3))
    file = alice.sends(compose_media.file(data, "a.pdf"))
    uuid = await logged_in.new_code()
    ticket = next(each.value for each in logged_in.http.cookie_jar if each.key == "webwx_data_ticket")
    name = await logged_in.name_of(ALICE)
    return House(
        logged_in,
        {
            "login": {"uuid": uuid},
            "webwxgetmsgimg": {"MsgID": picture.msg_id},
            "webwxgetpubliclinkimg": {"msgid": picture.msg_id},
            "webwxgetvoice": {"msgid": voice.msg_id},
            "webwxgetvideo": {"msgid": video.msg_id},
            "webwxgetmedia": {"mediaid": file.media["full"], "webwx_data_ticket": ticket},
            "webwxpreview": {"mediaid": file.media["full"]},
            "webwxgeticon": {"username": name},
            "webwxgetheadimg": {"username": name},
            "webwxcheckurl": {"requrl": "nowhere"},
        },
    )


async def _each(
    house: House, action: str, value: object = None, **more: Any
) -> AsyncIterator[tuple[str, Answer, Answer]]:
    """For every endpoint: its healthy answer, and the one under the fault."""
    for path in _paths():
        healthy = await house.ask(path)
        fault = house.service.faults.add(action, _endpoint(path), value, **more)
        struck = await house.ask(path)
        assert fault.hits == 1, path
        assert not list(house.service.faults), path
        yield path, healthy, struck


async def test_every_endpoint_has_an_answer_to_damage(house: House) -> None:
    """The requests of this file are good enough: files come as files, lists as lists."""
    bodies = {_endpoint(path): (await house.ask(path)).body for path in _paths()}
    empty = {name for name, body in bodies.items() if not body}
    assert empty == set()
    media = ("webwxgetmsgimg", "webwxgetvoice", "webwxgetvideo", "webwxgetmedia", "webwxpreview")
    assert all(len(bodies[name]) > 2000 for name in media)
    assert b'"MemberList": [{' in bodies["webwxgetcontact"]
    assert b"1101" not in b"".join(bodies.values())


async def test_cut_with_a_length_that_fits(house: House) -> None:
    """Half of the body; the connection stays, so the transport can notice nothing."""
    async for path, healthy, struck in _each(house, "cut"):
        assert struck.status == healthy.status, path
        assert not struck.closed, path
        assert abs(len(struck.body) - len(healthy.body) // 2) <= 2, path
        assert struck.body[:4] == healthy.body[:4], path


async def test_cut_without_a_length(house: House) -> None:
    """The end of the connection is the only end."""
    async for path, healthy, struck in _each(house, "cut_open", 0.4):
        assert struck.closed, path
        assert "content-length" not in struck.headers, path
        assert "content-type" in struck.headers, path
        assert abs(len(struck.body) - len(healthy.body) * 0.4) <= 2, path


async def test_gzip_that_ends_early(house: House) -> None:
    """What comes unpacks without an error, and is not all."""
    async for path, healthy, struck in _each(house, "gzip_cut", 0.7):
        assert struck.headers["content-encoding"] == "gzip", path
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = stream.decompress(struck.body)
        assert not stream.eof, path
        assert len(unpacked) < len(healthy.body) or len(unpacked) == len(healthy.body), path
    assert gzip.decompress(gzip.compress(b"x")) == b"x"


async def test_html_page(house: House) -> None:
    """A gateway's page under a status of 200."""
    async for path, _, struck in _each(house, "html"):
        assert (struck.status, struck.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
        assert struck.body.startswith(b"<!DOCTYPE html>"), path


@pytest.mark.parametrize("ret", [1101, -1, 1205])
async def test_refusal_of_another_call(house: House, ret: int) -> None:
    """A BaseResponse, also where a picture, a page or a script is due."""
    async for path, _, struck in _each(house, "refusal", ret, text="no"):
        assert struck.status == 200, path
        assert json.loads(struck.body) == {"BaseResponse": {"Ret": ret, "ErrMsg": "no"}}, path


async def test_empty_body(house: House) -> None:
    """Content-Length 0."""
    async for path, healthy, struck in _each(house, "empty"):
        assert (struck.status, struck.headers["content-length"]) == (healthy.status, "0"), path


async def test_each_key_is_missing_once(house: House) -> None:
    """By number, outer keys first; the rest stays, and it is still JSON, a script or XML."""
    for path in _paths():
        healthy = await house.ask(path)
        names = keys(healthy.body)
        for number in range(min(len(names), 15)):
            house.service.faults.add("missing", _endpoint(path), number)
            struck = await house.ask(path)
            if healthy.body.startswith(b"{"):
                lost = set(json.loads(healthy.body)) - set(json.loads(struck.body))
                assert lost == ({names[number]} if "." not in names[number] else set()), path
            else:
                assert len(struck.body) < len(healthy.body), (path, names[number])


async def test_a_key_is_missing_by_its_name(house: House) -> None:
    """Also one that stands deeper."""
    house.service.faults.add("missing", "webwxinit", "User.UserName")
    answer = json.loads((await house.ask(PREFIX + "webwxinit")).body)
    assert "UserName" not in answer["User"]
    assert "NickName" in answer["User"]


async def test_endless_body(house: House) -> None:
    """It comes as long as one reads, and no longer; others are served meanwhile."""
    async for path, healthy, struck in _each(house, "endless"):
        assert len(struck.body) >= _ENOUGH, path
        assert struck.body[:20] == healthy.body[:20] or not healthy.body.startswith(b"\x89PNG"), path


async def test_gzip_bomb(house: House) -> None:
    """A little that comes is very much when it is unpacked."""
    for path in _paths():
        house.service.faults.add("gzip_bomb", _endpoint(path))
        struck = await house.ask(path, most=20_000)
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(struck.body)
        assert len(unpacked) > 200 * len(struck.body), path


async def test_endless_ends_where_it_was_told_to(house: House) -> None:
    """With a number of bytes."""
    house.service.faults.add("endless", "webwxgetcontact", 200_000)
    assert 200_000 <= len((await house.ask(PREFIX + "webwxgetcontact")).body) < 300_000


@pytest.mark.parametrize("lie", LIES)
async def test_a_part_that_lies(house: House, lie: str) -> None:
    """206 with something untrue about it, whether or not a part was asked for."""
    async for path, healthy, struck in _each(house, "range", lie):
        assert struck.status == 206, path
        first = 2 if _endpoint(path) in _RANGED else 0
        says = struck.headers.get("content-range", "")
        size = len(healthy.body) + first
        told = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", says)
        bytes_there = len(struck.body)
        honest = (
            told is not None
            and (int(told[1]), int(told[2]) + 1) == (first, size)
            and len(told[3]) < 20
            and int(told[3]) == size
            and bytes_there == size - first
            and struck.body == healthy.body
        )
        assert not honest or lie == "begin" or _changes(path), (path, says)


def _changes(path: str) -> bool:
    return _endpoint(path) in {"webwxsync", "jslogin", "webwxinit", "webwxstatusnotify"}


async def test_a_part_that_begins_again(house: House) -> None:
    """Bytes 2 and on were asked for and are named; those from 0 on come."""
    house.service.faults.add("range", "webwxgetvideo", "begin")
    answer = await house.ask(PREFIX + "webwxgetvideo")
    assert answer.headers["content-range"].startswith("bytes 2-")
    assert answer.body.startswith(b"\x89PNG")


async def test_a_hole_in_the_middle(house: House) -> None:
    """The end is the true end, the length fits, a piece is missing."""
    async for path, healthy, struck in _each(house, "hole"):
        assert len(struck.body) < len(healthy.body), path
        assert struck.body[-1:] == healthy.body[-1:], path


async def test_bodies_in_many_pieces_are_whole(house: House) -> None:
    """A slow answer with its right length."""
    async for path, healthy, struck in _each(house, "trickle", 0.02):
        assert abs(len(struck.body) - len(healthy.body)) <= 8, path


async def test_what_was_asked_for_is_done_before_the_page(logged_in: Browser) -> None:
    """`done`: the message goes out, and a page comes back."""
    logged_in.service.faults.add("html", "webwxsendmsg", done=True)
    logged_in.service.faults.add("ret", "webwxsendmsg", 1205, done=True, skip=1)
    with pytest.raises(json.JSONDecodeError):
        await logged_in.send(ALICE, "behind the page", 1)
    assert (await logged_in.send(ALICE, "behind the no", 2))["BaseResponse"]["Ret"] == 1205
    await logged_in.service.person("alice").hears("behind the page")
    await logged_in.service.person("alice").hears("behind the no")


async def test_no_fault_makes_an_endpoint_stumble(house: House) -> None:
    """Every action of the table on every endpoint: an answer or a closed connection, never a 500."""
    quiet = {"hang", "delay", "kick", "endless", "gzip_bomb", "trickle"}
    for action in sorted(ACTIONS.keys() - quiet):
        for path in _paths():
            house.service.faults.add(action, _endpoint(path))
            try:
                status = (await house.ask(path)).status
            except (asyncio.IncompleteReadError, ConnectionError):
                continue
            finally:
                house.service.faults.clear()
            assert status != 500, (action, path)


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("cut endpoint=webwxsync value=0.6 count=3 skip=1 done", ("webwxsync", "0.6", 3, 1, True)),
        ("html count=all", ("*", None, None, 0, False)),
        ("missing value=2", ("*", 2, 1, 0, False)),
        ("body value='two words'", ("*", "two words", 1, 0, False)),
    ],
)
def test_orders_are_lines_too(line: str, there: tuple[object, ...]) -> None:
    """As `hongyan emulate --faults` takes them."""
    fault = parse_order(line)
    assert (fault.endpoint, fault.value, fault.count, fault.skip, fault.done) == there


@pytest.mark.parametrize(
    "line", ["", "explode", "cut value=deep", "cut count=0", "cut count=x", "cut often", "cut 'x"]
)
def test_lines_that_are_no_orders_are_refused(line: str) -> None:
    """With a sentence."""
    with pytest.raises(ValueError, match=r"."):
        parse_order(line)


@pytest.mark.parametrize(
    "order",
    [
        {"action": "cut", "value": "x"},
        {"action": "cut", "value": "nan"},
        {"action": "cut", "value": [1]},
        {"action": "status", "value": 99999},
        {"action": "body", "value": 7},
        {"action": "range", "value": "white"},
        {"action": "encoding", "value": "brotli"},
        {"action": "cut", "count": 0},
        {"action": "cut", "count": True},
        {"action": "cut", "skip": -1},
        {"action": "cut", "endpoint": 5},
        {"action": "cut", "text": None},
        {"action": "cut", "done": 1},
        {"action": "missing", "value": 0.5},
        {"action": ["cut"]},
        {"endpoint": "webwxsync"},
    ],
)
async def test_orders_that_cannot_be_carried_out_are_refused(browser: Browser, order: dict[str, Any]) -> None:
    """When they are given, not when they strike."""
    url = f"{browser.service.origin}/_control/fault"
    answer = await browser.http.post(url, json=order)
    assert answer.status == 400
    assert (await answer.json())["error"]
    assert not list(browser.service.faults)
