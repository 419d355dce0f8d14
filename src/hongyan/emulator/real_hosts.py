"""Brings connections for the real host names to the service; independent of its answers.

One listening port serves three protocols, distinguished by the first bytes:

- 0x16, a TLS ClientHello: a server for the real names (with the hosts file and port 443, or a patched resolver);
- `CONNECT host:443`: a proxy for those names, with TLS inside the tunnel (HTTPS_PROXY needs no root and no hosts file);
- anything else: plain HTTP, with an absolute target as through HTTP_PROXY, or a relative one.

The first bytes are peeked at without taking them, so that the same socket can then be passed on whole, to the TLS layer
or to the web server. Nothing is copied from one socket to another: back-pressure, half-closed connections and large bodies
are those of the web server itself, and a thousand clients cost a thousand descriptors.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from shlex import quote
from typing import TYPE_CHECKING, Any

from aiohttp import web

from hongyan.emulator.call import log
from hongyan.emulator.certificate_authority import REAL_NAMES, open_certificate_authority

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from aiohttp.http_parser import RawRequestMessage

    from hongyan.emulator.certificate_authority import CertificateAuthority

__all__ = ["NO_PROXY", "RealHosts"]

NO_PROXY = "localhost,127.0.0.1,::1"
"""Hosts that are reached without the proxy."""

_log = logging.getLogger(__name__)

_THROUGH_PROXY: web.RequestKey[bool] = web.RequestKey("through_proxy", bool)
_TLS_HANDSHAKE = b"\x16"
_CONNECT = b"CONNECT "
_HEAD_END = b"\r\n\r\n"
_HEAD_BYTES = 16 * 1024
_HEAD_SECONDS = 15.0
_TORN_PAUSE = 0.02  # a request line that arrives in pieces: rare, and there is no event for "one byte more"
_ACCEPT_PAUSE = 1.0  # out of descriptors: new clients wait, connected ones go on
_BACKLOG = 1024
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_STRANGER = "This port knows the host names of Web WeChat and no others.\n"
_FORBIDDEN = (
    f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {len(_STRANGER)}\r\n"
    f"Connection: close\r\n\r\n{_STRANGER}"
).encode()


class RealHosts:
    """The real host names on one port, in front of a running web server.

    `server` is the `server` of an aiohttp runner that is set up; `port` 0 takes a free one. `host` is the loopback address
    by default: a program that reaches this port can act for every account of the emulator.
    """

    def __init__(self, server: web.Server, ca_dir: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = server
        self._ca_dir = ca_dir
        self._address = (host, port)
        self._authority: CertificateAuthority | None = None
        self._listener: socket.socket | None = None
        self._guard: web.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port that is listened on. Raises RuntimeError before the start."""
        if self._listener is None:
            raise RuntimeError("the real hosts are not started")
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def authority(self) -> CertificateAuthority:
        """The certificate authority in use. Raises RuntimeError before the start."""
        if self._authority is None:
            raise RuntimeError("the real hosts are not started")
        return self._authority

    @property
    def proxy(self) -> str:
        """The URL of the proxy face."""
        host = "127.0.0.1" if self._address[0] in {"", "0.0.0.0", "::"} else self._address[0]  # noqa: S104 - compared
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """The variables that send an unmodified client here: the proxy's, in both spellings, and the authority's.

        A bot's requests to its own machine (a database, a panel, the control API) do not go through the proxy.
        """
        proxy = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), self.proxy)
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), NO_PROXY)
        return proxy | direct | self.authority.environment()

    def exports(self) -> str:
        """The same as lines for a POSIX shell, to be printed and copied."""
        return "".join(f"export {name}={quote(value)}\n" for name, value in self.environment().items())

    async def start(self) -> None:
        """Make or load the authority and listen. Raises OSError if the port or the folder is not available."""
        self._authority = await asyncio.to_thread(open_certificate_authority, self._ca_dir)
        context = self._authority.context()
        self._guard = web.Server(
            self._answer,
            request_factory=self._read,
            handler_cancellation=self._server.handler_cancellation,
            access_log=None,
            logger=log,
        )
        self._listener = _listen(*self._address)
        self._spawn(self._accept(self._listener, self._guard, context))

    async def close(self, patience: float = 1.0) -> None:
        """Stop listening, give running answers `patience` seconds, end all connections. May be called twice."""
        if self._listener is None or self._guard is None:
            return
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listener.close()
        self._listener = None
        self._guard.pre_shutdown()
        await self._guard.shutdown(patience)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket, guard: web.Server, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError as error:
                _log.warning("cannot take a connection: %s", error)
                await asyncio.sleep(_ACCEPT_PAUSE)
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._spawn(_greet(client, guard, context))

    def _read(self, message: RawRequestMessage, *rest: Any) -> web.BaseRequest:
        """A request as the service makes it, marked where its target is absolute: the request itself hides that."""
        request = self._server.request_factory(message, *rest)
        request[_THROUGH_PROXY] = message.url.absolute
        return request

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Plain HTTP and what comes out of TLS. Strange names are turned away, save in a plain request for the port itself."""
        if (request.secure or request[_THROUGH_PROXY]) and not _is_ours(request.host):
            return web.Response(status=403, text=_STRANGER)
        return await self._server.request_handler(request)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    listener.setblocking(False)
    return listener


async def _greet(client: socket.socket, guard: web.Server, context: ssl.SSLContext) -> None:
    """Detect the protocol of a connection and pass it to the web server; close it on failure."""
    handed_over = False
    try:
        async with asyncio.timeout(_HEAD_SECONDS):
            tls = await _speaks_tls(client)
        if tls is None:
            return
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(guard, client, ssl=context if tls else None)
        handed_over = True
    except ssl.SSLError as error:
        _log.info("no TLS with a client (does it trust ca.pem?): %s", error)
    except (OSError, TimeoutError) as error:
        _log.debug("a connection ended early: %s", error)
    finally:
        if not handed_over:
            client.close()


async def _speaks_tls(client: socket.socket) -> bool | None:
    """True for TLS, also after opening a tunnel; False for plain HTTP; None where there is nothing more to do."""
    head = await _peek(client)
    while _CONNECT.startswith(head) and head and head != _CONNECT:
        await asyncio.sleep(_TORN_PAUSE)
        head = (await _peek(client))[: len(_CONNECT)]
    if not head:
        return None
    if head.startswith(_CONNECT):
        return await _open_tunnel(client)
    return head.startswith(_TLS_HANDSHAKE)


async def _open_tunnel(client: socket.socket) -> bool | None:
    """Read a CONNECT request and answer it. Bytes behind its head stay in the socket: they belong to the tunnel."""
    loop = asyncio.get_running_loop()
    head = b""
    while not head.endswith(_HEAD_END):
        seen = await _peek(client)
        if not seen or len(head) > _HEAD_BYTES:
            return None
        end = (head + seen).find(_HEAD_END)
        wanted = len(seen) if end < 0 else end + len(_HEAD_END) - len(head)
        head += await loop.sock_recv(client, wanted)
    target = head.split(b" ", 2)[1].decode("ascii", "replace")
    if not _is_ours(target):
        await loop.sock_sendall(client, _FORBIDDEN)
        return None
    await loop.sock_sendall(client, _ESTABLISHED)
    return True


async def _peek(client: socket.socket) -> bytes:
    """The bytes that wait in the socket, left there; empty if the peer is gone."""
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(client, _settle, readable)
    try:
        await readable
    finally:
        loop.remove_reader(client)
    with contextlib.suppress(BlockingIOError):
        return client.recv(_HEAD_BYTES, socket.MSG_PEEK)
    return await _peek(client)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _is_ours(target: str) -> bool:
    """Whether `host` or `host:port` is one of the real names."""
    return target.partition(":")[0].rstrip(".").lower() in REAL_NAMES
