"""Calls that upload files in chunks, download them, and fetch avatars."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader

from hongyan.emulator import pictures
from hongyan.emulator.answers import HttpAnswer, json_answer, picture
from hongyan.emulator.auth import Proof, identify, same_ticket
from hongyan.emulator.call import UNREADABLE, IncomingCall, Refusal, as_number, read_body
from hongyan.emulator.compose_apps import encrypted_name
from hongyan.emulator.core import AuthLevel
from hongyan.emulator.dispatch import PREFIX, Origins, Route
from hongyan.emulator.media import CHUNK, LARGE_FILE, IncomingUpload, UploadBroken

if TYPE_CHECKING:
    from hongyan.emulator.logins import Login
    from hongyan.emulator.media import StoredFile
    from hongyan.emulator.messages import StoredMessage

__all__ = ["ROUTES"]

NO_LOGIN, PARSER_REQUEST, BAD_PARAMETER = 1100, 1200, 1
_FROM_DISK = 1024 * 1024
_BIG_AVATAR = 480
_COVERED = frozenset({43, 49, 62})  # videos, links and files show a cover here, never themselves


async def check_upload(call: IncomingCall) -> HttpAnswer:
    """Before a large file: the MediaId where the server has these bytes already, else the permission to send them."""
    md5, size = call.text("FileMd5").lower(), call.number("FileSize")
    if not md5 or size <= 0:
        raise Refusal(BAD_PARAMETER, "FileMd5 and FileSize are needed")
    known = call.service.media.find_md5(md5, size)
    aes_key, signature = call.service.media.sign(md5)
    return json_answer(
        {
            "MediaId": known.media_id if known else "",
            "AESKey": aes_key,
            "Signature": signature,
            "EncryFileName": encrypted_name(known.name) if known else "",
        }
    )


async def upload_media(call: IncomingCall) -> HttpAnswer:
    """One chunk. MediaId comes with the last one, empty before."""
    data = await _read_form(call)
    login = call.found = identify(call, Proof.SID, ticket_in_query=False)
    assert login is not None
    _check_tickets(call, login)
    asked = read_body(call.text("uploadmediarequest").encode())
    total, chunks, chunk = as_number(asked.get("TotalLen")), call.number("chunks") or 1, call.number("chunk")
    _check_size(call, asked, total, len(data))
    owner, name = login.secrets.sid, call.text("name")
    store = call.service.media
    try:
        upload = store.begin(
            owner, str(asked.get("ClientMediaId")), total=total, chunks=chunks, name=name, chunk=chunk
        )
        media = store.take_chunk(owner, upload, chunk, data)
    except UploadBroken as broken:
        raise Refusal(BAD_PARAMETER, str(broken)) from None
    return _uploaded(call, asked, upload, media)


def _uploaded(
    call: IncomingCall, asked: dict[str, Any], upload: IncomingUpload, media: StoredFile | None
) -> HttpAnswer:
    claimed = str(asked.get("FileMd5") or "").lower()
    if media is not None and claimed and not hmac.compare_digest(claimed, media.md5):
        call.service.media.forget(media)
        raise Refusal(BAD_PARAMETER, "FileMd5 does not fit the bytes")
    return json_answer(
        {
            "MediaId": media.media_id if media else "",
            "StartPos": upload.received,
            "CDNThumbImgHeight": 100 if media else 0,
            "CDNThumbImgWidth": 100 if media else 0,
            "EncryFileName": encrypted_name(media.name) if media else "",
        }
    )


async def _read_form(call: IncomingCall) -> bytes:
    """Read the parts into `call.body`, in any order; return the bytes of the file part."""
    if not call.request.headers.get("Content-Type", "").startswith("multipart/"):
        raise Refusal(PARSER_REQUEST, "an upload is a multipart form")
    data = b""
    try:
        async for part in await call.request.multipart():
            if not isinstance(part, BodyPartReader):
                raise Refusal(PARSER_REQUEST)
            content = bytes(await part.read())
            if part.name == "filename":
                data = content
                if "filename*" in part.headers.get("Content-Disposition", ""):
                    raise Refusal(BAD_PARAMETER, "filename*= is not understood")
            elif part.name:
                call.body[part.name] = content.decode("utf-8", "replace")
    except (ValueError, AssertionError, *UNREADABLE) as error:
        raise Refusal(PARSER_REQUEST, str(error)) from None
    return data


def _check_tickets(call: IncomingCall, login: Login) -> None:
    """Authorize an upload by the form's own tickets: some clients send no cookies with it, all send these."""
    given = call.text("webwx_data_ticket")
    level = call.service.options.auth
    if level is not AuthLevel.LAX and given != login.secrets.data_ticket:
        raise Refusal(NO_LOGIN, "webwx_data_ticket")
    if level is AuthLevel.STRICT and not same_ticket(call.text("pass_ticket"), login.secrets.pass_ticket):
        raise Refusal(NO_LOGIN, "pass_ticket")


def _check_size(call: IncomingCall, asked: dict[str, Any], total: int, received: int) -> None:
    if total <= 0 or received == 0:
        raise Refusal(BAD_PARAMETER, "the file is empty")
    if call.service.options.auth is not AuthLevel.LAX and received > CHUNK:
        raise Refusal(BAD_PARAMETER, "more than 512 KiB in one request")
    signature, md5 = str(asked.get("Signature") or ""), str(asked.get("FileMd5") or "").lower()
    if total > LARGE_FILE and not call.service.media.signature_fits(signature, md5):
        raise Refusal(BAD_PARAMETER, "a file above 25 MB needs the Signature of webwxcheckupload")


