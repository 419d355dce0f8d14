"""Judges a download before it is stored: whether it is the wanted content, and complete; it fetches nothing."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.errors import NotComplete, Refused, TooFast, WrongContent
from hongyan.files.content_types import HEAD, Extent, Family, extent_of, family_of, is_page, is_text
from hongyan.webwx.calls.media import refusal_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.webwx.calls.caller import Caller
    from hongyan.webwx.http import ApiCall

__all__ = ["Wanted", "judge", "may_be_begun"]

_MAY_BE: Final = {
    Family.IMAGE: {Family.IMAGE},
    Family.AUDIO: {Family.AUDIO, Family.VIDEO},  # a container of films may hold a sound alone
    Family.VIDEO: {Family.VIDEO},
}
_PAGES: Final = (".htm", ".html", ".mht", ".mhtml", ".xhtml", ".php", ".asp", ".aspx", ".jsp", ".svg", ".xml")
_NEVER_WORDS: Final = frozenset(
    [
        ".pdf",
        ".docx",
        ".xlsx",
        ".pptx",
        ".doc",
        ".xls",
        ".ppt",
        ".zip",
        ".rar",
        ".7z",
        ".gz",
        ".exe",
        ".apk",
        ".jpg",
        ".jpeg",
        ".png",
        ".gif",
        ".webp",
        ".heic",
        ".mp3",
        ".mp4",
        ".mov",
    ]
)
_MUCH: Final = {Family.IMAGE: 64 << 20, Family.AUDIO: 16 << 20, Family.VIDEO: 1 << 30, Family.ANY: 1 << 30}
_ANEW_AT_LEAST: Final = 4 << 20
_ANEW_TIMES: Final = 8
_FILE_AT_MOST: Final = 4 << 30  # the phone sends up to 1 GiB, the desktop client may send more
_SLACK: Final = 64 << 10  # so that a refusal that is longer than the file is read as one
_TOO_FAST: Final = 1205


class Wanted(NamedTuple):
    """What to fetch: the call, the allowed content, and what was announced about it.

    ``size`` is the announced length in bytes, 0 if unknown; ``exact`` where nothing else can be right (the service
    makes pictures and sounds anew, files never). ``name`` is a file's own name, ``md5`` its digest where announced.
    """

    make: Callable[[Caller], ApiCall[None]]
    what: str
    family: Family
    size: int = 0
    exact: bool = False
    name: str = ""
    md5: str = ""

    @property
    def at_most(self) -> int:
        """The limit in bytes, whatever is announced: a sender may announce anything.

        What the service makes anew may be larger than announced, by a few times, not without end.
        """
        if self.exact and self.size:
            return min(self.size, _FILE_AT_MOST) + _SLACK
        if self.size:
            return min(_MUCH[self.family], max(_ANEW_AT_LEAST, _ANEW_TIMES * self.size))
        return _MUCH[self.family]


def judge(part: Path, wanted: Wanted) -> Extent:
    """Return how certain it is that ``part``, the body of an answer received to its end, is the wanted content.

    WHOLE if it has the announced length, UNKNOWN if nothing contradicts it, CUT if by its format or the announced
    length its end is missing, STRANGE if it may be anything. Raises WrongContent, Refused and TooFast for other content, NotComplete for
    nothing or too little. Call it in a thread.
    """
    size = part.stat().st_size
    announced = wanted.size or None
    if size == 0:
        raise NotComplete(f"{wanted.what} (expired, or not available on the web)", 0, announced)
    with part.open("rb") as file:
        head = file.read(HEAD)
        if wanted.family is Family.ANY:
            return _judged_file(head, size, wanted) or extent_of(file, size)
        _require_kind(head, wanted)
        short = wanted.exact and size < wanted.size
        extent = extent_of(file, size)
    if short and extent is not Extent.WHOLE:
        raise NotComplete(wanted.what, size, announced)
    if family_of(head) is None:
        return Extent.STRANGE
    if size == wanted.size:
        return Extent.WHOLE
    return Extent.CUT if short or extent is Extent.CUT else Extent.UNKNOWN


def _judged_file(head: bytes, size: int, wanted: Wanted) -> Extent | None:
    """Judge a file, which may be anything, also a page or a saved answer of the service."""
    if size == wanted.size:
        return Extent.WHOLE
    _require_no_refusal(head, wanted)
    if is_page(head) and not wanted.name.lower().endswith(_PAGES):
        raise WrongContent(wanted.what, "received a web page")
    if wanted.size:
        raise NotComplete(wanted.what, size, wanted.size)
    ending = PurePath(wanted.name).suffix.lower()
    return Extent.STRANGE if is_text(head) and ending in _NEVER_WORDS else None


def _require_kind(head: bytes, wanted: Wanted) -> None:
    family = family_of(head)
    if family in _MAY_BE[wanted.family]:
        return
    _require_no_refusal(head, wanted)
    if is_page(head):
        raise WrongContent(wanted.what, "received a web page")
    if family is not None:
        raise WrongContent(wanted.what, f"received a {family} instead of a {wanted.family}")
    if is_text(head):
        raise WrongContent(wanted.what, f"received text instead of a {wanted.family}")


def _require_no_refusal(head: bytes, wanted: Wanted) -> None:
    ret = refusal_in(head)
    if ret == _TOO_FAST:
        raise TooFast(wanted.what)
    if ret:
        raise Refused(wanted.what, ret)
    if ret == 0:
        raise WrongContent(wanted.what, "the answer has no file")


def may_be_begun(part: Path, wanted: Wanted) -> bool:
    """Whether the part before an answer broke off may be the start of the wanted content."""
    with part.open("rb") as file:
        head = file.read(HEAD)
    if wanted.family is Family.ANY:
        page = is_page(head) and not wanted.name.lower().endswith(_PAGES)
        return refusal_in(head) is None and not page
    return family_of(head) in {*_MAY_BE[wanted.family], None} and not is_text(head)
