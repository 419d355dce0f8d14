"""Calls that transfer files: the permit for large ones, a chunk up, and every kind of download."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from hongyan.errors import NoAnswer, ProtocolChanged
from hongyan.model.ids import MsgId, TransientName
from hongyan.redaction import redacted
from hongyan.webwx.calls.caller import PATH, Answered, Caller, Pairs, reading
from hongyan.webwx.hosts import HostClass
from hongyan.webwx.http import ApiCall, FilePart, Lane, Multipart, Request, Response, encode_query
from hongyan.webwx.lenient_json import mend

__all__ = [
    "Chunk",
    "ParallelChunk",
    "Permit",
    "avatar",
    "check_upload",
    "downloaded",
    "media_file",
    "message_picture",
    "place_picture",
    "preview",
    "refusal_in",
    "upload_chunk",
    "upload_parallel",
    "video",
    "voice",
]

_ATTACHMENT: Final = 4  # the browser sends this MediaType for everything
_LARGE_FILE: Final = 7  # FileType of webwxcheckupload
_WHOLE: Final = (("Range", "bytes=0-"),)  # without it a video comes back empty
_DOWNLOAD_S: Final = 60.0  # without an answer, or between two fair amounts of it
# The picture of a contact's record; it comes from the wire, and the request for it sends cookies.
_PICTURE: Final = re.compile(re.escape(PATH) + r'(webwxgeticon|webwxgetheadimg)(\?[!-"$-~]*)?')
_SECRET: Final = re.compile(r"([?&]skey=)[^&]*")

_RET: Final = re.compile(rb'"BaseResponse"\s*:\s*\{[^{}]{0,200}?"Ret"\s*:\s*(-?\d{1,9})\b')


@redacted
class Permit(Answered):
    """webwxcheckupload's answer. A ``media_id`` means that the server has the file already."""

    media_id: str = field(default="", name="MediaId")
    aes_key: str = field(default="", name="AESKey")
    signature: str = field(default="", name="Signature")
    encrypted_name: str = field(default="", name="EncryFileName")

    def __repr__(self) -> str:
        return f"Permit(known={bool(self.media_id)})"


def check_upload(caller: Caller, to: TransientName, name: str, size: int, md5: str) -> ApiCall[Permit]:
    """Ask whether the server knows a file, and for the signature that files above 25 MiB need."""
    body = {
        "FileMd5": md5,
        "FileName": name,
        "FileSize": size,
        "FileType": _LARGE_FILE,
        "FromUserName": caller.credentials.me,
        "ToUserName": to,
    }
    return caller.post(
        "webwxcheckupload", body, reading("webwxcheckupload", Permit, caller.now), timeout=30.0
    )


@redacted
class Chunk(Struct, frozen=True, kw_only=True):
    """One piece of an upload; ``media`` is the same number in all chunks of a file (itchat reports, 2017)."""

    to: TransientName
    name: str
    content_type: str
    media_type: str  # "pic", "video" or "doc"
    media: int
    file_number: int
    size: int  # of the whole file, bytes
    md5: str  # of the whole file
    chunks: int
    chunk: int
    offset: int
    length: int
    aes_key: str = ""
    signature: str = ""

    def __repr__(self) -> str:
        return f"Chunk({self.chunk + 1} of {self.chunks}, {self.length} bytes)"


class _Uploaded(Answered):
    media_id: str = field(default="", name="MediaId")


def upload_chunk(caller: Caller, chunk: Chunk) -> ApiCall[str]:
    """Upload one chunk; returns the media id, which is empty until the last one.

    The order of the fields is the browser's (captured 2018); ``StartPos`` and ``DataLen`` describe the whole file in
    every chunk.
    """
    name = mend(chunk.name)
    several = (("chunks", str(chunk.chunks)), ("chunk", str(chunk.chunk))) if chunk.chunks > 1 else ()
    fields = (
        ("id", f"WU_FILE_{chunk.file_number}"),
        ("name", name),
        ("type", chunk.content_type),
        ("lastModifiedDate", "Thu Jan 01 1970 08:00:00 GMT+0800"),
        ("size", str(chunk.size)),
        *several,
        ("mediatype", chunk.media_type),
        ("uploadmediarequest", msgspec.json.encode(_upload_request(caller, chunk)).decode()),
        ("webwx_data_ticket", caller.credentials.data_ticket),
        ("pass_ticket", caller.credentials.pass_ticket),
    )
    read = reading("webwxuploadmedia", _Uploaded, caller.now)
    form = Multipart(fields=fields, file=_part(chunk))
    return caller.form("webwxuploadmedia", form, lambda response: read(response).media_id, timeout=60.0)


def _part(chunk: Chunk) -> FilePart:
    return FilePart(
        field="filename",
        filename=mend(chunk.name),
        content_type=chunk.content_type if chunk.chunks == 1 else "application/octet-stream",
        offset=chunk.offset,
        length=chunk.length,
    )


class ParallelChunk(Answered):
    """webwxuploadmediaparallel's answer: the id that the other chunks name, and at the last the media id."""

    upload_id: str = field(default="", name="UploadID")
    media_id: str = field(default="", name="MediaId")


