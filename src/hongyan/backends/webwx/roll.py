"""Checks the contact list page by page: what is missing, whether it goes in circles, and when it is whole.

The server announces with each page how many entries it has (some servers: how many there are in all) and where the next one
starts. An answer that breaks off still looks like a page, so it is whole only if the figures agree; a list that repeats
the same people again and again has no end. It sends no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hongyan.model.ids import TransientName
    from hongyan.webwx.parse import ContactsAnswer

__all__ = ["Roll"]

_REPEATS: Final = 2  # times that asking again brings the same
_STALE_PAGES: Final = 2  # pages in a row that bring nothing new: the list goes in circles


class Roll:
    """The progress of a contact list. ``seq`` is where the next page starts; ``ended`` whether there is none."""

    def __init__(self) -> None:
        self.seq = 0
        self.ended = False
        self.missing = ""
        self._names: set[TransientName] = set()
        self._asked: set[int] = set()
        self._expected = 0
        self._unread = 0
        self._by_page = False  # whether the figure is that of the page, and not that of the list
        self._stale = 0
        self._usual: set[str] = set()
        self._repeats = 0
        self._doubted: tuple[str, int, int, frozenset[TransientName]] | None = None

    @property
    def have(self) -> int:
        """How many different names have come."""
        return len(self._names)

    def lacks(self, page: ContactsAnswer) -> str:
        """Return the contradiction of a page as a sentence, or an empty text.

        A contradiction that a retry repeats exactly is how this server counts, and is not retried for later
        pages; an answer that broke off is not a way to count.
        """
        if page.broken:
            return "a page breaks off"
        kind, why = self._doubt(page)
        if not why or kind in self._usual:
            return ""
        seen = (kind, page.seq, page.count, frozenset(c.name for c in page.contacts))
        self._repeats = self._repeats + 1 if seen == self._doubted else 0
        self._doubted = seen
        if self._repeats < _REPEATS:
            return why
        if page.contacts:
            self._usual.add(kind)
        return ""

    def _doubt(self, page: ContactsAnswer) -> tuple[str, str]:
        if not page.figures:
            return "figures", "a page does not say how many there are or whether another follows"
        together = len(self._names | {c.name for c in page.contacts}) + len(page.faults)
        if page.entries < page.count and (page.seq or self._by_page or together < page.count):
            return "count", f"a page has {page.entries} of {page.count} entries"
        return ("", "") if page.entries else ("empty", "a page is empty")

    def take(self, page: ContactsAnswer) -> None:
        """Continue after a page, at ``seq``, or at the end: then ``missing`` describes why the list is not whole.

        Some servers end by leading back to a page that was read. One that brings nothing new goes in circles.
        """
        before = self.have
        self._names.update(c.name for c in page.contacts)
        self._unread += len(page.faults)
        self._by_page = self._by_page or (bool(page.seq) and page.figures and page.entries == page.count)
        self._expected = max(self._expected, page.count)
        self._stale = 0 if self.have > before else self._stale + 1
        self._asked.add(self.seq)
        back = page.seq in self._asked
        self.ended = page.seq == 0 or back or self._stale >= _STALE_PAGES
        if page.broken:
            self.missing = "a page breaks off each time"
        elif self.ended and not self.have:
            self.missing = "the list is empty"
        elif self.ended and page.seq and self._stale:
            self.missing = self.missing or "its pages go in circles"
        elif self._by_page and page.entries < page.count:
            self.missing = self.missing or f"a page has {page.entries} of {page.count} entries"
        elif self.ended and self.have + self._unread < self._expected:
            self.missing = self.missing or f"{self.have} of {self._expected} received"
        self.seq = page.seq
        self._repeats, self._doubted = 0, None
