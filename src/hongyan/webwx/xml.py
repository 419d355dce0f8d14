"""The XML inside messages, read behind a guard; it knows which XML is dangerous or broken, not what it means.

The input comes from strangers. So: no document types, no entities defined in the input, no network, bounded size and depth (lxml
stops at 256 levels). And it is often broken: cut off by a database, re-encoded by a gateway, with several roots or bare
ampersands. What lxml cannot read is searched for with regular expressions, tag by tag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from hongyan.errors import UnreadableXml
from hongyan.webwx.markup import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LIMIT", "Document", "Node", "read"]

LIMIT: Final = 1 << 20
"""How many characters one message's XML may have; the largest captured has 30,000."""


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


_STRICT: Final = _parser(recover=False)
_PATIENT: Final = _parser(recover=True)

_FORBIDDEN: Final = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CDATA: Final = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_REFERENCE: Final = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
_BARE: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")


class Node:
    """One element: its attributes and, by path, the text of what is in it. Everything absent is an empty string.

    The tree is only ever read: a damaged source leaves names and characters in it that lxml refuses to write.
    """

    __slots__ = ("_damaged", "_element")

    def __init__(self, element: etree._Element, *, damaged: bool = False) -> None:
        self._element = element
        self._damaged = damaged

    def _meant(self, found: str) -> str:
        """Return the source text where stand-ins were read in its place."""
        return found.translate(_MEANT) if self._damaged else found

    @property
    def tag(self) -> str:
        """The element's name."""
        return str(self._element.tag)

    def attribute(self, *names: str) -> str:
        """Return the first of these attributes that is not empty."""
        return next((self._meant(value) for name in names if (value := self._element.get(name, ""))), "")

    def text(self, path: str = ".") -> str:
        """Return the text at ``path``, as written, with that of elements in it."""
        found = self._element if path == "." else self._element.find(path)
        if found is None:
            return ""
        whole = found.text or "" if len(found) == 0 else "".join(str(piece) for piece in found.itertext())
        return self._meant(whole)

    def all(self, path: str) -> list[Node]:
        """Return every element at ``path``, in document order."""
        return [Node(e, damaged=self._damaged) for e in self._element.findall(path)]

    def leaves(self) -> Iterator[tuple[str, str]]:
        """Yield each piece of text with the name of the element that holds it, in document order."""
        for element in self._element.iter():
            if element.text and element.text.strip():
                yield str(element.tag), element.text
            parent = element.getparent()
            if element is not self._element and element.tail and element.tail.strip() and parent is not None:
                yield str(parent.tag), element.tail

    def find(self, path: str) -> Node | None:
        """Return the first element at ``path``."""
        found = self._element.find(path)
        return None if found is None else Node(found, damaged=self._damaged)


class Document(Node):
    """A message's XML under our root element. ``well_formed`` is False if lxml had to guess.

    Of a damaged document ``text`` and ``attribute_of`` search the source itself for what the tree does not have.
    """

    __slots__ = ("source", "well_formed")

    def __init__(self, element: etree._Element, source: str, *, well_formed: bool) -> None:
        super().__init__(element, damaged=not well_formed)
        self.source = source
        self.well_formed = well_formed

    def text(self, path: str = ".") -> str:
        """Return the text at ``path``, searched for by its last name where the document is damaged."""
        found = super().text(path)
        return found if found or self.well_formed else self._searched(path.rpartition("/")[2])

    def attribute_of(self, tag: str, *names: str) -> str:
        """Return the first non-empty one of these attributes in the first ``tag`` that has one."""
        node = self.find(f".//{tag}")
        found = node.attribute(*names) if node else ""
        if found or self.well_formed:
            return found
        return next((value for name in names if (value := self._searched_attribute(tag, name))), "")

    def _searched(self, name: str) -> str:
        if not name.isidentifier():
            return ""
        found = re.search(
            rf"<{name}\b[^<>]*>\s*(?:<!\[CDATA\[(.*?)(?:\]\]>|\Z)|([^<]*))", self.source, re.DOTALL
        )
        return (found[1] if found[1] is not None else unescape(found[2])) if found else ""

    def _searched_attribute(self, tag: str, name: str) -> str:
        found = re.search(
            rf"<{tag}\b[^<>]*?[\s+\"']{name}[\s+]*=[\s+]*(?:\"([^\"]*)\"|'([^']*)')", self.source
        )
        return unescape(found[1] if found[1] is not None else found[2]) if found else ""


