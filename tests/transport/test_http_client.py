"""The HTTP client against servers that answer as real ones did, well and badly."""

from __future__ import annotations

import asyncio
import errno
import gzip
import hashlib
import socket
import zlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.transport.http_client import HttpClient
from hongyan.webwx.http import Failure, FailureKind, FilePart, Lane, Multipart, Request, Response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@asynccontextmanager
async def answering(
    answer: bytes | Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Run a server that gives one answer and closes; yield its origin and the heads of the requests it got."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            if callable(answer):
                await answer(heads[-1], reader, writer)
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads


def request(origin: str, **fields: object) -> Request:
    """Return a plain request."""
    given = {"endpoint": "test", "method": "GET", "url": f"{origin}/x?skey=canary", "timeout": 5.0}
    return Request(**{**given, **fields})  # type: ignore[arg-type]  # the tests' own fields


async def exchanged(answer: bytes, **fields: object) -> Response | Failure:
    """Send one request to a server that gives ``answer``."""
    async with answering(answer) as (origin, _):
        client = HttpClient(lambda: {origin})
        try:
            return await client.exchange(request(origin, **fields))
        finally:
            await client.close()


def body(coding: str, content: bytes) -> bytes:
    """Return an answer with a content coding."""
    return (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        + content
    )


def raw_deflate(content: bytes) -> bytes:
    """Deflate without the zlib frame."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Type: text/html; charset=gbk\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        body("gzip", gzip.compress(b"hello")),
        body("deflate", zlib.compress(b"hello")),
        body("deflate", raw_deflate(b"hello")),
        body("gzip", gzip.compress(b"hel") + gzip.compress(b"lo")),
        body("gzip", gzip.compress(b"hello") + bytes(900)),
        body("gzip", gzip.compress(b"hello") + b"\x1f"),
        body("deflate", zlib.compress(b"hello") + b"and more"),
        body("UTF-8", b"hello"),
    ],
    ids=[
        *("plain", "two content types", "chunked", "gzip", "zlib deflate", "raw deflate"),
        *("gzip of two members", "gzip with padding", "gzip and a byte", "deflate and more", "no coding"),
    ],
)
async def test_every_form_of_answer_seen_is_read(answer: bytes) -> None:
    """Servers of ten years packed their answers in all these ways."""
    got = await exchanged(answer)
    assert isinstance(got, Response)
    assert (got.status, got.body) == (200, b"hello")


async def test_a_redirect_without_a_place_is_an_answer() -> None:
    """The old login page answers 301 with the XML in the body and all cookies."""
    got = await exchanged(
        b"HTTP/1.1 301 Moved\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nhi"
    )
    assert isinstance(got, Response)
    assert (got.status, got.body) == (301, b"hi")
    assert [v for n, v in got.headers if n == "Set-Cookie"] == ["a=1", "b=2"]


async def test_a_malformed_status_line_is_told_from_a_real_400() -> None:
    """The first means "look", the second is an answer."""
    odd = await exchanged(b"HTTP/1.1 0 -\r\n\r\n")
    real = await exchanged(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    assert isinstance(odd, Response)
    assert isinstance(real, Response)
    assert (odd.malformed, real.malformed, real.status) == (True, False, 400)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"nonsense\r\n\r\n",
        body("gzip", b"\x1f\x8b\x08 nonsense"),
        body("gzip", gzip.compress(b"hello" * 99)[:-9]),
        body("gzip", gzip.compress(b"hello")[:-1]),
        body("gzip", b"\x1f"),
        body("deflate", zlib.compress(b"hello" * 99)[:-3]),
        body("deflate", raw_deflate(b"hello" * 99)[:-1]),
        body("gzip", gzip.compress(b"hello") + gzip.compress(b"again")[:-4]),
        body("br", b"\x0b\x02\x80hello\x03"),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\n" + gzip.compress(b"hello")[:5] + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello")[:-8],
    ],
    ids=[
        *("closed", "short", "cut chunk", "no HTTP", "bad gzip"),
        *("gzip ends early", "gzip without its last byte", "one byte of gzip"),
        *("deflate ends early", "raw deflate ends early", "second member ends early", "not asked for"),
        *("gzip ends early in whole chunks", "gzip ends early with the connection"),
    ],
)
async def test_what_breaks_is_a_failure_without_secrets(answer: bytes) -> None:
    """Never an exception, and never the URL in the words."""
    got = await exchanged(answer)
    assert isinstance(got, Failure)
    assert got.kind is FailureKind.BROKEN
    assert "canary" not in repr(got) + str(got.error())


async def test_an_answer_beyond_the_limit_is_refused() -> None:
    """Packed or not, memory has an end."""
    for answer in (
        body("gzip", gzip.compress(bytes(3_000_000))),
        b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + bytes(3_000_000),
    ):
        async with answering(answer) as (origin, _):
            client = HttpClient(lambda: {origin}, body_at_most=1_000_000)  # used at once
            got = await client.exchange(request(origin))
            await client.close()
        assert isinstance(got, Failure)
        assert "larger" in got.problem


async def test_nobody_at_the_address_is_unreachable() -> None:
    """The words say so."""
    async with answering(OK) as (origin, _):
        pass
    client = HttpClient(lambda: {origin})
    got = await client.exchange(request(origin))
    await client.close()
    assert isinstance(got, Failure)
    assert got.kind is FailureKind.UNREACHABLE


async def test_an_answer_that_does_not_come_in_time_is_a_timeout() -> None:
    """The request says how long."""

    async def silent(_: bytes, reader: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await reader.read()

    async with answering(silent) as (origin, _heads):
        client = HttpClient(lambda: {origin})
        got = await client.exchange(request(origin, timeout=0.05))
        await client.close()
    assert isinstance(got, Failure)
    assert got.kind is FailureKind.TIMEOUT


async def test_a_host_that_is_not_the_logins_gets_no_request() -> None:
    """Not even a connection."""
    async with answering(OK) as (origin, heads):
        client = HttpClient(lambda: {"https://wx.qq.com"})
        got = await client.exchange(request(origin))
        await client.close()
    assert isinstance(got, Failure)
    assert got.kind is FailureKind.FORBIDDEN
    assert heads == []


async def test_headers_and_urls_travel_as_given() -> None:
    """Cookies are the account's own header; nothing is encoded again, nothing added from elsewhere."""
    async with answering(OK) as (origin, heads):
        client = HttpClient(lambda: {origin})
        url = f"{origin}/cgi-bin/synccheck?synckey=1_2%7C2_3&a=%2B%2F"
        await client.exchange(
            request(origin, url=url, headers=(("Cookie", "wxsid=a/b+c=="), ("User-Agent", "X")))
        )
        await client.close()
    head = heads[0].decode()
    assert head.startswith("GET /cgi-bin/synccheck?synckey=1_2%7C2_3&a=%2B%2F HTTP/1.1\r\n")
    assert {line.split(":")[0] for line in head.splitlines()[1:] if line} == {
        "Host",
        "Cookie",
        "User-Agent",
        "Accept-Encoding",
    }
    assert "Cookie: wxsid=a/b+c==\r\n" in head


async def test_a_long_poll_delays_no_command() -> None:
    """Each lane has connections of its own."""
    held = asyncio.Event()

    async def serve(head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"poll" in head:
            await held.wait()
        writer.write(OK)
        await writer.drain()

    async with answering(serve) as (origin, _heads):
        client = HttpClient(lambda: {origin})
        polls = [
            asyncio.create_task(client.exchange(request(origin, url=f"{origin}/poll", lane=Lane.POLL)))
            for _ in range(4)
        ]
        got = await asyncio.wait_for(client.exchange(request(origin)), 3)
        held.set()
        await asyncio.gather(*polls)
        await client.close()
    assert isinstance(got, Response)


async def test_a_piece_of_a_file_is_sent_as_a_form_of_known_length() -> None:
    """Raw UTF-8 names, fields in order, the file last, its bytes read as they go."""
    got: list[bytes] = []

    async def serve(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int(
            next(line for line in head.decode().splitlines() if line.startswith("Content-Length")).split()[1]
        )
        got.append(await reader.readexactly(length))
        writer.write(OK)
        await writer.drain()

    content = bytes(range(256)) * 1000

    async def part(offset: int, length: int) -> bytes:
        return content[offset : offset + length]

    form = Multipart(
        fields=(("id", "WU_FILE_0"), ("name", "报告.pdf")),
        file=FilePart(
            field="filename", filename='报"告.pdf', content_type="application/pdf", offset=500, length=200_000
        ),
    )
    async with answering(serve) as (origin, _heads):
        client = HttpClient(lambda: {origin})
        answer = await client.upload(request(origin, method="POST", body=form, lane=Lane.FILE), part)
        await client.close()
    assert isinstance(answer, Response)
    assert content[500:200_500] in got[0]
    assert 'name="name"\r\n\r\n报告.pdf\r\n'.encode() in got[0]
    assert 'filename="报%22告.pdf"\r\nContent-Type: application/pdf'.encode() in got[0]
    assert got[0].count(b"--hongyan") == 4


class Files:
    """A server that sends a file, breaks off after ``cut`` bytes, and goes on where it is asked to."""

    def __init__(self, content: bytes, *, ranges: bool = True) -> None:
        self.content = content
        self.ranges = ranges
        self.cut: int | None = None

    async def __call__(self, head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = [line for line in head.decode().splitlines() if line.lower().startswith("range")]
        start = int(asked[0].split("=")[1].split("-")[0]) if asked and self.ranges else 0
        rest = self.content[start:]
        status = (
            f"206 Partial Content\r\nContent-Range: bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        )
        writer.write(
            f"HTTP/1.1 {status if start else '200 OK'}\r\nContent-Length: {len(rest)}\r\n\r\n".encode()
        )
        writer.write(rest[: self.cut])
        await writer.drain()


@pytest.mark.parametrize("ranges", [True, False])
async def test_a_download_goes_on_where_it_broke_off(tmp_path: Path, ranges: bool) -> None:
    """Where the server cannot, it begins again; the bytes are right either way."""
    content = hashlib.sha256(b"seed").digest() * 30_000
    files = Files(content, ranges=ranges)
    files.cut = 300_000
    told: list[tuple[int, int | None]] = []
    async with answering(files) as (origin, heads):
        client = HttpClient(lambda: {origin})
        target = tmp_path / "x"
        first = await client.download(request(origin, lane=Lane.FILE), target)
        have = target.stat().st_size
        files.cut = None
        second = await client.download(
            request(origin, lane=Lane.FILE), target, progress=lambda done, total: told.append((done, total))
        )
        await client.close()
    assert isinstance(first, Failure)
    assert 0 < have <= 300_000
    assert isinstance(second, Response)
    assert target.read_bytes() == content
    assert told[-1] == (len(content), len(content))
    assert f"Range: bytes={have}-".encode() in heads[1]


async def test_a_refused_download_leaves_the_file_alone(tmp_path: Path) -> None:
    """An error page is no picture."""
    target = tmp_path / "x"
    async with answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone") as (origin, _):
        client = HttpClient(lambda: {origin})
        got = await client.download(request(origin), target)
        await client.close()
    assert isinstance(got, Response)
    assert (got.status, got.body, target.exists()) == (404, b"gone", False)


async def test_a_proxy_sees_the_request_and_its_password_is_sent_to_it_alone() -> None:
    """The target is never connected to."""
    async with answering(OK) as (proxy, heads), answering(OK) as (origin, direct):
        client = HttpClient(lambda: {origin}, proxy=proxy.replace("://", "://user:secret@"))
        await client.exchange(request(origin))
        await client.close()
    assert heads[0].startswith(f"GET {origin}/x?skey=canary HTTP/1.1".encode())
    assert b"Proxy-Authorization: Basic" in heads[0]
    assert direct == []


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "nonsense"])
def test_a_proxy_of_another_kind_is_refused_with_a_sentence(proxy: str) -> None:
    """Better than traffic beside it."""
    with pytest.raises(UsageError, match="not supported"):
        HttpClient(set, proxy=proxy)


async def test_the_environments_proxies_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the profile says where traffic goes."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert isinstance(await exchanged(OK), Response)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ECONNREFUSED, "connection refused"),
        (errno.EMFILE, "open no more files"),
        (errno.ENETUNREACH, "no network"),
        (errno.EPERM, "forbids"),
    ],
)
async def test_a_connection_that_this_machine_cannot_make_is_not_laid_on_the_server(
    monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    """Too many open files, no network, a firewall: each is said, and nothing has left."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(number, "whatever the system says")

    monkeypatch.setattr(socket, "socket", refused)
    client = HttpClient(lambda: {"http://127.0.0.1:9"})
    try:
        answer = await client.exchange(request("http://127.0.0.1:9"))
    finally:
        await client.close()
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.UNREACHABLE
    assert said in answer.problem
