"""What surrounds a message's content: who, where, when, and the content freed from its sender prefix; no kinds here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypedDict

from hongyan.model.ids import MsgId, TransientName
from hongyan.model.times import believable
from hongyan.webwx.contacts import is_group_name
from hongyan.webwx.markup import decode, decode_xml
from hongyan.webwx.parse.values import moment
from hongyan.webwx.xml import Document, read

if TYPE_CHECKING:
    from hongyan.webwx.wire import WireMessage

__all__ = ["Envelope", "Head", "envelope_of", "head_of_broken", "split_prefix"]

SERVICE_TYPES: Final = frozenset({51, 9999, 10000, 10002})
"""Types sent by the service itself, whatever ``FromUserName`` is."""

# On the web the sender's name and a <br/>; gateways pass on the permanent id and a newline, once with a stray quote.
_PREFIX: Final = re.compile(r"\A\"?(@?[\w.-]{1,128}(?:@[a-z.]{2,16})?):(?:<br/>|\n)", re.ASCII)
# Before a bare handle of a medium the line break is missing in some captures.
_BEFORE_HANDLE: Final = re.compile(r"\A(@\w{1,128}):\s{0,4}(?=@\w)", re.ASCII)
_MEDIA_TYPES: Final = frozenset({3, 34, 43, 47, 62})
_NUMBER: Final = re.compile(r"(?!-|[0.]*\Z)[\w.-]{1,64}", re.ASCII)
_IN_BROKEN: Final = re.compile(rb'"(MsgId|FromUserName|ToUserName|CreateTime)"\s*:\s*"?([^",}\s]{1,128})')


class Head(TypedDict):
    """The fields that every message has."""

    id: MsgId
    chat: TransientName
    sender: TransientName
    outgoing: bool
    created_at: int


class Envelope:
    """A wire message with its head; ``content`` is without the prefix, ``raw`` is the bytes as received."""

    __slots__ = ("_document", "content", "head", "raw", "wire")

    def __init__(self, wire: WireMessage, head: Head, content: str, raw: bytes) -> None:
        self.wire = wire
        self.head = head
        self.content = content
        self.raw = raw
        self._document: Document | bool | None = False

    @property
    def text(self) -> str:
        """The content as people read it."""
        return decode(self.content)

    @property
    def document(self) -> Document | None:
        """The content as XML, None where it holds no element; read once. Raises UnreadableXml."""
        if isinstance(self._document, bool):
            self._document = read(decode_xml(self.content))
        return self._document


def split_prefix(content: str) -> tuple[str, str]:
    """Return the sender before a group message's content, empty where there is none, and the rest."""
    found = _PREFIX.match(content)
    return (found[1], content[found.end() :]) if found else ("", content)


def _before_handle(content: str) -> tuple[str, str]:
    found = _BEFORE_HANDLE.match(content)
    return (found[1], content[found.end() :]) if found else ("", content)


def envelope_of(wire: WireMessage, me: str, raw: bytes) -> Envelope:
    """Return the envelope of a message to or from ``me``, whose name may be empty if it is not known.

    A message *to* a group, or one of an ordinary kind without a sender, was written by this account on another device.
    """
    source, target = wire.from_user_name, wire.to_user_name
    service = wire.msg_type in SERVICE_TYPES
    outgoing = _outgoing(source, target, me, service=service)
    chat = target if outgoing and target else source
    sender, content = "", wire.content
    if is_group_name(chat) and not outgoing and (":<br/>" in content or ":\n" in content):
        sender, content = split_prefix(content)
    elif is_group_name(chat) and not outgoing and wire.msg_type in _MEDIA_TYPES:
        sender, content = _before_handle(content)
    if not sender and not service:
        sender = source if outgoing or not is_group_name(chat) else ""
    head = Head(
        id=_number_of(wire),
        chat=TransientName(chat),
        sender=TransientName(sender),
        outgoing=outgoing,
        created_at=believable(wire.create_time),
    )
    return Envelope(wire, head, content, raw)


def _number_of(wire: WireMessage) -> MsgId:
    """Return a message's number (it is shown, and typed); 0 for a value that is not one, and for 0 and less.

    A repeat is recognized by its number, so several messages must not share one.
    """
    for number in (wire.msg_id, str(wire.new_msg_id)):
        if _NUMBER.fullmatch(number):
            return MsgId(number)
    return MsgId("")


def _outgoing(source: str, target: str, me: str, *, service: bool) -> bool:
    if me and source == me:
        return True
    if is_group_name(target) and not is_group_name(source):
        return True
    return not source and not service


def head_of_broken(raw: bytes, me: str) -> Head:
    """Return what can be found of the head in a message that cannot be read."""
    fields = {m[1]: m[2].decode("utf-8", "replace") for m in reversed(list(_IN_BROKEN.finditer(raw[:65536])))}
    source, target = fields.get(b"FromUserName", ""), fields.get(b"ToUserName", "")
    outgoing = _outgoing(source, target, me, service=True)
    number, stamp = fields.get(b"MsgId", ""), fields.get(b"CreateTime", "")
    return Head(
        id=MsgId(number if number.isascii() and number.isdigit() else ""),
        chat=TransientName(target if outgoing and target else source),
        sender=TransientName(""),
        outgoing=outgoing,
        created_at=moment(stamp),
    )
