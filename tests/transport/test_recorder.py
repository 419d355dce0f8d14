"""Transcripts tell what happened and no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.transport.http_client import HttpClient
from hongyan.transport.recorder import Recorder, without_secrets
from hongyan.webwx.http import Multipart, Request

from .test_http_client import OK, answering

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://h/x?skey=%40crypt_CANARY&sid=CANARY%2F&uin=123&lang=zh_CN", "lang=zh_CN"),
        (
            '{"BaseRequest":{"Uin":1234567,"Sid":"CANARY","Skey":"@crypt_0a1b_00ff","DeviceID":"e1"},"Count":2}',
            '"Count":2',
        ),
        (
            "<error><ret>0</ret><skey>CANARY</skey><pass_ticket>CANARY%2B</pass_ticket></error>",
            "<ret>0</ret>",
        ),
        ('window.QRLogin.code = 200; window.QRLogin.uuid = "CANARY==";', "200"),
        ('window.redirect_uri="https://h/p?ticket=CANARY@qrticket_0&uuid=CANARY&lang=zh_CN";', "lang=zh_CN"),
        ("window.userAvatar = 'data:img/jpg;base64,CANARY';", "userAvatar"),
        ("https://login.weixin.qq.com/qrcode/CANARY==", "/qrcode/"),
        ('{"VerifyUserTicket":"v2_CANARY@stranger","Value":"@a"}', '"Value":"@a"'),
    ],
)
def test_secrets_go_and_the_rest_stays(told: str, kept: str) -> None:
    """In queries, JSON, XML and assignments."""
    cleaned = without_secrets(told)
    assert "CANARY" not in cleaned
    assert "1234567" not in cleaned
    assert "00ff" not in cleaned
    assert kept in cleaned


@pytest.mark.parametrize(
    "told",
    [
        {"BaseRequest": {"Uin": 1234567, "Sid": "CANARY", "Skey": "CANARY"}, "rr": -5},
        {"User": {"Uin": 0, "UserName": "@a"}, "SKey": "CANARY", "Count": 1},
        {"Url": 'http://h/x?skey=CANARY"', "Next": "sid=CANARY\\"},
        {"Content": '<a href="https://login.weixin.qq.com/l/CANARY=="/>', "uuid": 7},
        {"Content": "&lt;fromuser&gt;x", "Quoted": '{"uin": 1234567}'},
    ],
)
@pytest.mark.parametrize("form", [{}, {"indent": 1}, {"separators": (",", ":")}])
def test_what_was_json_stays_json(told: dict[str, object], form: dict[str, Any]) -> None:
    """A program that reads a transcript can read its bodies."""
    cleaned = without_secrets(json.dumps(told, **form))
    assert json.loads(cleaned).keys() == told.keys()
    assert "CANARY" not in cleaned
    assert "1234567" not in cleaned


async def test_a_transcript_holds_one_object_a_line(tmp_path: Path) -> None:
    """Requests, answers, forms and failures, in order; readable by its owner alone."""
    path = tmp_path / "transcript.jsonl"
    cookie = (("Cookie", "wxsid=CANARY; wxuin=CANARY"), ("X-Other", "kept"))
    async with answering(OK) as (origin, _):
        recorder = Recorder(HttpClient(lambda: {origin}), path, clock=lambda: 5.0)
        request = Request(endpoint="a", method="GET", url=f"{origin}/a?skey=CANARY", headers=cookie)
        await recorder.exchange(request)
        form = Multipart(fields=(("pass_ticket", "CANARY"), ("name", "x")))
        await recorder.exchange(Request(endpoint="b", method="POST", url=f"{origin}/b", body=form))
        await recorder.exchange(Request(endpoint="c", method="GET", url="http://127.0.0.2:1/"))
        await recorder.close()
    text = path.read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert "CANARY" not in text
    assert [line["request"]["endpoint"] for line in lines] == ["a", "b", "c"]
    assert lines[0]["answer"]["body"] == "hello"
    assert ["X-Other", "kept"] in lines[0]["request"]["headers"]
    assert lines[1]["request"]["body"]["fields"]["name"] == "x"
    assert lines[2]["answer"]["failure"] == "forbidden"
    assert path.stat().st_mode & 0o777 == 0o600
