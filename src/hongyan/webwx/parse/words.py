"""The words of people in XML of unknown meaning: each text with the name of its element, without machine values.

A kind of message that is added tomorrow is shown by this: no words are lost, and what is only keys, numbers, sizes and
addresses of pictures is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.errors import UnreadableXml
from hongyan.webwx.markup import decode_xml, unescape
from hongyan.webwx.xml import Document, Node, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["Words", "inner_document", "words_of"]

Words = tuple[tuple[str, str], ...]
"""Texts with the names of the elements that hold them."""

_DEEPEST: Final = 4  # documents inside documents
_MOST: Final = 60  # texts of one message
_MOST_CHARACTERS: Final = 20_000  # of all texts of one message; the raw bytes are kept beside
_LEVELS: Final = 4  # of escaping; two were seen

_MACHINES: Final = re.compile(
    r"(?i)(?:.{0,40}(?:aeskey|cdn|md5|thumb|icon|avatar|head_?(?:img|url)|cover|ticket|token|nonce|checksum|hash|username|usr|usrname).{0,40}"
    r"|.{0,60}(?:id|key|type|ver|version|time|stamp|len|length|size|count|flag|flags|width|height|attr|status|action|seq|style|mode|scene|fmt|idx|index|path)"
    r"|sign|signature|lowurl|dataurl|lowdataurl|mediatagname|messageext|messageaction|extinfo|statextstr)"
)
_MONEY: Final = re.compile(r"(?i)price|amount|fee|cost|money|total")
_NUMBER: Final = re.compile(r"[\d.,:+\-/ ]{1,64}\Z")
_OPAQUE: Final = re.compile(r"[A-Za-z0-9+/=_@%.:\-]{20,}\Z")
_HIDDEN: Final = re.compile(
    r"(?:wxid_[\w-]{1,64}|[\w.-]{1,64}@(?:chatroom|stranger|app|openim)|gh_[0-9a-f]{6,32}|true|false|null|[0-9a-f]{16,})\Z"
)
_LINK: Final = re.compile(r"(?i)https?://")


def inner_document(content: str) -> Document | None:
    """Return the XML inside XML, however often it was escaped on the way; None where there is none to be had."""
    text = content.lstrip()
    for _ in range(_LEVELS):
        if "<" in text or "&" not in text:
            break
        text = unescape(text)
    try:
        return read(decode_xml(text)) if "<" in text else None
    except UnreadableXml:
        return None


def words_of(node: Node, known: Collection[str] = ()) -> Words:
    """Return the texts in ``node``, in the order of the document, without those in ``known``."""
    seen = {text.strip() for text in known}
    found: list[tuple[str, str]] = []
    room = _MOST_CHARACTERS
    for name, text in _texts(node, _DEEPEST):
        if len(found) == _MOST or room <= 0:
            break
        if text not in seen:
            seen.add(text)
            found.append((name, text[:room]))
            room -= len(text)
    return tuple(found)


def _texts(node: Node, deepest: int) -> Iterator[tuple[str, str]]:
    for name, whole in node.leaves():
        text = whole.strip()
        if deepest and ("</" in text or "/>" in text or "&lt;/" in text) and (inner := inner_document(text)):
            yield from _texts(inner, deepest - 1)
        elif _is_words(name, text):
            yield name, text


def _is_words(name: str, text: str) -> bool:
    """Whether a text is for people: by the name of its element and by its form."""
    if not text or len(name) > 60 or _HIDDEN.match(text):
        return False
    if _NUMBER.match(text):
        return _MONEY.search(name) is not None
    if not text.isascii():
        return True  # keys and addresses are written in ASCII
    if _MACHINES.fullmatch(name) and " " not in text:
        return False
    return _LINK.match(text) is not None or not _OPAQUE.match(text)
