"""The XML inside messages, read behind a guard; it knows which XML is dangerous or broken, not what any of it means.

The input comes from strangers. So: no document types, no entities of its own, no network, bounded size and depth (lxml
stops at 256 levels). And it is often broken: cut off by a database, re-encoded by a gateway, with several roots or bare
ampersands. What lxml cannot read is searched for with regular expressions, tag by tag.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from hongyan.errors import ProtocolChanged
from hongyan.webwx.markup import unescape

__all__ = ["LIMIT", "BadXml", "Document", "Node", "read"]

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
_DECLARATION: Final = re.compile(r"<\?.*?\?>", re.DOTALL)
_REFERENCE: Final = re.compile(r"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_BARE: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")


class BadXml(ProtocolChanged):
    """XML that is refused: forbidden constructs, or more than the limit."""

    def __init__(self, problem: str) -> None:
        super().__init__("XML of a message", problem)


class Node:
    """One element: its attributes and, by path, the text of what is in it. Everything absent is an empty string."""

    __slots__ = ("_element",)

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @property
    def tag(self) -> str:
        """The element's name."""
        return str(self._element.tag)

    def attribute(self, *names: str) -> str:
        """Return the first of these attributes that says something."""
        return next((value for name in names if (value := self._element.get(name, ""))), "")

    def text(self, path: str = ".") -> str:
        """Return the text at ``path``, as written, with that of elements in it."""
        found = self._element if path == "." else self._element.find(path)
        if found is None:
            return ""
        return found.text or "" if len(found) == 0 else "".join(str(piece) for piece in found.itertext())

    def all(self, path: str) -> list[Node]:
        """Return every element at ``path``, in document order."""
        return [Node(e) for e in self._element.findall(path)]

    def find(self, path: str) -> Node | None:
        """Return the first element at ``path``."""
        found = self._element.find(path)
        return None if found is None else Node(found)


class Document(Node):
    """A message's XML under a root of our own. ``well_formed`` is False where lxml had to guess.

    Of a damaged document ``text`` and ``attribute_of`` search the source itself for what the tree does not have.
    """

    __slots__ = ("source", "well_formed")

    def __init__(self, element: etree._Element, source: str, *, well_formed: bool) -> None:
        super().__init__(element)
        self.source = source
        self.well_formed = well_formed

    def text(self, path: str = ".") -> str:
        """Return the text at ``path``, searched for by its last name where the document is damaged."""
        found = super().text(path)
        return found if found or self.well_formed else self._searched(path.rpartition("/")[2])

    def attribute_of(self, tag: str, *names: str) -> str:
        """Return the first of these attributes of the first ``tag`` that says something."""
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

    What stands before the first ``<`` is cut off. Raises BadXml and nothing else.
    """
    start = source.find("<")
    if start < 0:
        return None
    if len(source) - start > LIMIT:
        raise BadXml(f"more than {LIMIT} characters")
    if _FORBIDDEN.search(source):
        raise BadXml("a document type or entity declaration")
    safe = _guarded(source[start:])
    return _parsed(f"<hongyan>{safe}</hongyan>".encode(), source)


def _parsed(wrapped: bytes, source: str) -> Document | None:
    try:
        root, well_formed = etree.fromstring(wrapped, _STRICT), True
    except etree.XMLSyntaxError:
        root, well_formed = _patiently(wrapped), False
    if root is None or len(root) == 0:
        return None
    return Document(root, source, well_formed=well_formed)


# After its first error lxml drops every reference it meets, so a damaged source is read with its references replaced
# by characters that no text uses, and these are put right in the tree.
_STAND_INS: Final = {
    "&amp;": "\U0010fff0",
    "&lt;": "\U0010fff1",
    "&gt;": "\U0010fff2",
    "&quot;": "\U0010fff3",
}
_MEANT: Final = str.maketrans(
    {stand_in: unescape(entity) for entity, stand_in in _STAND_INS.items()} | {"\U0010fff4": "'"}
)


def _patiently(wrapped: bytes) -> etree._Element | None:
    text = wrapped.decode().replace("&apos;", "\U0010fff4")
    for entity, stand_in in _STAND_INS.items():
        text = text.replace(entity, stand_in)
    text = _REFERENCE.sub(lambda reference: unescape(reference[0]), text)
    try:
        root = etree.fromstring(text.encode(), _PATIENT)
    except etree.XMLSyntaxError:
        return None
    for element in root.iter() if root is not None else ():
        element.text = element.text and element.text.translate(_MEANT)
        element.tail = element.tail and element.tail.translate(_MEANT)
        for name, value in element.attrib.items():
            element.set(name, str(value).translate(_MEANT))
    return root


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
    if "<?" in part:
        part = _DECLARATION.sub("", part)
    if "&" in part:
        part = _BARE.sub("&amp;", part)
        part = _REFERENCE.sub(_legal, part)
    return part


def _legal(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    legal = (
        code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    )
    return reference[0] if legal else ""
