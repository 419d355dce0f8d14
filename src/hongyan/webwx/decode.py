"""A raw payload of any kind turned into values that JSON can hold, without secrets; it guesses what the payload is.

This is the pure part of ``hongyan decode``. It recognises a message, a sync, init, contact or batch answer, a list of
messages, the answers of the login, bare XML of a message, and a plain sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hongyan.errors import HongyanError, UnreadableJson, UnreadableXml
from hongyan.webwx import parse
from hongyan.webwx.boundary import guarded
from hongyan.webwx.lenient_json import loads
from hongyan.webwx.markup import decode_xml
from hongyan.webwx.parse.envelope import split_prefix
from hongyan.webwx.secrets import HIDDEN, without_secrets
from hongyan.webwx.xml import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hongyan.webwx.xml import Document

__all__ = ["HIDDEN", "Decoded", "decode"]

_SECRETS: Final = frozenset(
    {
        "skey",
        "wxsid",
        "wxuin",
        "uin",
        "pass_ticket",
        "redirect_uri",
        "redirect_url",
        "ticket",
        "encrypted_username",
        "uuid",
        "avatar",
    }
)

Decoded = dict[str, Any]
"""One event or answer: ``what`` is what the payload was taken for, the rest are the fields of the value."""


def decode(payload: bytes | str, me: str = "") -> list[Decoded]:
    """Return what ``payload`` holds, in order; a payload that cannot be read is one ``unreadable`` entry.

    ``me`` is the account's transient name, which identifies messages sent by the account; it may be empty. Never raises.
    """
    body = payload.encode("utf-8", "replace") if isinstance(payload, str) else payload
    try:
        return guarded("the payload", lambda: list(_decoded(body, me)))
    except HongyanError as failure:
        return [{"what": "unreadable", "reason": str(failure)}]


def _decoded(body: bytes, me: str) -> Iterator[Decoded]:
    text = body.decode("utf-8", "replace").strip().lstrip("\ufeff")
    for mark, what, reader in _SCRIPTS:
        if mark in text[:4096]:
            yield _shown(what, reader(body))
            return
    if text.startswith("{"):
        yield from _of_object(body, me)
    elif text.startswith("["):
        yield from _of_list(body, me)
    else:
        yield _of_content(text, me)


_SCRIPTS: Final[tuple[tuple[str, str, Callable[[bytes], Struct]], ...]] = (
    ("window.synccheck", "sync-check", parse.parse_sync_check),
    ("window.QRLogin", "login-code", parse.parse_login_code),
    ("window.code", "login-poll", parse.parse_login_poll),
    ("<error>", "login-page", parse.parse_login_page),
    ("&lt;error&gt;", "login-page", parse.parse_login_page),
    ("window.MMCgi", "root-page", parse.parse_root_page),
)


def _of_object(body: bytes, me: str) -> Iterator[Decoded]:
    for mark, reader in _OBJECTS:
        if re.search(rb'"' + mark + rb'"\s*:', body):
            yield from reader(body, me)
            return
    yield from _of_unknown_object(body)


def _of_sync(body: bytes, me: str) -> Iterator[Decoded]:
    answer = parse.parse_sync(body, me)
    for item in answer.items:
        yield _shown("event", item.event)
    yield {
        "what": "sync",
        "ret": answer.ret,
        "items": len(answer.items),
        "sync_key": answer.sync_key.joined if answer.sync_key else None,
        "sync_check_key": answer.sync_check_key.joined if answer.sync_check_key else None,
        "more": answer.more,
        "rung": answer.rung,
        "unreadable": answer.unreadable,
    }


def _of_init(body: bytes, _me: str) -> Iterator[Decoded]:
    yield _shown("init", parse.parse_init(body))


def _of_contacts(body: bytes, me: str) -> Iterator[Decoded]:
    yield _shown("contacts", parse.parse_contacts(body, me))


def _of_batch(body: bytes, me: str) -> Iterator[Decoded]:
    yield _shown("batch", parse.parse_batch(body, me))


def _of_new_group(body: bytes, _me: str) -> Iterator[Decoded]:
    yield _shown("new-group", parse.parse_new_group(body))


def _of_push_login(body: bytes, _me: str) -> Iterator[Decoded]:
    yield _shown("push-login", parse.parse_push_login(body))


def _of_receipt(body: bytes, _me: str) -> Iterator[Decoded]:
    yield _shown("receipt", parse.parse_receipt(body))


def _of_message(body: bytes, me: str) -> Iterator[Decoded]:
    yield _shown("message", parse.parse_message(body, me))


_OBJECTS: Final[tuple[tuple[bytes, Callable[[bytes, str], Iterator[Decoded]]], ...]] = (
    (rb"(?:AddMsgList|ModContactList|DelContactList|SyncCheckKey)", _of_sync),
    (rb"MsgType", _of_message),
    (rb"(?:ChatSet|User)", _of_init),
    (rb"ChatRoomName", _of_new_group),
    (rb"(?:Seq)", _of_contacts),
    (rb"ContactList", _of_batch),
    (rb"MemberList", _of_contacts),
    (rb"uuid", _of_push_login),
    (rb"BaseResponse", _of_receipt),
)
"""A name that only this kind of object has -> its reader; the first that is found decides."""


def _of_unknown_object(body: bytes) -> Iterator[Decoded]:
    yield {
        "what": "unreadable",
        "reason": "an object of an unknown kind",
        "fields": sorted(loads(body)),
    }


def _of_list(body: bytes, me: str) -> Iterator[Decoded]:
    for item in loads(body):
        if not isinstance(item, dict):
            raise UnreadableJson("a list of something else than objects")
        yield from _of_object(msgspec.json.encode(item), me)


# What the first element of bare content reveals about the type it is sent under.
_TYPES: Final = (
    (".//sysmsg", 10002),
    (".//appmsg", 49),
    (".//emoji", 47),
    (".//img", 3),
    (".//voicemsg", 34),
    (".//videomsg", 43),
    (".//location", 48),
    (".//voipinvitemsg", 50),
    (".//voipmsg", 50),
    (".//op", 51),
    (".//mmreader", 1),
)


def _of_content(text: str, me: str) -> Decoded:
    """Read bare content: as the XML of a message where it is that, else as a sentence of the service."""
    prefix, content = split_prefix(text)
    document = _document(content)
    msg_type = 10000 if document is None else _type_of(document)
    message = {
        "MsgType": msg_type,
        "FromUserName": "@@" if prefix and document else "@",
        "Content": text,
    }
    return _shown("content", parse.parse_message(message, me))


def _document(content: str) -> Document | None:
    try:
        return read(decode_xml(content))
    except UnreadableXml:
        return None


def _type_of(document: Document) -> int:
    for path, msg_type in _TYPES:
        if document.find(path):
            return msg_type
    if document.attribute_of("msg", "fromnickname", "encryptusername"):
        return 37
    return 42 if document.attribute_of("msg", "nickname") else 10000


def _shown(what: str, value: Struct) -> Decoded:
    fields: Decoded = _without_secrets(
        msgspec.to_builtins(value, enc_hook=lambda fault: type(fault).__name__)
    )
    if not fields.get("faults", True):
        del fields["faults"]
    return {"what": what, **fields}


def _without_secrets(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {k: _without_secrets(v, k) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(v) for v in value]
    if name in _SECRETS and value and not isinstance(value, bool):
        return HIDDEN if name != "avatar" or str(value).startswith("data:") else value
    if name == "raw":
        return f"{len(value) * 3 // 4} bytes"  # they may hold anything
    return without_secrets(value) if isinstance(value, str) else value
