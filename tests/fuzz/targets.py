"""What payloads are thrown at, and what must hold for each: an assertion that fails, or any exception, is a finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from hongyan.errors import HongyanError, Misread
from hongyan.model.display_text import clean
from hongyan.model.events import Event, MessageReceived
from hongyan.model.ids import LoginId, TransientName, Uin
from hongyan.model.messages import Text
from hongyan.model.summary import line
from hongyan.terminal.full.messages.wrap import wrap
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.seen import Seen
from hongyan.terminal.strings.language import Language
from hongyan.webwx import parse
from hongyan.webwx.calls import contacts, manage, media, misc
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.credentials import Cookie, Credentials, SyncPosition
from hongyan.webwx.decode import decode
from hongyan.webwx.hosts import emulator_at
from hongyan.webwx.http import ApiCall, Response
from hongyan.webwx.machine import Machine, State
from hongyan.webwx.machine_events import Batch, Degraded, Failed
from hongyan.webwx.parse.messages import read_message
from hongyan.webwx.secrets import without_secrets_in_bytes
from hongyan.webwx.wire import KeyVal, SyncKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ["CHECKS", "check_batch", "check_machine", "check_message"]

NOW = 1_772_935_920.0
KEY = SyncKey(1, (KeyVal(1, 5),))
CREDENTIALS = Credentials(
    login=LoginId("login"),
    hosts=emulator_at("http://127.0.0.1:8081"),
    uin=Uin(7),
    sid="sid",
    cookies={"wxsid": Cookie(value="sid")},
    me=TransientName("@me"),
)
CALLER = Caller(CREDENTIALS, NOW, bytes)
SOUND = [
    json.dumps({"MsgId": str(n), "MsgType": 1, "FromUserName": "@a", "Content": f"sound {n}", "CreateTime": 1_500_000_000})
    for n in (71, 72)
]  # fmt: skip
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode
_LINES = [Lines(form, Language.ZH, "我", lambda: NOW) for form in Format]


def check_event(event: Any, fault: Exception | None) -> None:
    """What the journal writes it reads again, and nothing of it is beyond what a row can hold."""
    assert fault is None, f"a reader failed: {fault!r}"
    written = _encode(event)
    assert _decode(written) == event
    if isinstance(event, MessageReceived):
        assert 0 <= event.message.created_at < 1 << 33


def check_message(payload: bytes, chance: Random) -> None:
    """A message is read, written, and shown everywhere."""
    message, fault = read_message(payload, "@me")
    check_event(MessageReceived(message=message), fault)
    shown = line(message, "en")
    seen = Seen(seq=1, at=NOW, message=message, chat="群", sender="小梅", group=True)
    if len(shown) < 3_000 or chance.random() < 0.05:
        told = chance.choice(_LINES).message(seen)
        assert "\n" not in told
        assert "\x1b" not in told
        wrap(clean(shown[:2_000], newline="\n"), 40)
    if chance.random() < 0.2:
        without_secrets_in_bytes(payload)


def check_content(payload: bytes, chance: Random) -> None:
    """Whatever stands in a message's text: the neighbours of the message arrive, and the key."""
    content = payload.decode("utf-8", "replace")
    number = chance.choice((1, 1, 3, 34, 37, 42, 43, 47, 48, 49, 50, 51, 62, 9999, 10000, 10002, 77))
    wire = {
        "MsgId": "73",
        "MsgType": number,
        "FromUserName": chance.choice(("@a", "@@g")),
        "Content": content,
    }
    if chance.random() < 0.3:
        wire |= {
            "AppMsgType": chance.choice((0, 5, 17, 2001)),
            "Url": content,
            "OriContent": content,
            "SubMsgType": 48,
        }
    middle = json.dumps(wire, ensure_ascii=False).encode("utf-8", "replace")
    check_message(middle, chance)
    answer = parse.parse_sync(_body(middle), "@me")
    assert _texts(answer) >= {"sound 71", "sound 72"}
    assert answer.sync_key == KEY
    assert answer.rung in {"strict", "lenient"}


def _body(middle: bytes) -> bytes:
    first, last = (s.encode() for s in SOUND)
    key = b'"SyncKey":{"Count":1,"List":[{"Key":1,"Val":5}]}'
    return b'{"BaseResponse":{"Ret":0},"AddMsgList":[' + b",".join((first, middle, last)) + b"]," + key + b"}"


def _texts(answer: parse.SyncAnswer) -> set[str]:
    found = (i.event.message for i in answer.items if isinstance(i.event, MessageReceived))
    return {m.text for m in found if isinstance(m, Text)}


