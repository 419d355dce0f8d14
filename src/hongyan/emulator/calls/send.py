"""Calls that send: texts and raw types, media by MediaId, files, forwards, recalls."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

from hongyan.emulator import compose
from hongyan.emulator.answers import HttpAnswer, json_answer
from hongyan.emulator.auth import Proof
from hongyan.emulator.call import IncomingCall, Refusal, as_number, as_words
from hongyan.emulator.core import AuthLevel
from hongyan.emulator.dispatch import PREFIX, Route
from hongyan.emulator.markup import wire_xml
from hongyan.emulator.media import LARGE_FILE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.emulator.compose import Composed
    from hongyan.emulator.logins import Login
    from hongyan.emulator.media import StoredFile
    from hongyan.emulator.messages import StoredMessage

__all__ = ["ROUTES"]

BAD_PARAMETER, NOT_ALLOWED, TOO_OFTEN = 1, 1204, 1205
_TOO_FAST = "发送消息过于频繁，可稍后再试。"

# The send is accepted with Ret 0; only this grey line shows that it was not delivered.
_REFUSALS = {
    "deleted": "{name}开启了朋友验证，你还不是他（她）朋友。请先发送朋友验证请求，对方验证通过后，才能聊天。",
    "blocked": "消息已发出，但被对方拒收了。",
}


def _sender(
    make: Callable[[IncomingCall, dict[str, Any]], tuple[Composed, StoredFile | None]],
) -> Callable[[IncomingCall], Awaitable[HttpAnswer]]:
    async def send(call: IncomingCall) -> HttpAnswer:
        message = call.body.get("Msg")
        if not isinstance(message, dict):
            raise Refusal(BAD_PARAMETER)
        sent = _repeated(call, message) or _accept(call, message, make)
        local = message.get("LocalID") or message.get("ClientMsgId") or ""
        return json_answer({"MsgID": str(sent.msg_id), "LocalID": str(local)})

    return send


def _words(message: dict[str, Any]) -> str:
    """The Content of a message. Raises Refusal 1200 if it is not a text (wrong field types: wechat-api #31)."""
    return as_words(message.get("Content"))


def _client_id(message: dict[str, Any]) -> str:
    return str(message.get("ClientMsgId") or message.get("LocalID") or "")


def _repeated(call: IncomingCall, message: dict[str, Any]) -> StoredMessage | None:
    """The message that the same ClientMsgId has already become in the same chat (openwechat forwards under one number)."""
    chat = call.login.names.permanent(str(message.get("ToUserName") or ""))
    return call.account.by_client_id.get((chat or "", _client_id(message)))


def _accept(
    call: IncomingCall,
    message: dict[str, Any],
    make: Callable[[IncomingCall, dict[str, Any]], tuple[Composed, StoredFile | None]],
) -> StoredMessage:
    login = call.login
    account = call.account
    chat = _target(call, login, message)
    content, media = make(call, message)
    if media is not None:
        signed = call.service.media.signature_fits(str(message.get("Signature") or ""), media.md5)
        if media.size > LARGE_FILE and not signed:
            raise Refusal(BAD_PARAMETER)
    if not call.service.limits.allows(account.id, "send"):
        return _too_fast(call, chat, content)
    sent = account.message(chat, account.id, content, client_id=_client_id(message))
    if media is not None:
        sent.media = {"full": media.media_id}
        account.keep_message(sent)
    person = account.world.people.get(chat)
    if person is not None and person.refuses:
        account.say(chat, "", compose.system(_REFUSALS[person.refuses].format(name=account.name_of(chat))))
    else:
        account.heard_from_client(sent, login)
    return sent


def _target(call: IncomingCall, login: Login, message: dict[str, Any]) -> str:
    """The permanent id of ToUserName. Raises Refusal where one cannot send there."""
    strict = call.service.options.auth is AuthLevel.STRICT
    account = call.account
    if strict and "Scene" not in call.body:
        raise Refusal(NOT_ALLOWED)
    if strict and message.get("FromUserName") != login.me:
        raise Refusal(BAD_PARAMETER)
    chat = login.names.permanent(str(message.get("ToUserName") or ""))
    if chat is None or not account.knows(chat):
        raise Refusal(BAD_PARAMETER)
    if account.offline is not None:
        raise Refusal(account.offline)
    room = account.world.groups.get(chat)
    person = account.world.people.get(chat)
    if (
        chat == account.id
        or (room is not None and not room.has(account.id))
        or (person is not None and not person.friend)
    ):
        raise Refusal(NOT_ALLOWED)
    return chat


def _too_fast(call: IncomingCall, chat: str, content: Composed) -> StoredMessage:
    """Refuse, or accept the send and report in a grey line that it was too fast: both were seen."""
    account = call.account
    if not call.service.limits.as_text:
        raise Refusal(TOO_OFTEN)
    unsent = account.message(chat, account.id, content)
    account.say(chat, "", compose.system(_TOO_FAST))
    return unsent


def _text(_: IncomingCall, message: dict[str, Any]) -> tuple[Composed, None]:
    kind = as_number(message.get("Type")) or 1
    return replace(compose.text(_words(message)), msg_type=kind if kind in {42, 48} else 1), None


def _with_media(
    kind: int, fields: dict[str, Any]
) -> Callable[[IncomingCall, dict[str, Any]], tuple[Composed, StoredFile | None]]:
    def make(call: IncomingCall, message: dict[str, Any]) -> tuple[Composed, StoredFile | None]:
        media_id = str(message.get("MediaId") or "")
        plain = _words(message)
        media = call.service.media.find(media_id) if media_id else _of_content(call, message)
        if media is None and (media_id or not (plain or message.get("EMoticonMd5"))):
            raise Refusal(BAD_PARAMETER)
        return _composed(kind, plain, fields), media

    return make


def _composed(kind: int, plain: str, fields: dict[str, Any]) -> Composed:
    return compose.Composed(kind, compose.escaped(plain), plain, fields)


def _of_content(call: IncomingCall, message: dict[str, Any]) -> StoredFile | None:
    """A forwarded picture or sticker comes as the XML it was received with, or as the md5 of a known one."""
    content = _words(message)
    md5 = str(message.get("EMoticonMd5") or "") or _attribute(content, "md5")
    bare = _bare(content)
    for known in reversed(call.account.messages.values()):
        media = call.service.media.find(known.media.get("full", ""))
        if media is not None and (media.md5 == md5 or (bare and _bare(known.content.content) == bare)):
            return media
    return None


def _bare(wire: str) -> str:
    """XML without what clients drop or keep as they like: line breaks, blanks, the outer layer of entities."""
    return "".join(unescape(unescape(wire).replace("<br/>", "")).split())


def _attribute(xml: str, name: str) -> str:
    found = re.search(rf'\b{name}\s*=\s*["\']([^"\']*)', xml)
    return found[1] if found else ""


def _element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.DOTALL)
    return unescape(found[1]) if found else ""


