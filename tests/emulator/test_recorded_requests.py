"""Every shape of request that recorded clients sent is accepted at level `real`.

The recordings are not part of the project: HONGYAN_SHARED names the folder that holds them, else it is looked for beside the
checkout. Secrets and names in a request are replaced by those of a login here; everything else (method, order and names of
parameters, Content-Type, keys and types of the body, cookies present) stays as recorded.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from hongyan.emulator import compose

from .browser import ALICE, BOB, STRANGER, TEAM, Browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_SHARED = Path(os.environ.get("HONGYAN_SHARED") or Path(__file__).resolve().parents[3] / "shared")
_RECORDINGS = sorted((_SHARED / "recordings").glob("*.jsonl"))
_REFUSALS = {1100, 1101, 1102, 1200}
_ENDS_THE_LOGIN = {
    "webwxlogout",
    "webwxnewloginpage",
    "webwxpushloginurl",
    "jslogin",
    "login",
    "qrcode",
    "root",
}


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((key, _shape(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(_shape(inner) for inner in value[:1])
    return type(value).__name__, value == ""


def _requests(recording: Path) -> Iterator[dict[str, Any]]:
    """One request of each shape, in the order of their first appearance."""
    seen = set()
    for line in recording.read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        key = (
            request["ep"],
            request["method"],
            tuple(name for name, _ in request["query"]),
            _shape(request["body"]),
        )
        if key not in seen and not request["error"] and request["ep"] not in _ENDS_THE_LOGIN:
            seen.add(key)
            yield request


class Disguise:
    """Replaces what belongs to the recorded login by what belongs to this one."""

    def __init__(self, browser: Browser, names: dict[str, str], msg_id: str, media_id: str) -> None:
        secrets = browser.secrets
        ticket = next(each.value for each in browser.http.cookie_jar if each.key == "webwx_data_ticket")
        self.by_name: dict[str, Any] = {
            "sid": secrets["wxsid"],
            "uin": secrets["wxuin"],
            "skey": secrets["skey"],
            "webwx_data_ticket": ticket,
            "mediaid": media_id,
            "svrmsgid": msg_id,
            "msgid": msg_id,
            "username": names["friend"],
            "tousername": names["friend"],
            "fromusername": browser.me,
            "chatroomname": names["room"],
            "addmemberlist": names["friend"],
            "delmemberlist": names["friend"],
            "value": names["stranger"],
            "verifyuserticket": "",
            "synckey": browser.key,
        }
        self.text_key = "|".join(f"{pair['Key']}_{pair['Val']}" for pair in browser.key["List"])

    def body(self, value: Any, name: str = "") -> Any:
        """A JSON value with the same keys and types."""
        new = self.by_name.get(name.lower())
        if name == "SyncKey":
            return new
        if isinstance(value, dict):
            return {key: self.body(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.body(inner, name) for inner in value]
        if new is None or value == "" or (name == "FromUserName" and not value):
            return value
        return int(new) if isinstance(value, int) and str(new).isdigit() else new

    def query(self, name: str, value: str) -> str:
        """A query value: empty stays empty."""
        if name == "synckey":
            return self.text_key
        new = self.by_name.get(name.lower())
        return value if new is None or value == "" else str(new)


async def _send(
    browser: Browser, http: aiohttp.ClientSession, disguise: Disguise, request: dict[str, Any]
) -> tuple[int, bytes]:
    """The request in disguise, on the wire as it was recorded; status and body of the answer."""
    headers = {"Content-Type": ""}
    cookies = {each.key: each.value for each in browser.http.cookie_jar}
    sent = "; ".join(f"{name}={cookies[name]}" for name in request["cookies"] if name in cookies)
    kept = {"content-type", "contenttype", "range", "user-agent", "accept"}
    headers |= {name: value for name, value in request["headers"] if name.lower() in kept}
    data = _body(disguise, request["body"])
    if isinstance(data, tuple):
        headers["Content-Type"], data = data
    async with http.request(
        request["method"],
        browser.service.origin + request["path"],
        params=[(name, disguise.query(name, value)) for name, value in request["query"]],
        data=data,
        headers={name: value for name, value in headers.items() if value} | {"Cookie": sent},
        skip_auto_headers=["Content-Type"],
        allow_redirects=False,
    ) as answer:
        return answer.status, await answer.read()


def _body(disguise: Disguise, body: dict[str, Any] | None) -> bytes | tuple[str, bytes] | None:
    if body is None:
        return None
    if "json" in body:
        return json.dumps(disguise.body(body["json"]), ensure_ascii=bool(body.get("ascii_escapes"))).encode()
    if "multipart" in body:
        return "multipart/form-data; boundary=xyz", _multipart(disguise, body["multipart"])
    return None


def _multipart(disguise: Disguise, parts: list[dict[str, Any]]) -> bytes:
    """The parts in their order; the file part is cut to four bytes and made one chunk."""
    out = b""
    for part in parts:
        name = part["name"]
        if name in {"chunk", "chunks"}:
            continue
        value = str(part["value"])
        if name == "uploadmediarequest":
            asked = disguise.body(json.loads(value))
            asked |= {key: type(asked[key])(4) for key in ("TotalLen", "DataLen")}
            asked.pop("FileMd5", None)
            asked.pop("Signature", None)
            value = json.dumps(asked)
        value = disguise.query(name, value) if name == "webwx_data_ticket" else value
        file_name = f'; filename="{part["filename"]}"' if part["filename"] else ""
        content = b"data" if name == "filename" else value.encode()
        out += (
            f'--xyz\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'.encode()
            + content
            + b"\r\n"
        )
    return out + b"--xyz--\r\n"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A connection without cookies of its own: each request carries those that were recorded."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


@pytest.mark.skipif(not _RECORDINGS, reason="the recordings of other clients are not here (HONGYAN_SHARED)")
@pytest.mark.parametrize("recording", _RECORDINGS, ids=lambda path: path.stem)
async def test_recorded_requests_are_accepted(
    browser: Browser, http: aiohttp.ClientSession, recording: Path
) -> None:
    """None is taken for a stranger's or for nonsense, whatever the client leaves out or misspells."""
    service = browser.service
    service.options.poll_seconds = 0.01
    await browser.log_in()
    message = service.person("bob").sends(compose.Composed(43, "", files={"full": b"media"}))
    media_id = (await browser.upload(b"data"))[-1]["MediaId"]
    keys = {"friend": ALICE, "room": TEAM, "stranger": STRANGER, "other": BOB}
    names = {key: await browser.name_of(each) for key, each in keys.items()}
    disguise = Disguise(browser, names, str(message.msg_id), media_id)
    count = 0
    for request in _requests(recording):
        status, body = await _send(browser, http, disguise, request)
        where = (request["ep"], request["query"], request["body"])
        assert status in {200, 206}, where
        if body.startswith(b"{"):
            assert browser.decoded(body)["BaseResponse"]["Ret"] not in _REFUSALS, where
        elif request["ep"] == "synccheck":
            assert b'retcode:"0"' in body, where
        elif request["ep"] in {"webwxgeticon", "webwxgetheadimg", "webwxgetvoice"}:
            assert body, where
        count += 1
    assert count
