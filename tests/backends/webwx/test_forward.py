"""What travels when a received message is sent on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hongyan.backends.webwx.forward import forwarding
from hongyan.errors import UsageError
from hongyan.model.ids import ClientMsgId, LoginId, TransientName, Uin
from hongyan.model.messages import (
    AnyMessage,
    File,
    Link,
    Location,
    Music,
    Picture,
    Quote,
    Recall,
    Sticker,
    Text,
    Transfer,
    Video,
)
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.calls.send import To
from hongyan.webwx.credentials import Credentials
from hongyan.webwx.hosts import emulator_at

TO = To(TransientName("@b"), ClientMsgId("17"), forwarded=True)
APP = "<appmsg appid=''><title>T</title><type>5</type></appmsg>"


def _raw(content: str, msg_type: int, **more: Any) -> bytes:
    escaped = content.replace("<", "&lt;").replace(">", "&gt;")
    return json.dumps(
        {"FromUserName": "@a", "ToUserName": "@me", "MsgType": msg_type, "Content": escaped, **more}
    ).encode()


def _sent(message: AnyMessage, raw: bytes = b"{}") -> tuple[str, dict[str, Any]]:
    """The endpoint and the message of the request."""
    me = Credentials(
        login=LoginId("l"),
        hosts=emulator_at("http://127.0.0.1:1"),
        uin=Uin(7),
        sid="s",
        skey="k",
        me=TransientName("@me"),
    )
    call = forwarding(message, raw, TO)(Caller(me, 1_700_000_000.0, bytes))
    assert isinstance(call.request.body, bytes)
    return call.request.endpoint, json.loads(call.request.body)["Msg"]


@pytest.mark.parametrize(
    ("message", "raw", "endpoint", "told"),
    [
        (Text(text="1 < 2"), b"{}", "webwxsendmsg", {"Type": 1, "Content": "1 < 2"}),
        (Quote(text="yes"), b"{}", "webwxsendmsg", {"Type": 1, "Content": "yes"}),
        (
            Picture(),
            _raw("<msg><img/></msg>", 3),
            "webwxsendmsgimg",
            {"Content": "<msg><img/></msg>", "MediaId": ""},
        ),
        (
            Video(),
            _raw("<msg><v/></msg>", 43),
            "webwxsendvideomsg",
            {"Content": "<msg><v/></msg>", "MediaId": ""},
        ),
        (Sticker(md5="ab"), b"{}", "webwxsendemoticon", {"Type": 47, "EMoticonMd5": "ab"}),
        (
            Location(),
            _raw("x", 1, OriContent="<msg><location/></msg>"),
            "webwxsendmsg",
            {"Type": 48, "Content": "<msg><location/></msg>"},
        ),
        (
            Link(),
            _raw(f"<msg>{APP}<appinfo/></msg>", 49, AppMsgType=5),
            "webwxsendappmsg",
            {"Type": 5, "Content": APP},
        ),
        (
            Music(),
            _raw(f"<msg>{APP}</msg>", 49, AppMsgType=3),
            "webwxsendappmsg",
            {"Type": 3, "Content": APP},
        ),
    ],
    ids=lambda value: (
        type(value).__name__.lower()
        if isinstance(value, Text | Quote | Picture | Video | Sticker | Location | Link | Music)
        else ""
    ),
)
def test_the_original_content_goes_to_the_endpoint_of_its_kind(
    message: AnyMessage, raw: bytes, endpoint: str, told: dict[str, Any]
) -> None:
    """Decoded once, and addressed anew."""
    called, sent = _sent(message, raw)
    assert called == endpoint
    assert {name: sent[name] for name in told} == told
    assert (sent["FromUserName"], sent["ToUserName"], sent["ClientMsgId"]) == ("@me", "@b", "17")


def test_a_file_goes_by_its_media_id() -> None:
    """Nothing is uploaded again."""
    endpoint, sent = _sent(File(name="a & b.pdf", size=9, media_id="@crypt_x"))
    assert (endpoint, sent["Type"]) == ("webwxsendappmsg", 6)
    assert "<title>a &amp; b.pdf</title>" in sent["Content"]
    assert "<totallen>9</totallen><attachid>@crypt_x</attachid>" in sent["Content"]


@pytest.mark.parametrize(
    ("message", "raw"),
    [
        (Sticker(md5="ab", in_store=True), b"{}"),
        (Sticker(), b"{}"),
        (File(name="a", size=(25 << 20) + 1, media_id="@x"), b"{}"),
        (Transfer(), _raw(f"<msg>{APP}</msg>", 49)),
        (Link(), _raw("<msg></msg>", 49)),
        (Link(), _raw(f"<msg>{APP}</msg>", 1)),
        (Link(), _raw("</appmsg><appmsg>", 49)),
        (Recall(), _raw("x", 10002)),
        (Link(), b"no json"),
    ],
)
def test_what_the_web_cannot_send_on_is_refused_before_anything_is_asked(
    message: AnyMessage, raw: bytes
) -> None:
    """Stickers of the store, large files, money, what has no content."""
    with pytest.raises(UsageError, match="cannot be forwarded"):
        forwarding(message, raw, TO)
