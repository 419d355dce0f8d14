"""Links and where they lead."""

from __future__ import annotations

from hongyan.model.messages import Location
from hongyan.terminal.full.messages.links import link_of, map_link


def test_links_are_told_by_the_host_they_ask() -> None:
    """Only of the web; places get a map."""
    link = link_of("http://аррӏе.com/\x1b[0m")
    assert link is not None
    assert link.host.startswith("xn--")
    assert "\x1b" not in link.shown
    assert [link_of(url) for url in ("javascript:x", "file:///etc", "ftp://a", "http://")] == [None] * 4
    assert map_link(Location(label="x", latitude=1.0, longitude=2.0)).host == "apis.map.qq.com"
