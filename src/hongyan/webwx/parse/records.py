"""Answers to messages and merged pieces of chat history: messages that hold other messages, as XML in XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.ids import MsgId
from hongyan.model.messages import AnyMessage, FavoriteRecord, Quote, Quoted, Record, RecordItem
from hongyan.webwx.markup import unescape
from hongyan.webwx.parse.envelope import split_prefix
from hongyan.webwx.parse.values import moment, number
from hongyan.webwx.parse.words import inner_document, words_of

if TYPE_CHECKING:
    from hongyan.webwx.parse.envelope import Envelope
    from hongyan.webwx.xml import Document, Node

__all__ = ["holds_record", "parse_favorite_record", "parse_quote", "parse_record"]

_MOST_ITEMS: Final = 1000  # of a record with everything inside it
_DEEPEST: Final = 8  # records inside records; people make three at most

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


# The number in ``datatype``: favourites of the phone use the same (seen in exports and in clients of the phone's data).
_BY_DATA_TYPE: Final = {
    1: "text",
    2: "picture",
    3: "voice",
    4: "video",
    5: "link",
    6: "location",
    7: "music",
    8: "file",
    10: "product",
    11: "product",
    14: "product",
    15: "video",
    16: "card",
    17: "record",
    18: "favorite-record",
    19: "mini-program",
    22: "channels",
    23: "channels",
    29: "music",
    36: "link",
    37: "sticker",
}
# The contents of an item identify it better than its number.
_BY_ELEMENT: Final = (
    ("refermsgitem", "text"),
    ("recordxml", "record"),
    ("recordinfo", "record"),
    ("locitem", "location"),
    ("appbranditem", "mini-program"),
    ("weappinfo", "mini-program"),
    ("finderFeed", "channels"),
    ("finderLive", "channels"),
    ("weburlitem", "link"),
    ("link", "link"),
)


def _quoted(node: Node) -> Quoted:
    msg_type = number(node.text("type"))
    content = split_prefix(node.text("content").strip())[1] or node.text("content")
    inner = inner_document(content) if "<" in content or content.lstrip()[:1] == "&" else None
    of_app = inner if msg_type == 49 else None
    app_type = number(of_app.text(".//appmsg/type")) if of_app else None
    shown_as = _BY_APP_TYPE.get(app_type or 0) or _BY_TYPE.get(msg_type, "")
    title = _app_text(of_app, "title")
    return Quoted(
        id=MsgId(node.text("svrid").strip()),
        msg_type=msg_type,
        app_type=app_type,
        shown_as=shown_as,
        sender_name=node.text("displayname"),
        sender_id=node.text("chatusr").strip() or node.text("fromusr").strip(),
        chat_id=node.text("fromusr").strip(),
        title=title,
        text=(node.text("content") if msg_type in {0, 1, 10000} else title) or node.text("referdesc"),
        description=_app_text(of_app, "des"),
        url=unescape(_app_text(of_app, "url")),
        created_at=moment(node.text("createtime")),
    )


def _app_text(document: Document | None, name: str) -> str:
    return document.text(f".//appmsg/{name}").strip() if document else ""


def parse_quote(e: Envelope, text: str) -> AnyMessage:
    """Read app type 57: ``<title>`` is the new text, ``<refermsg>`` what it answers."""
    found = e.document.find(".//appmsg/refermsg") if e.document else None
    return Quote(**e.head, text=text, quoted=_quoted(found) if found else Quoted())


class _Reading:
    """A record being read, with the number of items that may still be read, however they are nested."""

    def __init__(self) -> None:
        self._room = _MOST_ITEMS

    def items(self, holder: Node | None, deepest: int = _DEEPEST) -> tuple[RecordItem, ...]:
        """Return the items of the first list in ``holder``; those of a list inside an item stay with that item."""
        listed = holder.find(".//datalist") if holder else None
        found = []
        for node in listed.all("dataitem") if listed else ():
            if self._room <= 0:
                break
            self._room -= 1
            found.append(self._item(node, deepest))
        return tuple(found)

    def _item(self, node: Node, deepest: int) -> RecordItem:
        answered = node.find("refermsgitem") or node.find("refermsg")
        shown_as = _shown_as(node)
        title, text, source = _said(node, shown_as)
        inside = (
            self._inside(node, deepest - 1) if shown_as in {"record", "favorite-record"} and deepest else ()
        )
        sender = node.text("sourcename").strip() or node.text("datasrcname").strip()
        known = (title, text, source, sender, node.text("sourcetime"), node.text("srcMsgCreateTime"))
        unreadable = not (shown_as or answered) or not (title or text or inside)
        return RecordItem(
            sender=sender,
            text=text,
            data_type=number(node.attribute("datatype")),
            shown_as=shown_as,
            title=title,
            url=_address(node),
            source=source,
            size=number(node.text("datasize")) or number(node.text("fullsize")),
            duration_s=_seconds(number(node.text("duration"))),
            sent_at=node.text("sourcetime").strip() or node.text("srcMsgCreateTime").strip(),
            id=MsgId(node.text("fromnewmsgid").strip()),
            quoted=_quoted(answered) if answered else None,
            items=inside,
            parts=words_of(node, known) if unreadable else (),
        )

    def _inside(self, node: Node, deepest: int) -> tuple[RecordItem, ...]:
        for path in ("recordxml", "recordinfo", "recorditem", "datalist"):
            found = node.find(path)
            if found is None:
                continue
            holder = node if path == "datalist" else found
            return self.items(holder, deepest) or self.items(inner_document(found.text()), deepest)
        return ()


def _shown_as(node: Node) -> str:
    for element, kind in _BY_ELEMENT:
        found = node.find(element)
        if found is not None and (kind != "link" or found.text().strip()):
            return kind
    return _BY_DATA_TYPE.get(number(node.attribute("datatype")), "")


def _said(node: Node, shown_as: str) -> tuple[str, str, str]:
    """Return title, text and source of an item, each from where its kind puts it."""
    # Phones escape the words of an entry one level deeper than the XML around them.
    title = unescape(node.text("datatitle").strip() or node.text("title").strip())
    text = unescape(node.text("datadesc") or node.text("desc"))
    source = ""
    if shown_as == "location":
        title = title or node.text("locitem/poiname").strip()
        text = text or node.text("locitem/label").strip()
    elif shown_as == "mini-program":
        source = (
            node.text("appbranditem/sourcedisplayname").strip() or node.text("appbranditem/weappname").strip()
        )
    elif shown_as == "channels":
        name = "finderLive" if node.find("finderLive") else "finderFeed"
        source, text = node.text(f"{name}/nickname").strip(), text or node.text(f"{name}/desc").strip()
    elif shown_as == "link":
        title = title or node.text("weburlitem/title").strip()
        text = text or node.text("weburlitem/desc").strip()
    return title, text, source


def _address(node: Node) -> str:
    for path in ("link", "weburlitem/link", "weburlitem/clean_url", "streamweburl", "streamdataurl"):
        if (found := node.text(path).strip()).lower().startswith(("http://", "https://")):
            return found
    return ""


def _seconds(length: int) -> int:
    """Return a duration in seconds; phones write milliseconds, and no one speaks for a thousand seconds."""
    return round(length / 1000) if length >= 1000 else max(length, 0)


def _record_document(e: Envelope) -> Node | None:
    """Return what holds the list of items: ``<recorditem>``, most often XML inside XML."""
    if not e.document:
        return None
    item = e.document.text(".//appmsg/recorditem")
    return (inner_document(item) if item.strip() else None) or e.document


def _items(e: Envelope) -> tuple[RecordItem, ...]:
    return _Reading().items(_record_document(e))


def holds_record(e: Envelope) -> bool:
    """Whether a message has entries of a record, whatever its number is."""
    return e.document is not None and "dataitem" in e.document.source and bool(_items(e))


def parse_record(e: Envelope, title: str, description: str, url: str = "") -> AnyMessage:
    """Read app type 19: several messages forwarded as one."""
    return Record(**e.head, title=title, description=description, url=url, items=_items(e))


def parse_favorite_record(e: Envelope, title: str, description: str, url: str = "") -> AnyMessage:
    """Read app types 24 and 40: a note, or a record out of a person's favorites."""
    return FavoriteRecord(**e.head, title=title, description=description, url=url, items=_items(e))
