"""Sends requests over HTTP/1.1 with aiohttp; it knows neither the meaning of an answer nor the name of a secret.

Cookies arrive as a header that the account made itself, and URLs arrive encoded, which saves a third of the CPU time of
a request. Each account has separate connections, so that none is used with two accounts' cookies; the TLS context is
shared by all. Requests travel in lanes, so that a long poll or a large file never delays a command.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import zlib
from asyncio import sslproto
from typing import TYPE_CHECKING, Final, NamedTuple

import aiohttp
from yarl import URL

from hongyan import reports
from hongyan.errors import HongyanError, UsageError
from hongyan.transport.content import Inflater, TooLarge, UnknownCoding
from hongyan.transport.download import AnotherThing, drop, found, land
from hongyan.transport.multipart import MultipartBody
from hongyan.transport.unconnected import why_unconnected
from hongyan.webwx.http import Failure, FailureKind, Lane, Multipart, Response

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection
    from pathlib import Path

    from hongyan.transport.download import Beginning
    from hongyan.webwx.http import Request

    Part = Callable[[int, int], Awaitable[bytes]]
    Progress = Callable[[int, int | None], None]
    Body = bytes | AsyncIterator[bytes] | None

__all__ = ["HttpClient"]

_BODY_AT_MOST: Final = 64 << 20
_REFUSAL_AT_MOST: Final = 64 << 10
_PIECE: Final = 1 << 16
_CONNECT_S: Final = 10.0
_WIDTH: Final = {Lane.POLL: 2, Lane.COMMAND: 8, Lane.FILE: 2}
_DOWNLOADS: Final = 3
_SKIP: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class HttpClient:
    """``ports.Transport`` of one account.

    ``origins()`` returns the origins that requests may go to; anything else is refused before a connection is opened.
    ``proxy`` is an ``http://`` URL, with user and password if need be. Nothing is read from the environment.
    """

    def __init__(
        self,
        origins: Callable[[], Collection[str]],
        *,
        proxy: str = "",
        tls: ssl.SSLContext | None = None,
        body_at_most: int = _BODY_AT_MOST,
    ) -> None:
        self._origins = origins
        self._proxy = _checked_proxy(proxy)
        self._tls = tls
        self._body_at_most = body_at_most
        self._session: aiohttp.ClientSession | None = None
        self._lanes = {lane: asyncio.Semaphore(width) for lane, width in _WIDTH.items()}
        self._downloads = asyncio.Semaphore(_DOWNLOADS)  # beside the lanes: one that hangs delays no upload

    async def exchange(self, request: Request) -> Response | Failure:
        """Send ``request`` and return the whole answer, or the failure."""
        return await self._carry(request, lambda answer: _whole(answer, self._limit(request)))

    async def upload(self, request: Request, part: Part) -> Response | Failure:
        """Send a form with a piece of a file, which ``part(offset, length)`` reads as the connection takes it."""
        return await self._carry(request, lambda answer: _whole(answer, self._limit(request)), part)

    async def download(
        self, request: Request, target: Path, *, progress: Progress | None = None
    ) -> Response | Failure:
        """Write the answer's body to ``target`` in pieces; what is there already is not requested again.

        The body of an unsuccessful answer is returned and not written. ``request.timeout`` bounds the wait for the
        answer and each pause, ``request.limit`` the file. What broke off stays for the next time only where that can
        recognize whether the rest belongs to the same file. StorageError where the file cannot be written.
        """
        begun = await asyncio.to_thread(found, target)
        return await self._carry(
            request,
            lambda answer: _saved(answer, request, begun, progress),
            extra=begun.asking,
            streams=True,
        )

    def discard(self, target: Path) -> None:
        """Remove what downloads into ``target`` left; what cannot be removed stays."""
        with contextlib.suppress(OSError):
            drop(target)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _limit(self, request: Request) -> int:
        return min(request.limit, self._body_at_most)

    async def _carry(
        self,
        request: Request,
        take: Callable[[aiohttp.ClientResponse], Awaitable[Response]],
        part: Part | None = None,
        extra: tuple[tuple[str, str], ...] = (("Accept-Encoding", "gzip, deflate"),),
        *,
        streams: bool = False,
    ) -> Response | Failure:
        if request.origin not in self._origins():
            return Failure(
                endpoint=request.endpoint,
                problem=f"{request.origin} is not a host of this login",
                kind=FailureKind.FORBIDDEN,
            )
        try:
            lane = self._downloads if streams else self._lanes[request.lane]
            async with lane, self._sent(request, part, extra, streams) as answer:
                return await take(answer)
        except HongyanError:
            raise
        except Exception as error:  # noqa: BLE001  # an answer on which a library fails is not an answer
            if not isinstance(error, _EXPECTED):
                reports.note(error, doing=f"carrying {request.endpoint}")
            return _failed(request, error)

    @contextlib.asynccontextmanager
    async def _sent(
        self, request: Request, part: Part | None, extra: tuple[tuple[str, str], ...], streams: bool
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        body, about = _body(request, part)
        replaced = {name.lower() for name, _ in (*extra, *about)}
        async with asyncio.timeout(request.timeout if streams else None):
            answer = await self._opened().request(
                request.method,
                URL(request.url, encoded=True),
                data=body,
                headers=[*(h for h in request.headers if h[0].lower() not in replaced), *extra, *about],
                allow_redirects=False,
                proxy=self._proxy,
                timeout=aiohttp.ClientTimeout(
                    total=None if streams else request.timeout,
                    sock_read=request.timeout if streams else None,
                    sock_connect=_CONNECT_S,
                ),
            )
        async with answer:
            yield answer

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            _shrink_tls_buffers()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=self._tls or True, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_SKIP,
                auto_decompress=False,
                trust_env=False,
                read_bufsize=_PIECE,
            )
        return self._session


def _shrink_tls_buffers() -> None:
    """Lower the standard loop's receive buffer from 256 KiB a connection, four fifths of what an idle account costs.

    uvloop has its own TLS and is left alone. The attribute is a private detail of CPython 3.11 to 3.13, so its absence
    is not a fault.
    """
    if (
        hasattr(sslproto.SSLProtocol, "max_size")
        and "uvloop" not in type(asyncio.get_running_loop()).__module__
    ):
        sslproto.SSLProtocol.max_size = 16 << 10


def _checked_proxy(proxy: str) -> URL | None:
    if not proxy:
        return None
    url = URL(proxy)
    if url.scheme != "http" or not url.host:
        raise UsageError(
            f"proxies of the kind {url.scheme or proxy.partition(':')[0]!r} are not supported",
            "Give an http:// proxy; for SOCKS put a small HTTP proxy in front of it.",
        )
    return url


class _Sendable(NamedTuple):
    body: Body
    headers: tuple[tuple[str, str], ...]


def _body(request: Request, part: Part | None) -> _Sendable:
    """Return what to send, and the headers that describe it."""
    if not isinstance(request.body, Multipart):
        return _Sendable(request.body or None, ())
    file = request.body.file
    form = MultipartBody(
        f"hongyan{secrets.token_hex(12)}",
        request.body.fields,
        (file.field, file.filename, file.content_type) if file else None,
    )
    length = len(form.head) + (file.length if file else 0) + len(form.tail)
    headers = (("Content-Type", form.content_type), ("Content-Length", str(length)))

    async def pieces() -> AsyncIterator[bytes]:
        yield form.head
        if file is not None and part is not None:
            for offset in range(file.offset, file.offset + file.length, _PIECE):
                yield await part(offset, min(_PIECE, file.offset + file.length - offset))
        yield form.tail

    return _Sendable(pieces(), headers)


def _headers(answer: aiohttp.ClientResponse) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in answer.raw_headers
    )


async def _whole(answer: aiohttp.ClientResponse, at_most: int) -> Response:
    """Read the whole body; TooLarge above the limit, ClientPayloadError where it ends before its end."""
    length = answer.content_length
    inflater = Inflater(answer.headers.get("Content-Encoding", ""), at_most)
    if length is not None and length > at_most:
        raise TooLarge
    if inflater.plain and length is not None:
        return Response(status=answer.status, headers=_headers(answer), body=await answer.content.read())
    body = b"".join([inflater.feed(piece) async for piece in answer.content.iter_any()])
    if not inflater.finished:
        raise aiohttp.ClientPayloadError
    return Response(status=answer.status, headers=_headers(answer), body=body)


async def _saved(
    answer: aiohttp.ClientResponse, request: Request, begun: Beginning, progress: Progress | None
) -> Response:
    """Write a success into the file; return any other answer with its body."""
    if answer.status == 416 and begun.have:
        await asyncio.to_thread(drop, begun.path)
        raise AnotherThing
    if answer.status not in {200, 206}:
        return await _whole(answer, _REFUSAL_AT_MOST)
    await land(answer, begun, at_most=request.limit, patience=request.timeout, progress=progress)
    return Response(status=answer.status, headers=_headers(answer))


def _failed(request: Request, error: Exception) -> Response | Failure:
    """Describe the failure in our words: aiohttp's contain the URL, which holds secrets."""
    if isinstance(error, aiohttp.ClientResponseError) and _is_odd_status(error.message):
        return Response(status=0, malformed=True)
    for kind, failure, problem in _PROBLEMS:
        if not isinstance(error, kind):
            continue
        sentence, advice = problem, ""
        if kind is aiohttp.ClientConnectorCertificateError:
            advice = _NOT_TRUSTED
        elif isinstance(error, aiohttp.ClientConnectorError) and kind is aiohttp.ClientConnectorError:
            sentence, advice = why_unconnected(error, "the server's")
        return Failure(endpoint=request.endpoint, kind=failure, problem=sentence, advice=advice)
    return Failure(endpoint=request.endpoint, problem="the connection broke off")


