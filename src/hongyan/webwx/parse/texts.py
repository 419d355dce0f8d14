"""Ordinary texts and those that only look like one: places, red packets, news digests, withheld content, old kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.messages import AnyMessage, Legacy, RedPacket, Text, Unknown, Unsupported
from hongyan.webwx.markup import decode_xml
from hongyan.webwx.notices import is_withheld, read_accepted
from hongyan.webwx.parse.apps import parse_digest
from hongyan.webwx.parse.media import is_location, parse_location
from hongyan.webwx.parse.words import words_of

if TYPE_CHECKING:
    from hongyan.webwx.parse.envelope import Envelope

__all__ = ["parse_legacy", "parse_text", "parse_unknown"]


def parse_text(e: Envelope) -> AnyMessage:
    """Read type 1."""
    if is_location(e):
        return parse_location(e)
    text = e.text
    if e.wire.app_msg_type == 2001:
        return RedPacket(**e.head, title=text)
    if is_withheld(text):
        return Unsupported(**e.head, text=text)
    if "mmreader" in e.content and (digest := parse_digest(e)):
        return digest
    return Text(**e.head, text=text, event=read_accepted(text))


def parse_legacy(e: Envelope) -> AnyMessage:
    """Read a kind that no server of today sends."""
    return Legacy(**e.head, msg_type=e.wire.msg_type, text=e.text)


def parse_unknown(e: Envelope) -> AnyMessage:
    """Store an undocumented kind."""
    document = e.document
    words = e.text.strip()
    return Unknown(
        **e.head,
        msg_type=e.wire.msg_type,
        app_type=e.wire.app_msg_type or None,
        content=decode_xml(e.content),
        parts=words_of(document) if document else (("text", words),) if words else (),
        raw=e.raw,
    )
