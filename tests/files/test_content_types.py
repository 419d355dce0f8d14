"""What a body is by its bytes, and whether its end is there."""

from __future__ import annotations

import io
import os
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from hongyan.emulator import sample_media as movies
from hongyan.files.content_types import (
    HEAD,
    Extent,
    Family,
    ending_of,
    extent_of,
    family_of,
    is_laborious,
    is_page,
    is_text,
)
from hongyan.terminal.full.pictures.draw import OpenedPicture, open_safely
from hongyan.webwx.calls.media import refusal_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BRANDS = {
    b"heic": ".heic",
    b"heix": ".heic",
    b"hevc": ".heic",
    b"mif1": ".heic",
    b"msf1": ".heic",
    b"avif": ".avif",
    b"avis": ".avif",
    b"qt  ": ".mov",
    b"M4A ": ".m4a",
    b"3gp5": ".3gp",
    b"isom": ".mp4",
    b"mp42": ".mp4",
    b"M4V ": ".mp4",
}
HEADS = {
    b"\xff\xd8\xff\xdb": ".jpg",
    b"\xff\xf3\x88\xc4": ".mp3",
    b"\xff\xfa\x90\x00": ".mp3",
    b"\xff\xf1\x50\x80": ".aac",
    b"ID3\x04": ".mp3",
    b"RIFF\x10\0\0\0WEBPVP8 ": ".webp",
    b"RIFF\x10\0\0\0WAVEfmt ": ".wav",
    b"OggS\0": ".ogg",
    b"\x02#!SILK_V3": ".silk",
    b"wxgf\x0f": ".wxgf",
    b"\xff\xfe\x7e\x00": "",
    b"RIFF\x10\0\0\0ABCD": "",
    b"": "",
    b"\xff": "",
}


def picture(form: str, side: int = 60, frames: int = 1) -> bytes:
    """Return a picture of noise."""
    made = [Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)) for _ in range(frames)]
    file = io.BytesIO()
    more = {"save_all": True, "append_images": made[1:]} if frames > 1 else {}
    made[0].save(file, form, **more)
    return file.getvalue()


def sound(frames: int = 9) -> bytes:
    """Return frames of MPEG 2 layer 3, 32 kbit/s at 16 kHz: 144 bytes each."""
    return (b"\xff\xf3\x48\xc4" + bytes(140)) * frames


def with_thumbnail(jpeg: bytes) -> bytes:
    """Put a whole small picture into the details of another, as cameras do."""
    inner = picture("JPEG", 8)
    return jpeg[:2] + b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner + jpeg[2:]


def whole() -> Iterator[tuple[str, bytes]]:
    """Yield whole bodies of the formats that say how long they are."""
    for form in ("JPEG", "PNG", "GIF", "WEBP"):
        yield form, picture(form)
    yield "animated", picture("GIF", frames=3)
    yield "progressive", movies.jpeg(movies.mosaic("x"))
    yield "with a thumbnail", with_thumbnail(picture("JPEG"))
    yield "film", movies.mp4(3)
    yield "sound", sound()
    yield "tagged sound", b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + sound()


@pytest.mark.parametrize(("name", "body"), list(whole()), ids=[name for name, _ in whole()])
def test_a_body_that_ends_early_is_told_from_a_whole_one(name: str, body: bytes) -> None:
    """Wherever it is cut, and although its beginning is right."""
    assert extent_of(io.BytesIO(body), len(body)) is Extent.WHOLE, name
    for part in (0.3, 0.5, 0.6, 0.9, 0.99):
        cut = body[: int(len(body) * part)]
        expected = {Extent.CUT} if part >= 0.5 else {Extent.CUT, Extent.UNKNOWN}
        assert extent_of(io.BytesIO(cut), len(cut)) in expected, part


@pytest.mark.parametrize(("head", "ending"), HEADS.items(), ids=map(repr, HEADS))
def test_the_ending_follows_the_first_bytes(head: bytes, ending: str) -> None:
    """Whatever the answer called it."""
    assert ending_of(head) == ending


@pytest.mark.parametrize(("brand", "ending"), BRANDS.items(), ids=map(repr, BRANDS))
def test_relatives_of_mp4_are_told_apart(brand: bytes, ending: str) -> None:
    """A photograph of a phone is no film."""
    assert ending_of(b"\0\0\0\x18ftyp" + brand + bytes(16)) == ending