def _is_odd_status(message: str) -> bool:
    """Whether aiohttp's parser stumbled over a status line that is one but for its number, as ``HTTP/1.1 0 -``."""
    return message.startswith("Bad status line") and "b'HTTP/" in message


_NOT_TRUSTED: Final = (
    "For a server of your own give its authority's certificate: --ca FILE, or ca in the settings."
)
_PROBLEMS: Final = (
    (
        aiohttp.ConnectionTimeoutError,
        FailureKind.UNREACHABLE,
        "the server did not take the connection in time",
    ),
    (TimeoutError, FailureKind.TIMEOUT, "the answer did not come in time"),
    (aiohttp.ClientHttpProxyError, FailureKind.UNREACHABLE, "the proxy refused to connect"),
    (aiohttp.ClientProxyConnectionError, FailureKind.UNREACHABLE, "the proxy cannot be reached"),
    (
        aiohttp.ClientConnectorCertificateError,
        FailureKind.UNREACHABLE,
        "the server's certificate is not trusted",
    ),
    (aiohttp.ClientSSLError, FailureKind.UNREACHABLE, "no TLS connection could be made"),
    (aiohttp.ClientConnectorDNSError, FailureKind.UNREACHABLE, "the server's name cannot be resolved"),
    (
        aiohttp.ClientConnectorError,
        FailureKind.UNREACHABLE,
        "connection refused: no server listens at this address",
    ),
    (TooLarge, FailureKind.TOO_LARGE, "the answer is larger than any this client expects"),
    (AnotherThing, FailureKind.BROKEN, "the answer goes on with something else than was begun"),
    (UnknownCoding, FailureKind.BROKEN, "the answer is packed in a way that was not asked for"),
    (zlib.error, FailureKind.BROKEN, "the answer's compression is damaged"),
    (aiohttp.ClientPayloadError, FailureKind.BROKEN, "the answer broke off"),
    (aiohttp.ClientResponseError, FailureKind.BROKEN, "the answer was no proper HTTP"),
)
_EXPECTED: Final = (
    *(aiohttp.ClientError, OSError, TimeoutError, zlib.error),
    *(TooLarge, AnotherThing, UnknownCoding),
)
