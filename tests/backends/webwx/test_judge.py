"""What a download brought: is it the thing, and all of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from hongyan.backends.webwx.judge import Wanted, judge, may_be_begun
from hongyan.errors import NotComplete, Refused, TooFast, WrongContent
from hongyan.files.content_types import Extent, Family

if TYPE_CHECKING:
    from pathlib import Path

PAGE = b"<!DOCTYPE html><html><body>Log in first</body></html>"
ODD = bytes(range(128, 256))


def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(buffer, "PNG")
    return buffer.getvalue()


PICTURE = _picture()


def _wanted(family: Family, **more: Any) -> Wanted:
    def never(_: object) -> Any:
        raise AssertionError

    return Wanted(never, "the thing", family, **more)


def _judge(folder: Path, body: bytes, wanted: Wanted) -> Extent:
    part = folder / "part"
    part.write_bytes(body)
    return judge(part, wanted)


@pytest.mark.parametrize(
    ("body", "wanted", "extent"),
    [
        (PICTURE, _wanted(Family.IMAGE, size=len(PICTURE)), Extent.WHOLE),
        (PICTURE, _wanted(Family.IMAGE, size=9), Extent.UNKNOWN),
        (PICTURE[:-20], _wanted(Family.IMAGE), Extent.CUT),
        (ODD, _wanted(Family.IMAGE), Extent.STRANGE),
        (b"x" * 7, _wanted(Family.ANY, size=7), Extent.WHOLE),
        (PAGE, _wanted(Family.ANY, size=len(PAGE)), Extent.WHOLE),
        (PAGE, _wanted(Family.ANY, name="Page.HTML"), Extent.UNKNOWN),
        (b"some words", _wanted(Family.ANY, name="a.pdf"), Extent.STRANGE),
        (b"some words", _wanted(Family.ANY, name="a.txt"), Extent.UNKNOWN),
    ],
    ids=["as long", "made anew", "cut", "odd", "file", "page as file", "page asked for", "no pdf", "text"],
)
def test_what_may_be_the_thing_is_told_with_how_sure_that_is(
    tmp_path: Path, body: bytes, wanted: Wanted, extent: Extent
) -> None:
    """The announced length is the best witness; a file may be anything."""
    assert _judge(tmp_path, body, wanted) is extent


@pytest.mark.parametrize(
    ("body", "wanted", "error"),
    [
        (b"", _wanted(Family.ANY), NotComplete),
        (b"x", _wanted(Family.ANY, size=2), NotComplete),
        (PICTURE[:-20], _wanted(Family.IMAGE, size=len(PICTURE), exact=True), NotComplete),
        (PAGE, _wanted(Family.IMAGE), WrongContent),
        (PAGE, _wanted(Family.ANY, size=7, name="a.pdf"), WrongContent),
        (PICTURE, _wanted(Family.VIDEO), WrongContent),
        (b"no such picture", _wanted(Family.IMAGE), WrongContent),
        (b'{"BaseResponse": {"Ret": 0}}', _wanted(Family.IMAGE), WrongContent),
        (b'{"BaseResponse": {"Ret": 1}}', _wanted(Family.IMAGE), Refused),
        (b'{"BaseResponse": {"Ret": 1}}', _wanted(Family.ANY), Refused),
        (b'{"BaseResponse": {"Ret": 1205}}', _wanted(Family.ANY, size=9), TooFast),
    ],
)
def test_what_is_another_thing_is_an_error(
    tmp_path: Path, body: bytes, wanted: Wanted, error: type[Exception]
) -> None:
    """A page, an answer of the service, words, another kind, too little."""
    with pytest.raises(error, match="the thing"):
        _judge(tmp_path, body, wanted)


def test_a_file_that_looks_like_a_refusal_is_a_file_where_its_length_is_right(tmp_path: Path) -> None:
    """Somebody may have kept one."""
    body = b'{"BaseResponse": {"Ret": 1205}}'
    assert _judge(tmp_path, body, _wanted(Family.ANY, size=len(body))) is Extent.WHOLE


@pytest.mark.parametrize(
    ("head", "family", "begun"),
    [
        (PICTURE[:30], Family.IMAGE, True),
        (PICTURE[:30], Family.VIDEO, False),
        (ODD, Family.IMAGE, True),
        (b"words", Family.IMAGE, False),
        (b"words", Family.ANY, True),
        (PAGE, Family.ANY, False),
        (b'{"BaseResponse": {"Ret": 1101,', Family.ANY, False),
    ],
)
def test_a_beginning_is_kept_where_it_may_be_one(
    tmp_path: Path, head: bytes, family: Family, begun: bool
) -> None:
    """Else the rest would be put behind a page."""
    (tmp_path / "part").write_bytes(head)
    assert may_be_begun(tmp_path / "part", _wanted(family)) is begun


def test_a_sender_may_announce_anything_and_gets_no_more_than_is_usual() -> None:
    """What the service makes anew may be some times larger; a file is as long as it is."""
    limit = _wanted(Family.IMAGE).at_most
    assert _wanted(Family.IMAGE, size=1).at_most == 4 << 20
    assert _wanted(Family.IMAGE, size=1 << 20).at_most == 8 << 20
    assert _wanted(Family.IMAGE, size=1 << 60).at_most == limit == 64 << 20
    assert _wanted(Family.ANY, size=100, exact=True).at_most == 100 + (64 << 10)
    assert _wanted(Family.ANY, size=1 << 60, exact=True).at_most == (4 << 30) + (64 << 10)