def check_batch(payload: bytes, chance: Random) -> None:
    """One message with some bytes changed among sound ones costs no other and not the key."""
    octets = bytearray(payload[:3_000])
    for _ in range(chance.choice((1, 2, 4))):
        if octets:
            at = chance.randrange(len(octets))
            octets[at : at + chance.choice((0, 1))] = chance.randbytes(chance.choice((0, 1, 2)))
    try:
        json.loads(payload)
    except (ValueError, RecursionError):
        octets = bytearray(
            payload.replace(b'"', b"").replace(b"\\", b"").replace(b"{", b"").replace(b"}", b"")[:500]
        )
    answer = parse.parse_sync(_body(bytes(octets)), "@me")
    assert answer.fault is None, repr(answer.fault)
    for item in answer.items:
        check_event(item.event, item.fault)


def check_answer(payload: bytes, _chance: Random) -> None:
    """Every reader of answers returns or raises an error of the tree, and none of them for a fault of ours."""
    answer = parse.parse_sync(payload, "@me")
    assert answer.fault is None, repr(answer.fault)
    for item in answer.items:
        check_event(item.event, item.fault)
    for reader in _READERS:
        _held(reader, payload)
    assert "a fault of this program" not in str(decode(payload))


def _held(reader: Callable[[Any], Any], payload: Any) -> None:
    try:
        answer = reader(payload)
    except Misread as misread:
        raise misread.fault from misread
    except HongyanError:
        return
    faults = getattr(answer, "faults", ())
    assert not faults, repr(faults)


_READERS: list[Callable[[bytes], Any]] = [
    parse.parse_init, parse.parse_contacts, parse.parse_batch, parse.parse_new_group, parse.parse_receipt,
    parse.parse_login_code, parse.parse_login_poll, parse.parse_login_page, parse.parse_push_login,
    parse.parse_root_page, parse.parse_sync_check, media.refusal_in,
]  # fmt: skip
_CALLS: list[ApiCall[Any]] = [
    contacts.contacts_page(CALLER), contacts.batch(CALLER, [contacts.ContactQuery(TransientName("@a"))]),
    contacts.search(CALLER, "x"), contacts.notify(CALLER, contacts.Notify.READY, TransientName("@me")),
    manage.remark(CALLER, TransientName("@a"), "x"), manage.create_group(CALLER, [TransientName("@a"), TransientName("@b")]),
    misc.root_page(CALLER), misc.check_url(CALLER, "http://a.b"), misc.logout(CALLER),
]  # fmt: skip


def check_call(payload: bytes, chance: Random) -> None:
    """The answer of a call, with any status and any headers."""
    response = _response(payload, chance)
    for call in _CALLS:
        _held(call.read, response)


def _response(payload: bytes, chance: Random) -> Response:
    value = payload[:200].decode("latin-1")
    headers = (("Set-Cookie", value), ("Location", value), ("Content-Length", value))
    status = chance.choice((200, 200, 200, 206, 301, 400, 403, 404, 500, 0, 999))
    return Response(status=status, headers=headers, body=payload, malformed=chance.random() < 0.02)


def check_machine(payload: bytes, chance: Random) -> None:
    """In every state a machine goes on from any answer; a batch can be committed and its position kept."""
    machine = Machine(CREDENTIALS.hosts, entropy=bytes, credentials=CREDENTIALS)
    step = machine.restore(NOW, SyncPosition(sync_key=KEY) if chance.random() < 0.7 else None)
    now = NOW
    for _ in range(4):
        state = machine.state
        if step.request is None:
            break
        now += step.wait + 1
        good = state is State.CHECKING and chance.random() < 0.9
        body = b'window.synccheck={retcode:"0",selector:"2"}' if good else payload
        step = machine.receive(Response(status=200, body=body) if good else _response(body, chance), now)
        for news in step.events:
            if isinstance(news, (Degraded, Failed)):
                fault = news.fault if isinstance(news, Degraded) else getattr(news.error, "fault", None)
                assert fault is None, repr(fault)
            if isinstance(news, Batch):
                assert SyncPosition.from_bytes(news.position.to_bytes()) == news.position
                step = machine.commit(news, now)
                break


CHECKS: dict[str, tuple[str, Callable[[bytes, Random], None], int]] = {
    "message": ("messages", check_message, 30),
    "content": ("messages", check_content, 30),
    "batch": ("messages", check_batch, 10),
    "answer": ("answers", check_answer, 12),
    "call": ("answers", check_call, 9),
    "machine": ("answers", check_machine, 9),
}
"""Name of a check: which payloads it takes, what it does, and its share in a hundred."""
