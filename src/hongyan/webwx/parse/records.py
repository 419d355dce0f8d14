"""Answers to messages and merged pieces of chat history: messages that hold other messages, as XML in XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.ids import MsgId
from hongyan.model.messages import AnyMessage, FavoriteRecord, Quote, Quoted, Record, RecordItem
from hongyan.webwx.markup import decode_xml
from hongyan.webwx.parse.values import moment, number
from hongyan.webwx.xml import BadXml, Document, Node, read

if TYPE_CHECKING:
    from hongyan.webwx.parse.envelope import Envelope

__all__ = ["parse_favorite_record", "parse_quote", "parse_record"]

_MOST_ITEMS: Final = 1000

_BY_TYPE: Final = {
    1: "text",
    3: "picture",
    34: "voice",
    42: "card",
    43: "video",
    47: "sticker",
    48: "location",
    49: "app",
    50: "call",
    62: "video",
    10000: "notice",
}
_BY_APP_TYPE: Final = {
    3: "music",
    5: "link",
    4: "link",
    6: "file",
    8: "sticker",
    17: "live-location",
    19: "record",
    24: "favorite-record",
    33: "mini-program",
    36: "mini-program",
    40: "favorite-record",
    51: "channels",
    53: "solitaire",
    57: "quote",
    63: "channels",
    74: "file-placeholder",
    2000: "transfer",
    2001: "red-packet",
}


def _inner(content: str) -> Document | None:
    """Return the XML inside XML, however often it was escaped on the way; None where there is none to be had."""
    try:
        return read(decode_xml(content))
    except BadXml:
        return None


def _quoted(node: Node) -> Quoted:
    msg_type = number(node.text("type"))
    content = node.text("content")
    inner = _inner(content) if "<" in content or content.lstrip()[:4] == "&lt;" else None
    app_type = number(inner.text(".//appmsg/type")) if inner and msg_type == 49 else None
    shown_as = _BY_APP_TYPE.get(app_type or 0) or _BY_TYPE.get(msg_type, "")
    return Quoted(
        id=MsgId(node.text("svrid").strip()),
        msg_type=msg_type,
        app_type=app_type,
        shown_as=shown_as,
        sender_name=node.text("displayname"),
        sender_id=node.text("chatusr").strip() or node.text("fromusr").strip(),
        chat_id=node.text("fromusr").strip(),
        title=inner.text(".//appmsg/title").strip() if inner and msg_type == 49 else "",
        text=_said(msg_type, content, inner) or node.text("referdesc"),
        created_at=moment(node.text("createtime")),
    )


def _said(msg_type: int, content: str, inner: Document | None) -> str:
    """Return the words of a quoted message: a text, or the title of something shared."""
    if msg_type in {0, 1, 10000}:
        return content
    return inner.text(".//appmsg/title").strip() if inner and msg_type == 49 else ""


def parse_quote(e: Envelope, text: str) -> AnyMessage:
    """Read app type 57: ``<title>`` is the new text, ``<refermsg>`` what it answers."""
    found = e.document.find(".//appmsg/refermsg") if e.document else None
    return Quote(**e.head, text=text, quoted=_quoted(found) if found else Quoted())


def _items(e: Envelope) -> tuple[RecordItem, ...]:
    if not e.document:
        return ()
    inner = _inner(e.document.text(".//appmsg/recorditem"))
    listed = inner.all(".//datalist/dataitem") if inner else e.document.all(".//datalist/dataitem")
    return tuple(_item(node) for node in listed[:_MOST_ITEMS])


def _item(node: Node) -> RecordItem:
    answered = node.find("refermsgitem") or node.find("refermsg")
    return RecordItem(
        sender=node.text("sourcename").strip() or node.text("datasrcname").strip(),
        text=node.text("datadesc") or node.text("desc"),
        data_type=number(node.attribute("datatype")),
        title=node.text("datatitle").strip(),
        size=number(node.text("datasize")) or number(node.text("fullsize")),
        sent_at=node.text("sourcetime").strip() or node.text("srcMsgCreateTime").strip(),
        id=MsgId(node.text("fromnewmsgid").strip()),
        quoted=_quoted(answered) if answered else None,
    )


def parse_record(e: Envelope, title: str, description: str) -> AnyMessage:
    """Read app type 19: several messages forwarded as one."""
    return Record(**e.head, title=title, description=description, items=_items(e))


def parse_favorite_record(e: Envelope, title: str, description: str) -> AnyMessage:
    """Read app types 24 and 40: a note, or a record out of somebody's favourites."""
    return FavoriteRecord(**e.head, title=title, description=description, items=_items(e))
