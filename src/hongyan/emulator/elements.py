"""Writes XML, as far as the service's payloads need it; independent of the payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DECLARATION", "attributes", "cdata", "element", "leaf", "leaves"]

DECLARATION = '<?xml version="1.0"?>\n'

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#x0A;"})
# What XML 1.0 cannot hold at all: the service drops it from names that phones send.
_ILLEGAL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535, *range(55296, 57344)))


def attributes(values: Mapping[str, object]) -> str:
    """A start tag's attributes, each with a blank before it."""
    return "".join(f' {name}="{_clean(value, _ATTRIBUTE)}"' for name, value in values.items())


def element(name: str, inside: str = "", /, **values: object) -> str:
    """An element with attributes; `inside` is XML already, attribute values are plain."""
    start = name + attributes(values)
    return f"<{start}>{inside}</{name}>" if inside else f"<{start} />"


def leaf(name: str, value: object = "") -> str:
    """An element that holds text and is written out even when it is empty."""
    return f"<{name}>{_clean(value, _TEXT)}</{name}>"


def leaves(values: Mapping[str, object]) -> str:
    """One leaf after the other."""
    return "".join(leaf(name, value) for name, value in values.items())


def cdata(name: str, value: object = "") -> str:
    """An element that holds text in a CDATA section; the end mark inside the text is split over two sections."""
    return f"<{name}><![CDATA[{str(value).translate(_ILLEGAL).replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"


def _clean(value: object, table: Mapping[int, str]) -> str:
    return str(value).translate(_ILLEGAL).translate(table)
