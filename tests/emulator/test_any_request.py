"""No request, however odd, makes the service stumble: it is answered, and the login lives on."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hongyan.emulator.call import Refusal, as_number, read_body
from hongyan.emulator.server import _ROUTES

from .browser import ALICE, PREFIX, TEAM, Browser

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_KEYS = st.sampled_from(
    [
        "Msg", "SyncKey", "List", "Code", "ClientMsgId", "ToUserName", "FromUserName", "UserName", "CmdId", "OP",
        "RemarkName", "ChatRoomName", "AddMemberList", "NewTopic", "DelMemberList", "MemberList", "Topic", "SvrMsgId",
        "Opcode", "VerifyUserList", "VerifyContent", "KeyWord", "FileMd5", "FileSize", "Count", "sid", "uin",
    ]
)  # fmt: skip
_ENDPOINTS = sorted({route.path for route in _ROUTES if "{" not in route.path and "logout" not in route.path})


def _ret_of(raw: bytes) -> int:
    try:
        read_body(raw)
    except Refusal as refused:
        return refused.ret
    return 0


@given(st.binary(max_size=60))
def test_any_body_is_read_or_refused(raw: bytes) -> None:
    """An object, a form, or Ret 1200."""
    assert _ret_of(raw) in {0, 1200}


@given(_VALUES)
def test_any_value_is_a_number_of_some_kind(value: object) -> None:
    """0 for what is none."""
    assert isinstance(as_number(value), int)


def test_half_surrogates_do_not_survive() -> None:
    """They could neither be kept nor sent on."""
    assert read_body(b'{"a": ["\\ud83d", {"\\ud83d": 1}]}') == {"a": ["?", {"?": 1}]}


@pytest.mark.parametrize("path", _ENDPOINTS)
async def test_odd_bodies_are_answered(logged_in: Browser, path: str) -> None:
    """A dozen odd bodies for each endpoint, from a login that is right; afterwards it still works."""
    service = logged_in.service
    service.options.poll_seconds = 0.0
    names = [await logged_in.name_of(each) for each in (ALICE, TEAM)]
    found: list[dict[str, Any]] = []

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(_KEYS, _VALUES | st.sampled_from(names), max_size=5))
    def collect(body: dict[str, Any]) -> None:
        found.append(body)

    await asyncio.to_thread(collect)
    for body in found:
        if isinstance(body.get("Msg"), dict):
            body["Msg"] |= {"ToUserName": names[0]}
        data = json.dumps({"BaseRequest": logged_in.base_request} | body).encode()
        answer = await logged_in.http.post(service.origin + path, data=data, allow_redirects=False)
        assert answer.status < 400, (path, body)
        await answer.read()
    assert not service.accounts[0].living()[0].ended
    assert (await logged_in.sync())["BaseResponse"]["Ret"] == 0


async def test_a_body_that_is_no_form_is_refused_by_uploads(logged_in: Browser) -> None:
    """Ret 1200."""
    answer = await logged_in.http.post(logged_in.service.origin + PREFIX + "webwxuploadmedia", data=b"x")
    assert logged_in.decoded(await answer.read())["BaseResponse"]["Ret"] == 1200


_HEADS = (
    "Content-Encoding: gzip\r\nContent-Length: 5",
    "Content-Encoding: deflate\r\nContent-Length: 5",
    "Content-Encoding: gzip\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=x",
    "Content-Length: 50",
    "Content-Length: 5\r\nRange: bytes=99999999999999999999999-",
    "Content-Length: 5\r\nRange: bytes=7-2",
    "Content-Length: 5\r\nCookie: wxsid=%ff; ; =; a",
)


@pytest.mark.parametrize("path", [*_ENDPOINTS, "/_control/say"])
async def test_bodies_that_are_not_as_their_heads_say(
    logged_in: Browser, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Labels of encodings, broken chunks, ends that never come: an answer below 500 or none, and no traceback."""
    logged_in.service.options.poll_seconds = 0.0
    for head in _HEADS:
        reader, writer = await asyncio.open_connection("127.0.0.1", logged_in.service.port)
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{head}\r\n\r\n".encode()
        )
        writer.write(b"zz\r\n{")
        writer.write_eof()
        raw = await reader.read()
        writer.close()
        assert not raw or int(raw.split()[1]) < 500, (head, raw)
    assert not [record for record in caplog.records if record.exc_info]