def read(source: str) -> Document | None:
    """Return the document in ``source`` (already unescaped once), or None where there is no element in it.

    Anything before the first ``<`` is cut off. Raises UnreadableXml and nothing else.
    """
    start = source.find("<")
    if start < 0:
        return None
    if len(source) - start > LIMIT:
        raise UnreadableXml(f"more than {LIMIT} characters")
    if _FORBIDDEN.search(source):
        raise UnreadableXml("a document type or entity declaration")
    safe = _guarded(source[start:])
    return _parsed(f"<hongyan>{safe}</hongyan>".encode(), source)


def _parsed(wrapped: bytes, source: str) -> Document | None:
    try:
        root, well_formed = etree.fromstring(wrapped, _STRICT), True
    except (etree.LxmlError, ValueError):
        root, well_formed = _patiently(wrapped), False
    if root is None or len(root) == 0:
        return None
    return Document(root, source, well_formed=well_formed)


# After its first error lxml drops every reference it meets, so a damaged source is read with its references replaced
# by characters that no text uses, and these are put right wherever the tree is read.
_STAND_INS: Final = {
    "&amp;": "\U0010fff0",
    "&lt;": "\U0010fff1",
    "&gt;": "\U0010fff2",
    "&quot;": "\U0010fff3",
}
_AS_CHARACTERS: Final = {unescape(entity): stand_in for entity, stand_in in _STAND_INS.items()}
_MEANT: Final = str.maketrans(
    {stand_in: unescape(entity) for entity, stand_in in _STAND_INS.items()} | {"\U0010fff4": "'"}
)


def _patiently(wrapped: bytes) -> etree._Element | None:
    text = wrapped.decode().replace("&apos;", "\U0010fff4")
    for entity, stand_in in _STAND_INS.items():
        text = text.replace(entity, stand_in)
    text = _REFERENCE.sub(_stand_in, text)
    try:
        return etree.fromstring(text.encode(), _PATIENT)
    except (etree.LxmlError, ValueError):
        return None


def _stand_in(reference: re.Match[str]) -> str:
    """Return the character that a numeric reference means, or its stand-in where it would be markup."""
    character = "&" if _code(reference) == ord("&") else unescape(reference[0])
    return _AS_CHARACTERS.get(character, character)


def _guarded(source: str) -> str:
    """Return ``source`` without what no XML parser takes, and with every ampersand standing for itself."""
    safe = _ILLEGAL.sub("", source)
    if "<![CDATA[" not in safe:
        return _guarded_markup(safe)
    if safe.rfind("<![CDATA[") > safe.rfind("]]>"):
        safe += "]]>"
    parts = _CDATA.split(safe)
    return "".join(p if n % 2 else _guarded_markup(p) for n, p in enumerate(parts))


def _guarded_markup(part: str) -> str:
    part = _without_declarations(part)
    if "&" in part:
        part = _BARE.sub("&amp;", part)
        part = _REFERENCE.sub(_legal, part)
    return part


def _without_declarations(part: str) -> str:
    """Return ``part`` without ``<?…?>``, in one pass however many of them are left open."""
    kept, at = [], 0
    while (start := part.find("<?", at)) >= 0 and (end := part.find("?>", start + 2)) >= 0:
        kept.append(part[at:start])
        at = end + 2
    return "".join((*kept, part[at:])) if at else part


def _code(reference: re.Match[str]) -> int:
    return int(reference[1], 16) if reference[1] else int(reference[2])


def _legal(reference: re.Match[str]) -> str:
    code = _code(reference)
    legal = (
        code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    )
    return reference[0] if legal else ""