async def message_picture(call: IncomingCall) -> HttpAnswer:
    """Picture, sticker or cover of a message: `type` slave is the thumbnail. Labelled JPEG whatever it is."""
    message = _message(call)
    if message is None or message.content.fields.get("HasProductId"):
        return picture(b"")
    small = call.query.get("type") == "slave" or message.content.msg_type in _COVERED
    media = _media(call, message, "slave" if small else "full")
    if media is None:
        return picture(pictures.thumbnail(str(message.msg_id)) if small and message.media else b"")
    answer = _file(call, media, "image/jpeg")
    answer.headers.append(("Cache-Control", "max-age=604800"))
    return answer


async def message_video(call: IncomingCall) -> HttpAnswer:
    """The video of a message; without a Range header the body is empty."""
    media = _full(call)
    if media is None or "Range" not in call.request.headers:
        return HttpAnswer(b"", content_type="video/mp4")
    return _ranged(call, media, "video/mp4")


async def message_voice(call: IncomingCall) -> HttpAnswer:
    """The voice of a message."""
    media = _full(call)
    if media is None:
        return HttpAnswer(b"", content_type="audio/mp3")
    return _ranged(call, media, "audio/mp3")


async def attachment(call: IncomingCall) -> HttpAnswer:
    """The file of a message, by MediaId: nothing is shown where it is unknown or too old."""
    media = call.service.media.find(call.query.get("mediaid", ""))
    ticket = call.query.get("webwx_data_ticket") or call.cookies.get("webwx_data_ticket")
    if call.service.options.auth is not AuthLevel.LAX and ticket != call.login.secrets.data_ticket:
        return _no_bytes(call, Refusal(NO_LOGIN))
    if media is None or _expired(call, media):
        return HttpAnswer(b"", content_type="application/octet-stream")
    return _file(call, media, "application/octet-stream")


async def avatar(call: IncomingCall) -> HttpAnswer:
    """The picture of a person or group; empty for a name of another login."""
    permanent_id = call.login.names.permanent(call.query.get("username", ""))
    if permanent_id is None:
        return picture(b"")
    size = _BIG_AVATAR if call.query.get("type") == "big" else 132
    world = call.account.world
    who = world.people.get(permanent_id) or world.groups.get(permanent_id) or world.me
    answer = picture(
        pictures.avatar(f"{permanent_id}#{who.avatar_seq}" if who.avatar_seq > 1 else permanent_id, size)
    )
    answer.headers.append(("Last-Modified", "Thu, 01 Jan 2015 00:00:00 GMT"))
    return answer


async def map_picture(call: IncomingCall) -> HttpAnswer:
    """The map of a location message."""
    message = _message(call)
    return picture(b"" if message is None else pictures.avatar(f"map {message.msg_id}", 240))


async def preview(call: IncomingCall) -> HttpAnswer:
    """A picture that was just uploaded."""
    media = call.service.media.find(call.query.get("mediaid", ""))
    return picture(b"") if media is None else _file(call, media, "image/jpeg")


def _message(call: IncomingCall) -> StoredMessage | None:
    """The message of `MsgID`, if it belongs to this account and is not too old."""
    msg_id = as_number(call.query.get("msgid", ""))
    message = call.account.messages.get(msg_id)
    if message is None or call.service.clock.now() - message.time > call.service.options.media_seconds:
        return None
    return message


def _media(call: IncomingCall, message: StoredMessage, variant: str) -> StoredFile | None:
    return call.service.media.find(message.media.get(variant, ""))


def _full(call: IncomingCall) -> StoredFile | None:
    message = _message(call)
    return None if message is None else _media(call, message, "full")


def _expired(call: IncomingCall, media: StoredFile) -> bool:
    sent = [each.time for each in call.account.messages.values() if media.media_id in each.media.values()]
    return bool(sent) and call.service.clock.now() - max(sent) > call.service.options.media_seconds


def _file(call: IncomingCall, media: StoredFile, content_type: str) -> HttpAnswer:
    path = call.service.media.path(media)
    if media.size >= _FROM_DISK:
        return HttpAnswer(content_type=content_type, file=path)
    return HttpAnswer(path.read_bytes(), content_type=content_type)


def _ranged(call: IncomingCall, media: StoredFile, content_type: str) -> HttpAnswer:
    """A file, or the requested range of it, with 206 and Content-Range."""
    asked = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", call.request.headers.get("Range", ""))
    if asked is None or media.size >= _FROM_DISK:
        return _file(call, media, content_type)
    begin, end = int(asked[1]), min(int(asked[2] or media.size - 1), media.size - 1)
    if begin > end:
        return HttpAnswer(b"", 416, content_type, [("Content-Range", f"bytes */{media.size}")])
    whole = call.service.media.path(media).read_bytes()
    headers = [("Content-Range", f"bytes {begin}-{end}/{media.size}")]
    return HttpAnswer(whole[begin : end + 1], 206, content_type, headers, whole=whole)


def _no_bytes(call: IncomingCall, no: Refusal) -> HttpAnswer:
    del call, no
    return picture(b"")


def _download(name: str, handler: Any, proof: Proof = Proof.COOKIES) -> Route:
    return Route(PREFIX + name, handler, proof, ticket=False, no=_no_bytes)


ROUTES = [
    Route(PREFIX + "webwxcheckupload", check_upload, Proof.SID),
    Route(
        PREFIX + "webwxuploadmedia",
        upload_media,
        Proof.NOTHING,
        ticket=False,
        streams=True,
        shared_with=Origins.MAIN,
    ),
    _download("webwxgetmsgimg", message_picture),
    _download("webwxgetvideo", message_video),
    _download("webwxgetvoice", message_voice),
    _download("webwxgetmedia", attachment, Proof.SID),
    _download("webwxgetpubliclinkimg", map_picture),
    _download("webwxgeticon", avatar),
    _download("webwxgetheadimg", avatar),
    _download("webwxpreview", preview),
]