def _app(call: IncomingCall, message: dict[str, Any]) -> tuple[Composed, StoredFile | None]:
    xml = _words(message)
    if "<appmsg" not in xml:
        raise Refusal(BAD_PARAMETER)
    kind = as_number(_element(xml, "type")) or as_number(message.get("Type"))
    media = call.service.media.find(_element(xml, "attachid")) if kind == 6 else None
    if kind == 6 and media is None:
        raise Refusal(BAD_PARAMETER)
    title = _element(xml, "title")
    fields: dict[str, Any] = {
        "AppMsgType": kind,
        "FileName": compose.escaped(title),
        "Url": _element(xml, "url"),
    }
    if media is not None:
        fields |= {"FileSize": str(media.size), "MediaId": media.media_id}
    return compose.Composed(49, wire_xml(f"<msg>{xml}</msg>"), title, fields), media


def _route(
    name: str, make: Callable[[IncomingCall, dict[str, Any]], tuple[Composed, StoredFile | None]]
) -> Route:
    return Route(PREFIX + name, _sender(make), Proof.SID)


ROUTES = [
    _route("webwxsendmsg", _text),
    _route("webwxsendmsgimg", _with_media(3, {"ImgStatus": 2})),
    _route("webwxsendvideomsg", _with_media(43, {})),
    _route("webwxsendemoticon", _with_media(47, {"ImgStatus": 2})),
    _route("webwxsendappmsg", _app),
]
