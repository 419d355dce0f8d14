"""How a file goes up in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.errors import ProtocolChanged, UsageError
from hongyan.model.ids import TransientName
from hongyan.model.upload_kinds import LIMITS, UploadKind, require_allowed, upload_kind_of
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.calls.media import Permit
from hongyan.webwx.http import Multipart, Request
from hongyan.webwx.media import CHUNK, PERMIT_ABOVE, Upload, UploadPlan

from .conftest import NOW
from .driving import drawn, saved

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLER = Caller(saved(), NOW, drawn)


def plan(size: int, form: UploadKind = UploadKind.FILE) -> UploadPlan:
    upload = Upload(to=TransientName("@peer"), name="a.bin", size=size, md5="0f" * 16, form=form)
    return UploadPlan(upload, now=NOW)


def request(made: UploadPlan) -> Request:
    call = made.next_call(CALLER)
    assert call is not None
    return call.request


def part(made: UploadPlan) -> tuple[int, int]:
    body = request(made).body
    assert isinstance(body, Multipart)
    assert body.file is not None
    return body.file.offset, body.file.length


def pieces(made: UploadPlan) -> Iterator[tuple[int, int]]:
    while made.next_call(CALLER) is not None:
        yield part(made)
        made.uploaded("@media" if made.sent + CHUNK >= made.upload.size else "")


@given(st.integers(1, 8 * CHUNK))
def test_the_pieces_cover_the_file_once_and_in_order(size: int) -> None:
    """No byte twice, none left out, none larger than the service takes."""
    made = plan(size)
    taken = list(pieces(made))
    assert [offset for offset, _ in taken] == [sum(n for _, n in taken[:i]) for i in range(len(taken))]
    assert sum(length for _, length in taken) == size
    assert all(0 < length <= CHUNK for _, length in taken)
    assert len(taken) == made.chunks
    assert (made.media_id, made.sent) == ("@media", size)


@pytest.mark.parametrize(("size", "chunks"), [(1, 1), (CHUNK, 1), (CHUNK + 1, 2), (2 * CHUNK, 2)])
def test_a_chunk_is_512_kib(size: int, chunks: int) -> None:
    """Larger requests fail since the end of 2017."""
    assert CHUNK == 524_288
    assert plan(size).chunks == chunks


def test_a_lost_answer_repeats_the_chunk() -> None:
    """Until an answer is told, the same piece is asked for, under the same number."""
    made = plan(2 * CHUNK)
    made.uploaded("")
    first, again = request(made).body, request(made).body
    assert first == again
    assert part(made) == (CHUNK, CHUNK)


def test_without_a_media_id_the_file_is_not_there() -> None:
    """A last chunk that brings none has failed, whatever its code says."""
    made = plan(10)
    with pytest.raises(ProtocolChanged) as told:
        made.uploaded("")
    assert told.value.endpoint == "webwxuploadmedia"


def test_a_large_file_asks_first() -> None:
    """Above 25 MiB the permit comes before the first chunk, and its signature goes into the send."""
    made = plan(PERMIT_ABOVE + 1)
    assert request(made).endpoint == "webwxcheckupload"
    made.permitted(Permit(signature="sig", aes_key="key"))
    assert request(made).endpoint == "webwxuploadmedia"
    body = request(made).body
    assert isinstance(body, Multipart)
    told = msgspec.json.decode(dict(body.fields)["uploadmediarequest"])
    assert (told["Signature"], told["AESKey"]) == ("sig", "key")
    assert made.signature == "sig"
    assert request(plan(PERMIT_ABOVE)).endpoint == "webwxuploadmedia"


def test_a_file_that_the_server_has_is_not_uploaded() -> None:
    """The permit brings its media id."""
    made = plan(PERMIT_ABOVE + 1)
    made.permitted(Permit(media_id="@known", signature="sig"))
    assert made.next_call(CALLER) is None
    assert (made.media_id, made.sent) == ("@known", PERMIT_ABOVE + 1)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.png", UploadKind.PICTURE),
        ("A.JPG", UploadKind.PICTURE),
        ("a.jpeg", UploadKind.PICTURE),
        ("a.bmp", UploadKind.PICTURE),
        ("a.gif", UploadKind.STICKER),
        ("a.mp4", UploadKind.VIDEO),
        ("a.mp3", UploadKind.FILE),
        ("a.webp", UploadKind.FILE),
        ("png", UploadKind.FILE),
        ("a.", UploadKind.FILE),
    ],
)
def test_the_ending_says_as_what_a_file_goes(name: str, form: UploadKind) -> None:
    """The front-end's lists; a GIF goes as an animated sticker."""
    assert upload_kind_of(name, 10) is form


@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.mp4"])
def test_what_is_too_large_for_its_form_goes_as_a_file(name: str) -> None:
    """A long video is still a file."""
    assert upload_kind_of(name, LIMITS[upload_kind_of(name, 1)]) is not UploadKind.FILE
    assert upload_kind_of(name, LIMITS[upload_kind_of(name, 1)] + 1) is UploadKind.FILE


@pytest.mark.parametrize("form", UploadKind)
def test_limits_are_told_before_anything_is_sent(form: UploadKind) -> None:
    """Neither an empty file nor one above the limit; the sentence names the limit."""
    require_allowed(form, "a", LIMITS[form])
    with pytest.raises(UsageError, match="empty"):
        require_allowed(form, "a", 0)
    with pytest.raises(UsageError, match=str(LIMITS[form] // 2**20)):
        plan(LIMITS[form] + 1, form)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (UploadKind.PICTURE, "pic"),
        (UploadKind.VIDEO, "video"),
        (UploadKind.STICKER, "doc"),
        (UploadKind.FILE, "doc"),
    ],
)
def test_each_form_has_its_media_type(form: UploadKind, kind: str) -> None:
    """A GIF goes up as a document."""
    body = request(plan(10, form)).body
    assert isinstance(body, Multipart)
    assert ("mediatype", kind) in body.fields


def test_a_lost_permit_is_asked_for_again() -> None:
    """No chunk goes up before it is there."""
    made = plan(PERMIT_ABOVE + 1)
    assert [request(made).endpoint for _ in range(2)] == ["webwxcheckupload"] * 2
    assert made.sent == 0


@pytest.mark.parametrize(
    ("name", "kind"), [("a.PNG", "image/png"), ("a.mp4", "video/mp4"), ("a.xyz", "application/octet-stream"), ("a", "application/octet-stream")]
)  # fmt: skip
def test_the_form_names_what_a_file_is(name: str, kind: str) -> None:
    """By its ending; whatever has none that is known is just bytes."""
    upload = Upload(to=TransientName("@peer"), name=name, size=3, md5="0f" * 16, form=UploadKind.FILE)
    body = request(UploadPlan(upload, now=NOW)).body
    assert isinstance(body, Multipart)
    assert ("type", kind) in body.fields


@pytest.mark.parametrize(
    ("form", "limit"),
    [
        (UploadKind.PICTURE, "20 MiB"),
        (UploadKind.VIDEO, "20 MiB"),
        (UploadKind.STICKER, "5 MiB"),
        (UploadKind.FILE, "200 MiB"),
    ],
)
def test_a_refused_file_is_told_its_limit(form: UploadKind, limit: str) -> None:
    """With the unit, and with the way out where there is one."""
    with pytest.raises(UsageError, match=limit) as told:
        plan(LIMITS[form] + 1, form)
    assert ("send it as a file" in told.value.advice) is (form is not UploadKind.FILE)
