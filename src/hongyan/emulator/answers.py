"""The outer form of every answer; independent of the contents.

JSON goes out as `text/plain` without a charset and with line breaks between the top-level keys; `window.x=…` answers as
`text/javascript`; jslogin has two Content-Type headers. All of that was captured.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web
from multidict import CIMultiDict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from aiohttp.abc import AbstractStreamWriter

__all__ = [
    "HttpAnswer",
    "SetCookie",
    "encode",
    "html",
    "joined",
    "json_answer",
    "picture",
    "refusal",
    "script",
]

encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class HttpAnswer:
    """One answer before it is written: status, body and headers, in order, names may repeat."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/plain"
    headers: list[tuple[str, str]] = field(default_factory=list)
    file: Path | None = None
    """A large body, sent from the disk; a Range of the request is honoured then."""
    cut: int | None = None
    """The connection is closed after so many bytes of the body."""
    whole: bytes = b""
    """The whole that `body` is a part of, if the status is 206: faults use it."""
    pieces: AsyncIterator[bytes] | None = None
    """The body piece by piece in place of `body`, as fast as the client reads; without a length unless one is given."""

    def response(self) -> web.StreamResponse:
        """The same in the form that aiohttp takes."""
        headers = CIMultiDict(self.headers)
        if self.content_type:
            headers.add("Content-Type", self.content_type)
        if self.file is not None:
            return web.FileResponse(self.file, headers=headers)
        if self.cut is not None:
            headers["Content-Length"] = str(len(self.body))
            return _CutOff(self.body[: self.cut], self.status, headers)
        if self.pieces is not None:
            return _InPieces(self.pieces, self.status, headers)
        return web.Response(body=self.body, status=self.status, headers=headers)


class _CutOff(web.StreamResponse):
    """The head of a whole answer, the beginning of its body, and the end of the connection."""

    def __init__(self, kept: bytes, status: int, headers: CIMultiDict[str]) -> None:
        super().__init__(status=status, headers=headers)
        self._kept = kept

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write all that is to be written; nothing can follow."""
        writer = await super().prepare(request)
        await self.write(self._kept)
        if request.transport is not None:
            request.transport.close()
        return writer


class _InPieces(web.StreamResponse):
    """A body that is not in memory, and may have no end."""

    def __init__(self, pieces: AsyncIterator[bytes], status: int, headers: CIMultiDict[str]) -> None:
        super().__init__(status=status, headers=headers)
        self._pieces = pieces

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write until the body or the connection ends."""
        writer = await super().prepare(request)
        if request.method == "HEAD":
            return writer
        with contextlib.suppress(ConnectionError):
            async for piece in self._pieces:
                await self.write(piece)
        return writer


@dataclass(frozen=True, slots=True)
class SetCookie:
    """One Set-Cookie: `domain` empty for a host-only cookie, `expires` in Unix seconds (0: a past date, to delete)."""

    name: str
    value: str
    domain: str
    expires: float
    secure: bool

    def header(self) -> tuple[str, str]:
        """Header name and value, with the dashed date of the captures."""
        date = time.strftime("%a, %d-%b-%Y %H:%M:%S GMT", time.gmtime(self.expires))
        domain = f"; Domain={self.domain}" if self.domain else ""
        secure = "; Secure" if self.secure else ""
        return "Set-Cookie", f"{self.name}={self.value}{domain}; Path=/; Expires={date}{secure}"


def json_answer(fields: Mapping[str, Any], ret: int = 0, text: str = "") -> HttpAnswer:
    """A JSON answer with its BaseResponse in front. Values are encoded; `msgspec.Raw` goes in as it is."""
    head = b'{\n"BaseResponse": {\n"Ret": %d,\n"ErrMsg": %s\n}\n' % (ret, encode(text))
    parts = [b',\n"%s": %s' % (name.encode(), encode(value)) for name, value in fields.items()]
    return HttpAnswer(b"".join((head, *parts, b"\n}\n")))


def refusal(ret: int, text: str = "", extra: Mapping[str, Any] | None = None) -> HttpAnswer:
    """An answer that refuses."""
    return json_answer(extra or {}, ret, text)


def joined(items: Sequence[bytes]) -> msgspec.Raw:
    """A JSON list of values that are JSON already."""
    return msgspec.Raw(b"[" + b",\n".join(items) + b"]")


def script(text: str) -> HttpAnswer:
    """A `window.…` answer."""
    return HttpAnswer(text.encode(), content_type="text/javascript")


def html(text: str) -> HttpAnswer:
    """A page."""
    return HttpAnswer(text.encode(), content_type="text/html; charset=utf-8")


def picture(data: bytes) -> HttpAnswer:
    """Picture bytes, labelled JPEG whatever they are."""
    return HttpAnswer(data, content_type="image/jpeg", headers=[("Cache-Control", "max-age=604800")])
