"""Calls that send a message of each kind, forward one, or take one back.

All share one shape: ``Msg`` with ``LocalID`` equal to ``ClientMsgId`` (17 digits, kept when a send is repeated, since the
server drops repeats), and ``Scene``, without which a text was refused with 1204 (WeixinBot, 2016). Ret 0 means accepted,
not delivered. A 1101 of a send does not prove that the login is over (April 2019): the caller checks with synccheck.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct, field

from hongyan.model.ids import ClientMsgId, MsgId, TransientName
from hongyan.webwx.calls.caller import Answered, Caller, accepted, reading
from hongyan.webwx.http import ApiCall, Response

__all__ = [
    "FILE_APP_ID",
    "Sent",
    "To",
    "file_xml",
    "location_xml",
    "revoke",
    "send_app",
    "send_card",
    "send_emoticon",
    "send_file",
    "send_location",
    "send_picture",
    "send_text",
    "send_video",
]

FILE_APP_ID: Final = "wxeb7ec651dd0aefa9"  # a label of the front-end; others work as well
# XML has no way to write these, not even as a reference; a file's name on disk may hold them.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLAIN: Final = 0
_FORWARDED: Final = 2


class To(Struct, frozen=True):
    """Where a message goes and under which id; ``forwarded`` marks one that is sent on."""

    name: TransientName
    client_msg_id: ClientMsgId
    forwarded: bool = False


class Sent(Struct, frozen=True):
    """The server's number of an accepted message (what a recall takes)."""

    id: MsgId
    local_id: str


class _Accepted(Answered):
    msg_id: str = field(default="", name="MsgID")
    local_id: str = field(default="", name="LocalID")


def _send(caller: Caller, endpoint: str, to: To, message: dict[str, Any], *, fun: str = "") -> ApiCall[Sent]:
    read = reading(endpoint, _Accepted, caller.now)

    def sent(response: Response) -> Sent:
        answer = read(response)
        return Sent(MsgId(answer.msg_id), answer.local_id)

    envelope = {
        "FromUserName": caller.credentials.me,
        "ToUserName": to.name,
        "LocalID": to.client_msg_id,
        "ClientMsgId": to.client_msg_id,
    }
    body = {"Msg": {**message, **envelope}, "Scene": _FORWARDED if to.forwarded else _PLAIN}
    query = (("fun", fun), ("f", "json")) if fun else ()
    return caller.post(endpoint, body, sent, query=query)


def send_text(caller: Caller, to: To, text: str, mentions: Sequence[TransientName] = ()) -> ApiCall[Sent]:
    r"""Send a text: plain, ``\n`` for line ends, nothing escaped.

    ``mentions`` adds the front-end's source element for a group; the text itself must name them with ``@``. Receivers
    of the web client's mentions get no alert (wechaty, itchat reports).
    """
    message: dict[str, Any] = {"Type": 1, "Content": text}
    if mentions:
        names, room = _text(",".join(mentions)), _text(to.name)
        source = (
            f"<msgsource><atusername>{names}</atusername><atchatroomname>{room}</atchatroomname></msgsource>"
        )
        message["MsgSource"] = source
    return _send(caller, "webwxsendmsg", to, message)


def send_card(caller: Caller, to: To, username: str, nickname: str) -> ApiCall[Sent]:
    """Send the card of a friend or official account (seen in wxpy, vbot)."""
    content = f"<msg username={_attribute(username)} nickname={_attribute(nickname)}/>"
    return _send(caller, "webwxsendmsg", to, {"Type": 42, "Content": content})


def send_location(caller: Caller, to: To, content: str) -> ApiCall[Sent]:
    """Send a place: ``content`` is the XML of a received one, or of ``location_xml`` (front-end: re-sending)."""
    return _send(caller, "webwxsendmsg", to, {"Type": 48, "Content": content})


def location_xml(latitude: float, longitude: float, label: str) -> str:
    """Return the XML of a place in the form that received ones have; ``x`` is the latitude."""
    where = f'x="{latitude:.6f}" y="{longitude:.6f}" scale="16" label={_attribute(label)}'
    return (
        f'<?xml version="1.0"?>\n<msg>\n<location {where} maptype="0" poiname={_attribute(label)} />\n</msg>'
    )


def send_picture(caller: Caller, to: To, media_id: str, content: str = "") -> ApiCall[Sent]:
    """Send an uploaded picture; or, when sending one on, its original XML as ``content`` without a media id."""
    message = {"Type": 3, "MediaId": media_id, "Content": content}
    return _send(caller, "webwxsendmsgimg", to, message, fun="async")


def send_video(caller: Caller, to: To, media_id: str, content: str = "") -> ApiCall[Sent]:
    """Send an uploaded video, or send one on by its XML."""
    message = {"Type": 43, "MediaId": media_id, "Content": content}
    return _send(caller, "webwxsendvideomsg", to, message, fun="async")


def send_emoticon(caller: Caller, to: To, *, media_id: str = "", md5: str = "") -> ApiCall[Sent]:
    """Send an animated sticker: an uploaded GIF, or one that the server knows by its MD5."""
    source = {"EMoticonMd5": md5} if md5 else {"MediaId": media_id}
    return _send(caller, "webwxsendemoticon", to, {"Type": 47, "EmojiFlag": 2, **source}, fun="sys")


def send_file(caller: Caller, to: To, content: str, signature: str = "") -> ApiCall[Sent]:
    """Send an uploaded file by its ``file_xml``; above 25 MiB with the signature of webwxcheckupload."""
    message: dict[str, Any] = {"Type": 6, "Content": content}
    if signature:
        message["Signature"] = signature
    return _send(caller, "webwxsendappmsg", to, message, fun="async")


def send_app(caller: Caller, to: To, app_type: int, content: str) -> ApiCall[Sent]:
    """Send another kind of app message by its ``<appmsg>``; ``Type`` is the app message's type, not 49."""
    return _send(caller, "webwxsendappmsg", to, {"Type": app_type, "Content": content}, fun="async")


def file_xml(name: str, size: int, media_id: str) -> str:
    """Return the app message of an uploaded file: front-end form, single quotes, no outer element."""
    ext = name.rpartition(".")[2] if "." in name else ""
    return (
        f"<appmsg appid='{FILE_APP_ID}' sdkver=''><title>{_text(name)}</title><des></des><action></action>"
        f"<type>6</type><content></content><url></url><lowurl></lowurl><appattach><totallen>{size}</totallen>"
        f"<attachid>{_text(media_id)}</attachid><fileext>{_text(ext)}</fileext></appattach><extinfo></extinfo></appmsg>"
    )


def revoke(caller: Caller, chat: TransientName, message: MsgId, client_msg_id: ClientMsgId) -> ApiCall[None]:
    """Recall a message sent by this account in the last two minutes; the client's id must be present and is not checked."""
    body = {"SvrMsgId": message, "ToUserName": chat, "ClientMsgId": client_msg_id}
    return caller.post("webwxrevokemsg", body, accepted("webwxrevokemsg", caller.now))


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text))
