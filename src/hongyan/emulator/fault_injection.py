"""The form of each ordered fault on the wire; independent of when it is ordered.

A table for each group of `faults.ACTIONS`: what replaces a call, what bends the messages of a sync answer, what damages a
finished answer.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import TYPE_CHECKING

import msgspec

from hongyan.emulator import corruption
from hongyan.emulator.answers import HttpAnswer, html, refusal, script
from hongyan.emulator.call import IncomingCall, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web

    from hongyan.emulator.faults import Fault

__all__ = ["bend_messages", "break_off", "damage", "replace"]

BUSY_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>502</title></head>
<body><center><h1>系统繁忙，请稍后再试。</h1></center></body></html>
"""
"""The page of a gateway that cannot reach its backend."""

_HANG_SECONDS = 900.0


async def replace(call: IncomingCall, fault: Fault) -> HttpAnswer | None:
    """Carry out a `before` fault: the answer instead, or None to go on. Raises Refusal for an injected Ret."""
    return await _REPLACEMENTS[fault.action](call, fault)


async def _kick(call: IncomingCall, fault: Fault) -> HttpAnswer | None:
    code = int(fault.number_or(1101))
    if call.found is not None:
        call.account.end(call.found, code)
    raise Refusal(code, fault.text)


async def _delay(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    await asyncio.sleep(fault.number_or(1.0))
    return None


async def _hang(call: IncomingCall, fault: Fault) -> HttpAnswer | None:
    await call.service.closing.wait(fault.number_or(_HANG_SECONDS))
    return break_off(call)


async def _drop(call: IncomingCall, _: Fault) -> HttpAnswer | None:
    return break_off(call)


async def _status(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    return HttpAnswer(b"", status=int(fault.number_or(503)), content_type="")


async def _status_line(call: IncomingCall, fault: Fault) -> HttpAnswer | None:
    line = str(fault.value or "HTTP/1.1 0 -")
    _write_raw(call.request, f"{line}\r\nContent-Length: 0\r\n\r\n".encode())
    return break_off(call, at_once=False)


async def _ret(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    raise Refusal(int(fault.number_or(1205)), fault.text)


async def _rate_limit(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    raise Refusal(1205, fault.text or "操作太频繁，请稍后再试。")


async def _retcode(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    return script(f'window.synccheck={{retcode:"{int(fault.number_or(1101))}",selector:"0"}}')


async def _selector(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    return script(f'window.synccheck={{retcode:"0",selector:"{int(fault.number_or(3))}"}}')


async def _code(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    return script(f"window.code={int(fault.number_or(500))};")


async def _login_page(call: IncomingCall, _: Fault) -> HttpAnswer | None:
    return HttpAnswer(b"", 301, "text/html", [("Location", f"{call.origin}/")])


async def _body(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    return HttpAnswer(str(fault.value or "").encode("utf-8", "surrogatepass"))


async def _html(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    return html(str(fault.value or BUSY_PAGE))


async def _refusal(_: IncomingCall, fault: Fault) -> HttpAnswer | None:
    return refusal(int(fault.number_or(1101)), fault.text)


_REPLACEMENTS: Mapping[str, Callable[[IncomingCall, Fault], Awaitable[HttpAnswer | None]]] = {
    "kick": _kick,
    "delay": _delay,
    "hang": _hang,
    "drop": _drop,
    "status": _status,
    "status_line": _status_line,
    "ret": _ret,
    "rate_limit": _rate_limit,
    "retcode": _retcode,
    "selector": _selector,
    "code": _code,
    "login_page": _login_page,
    "body": _body,
    "html": _html,
    "refusal": _refusal,
}


def bend_messages(messages: list[bytes], faults: list[Fault]) -> list[bytes]:
    """The messages of one sync answer after its `sync` faults."""
    for fault in faults:
        messages = _BENDINGS[fault.action](messages, fault)
    return messages


def _duplicate(messages: list[bytes], _: Fault) -> list[bytes]:
    return [message for message in messages for _ in range(2)]


def _reorder(messages: list[bytes], _: Fault) -> list[bytes]:
    return messages[::-1]


def _unknown_fields(messages: list[bytes], _: Fault) -> list[bytes]:
    return [with_unknown_fields(message) for message in messages]


def _poison(messages: list[bytes], fault: Fault) -> list[bytes]:
    if not messages:
        return messages
    middle = len(messages) // 2
    damaged = _POISON[str(fault.value or "control")](messages[middle])
    return [*messages[:middle], damaged, *messages[middle + 1 :]]


_BENDINGS: Mapping[str, Callable[[list[bytes], Fault], list[bytes]]] = {
    "duplicate": _duplicate,
    "reorder": _reorder,
    "unknown_fields": _unknown_fields,
    "poison": _poison,
}


def with_unknown_fields(json_object: bytes) -> bytes:
    """A JSON object with unknown fields in front."""
    news = b'{"XNewField": {"Deep": [1, null, "\xe6\x96\xb0"]}, "XNewFlag": 7, '
    return news + json_object.lstrip()[1:]


def _into_content(message: bytes, damage_: bytes) -> bytes:
    return message.replace(b'"Content":"', b'"Content":"' + damage_, 1)


def _wrong_types(message: bytes) -> bytes:
    fields = msgspec.json.decode(message)
    turned = {
        "Content": 12345,
        "MsgType": "one",
        "CreateTime": None,
        "FromUserName": ["@"],
        "RecommendInfo": "none",
    }
    return msgspec.json.encode(fields | turned)


def _nested(message: bytes) -> bytes:
    return b'{"XDeep": ' + b"[" * 2000 + b"]" * 2000 + b", " + message[1:]


def _only_id(message: bytes) -> bytes:
    return msgspec.json.encode({"MsgId": msgspec.json.decode(message)["MsgId"]})


_POISON: Mapping[str, Callable[[bytes], bytes]] = {
    "control": lambda message: _into_content(message, b"\x01\x0b"),
    "surrogate": lambda message: _into_content(message, b"\\ud83d"),
    "escape": lambda message: _into_content(message, b"\\x41\\q"),
    "types": _wrong_types,
    "nesting": _nested,
    "utf8": lambda message: _into_content(message, b"\xff\xe4\xbd"),
    "missing": _only_id,
    "null": lambda _: b"null",
}


async def damage(call: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The answer after an `after` fault, or after one that replaces the answer to a call that was done.

    Raises Refusal for an injected Ret.
    """
    if fault.action in _REPLACEMENTS:
        return await replace(call, fault) or answer
    return _DAMAGES[fault.action](call, corruption.in_memory(call, answer), fault)


def _lost(call: IncomingCall, _: HttpAnswer, __: Fault) -> HttpAnswer:
    return break_off(call)


def _truncate(_: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    answer.cut = corruption.place(answer.body, fault)
    return answer


def _cut_open(call: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """Written without the web server, which would always declare where a body ends."""
    kept = answer.body[: corruption.place(answer.body, fault)]
    headers = [("Content-Type", answer.content_type), *answer.headers, ("Connection", "close")]
    lines = [f"HTTP/1.1 {answer.status} OK", *(f"{name}: {value}" for name, value in headers if value)]
    _write_raw(call.request, "\r\n".join(lines).encode() + b"\r\n\r\n" + kept)
    return break_off(call, at_once=False)


def _empty(_: IncomingCall, answer: HttpAnswer, __: Fault) -> HttpAnswer:
    answer.body = b""
    return answer


def _pretty(_: IncomingCall, answer: HttpAnswer, __: Fault) -> HttpAnswer:
    if corruption.is_json(answer.body):
        formatted = msgspec.json.format(answer.body, indent=1)
        lines = formatted.replace(b",\n", b"\n,\n").splitlines()
        answer.body = b"\n".join(line.lstrip() for line in lines) + b"\n"
    return answer


def _invalid_utf8(_: IncomingCall, answer: HttpAnswer, __: Fault) -> HttpAnswer:
    body = answer.body
    where = next((index for index, byte in enumerate(body) if byte >= 0xE0), None)
    if where is not None:
        answer.body = body[: where + 2] + body[where + 3 :]
    else:
        answer.body = body.replace(b'":"', b'":"\xe4\xbd', 1).replace(b"<message>", b"<message>\xe4\xbd", 1)
    return answer


def _encoding(_: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    name, compress = _ENCODINGS[str(fault.value or "gzip")]
    answer.body = compress(answer.body)
    answer.headers.append(("Content-Encoding", name))
    return answer


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


# Two kinds of `deflate` were in use in 2016: with the zlib frame that the standard asks for, and without.
_ENCODINGS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "deflate": ("deflate", _raw_deflate),
}


def _unknown_keys(_: IncomingCall, answer: HttpAnswer, __: Fault) -> HttpAnswer:
    if corruption.is_json(answer.body):
        answer.body = with_unknown_fields(answer.body)
    return answer


_DAMAGES: Mapping[str, Callable[[IncomingCall, HttpAnswer, Fault], HttpAnswer]] = {
    "lost": _lost,
    "truncate": _truncate,
    "cut": corruption.cut,
    "cut_open": _cut_open,
    "gzip_cut": corruption.gzip_cut,
    "hole": corruption.hole,
    "missing": corruption.without_key,
    "empty": _empty,
    "endless": corruption.endless,
    "gzip_bomb": corruption.gzip_bomb,
    "range": corruption.false_range,
    "trickle": corruption.trickle,
    "pretty": _pretty,
    "invalid_utf8": _invalid_utf8,
    "encoding": _encoding,
    "unknown_keys": _unknown_keys,
}


def break_off(call: IncomingCall, *, at_once: bool = True) -> HttpAnswer:
    """Close the connection of a call; an answer written afterwards is not sent."""
    transport = call.request.transport
    if transport is not None:
        transport.abort() if at_once else transport.close()
    return HttpAnswer(b"", content_type="")


def _write_raw(request: web.Request, data: bytes) -> None:
    if request.transport is not None:
        request.transport.write(data)
