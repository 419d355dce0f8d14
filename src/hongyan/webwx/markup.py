"""The markup inside texts of the web service: line breaks, emoji spans, entities; it knows no message and no XML.

The service escapes every text once and then puts its own tags in: ``<br/>`` for a newline and
``<span class="emoji emoji1f31b"></span>`` for an emoji that was not a single character to it. So the tags are read first
and the entities last, and what a person typed as ``<br/>`` comes back as typed. Order and entities are those of the
service's own web page; the forms of the spans were collected from captures and from itchat, wechat4u and vbot.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NewType

__all__ = [
    "SWAPPED_EMOJI",
    "WireText",
    "decode",
    "decode_xml",
    "escape",
    "links_apart",
    "plain",
    "repaired",
    "unescape",
]

WireText = NewType("WireText", str)
"""Text as sent in the service's JSON; only ``decode`` turns it into text for people, once."""

_BREAK: Final = re.compile(r"<br\s*/?>")
_SPAN: Final = re.compile(
    r"<span\s+class=(?P<quote>[\"']|&quot;)emoji[ ]emoji(?P<code>\w{0,32})(?P=quote)\s*(?:/>|>\s*</span(?:\s*>|))"
)
_LINK: Final = re.compile(r"</?a\b[^<>]*>|</?_wc_custom_link_\b[^<>]*>|</?img\b[^<>]*>", re.IGNORECASE)
# What official accounts put into their texts besides links; phones show it as they show a page.
_TAG: Final = re.compile(
    r"<(?P<end>/?)(?P<name>a|br|img|b|strong|i|em|u|s|font|span|p|div|_wc_custom_link_)\b(?P<rest>[^<>]{0,4096})>",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"(?:\A|\s)(?:href|src)\s{0,4}=\s{0,4}(?:\"(?P<double>[^\"]{0,4096})\"|'(?P<single>[^']{0,4096})'|(?P<bare>[^\s\"'>]{1,4096}))",
    re.IGNORECASE,
)
_BREAKS: Final = frozenset({"br", "p", "div"})
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&quot;", '"'), ("&apos;", "'"))
_NUMERIC: Final = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
_UNREADABLE: Final = "[emoji]"

SWAPPED_EMOJI: Final = {
    "1f63c": "1f601",
    "1f639": "1f602",
    "1f63a": "1f603",
    "1f4ab": "1f616",
    "1f64d": "1f614",
    "1f63b": "1f60d",
    "1f63d": "1f618",
    "1f64e": "1f621",
    "1f63f": "1f622",
}
"""Codes that some servers put where the sender typed another emoji (itchat, vbot). Undoing it loses the real ones."""

# How many digits each code point of a span takes, by the length of the whole.
_DIGITS: Final = {4: (4,), 5: (5,), 6: (2, 4), 8: (4, 4), 9: (5, 4), 10: (5, 5)}


def decode(text: WireText | str, *, swap_emoji: bool = False) -> str:
    """Return ``text`` as people read it. To be called exactly once on each text of the wire.

    A span that names no emoji becomes ``[emoji]``; nothing else is dropped. ``swap_emoji`` undoes the confusion of
    SWAPPED_EMOJI, which newer phones do not cause.
    """
    return unescape(_tags(text, swap=swap_emoji))


def _tags(text: str, *, swap: bool) -> str:
    """Return ``text`` with the service's own tags replaced by what they represent."""
    if "<br" in text:
        text = _BREAK.sub("\n", text)
    if "<span" in text:
        text = _SPAN.sub(lambda span: _emoji(span["code"], swap=swap), text)
    return text


def unescape(text: str) -> str:
    """Undo one level of entities; ``&amp;`` last, so that what was escaped twice stays escaped once."""
    if "&" not in text:
        return text
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    if "&#" in text:
        text = _NUMERIC.sub(_character, text)
    return text.replace("&amp;", "&")


def _character(entity: re.Match[str]) -> str:
    code = int(entity[1], 16) if entity[1] else int(entity[2])
    lawful = code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000
    return chr(code) if lawful and code != ord("&") else entity[0]


@lru_cache(maxsize=4096)
def _emoji(code: str, *, swap: bool) -> str:
    code = code.lower()
    widths = _DIGITS.get(len(code))
    if widths is None or not all(c in "0123456789abcdef" for c in code):
        return _UNREADABLE
    if swap:
        code = SWAPPED_EMOJI.get(code, code)
    return _characters(code, widths) or _UNREADABLE


def _characters(code: str, widths: tuple[int, ...]) -> str:
    found, at = "", 0
    for width in widths:
        point = int(code[at : at + width], 16)
        if not 0x20 <= point < 0x110000 or 0xD800 <= point < 0xE000:
            return ""
        found, at = found + chr(point), at + width
    return found


def escape(text: str) -> WireText:
    """Return ``text`` as the service would write it; ``decode`` of it is ``text`` again."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&#39;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return WireText(text.replace("\n", "<br/>"))


def plain(text: str) -> str:
    """Return a decoded sentence of the service without its links' tags and its ``$revoke$`` mark, trimmed."""
    return _LINK.sub("", text).replace("$revoke$", "").strip()


def links_apart(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a decoded text without its markup, and its links as pairs of words and address, in order.

    A text without markup comes back as it is. ``<a>`` without an end reaches to the next one or to the text's end.
    """
    if "<" not in text or not _TAG.search(text):
        return text, ()
    pieces: list[str] = []
    links: list[tuple[str, str]] = []
    address, begun, at = "", 0, 0
    for tag in [*_TAG.finditer(text), None]:
        pieces.append(text[at : tag.start() if tag else len(text)])
        at = tag.end() if tag else len(text)
        name = tag["name"].lower() if tag else "a"
        if name in _BREAKS and tag and (name == "br" or tag["end"]):
            pieces.append("\n")
        elif name in {"a", "_wc_custom_link_"}:
            if address:
                links.append(("".join(pieces[begun:]).strip(), address))
            address, begun = _address(tag["rest"]) if tag and not tag["end"] else "", len(pieces)
    return "".join(pieces).strip("\n"), tuple(links)


def _address(attributes: str) -> str:
    found = _ADDRESS.search(attributes)
    return unescape((found["double"] or found["single"] or found["bare"] or "").strip()) if found else ""


def decode_xml(text: WireText | str) -> str:
    """Return the XML of a message's content, one level of the service's escaping undone where it was escaped.

    Libraries and gateways pass on content that is unescaped already; only tags of the service are read there.
    """
    if text.lstrip()[:4] == "&lt;":
        return decode(text)
    return _tags(text, swap=False)


def repaired(text: str) -> str | None:
    """Return what ``text`` was before UTF-8 was read as Windows-1252, None where it cannot have been that.

    For people who read old captures: what comes in is stored as received.
    """
    try:
        octets = b"".join(_octet(c) for c in text)
        found = octets.decode("utf-8")
    except UnicodeError:
        return None
    return found if found != text else None


def _octet(character: str) -> bytes:
    """Return a character's byte in Windows-1252, in which five bytes without a character stand for themselves."""
    return bytes([ord(character)]) if character in "\x81\x8d\x8f\x90\x9d" else character.encode("cp1252")