def upload_parallel(caller: Caller, chunk: Chunk, upload_id: str = "") -> ApiCall[ParallelChunk]:
    """Upload one chunk of a large file in the form of the File Transfer page, which may send several at once.

    ``upload_id`` is empty for the first chunk and its answer's for all others (clients of that page, 2022-2026). Web
    WeChat itself uploads with ``upload_chunk``.
    """
    request = {
        "Signature": chunk.signature,
        "AESKey": chunk.aes_key,
        "FileMD5": chunk.md5,
        "TotalLen": chunk.size,
        "Chunks": chunk.chunks,
        "Chunk": chunk.chunk,
        "Name": mend(chunk.name),
        "BaseRequest": caller.base_request(),
        "UploadID": upload_id,
    }
    fields = (
        ("UploadMediaParallelRequest", msgspec.json.encode(request).decode()),
        ("pass_ticket", caller.credentials.pass_ticket),
        ("webwx_data_ticket", caller.credentials.data_ticket),
    )
    form = Multipart(fields=fields, file=_part(chunk))
    read = reading("webwxuploadmediaparallel", ParallelChunk, caller.now)
    return caller.form("webwxuploadmediaparallel", form, read, timeout=60.0)


def _upload_request(caller: Caller, chunk: Chunk) -> dict[str, Any]:
    permit = {"AESKey": chunk.aes_key, "Signature": chunk.signature} if chunk.signature else {}
    return {
        "UploadType": 2,
        "BaseRequest": caller.base_request(),
        "ClientMediaId": chunk.media,
        "TotalLen": chunk.size,
        "StartPos": 0,
        "DataLen": chunk.size,
        "MediaType": _ATTACHMENT,
        "FromUserName": caller.credentials.me,
        "ToUserName": chunk.to,
        "FileMd5": chunk.md5,
        **permit,
    }


def downloaded(response: Response) -> None:
    """Return for an answer that holds a file (200, 206); raise NoAnswer or ProtocolChanged for any other."""
    if response.malformed or response.status >= 500:
        raise NoAnswer("download", f"the server answered {response.status}")
    if response.status not in {200, 206}:
        raise ProtocolChanged("download", f"HTTP status {response.status}")


def refusal_in(head: bytes) -> int | None:
    """Return the Ret of a JSON answer that was sent instead of a file, from its start; None if there is none."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    found = _RET.search(head)
    return int(found[1]) if found else None


def _fetch(
    caller: Caller,
    endpoint: str,
    query: Pairs,
    *,
    host: HostClass = HostClass.MAIN,
    extra: tuple[tuple[str, str], ...] = (),
) -> ApiCall[None]:
    return caller.get(
        endpoint, query, downloaded, host=host, timeout=_DOWNLOAD_S, lane=Lane.FILE, extra=extra
    )


def message_picture(caller: Caller, message: MsgId, size: str = "full") -> ApiCall[None]:
    """Fetch a message's picture: ``full``, ``thumbnail`` (also a video's or link's cover), or ``big`` (stickers)."""
    kind: Mapping[str, tuple[tuple[str, str], ...]] = {
        "full": (),
        "thumbnail": (("type", "slave"),),
        "big": (("type", "big"),),
    }
    query: Pairs = (("MsgID", message), ("skey", caller.credentials.skey), *kind[size])
    return _fetch(caller, "webwxgetmsgimg", query)


def video(caller: Caller, message: MsgId) -> ApiCall[None]:
    """Fetch a video (answered with 206)."""
    query: Pairs = (("msgid", message), ("skey", caller.credentials.skey))
    return _fetch(caller, "webwxgetvideo", query, extra=_WHOLE)


def voice(caller: Caller, message: MsgId) -> ApiCall[None]:
    """Fetch a voice message as MP3."""
    query: Pairs = (("msgid", message), ("skey", caller.credentials.skey))
    return _fetch(caller, "webwxgetvoice", query)


def media_file(caller: Caller, sender: TransientName, media_id: str, encrypted_name: str) -> ApiCall[None]:
    """Fetch an attached file from the FILE host; ``fromuser`` is the account's number (front-end)."""
    c = caller.credentials
    query: Pairs = (
        ("sender", sender),
        ("mediaid", media_id),
        ("encryfilename", encrypted_name),
        ("fromuser", int(c.uin)),
        ("pass_ticket", c.pass_ticket),
        ("webwx_data_ticket", c.data_ticket),
    )
    return _fetch(caller, "webwxgetmedia", query, host=HostClass.FILE)


def place_picture(caller: Caller, message: MsgId) -> ApiCall[None]:
    """Fetch the map picture of a location message; ``xxx`` is literal, as in the message."""
    query: Pairs = (("url", "xxx"), ("msgid", message), ("pictype", "location"))
    return _fetch(caller, "webwxgetpubliclinkimg", query)


def avatar(caller: Caller, path: str) -> ApiCall[None]:
    """Fetch the picture of a person or group from the path in its record, with the key filled in."""
    known = _PICTURE.fullmatch(path)
    if known is None:
        raise ProtocolChanged("webwxgeticon", "a record's picture has no known path", path[:60])
    filled = _SECRET.sub("", path)
    key = encode_query((("skey", caller.credentials.skey),))
    request = Request(
        endpoint=known[1],
        method="GET",
        url=f"{caller.credentials.hosts.origin(HostClass.MAIN)}{filled}{'&' if '?' in filled else '?'}{key}",
        headers=caller.headers(),
        timeout=60.0,
        lane=Lane.FILE,
    )
    return ApiCall(request, downloaded)


def preview(caller: Caller, media_id: str) -> ApiCall[None]:
    """Fetch a picture that was just uploaded."""
    return _fetch(caller, "webwxpreview", (("fun", "preview"), ("mediaid", media_id)))
