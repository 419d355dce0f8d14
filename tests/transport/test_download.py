"""Downloads from servers that answer with something else than was asked for, or without end."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import stat
import zlib
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import StorageError
from hongyan.transport.http_client import HttpClient
from hongyan.webwx.http import Failure, FailureKind, Lane, Response

from .test_http_client import answering, body, request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

CONTENT = os.urandom(5_000)
HALF = 2_000


def answer(status: str, content: bytes, *headers: str, length: int | None = None) -> bytes:
    """Return an answer whose length may be a lie."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(content) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def part(begin: int, end: int, total: object, content: bytes | None = None, *headers: str) -> bytes:
    """Return a 206 that says to be a part."""
    piece = CONTENT[begin:end] if content is None else content
    return answer("206 Partial Content", piece, f"Content-Range: bytes {begin}-{end - 1}/{total}", *headers)


async def downloaded(target: Path, *answers: bytes, at_most: int = 1 << 20) -> list[Response | Failure]:
    """Download once for each of the answers that a server gives in turn."""
    left = list(answers)

    async def serve(_: bytes, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0))
        await writer.drain()

    async with answering(serve) as (origin, _heads):
        client = HttpClient(lambda: {origin})
        try:
            return [
                await client.download(request(origin, lane=Lane.FILE, at_most=at_most), target)
                for _ in answers
            ]
        finally:
            await client.close()


FIRST = answer("200 OK", CONTENT[:HALF], 'ETag: "one"', "Content-Type: image/jpeg", length=len(CONTENT))
"""An answer that breaks off."""

OTHERS = {
    "another total": part(HALF, 5_000, 6_000),
    "a total below its end": part(HALF, 5_000, 4_000),
    "another place": part(HALF + 1, 5_000, 5_000),
    "the beginning": part(0, 5_000, 5_000, CONTENT),
    "no place": answer("206 Partial Content", CONTENT[HALF:]),
    "an endless number": answer(
        "206 Partial Content", CONTENT[HALF:], f"Content-Range: bytes {'9' * 3_000}-{'9' * 3_000}/*"
    ),
    "no number": answer("206 Partial Content", CONTENT[HALF:], "Content-Range: bytes -2000-4999/5000"),
    "another length than its place": part(HALF, 4_000, 5_000, CONTENT[HALF:]),
    "another tag": part(HALF, 5_000, 5_000, None, 'ETag: "two"'),
    "another type": part(HALF, 5_000, 5_000, None, "Content-Type: text/html"),
    "two places": part(HALF, 5_000, 5_000, None, "Content-Range: bytes 0-4999/5000"),
    "packed": part(HALF, 5_000, 5_000, gzip.compress(CONTENT[HALF:]), "Content-Encoding: gzip"),
    "several parts": answer(
        "206 Partial Content", CONTENT[HALF:], "Content-Type: multipart/byteranges; boundary=x"
    ),
    "nothing there": answer("416 Range Not Satisfiable", b"", "Content-Range: bytes */1000"),
}


@pytest.mark.parametrize("second", OTHERS.values(), ids=OTHERS.keys())
async def test_what_goes_on_with_another_thing_is_not_joined(tmp_path: Path, second: bytes) -> None:
    """The file is begun anew, and only what fits together is ever whole."""
    target = tmp_path / "x"
    got = await downloaded(target, FIRST, second)
    assert [type(each) for each in got] == [Failure, Failure]
    assert list(tmp_path.iterdir()) == []
    (third,) = await downloaded(target, answer("200 OK", CONTENT))
    assert isinstance(third, Response)
    assert target.read_bytes() == CONTENT


async def test_what_goes_on_with_the_same_thing_is_joined(tmp_path: Path) -> None:
    """Nothing but the whole file is left then."""
    target = tmp_path / "x"
    got = await downloaded(target, FIRST, part(HALF, 5_000, 5_000, None, 'ETag: "one"'))
    assert isinstance(got[1], Response)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [CONTENT]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_headers_in_no_known_script_are_told_apart_as_well(tmp_path: Path) -> None:
    """They are bytes, and may be any."""
    target = tmp_path / "x"
    odd = b'Content-Type: \xff\xfe;;="\r\nETag: \xe9\r\n'
    first, second = (
        each.replace(b"Content-Length", odd + b"Content-Length") for each in (FIRST, part(HALF, 5_000, 5_000))
    )
    got = await downloaded(target, first.replace(b'ETag: "one"\r\nContent-Type: image/jpeg\r\n', b""), second)
    assert isinstance(got[1], Response)
    assert target.read_bytes() == CONTENT


