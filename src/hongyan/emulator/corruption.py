"""Damages an answer behind a status of 200: cut, with holes, without a key, endless, with a part that lies.

Nothing in the head of such an answer shows it; only a client that checks the content can notice. The functions take a finished
answer whose body is in memory, and work on every endpoint alike. Independent of when they are ordered.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from hongyan.emulator.answers import HttpAnswer, encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from hongyan.emulator.call import IncomingCall
    from hongyan.emulator.faults import Fault

__all__ = [
    "cut",
    "endless",
    "false_range",
    "gzip_bomb",
    "gzip_cut",
    "hole",
    "in_memory",
    "is_json",
    "keys",
    "place",
    "trickle",
    "without_key",
]

_BLOCK = 64 * 1024
_BOMB_BLOCK = 1024 * 1024
_PIECES = 20
_PARTIAL = 206

Path = tuple[str | int, ...]


def in_memory(call: IncomingCall, answer: HttpAnswer) -> HttpAnswer:
    """A file's bytes as they would have been sent: the range that the client requests."""
    if answer.file is None:
        return answer
    whole = answer.file.read_bytes()
    begin, end = asked_range(call, len(whole))
    if begin is None or begin > end:
        return HttpAnswer(whole, content_type=answer.content_type, headers=answer.headers)
    headers = [*answer.headers, ("Content-Range", f"bytes {begin}-{end}/{len(whole)}")]
    return HttpAnswer(whole[begin : end + 1], _PARTIAL, answer.content_type, headers, whole=whole)


def asked_range(call: IncomingCall, size: int) -> tuple[int | None, int]:
    """First and last byte of the request's Range; None for the first where there is none."""
    asked = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", call.request.headers.get("Range", ""))
    if asked is None:
        return None, size - 1
    return int(asked[1]), min(int(asked[2] or size - 1), size - 1)


def place(body: bytes, fault: Fault) -> int:
    """Where an order cuts: its value is a number of bytes, or a share of the body where it is below 1."""
    where = fault.number_or(0.5)
    return max(int(where if where >= 1 else len(body) * where), 0)


def is_json(body: bytes) -> bool:
    """Whether a body is a JSON object that can be read."""
    return isinstance(_decoded(body), dict)


