"""Turns a received message into the call that forwards it; it knows what cannot be forwarded, and fetches nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.errors import UnreadableJson, UsageError
from hongyan.model.messages import File, Location, Picture, Quote, Sticker, Text, Video
from hongyan.webwx.calls import send
from hongyan.webwx.lenient_json import read_item
from hongyan.webwx.markup import decode_xml
from hongyan.webwx.media import PERMIT_ABOVE
from hongyan.webwx.parse.envelope import envelope_of
from hongyan.webwx.wire import WireMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.model.messages import AnyMessage
    from hongyan.webwx.calls.caller import Caller
    from hongyan.webwx.http import ApiCall

    Sending = Callable[[Caller], ApiCall[send.Sent]]

__all__ = ["forwarding"]

_APP: Final = re.compile(r"<appmsg\b")
_APP_END: Final = "</appmsg>"


def forwarding(message: AnyMessage, raw: bytes, to: send.To) -> Sending:
    """Return the call that sends ``message`` on as it is; UsageError for kinds that the web cannot send on.

    What travels is the original content (front-end, wechat4u): a text as text, a picture or video by its XML, a sticker
    by its MD5, a file by its media id, everything an app shared by its ``<appmsg>``.
    """
    match message:
        case Text() | Quote():
            return lambda caller: send.send_text(caller, to, message.text)
        case Sticker():
            return _sticker(message, to)
        case File():
            return _file(message, to)
        case Picture():
            return lambda caller: send.send_picture(caller, to, "", _xml(raw))
        case Video():
            return lambda caller: send.send_video(caller, to, "", _xml(raw))
        case Location():
            return lambda caller: send.send_location(
                caller, to, decode_xml(_wire(raw).ori_content) or _xml(raw)
            )
        case _:
            return _shared(message, raw, to)


def _sticker(message: Sticker, to: send.To) -> Sending:
    if message.in_store or not message.md5:
        raise UsageError("stickers of the store cannot be forwarded by Web WeChat", "Send it from the phone.")
    return lambda caller: send.send_emoticon(caller, to, md5=message.md5)


def _file(message: File, to: send.To) -> Sending:
    if message.size > PERMIT_ABOVE:
        raise UsageError("a file above 25 MiB cannot be forwarded", "Save it, and send it as a new file.")
    xml = send.file_xml(message.name, message.size, message.media_id)
    return lambda caller: send.send_file(caller, to, xml)


def _app_in(xml: str) -> str:
    """Return the ``<appmsg>`` of a message, from its beginning to its last end; empty where there is none."""
    begin, end = _APP.search(xml), xml.rfind(_APP_END)
    return xml[begin.start() : end + len(_APP_END)] if begin and begin.start() < end else ""


def _shared(message: AnyMessage, raw: bytes, to: send.To) -> Sending:
    """Send on what an app shared (links, music, mini programs …)."""
    wire = _wire(raw)
    app = _app_in(_xml(raw)) if wire.msg_type == 49 else ""
    if not app or message.kind in {"transfer", "red-packet", "live-location"}:
        raise UsageError(
            f"a message of the kind {message.kind!r} cannot be forwarded", "Send it from the phone."
        )
    return lambda caller: send.send_app(caller, to, wire.app_msg_type, app)


def _wire(raw: bytes) -> WireMessage:
    try:
        return read_item(raw, WireMessage)
    except UnreadableJson as failure:
        raise UsageError("the message's bytes cannot be read, so it cannot be forwarded") from failure


def _xml(raw: bytes) -> str:
    return decode_xml(envelope_of(_wire(raw), "", raw).content)