def test_a_general_brand_of_pictures_is_told_by_those_it_goes_with() -> None:
    """As some programs write AVIF."""
    assert ending_of(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf") == ".avif"


@pytest.mark.parametrize("seed", range(40))
def test_no_bytes_make_it_fail_or_run_on(seed: int) -> None:
    """Each format's head with rubbish behind it, and whole bodies with a byte changed."""
    bodies = [body for _, body in whole()]
    body = bytearray(bodies[seed % len(bodies)])
    for _ in range(5):
        body[os.urandom(1)[0] % len(body)] = os.urandom(1)[0]
    for rubbish in (bytes(body), bytes(body[:16]) + os.urandom(2_000), bytes(body[:16]) + b"\xff" * 2_000):
        assert extent_of(io.BytesIO(rubbish), len(rubbish)) in Extent
        family_of(rubbish[:HEAD])


WORDS = {
    "page": b"<!DOCTYPE html><html><body>busy</body></html>",
    "page after a mark": b"\xef\xbb\xbf\n<HTML>",
    "page after a remark": b"<!-- x -->\n<html>",
    "json": b'{"BaseResponse":{"Ret":0,"ErrMsg":""}}',
    "script": b"window.synccheck={}",
    "xml": b"<error><ret>1203</ret></error>",
    "a sentence": "系统繁忙，请稍后再试".encode(),
    "long": "系统繁忙".encode() * 2_000,
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_words_are_told_from_pictures(words: bytes) -> None:
    """They stand where a file is due more often than one would think."""
    assert is_text(words[:HEAD])
    assert family_of(words[:HEAD]) is None


def test_no_whole_body_passes_for_words() -> None:
    """None of those that can be told."""
    assert not any(is_text(body[:HEAD]) or is_page(body[:HEAD]) for _, body in whole())
    assert not is_text(os.urandom(500))


@pytest.mark.parametrize(
    ("body", "ret"),
    [
        (b'{"BaseResponse":{"Ret":1101,"ErrMsg":""}}', 1101),
        (b'{\n"BaseResponse": {\n"Ret": -1,\n"ErrMsg": ""\n}\n,\n"Count": 0\n}', -1),
        (b'\xef\xbb\xbf {"Count":0,"BaseResponse":{"ErrMsg":"x","Ret":1205}}', 1205),
        (b'{"BaseResponse":{"Ret":' + b"9" * 5_000 + b"}}", None),
        (b'{"ret":1101}', None),
        (b'x{"BaseResponse":{"Ret":1101}}', None),
    ],
)
def test_a_refusal_is_read_out_of_the_place_of_a_file(body: bytes, ret: int | None) -> None:
    """Whatever the order of its keys."""
    assert refusal_in(body) == ret


def test_families() -> None:
    """What is fetched as a picture must be one."""
    assert family_of(picture("PNG")) is Family.IMAGE
    assert family_of(movies.mp4(1)) is Family.VIDEO
    assert family_of(sound()) is Family.AUDIO


def laborious() -> Iterator[tuple[str, bytes, bytes, bytes]]:
    """Yield pictures: what comes before the place for parts, a part, and the rest."""
    png, jpeg, gif = picture("PNG"), picture("JPEG"), picture("GIF")
    data, image = png.index(b"IDAT") - 4, 13 + (3 << (gif[10] & 7) + 1)  # behind its colours
    yield "chunks", png[:data], bytes(4) + b"prVt" + zlib.crc32(b"prVt").to_bytes(4, "big"), png[data:]
    yield "segments", jpeg[:2], b"\xff\xfe\0\2", jpeg[2:]
    yield "fill bytes", jpeg[:2], b"\xff", jpeg[2:]
    yield "remarks", gif[:image], b"!\xfe\0", gif[image:]
    yield "pieces of a remark", gif[:image] + b"!\xfe", b"\1a", b"\0" + gif[image:]


@pytest.mark.parametrize("made", list(laborious()), ids=[name for name, *_ in laborious()])
def test_a_picture_of_a_million_parts_is_not_read(
    tmp_path: Path, made: tuple[str, bytes, bytes, bytes]
) -> None:
    """Its reader would be busy for minutes; one of some hundred is."""
    _, begin, part, rest = made
    for count, reads in ((300, True), (30_000, False)):
        file = tmp_path / "picture"
        file.write_bytes(begin + part * count + rest)
        with file.open("rb") as opened:
            assert is_laborious(opened) is not reads
        assert isinstance(open_safely(file, lambda w, h: (w, h)), OpenedPicture) is reads


def test_no_real_picture_is_laborious() -> None:
    """Of any form."""
    assert not any(is_laborious(io.BytesIO(body)) for _, body in whole())
    assert not is_laborious(io.BytesIO(b""))
    assert not is_laborious(io.BytesIO(b"GIF89a"))