def _decoded(body: bytes) -> object:
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def cut(_: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The start of the body, under a length that declares it whole."""
    answer.body = answer.body[: place(answer.body, fault)]
    return answer


def hole(_: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The body without a piece out of its middle."""
    begin = place(answer.body, fault)
    answer.body = answer.body[:begin] + answer.body[begin + max(len(answer.body) // 10, 1) :]
    return answer


def gzip_cut(_: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The beginning of a gzip stream: it unpacks without an error, as far as it goes."""
    packed = gzip.compress(answer.body)
    answer.body = packed[: place(packed, fault)]
    answer.headers.append(("Content-Encoding", "gzip"))
    return answer


def endless(call: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The body, and then its own bytes again and again; blanks behind a text."""
    fill = (
        b" " * _BLOCK
        if _is_text(answer)
        else (answer.body or b"\0") * (_BLOCK // max(len(answer.body), 1) + 1)
    )
    return _flood(call, answer, answer.body, fill, fault)


def gzip_bomb(call: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The same, packed: each piece stands for a thousand times its size."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    head = packer.compress(answer.body) + packer.flush(zlib.Z_FULL_FLUSH)
    fill = packer.compress(b" " * _BOMB_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    answer.headers.append(("Content-Encoding", "gzip"))
    return _flood(call, answer, head, fill, fault)


def _is_text(answer: HttpAnswer) -> bool:
    return answer.content_type.startswith("text/")


def _flood(call: IncomingCall, answer: HttpAnswer, head: bytes, fill: bytes, fault: Fault) -> HttpAnswer:
    most = int(fault.number_or(-1))

    async def pieces() -> AsyncIterator[bytes]:
        yield head
        sent = len(head)
        while not call.service.stopping and (most < 0 or sent < most):
            yield fill
            sent += len(fill)
            await asyncio.sleep(
                0
            )  # a client that reads as fast as this writes must not keep the others waiting

    answer.pieces = pieces()
    return answer


def trickle(_: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The whole body with its right length, in pieces with pauses between."""
    body, pause = answer.body, max(fault.number_or(1.0), 0.0) / _PIECES
    size = max(-(-len(body) // _PIECES), 1)

    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), size):
            yield body[begin : begin + size]
            await asyncio.sleep(pause)

    answer.headers.append(("Content-Length", str(len(body))))
    answer.pieces = pieces()
    return answer


def false_range(call: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """A 206 of the requested range (without one: of the whole), with one thing about it untrue."""
    whole = answer.whole if answer.status == _PARTIAL else answer.body
    begin, end = asked_range(call, len(whole))
    first = min(begin or 0, max(len(whole) - 1, 0))
    says, part = _LIARS[str(fault.value or "begin")](whole, first, max(end, first))
    answer.headers = [pair for pair in answer.headers if pair[0] != "Content-Range"]
    answer.headers += [("Content-Range", says)] if says else []
    answer.status, answer.body = _PARTIAL, part
    return answer


def _says(first: int, last: int, size: object) -> str:
    return f"bytes {first}-{last}/{size}"


def _other(part: bytes) -> bytes:
    return bytes(byte ^ 0x55 for byte in part)


# Of the whole, the first and the last byte: the header, and the bytes under it.
_LIARS: Mapping[str, Callable[[bytes, int, int], tuple[str, bytes]]] = {
    "begin": lambda body, first, last: (_says(first, last, len(body)), body[: last + 1 - first]),
    "shifted": lambda body, first, last: (_says(first + 1, last, len(body)), body[first + 1 : last + 1]),
    "total": lambda body, first, last: (_says(first, last, len(body) + 1), body[first : last + 1]),
    "short": lambda body, first, last: (_says(first, last, len(body)), body[first : (first + last) // 2]),
    "long": lambda body, first, last: (_says(first, last, len(body)), body[first : last + 1] + b"\0" * 100),
    "none": lambda body, first, last: ("", body[first : last + 1]),
    "digits": lambda body, first, last: (_says(first, last, "9" * 5000), body[first : last + 1]),
    "garbage": lambda body, first, last: ("bytes x-y/z", body[first : last + 1]),
    "other": lambda body, first, last: (_says(first, last, len(body)), _other(body[first : last + 1])),
}


def without_key(call: IncomingCall, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    """The body with one key, element or statement less; where it has none, as a picture, one header less."""
    del call
    found = keys(answer.body)
    if not found:
        answer.headers = _one_less(answer.headers, fault)
        return answer
    wanted = fault.value or 0
    number = found.index(wanted) if isinstance(wanted, str) and wanted in found else wanted
    if isinstance(number, int):
        answer.body = _without(answer.body, number % len(found))
    return answer


def keys(body: bytes) -> list[str]:
    """What an answer can lack, outer keys first: `BaseResponse`, `User.UserName`, `AddMsgList.0.MsgId`, `wxsid`."""
    value = _decoded(body)
    if isinstance(value, dict):
        return [".".join(map(str, path)) for path in _paths(value)]
    return [name for name, _, _ in _marked(body)]


def _without(body: bytes, number: int) -> bytes:
    value = _decoded(body)
    if not isinstance(value, dict):
        _, begin, end = _marked(body)[number]
        return body[:begin] + body[end:]
    *way, last = _paths(value)[number]
    inner: Any = value
    for step in way:
        inner = inner[step]
    del inner[last]
    lines = [b"%s: %s" % (encode(name), encode(item)) for name, item in value.items()]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def _paths(value: object, way: Path = ()) -> list[Path]:
    """The way to each key, level by level."""
    found: list[Path] = []
    level: list[tuple[Path, object]] = [(way, value)]
    while level:
        inner: list[tuple[Path, object]] = []
        for here, each in level:
            if isinstance(each, dict):
                found += [(*here, key) for key in each]
                inner += [((*here, key), item) for key, item in each.items()]
            elif isinstance(each, list):
                inner += [((*here, index), item) for index, item in enumerate(each)]
        level = inner
    return found


# `window.code=200;`, `retcode:"0",`, `<wxsid>…</wxsid>`: the counterpart of keys in an answer that is not JSON.
_MARKS = (
    re.compile(rb"""window\.(?P<name>[\w.]+)\s*=\s*(?:"[^"]*"|'[^']*'|\{[^}]*\}|[\w.]+);?\s*"""),
    re.compile(rb'(?P<name>\w+):"[^"]*",?'),
    re.compile(rb"<(?P<name>\w+)(?: [^<>]*)?>[^<]*</(?P=name)>"),
)


def _marked(body: bytes) -> list[tuple[str, int, int]]:
    """(name, begin, end) of each statement, pair and element of a text; nothing in other bytes."""
    if not body.lstrip().startswith((b"window.", b"<")):
        return []
    return [(hit["name"].decode(), *hit.span()) for mark in _MARKS for hit in mark.finditer(body)]


def _one_less(headers: list[tuple[str, str]], fault: Fault) -> list[tuple[str, str]]:
    if not headers or isinstance(fault.value, str):
        return [pair for pair in headers if pair[0] != fault.value]
    number = int(fault.number_or(0)) % len(headers)
    return headers[:number] + headers[number + 1 :]