async def test_a_part_that_nobody_asked_for_is_not_the_whole(tmp_path: Path) -> None:
    """It is gone on with where it ends."""
    target = tmp_path / "x"
    got = await downloaded(target, part(0, HALF, 5_000), part(HALF, 4_000, 5_000), part(4_000, 5_000, 5_000))
    assert [type(each) for each in got] == [Failure, Failure, Response]
    assert target.read_bytes() == CONTENT


async def test_what_nobody_knows_the_beginning_of_is_begun_anew(tmp_path: Path) -> None:
    """A file without a note of what it is, and a link to somewhere else, are no beginning."""
    target, elsewhere = tmp_path / "x", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"mine")
    for place in (lambda: target.write_bytes(b"left over"), lambda: target.symlink_to(elsewhere)):
        target.unlink(missing_ok=True)
        place()
        (got,) = await downloaded(target, answer("200 OK", CONTENT))
        assert isinstance(got, Response)
        assert (target.read_bytes(), target.is_symlink()) == (CONTENT, False)
    assert elsewhere.read_bytes() == b"mine"


def bomb(size: int) -> bytes:
    """Return zeros packed a thousandfold."""
    return body("gzip", gzip.compress(bytes(size)))


TOO_MUCH = {
    "announced": answer("200 OK", CONTENT, length=1 << 40),
    "announced by a part": part(0, 5_000, 1 << 40),
    "packed": bomb(3 << 20),
    "unannounced": b"HTTP/1.1 200 OK\r\n\r\n" + bytes(3 << 20),
    "behind the end": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    + gzip.compress(b"hello")
    + os.urandom(3 << 20),
    "empty members": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    + gzip.compress(b"") * ((3 << 20) // 20),
}


@pytest.mark.parametrize("much", TOO_MUCH.values(), ids=TOO_MUCH.keys())
async def test_a_download_ends_at_its_limit_and_leaves_nothing(tmp_path: Path, much: bytes) -> None:
    """Bytes that come and bytes that they unpack to are both counted."""
    (got,) = await downloaded(tmp_path / "x", much)
    assert isinstance(got, Failure)
    assert got.kind is FailureKind.TOO_LARGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_packed_download_that_ends_early_is_not_whole(tmp_path: Path, coding: str) -> None:
    """Nothing of it stays: nobody knows where the rest would begin."""
    packed = (gzip.compress if coding == "gzip" else zlib.compress)(CONTENT)
    (got,) = await downloaded(tmp_path / "x", body(coding, packed[:-5]))
    assert isinstance(got, Failure)
    assert got.kind is FailureKind.BROKEN
    assert list(tmp_path.iterdir()) == []


async def _drip(writer: asyncio.StreamWriter, begin: bytes, again: bytes) -> None:
    writer.write(begin)
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(0.02)


DRIPS: dict[str, tuple[bytes, bytes]] = {
    "bytes": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "members that unpack to nothing": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        gzip.compress(b""),
    ),
}


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS.keys())
@pytest.mark.parametrize("call", [HttpClient.exchange, HttpClient.download])
async def test_an_answer_that_drips_is_given_up(
    tmp_path: Path, drip: tuple[bytes, bytes], call: Callable[..., Awaitable[Response | Failure]]
) -> None:
    """A byte now and then is no progress."""

    async def serve(_: bytes, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _drip(writer, *drip)

    async with answering(serve) as (origin, _heads):
        client = HttpClient(lambda: {origin})
        asked = request(origin, lane=Lane.FILE, timeout=0.3)
        target = () if call is HttpClient.exchange else (tmp_path / "x",)
        got = await asyncio.wait_for(call(client, asked, *target), 20)
        await client.close()
    assert isinstance(got, Failure)


async def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    """It is not the network's fault."""
    with pytest.raises(StorageError, match="cannot be written"):
        await downloaded(tmp_path / "gone" / "x", answer("200 OK", CONTENT))


@pytest.mark.parametrize(("endpoint", "fits"), [("webwxgetcontact", True), ("synccheck", False)])
async def test_each_kind_of_call_has_its_limit(endpoint: str, fits: bool) -> None:
    """A list of contacts is long, the word of a poll is not."""
    packed = body("gzip", gzip.compress(bytes(5 << 20)))
    async with answering(packed) as (origin, _heads):
        client = HttpClient(lambda: {origin})
        got = await client.exchange(request(origin, endpoint=endpoint))
        await client.close()
    assert isinstance(got, Response) is fits
    assert fits or (isinstance(got, Failure) and got.kind is FailureKind.TOO_LARGE)
