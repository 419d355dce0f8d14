"""Finds the links of a message, and shows where each really leads; it opens nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, urlsplit

from hongyan.model.display_text import clean
from hongyan.terminal.full.messages.items import message_of

if TYPE_CHECKING:
    from hongyan.model.messages import Location
    from hongyan.terminal.full.messages.items import Item

__all__ = ["FoundLink", "link_of", "links_in", "map_link"]

_LINK: Final = re.compile(r"https?://[^\s<>\"'，。；！？、（）「」《》【】]+", re.IGNORECASE)
_TRAILING: Final = ".,;:!?)]}"


class FoundLink(NamedTuple):
    """An address to be opened in a browser: as it is, harmless to show, and the host that it leads to.

    The host is shown as it is asked for: one of other scripts in its ASCII form, so that it cannot pass for another.
    """

    url: str
    shown: str
    host: str


def link_of(url: str) -> FoundLink | None:
    """Return an address as a link; None for anything but http and https."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    return FoundLink(url.strip(), clean(url.strip(), newline=" "), clean(host))


def links_in(item: Item) -> list[FoundLink]:
    """Return the links of an item in their order, each once."""
    message = message_of(item.row)
    urls = [getattr(message, "url", "")] if message is not None else []
    urls += [article.url for article in getattr(message, "articles", ())]
    urls += [found[0].rstrip(_TRAILING) for found in _LINK.finditer(item.text)]
    links = (link_of(url) for url in dict.fromkeys(urls) if url)
    return list({link.url: link for link in links if link is not None}.values())


def map_link(place: Location) -> FoundLink:
    """Return a link that shows a place on a map; coordinates are the service's own (GCJ-02)."""
    if place.url and (link := link_of(place.url)) is not None:
        return link
    name = quote(place.place or place.label or "?")
    url = (
        f"https://apis.map.qq.com/uri/v1/marker?marker=coord:{place.latitude},{place.longitude};title:{name}"
    )
    link = link_of(url)
    assert link is not None
    return link
