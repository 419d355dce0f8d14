"""The real host names on one port: TLS, the proxy, names that are not ours, large bodies, and the authority's files."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import stat
import sys
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509

from hongyan.emulator import certificate_authority as authority_module
from hongyan.emulator.certificate_authority import (
    REAL_NAMES,
    CertificateAuthority,
    open_certificate_authority,
)
from hongyan.emulator.real_hosts import RealHosts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MEGABYTE = 1024 * 1024


async def _name(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.scheme} {request.host}")


async def _digest(request: web.Request) -> web.Response:
    digest = hashlib.md5()
    async for chunk in request.content.iter_chunked(MEGABYTE):
        digest.update(chunk)
    return web.Response(text=digest.hexdigest())


async def _much(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    answer.content_length = int(request.query["megabytes"]) * MEGABYTE
    await answer.prepare(request)
    for _ in range(int(request.query["megabytes"])):
        await answer.write(b"x" * MEGABYTE)
    return answer


async def _wait(request: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


@asynccontextmanager
async def real_hosts(ca_dir: Path) -> AsyncIterator[RealHosts]:
    app = web.Application(client_max_size=0)
    app.router.add_get("/", _name)
    app.router.add_post("/digest", _digest)
    app.router.add_get("/much", _much)
    app.router.add_get("/wait", _wait)
    runner = web.AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    try:
        async with RealHosts(runner.server, ca_dir) as hosts:
            yield hosts
    finally:
        await runner.cleanup()


@pytest.fixture
def ca_dir(tmp_path: Path) -> Path:
    return tmp_path / "ca"


def trusting(authority: CertificateAuthority) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.certificate)
    # What Python 3.13 asks of every certificate by default; older Pythons must not hide a fault from it.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: str) -> str:
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    return answer.decode()


def get(host: str) -> str:
    return f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"


async def test_each_real_name_has_a_certificate_that_verifies(ca_dir: Path) -> None:
    """TLS by SNI, with full verification, for all names of the five families and the historic ones."""
    async with real_hosts(ca_dir) as hosts:
        context = trusting(hosts.authority)
        for name in REAL_NAMES:
            streams = await asyncio.open_connection(
                "127.0.0.1", hosts.port, ssl=context, server_hostname=name
            )
            assert (await ask(*streams, get(name))).endswith(f"https {name}")


async def test_another_name_has_no_certificate(ca_dir: Path) -> None:
    """A client that asks for a name that is not ours fails in verification, whatever it trusts."""
    async with real_hosts(ca_dir) as hosts:
        with pytest.raises(ssl.SSLCertVerificationError, match=r"not valid for 'mail\.qq\.com'"):
            await asyncio.open_connection(
                "127.0.0.1", hosts.port, ssl=trusting(hosts.authority), server_hostname="mail.qq.com"
            )


@pytest.mark.parametrize("target", ["mail.qq.com", "wx.qq.com.evil.example", "127.0.0.1"])
async def test_another_name_inside_tls_is_forbidden(ca_dir: Path, target: str) -> None:
    """A client that verifies nothing is told so."""
    async with real_hosts(ca_dir) as hosts:
        streams = await asyncio.open_connection(
            "127.0.0.1", hosts.port, ssl=trusting(hosts.authority), server_hostname="wx.qq.com"
        )
        assert (await ask(*streams, get(target))).startswith("HTTP/1.1 403 ")


async def test_a_tunnel_leads_to_tls(ca_dir: Path) -> None:
    """CONNECT by hand, its head in two pieces, then TLS inside the tunnel."""
    async with real_hosts(ca_dir) as hosts:
        reader, writer = await asyncio.open_connection("127.0.0.1", hosts.port)
        for piece in ("CONN", "ECT wx2.qq.com:443 HTTP/1.1\r\nHost: wx2.q", "q.com:443\r\n\r\n"):
            writer.write(piece.encode())
            await asyncio.sleep(0.05)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
        await writer.start_tls(trusting(hosts.authority), server_hostname="wx2.qq.com")
        assert (await ask(reader, writer, get("wx2.qq.com"))).endswith("https wx2.qq.com")


async def test_a_client_that_does_not_wait_for_the_tunnel_loses_nothing(ca_dir: Path) -> None:
    """The first bytes of TLS come in one piece with the CONNECT request."""
    async with real_hosts(ca_dir) as hosts:
        from_server, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trusting(hosts.authority).wrap_bio(from_server, to_server, server_hostname="wx2.qq.com")
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        reader, writer = await asyncio.open_connection("127.0.0.1", hosts.port)
        writer.write(b"CONNECT wx2.qq.com:443 HTTP/1.1\r\n\r\n" + to_server.read())
        await reader.readuntil(b"\r\n\r\n")
        while tls.version() is None:
            from_server.write(await reader.read(65536))
            with suppress(ssl.SSLWantReadError):
                tls.do_handshake()
        writer.close()


@pytest.mark.parametrize(
    "target", ["example.com:443", "qq.com:443", "127.0.0.1:22", "wx.qq.com.evil.example:443", ":443"]
)
async def test_a_tunnel_to_elsewhere_is_forbidden(ca_dir: Path, target: str) -> None:
    """The proxy is none for the rest of the world."""
    async with real_hosts(ca_dir) as hosts:
        streams = await asyncio.open_connection("127.0.0.1", hosts.port)
        answer = await ask(*streams, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n")
    assert answer.startswith("HTTP/1.1 403 ")


@pytest.mark.parametrize(("host", "status"), [("wx.qq.com", 200), ("example.com", 403)])
async def test_a_plain_request_through_the_proxy_is_answered_by_name(
    ca_dir: Path, host: str, status: int
) -> None:
    """Absolute targets, as HTTP_PROXY makes them: ours are served, others are turned away, on one kept connection too."""
    async with real_hosts(ca_dir) as hosts, aiohttp.ClientSession() as web_client:
        for _ in range(2):
            async with web_client.get(f"http://{host}/", proxy=hosts.proxy) as answer:
                assert answer.status == status


async def test_a_hundred_megabytes_pass_both_ways_through_the_tunnel(ca_dir: Path) -> None:
    """A body of 100 MB arrives whole, and one comes back whole."""
    body = bytes(range(256)) * (100 * MEGABYTE // 256)
    async with real_hosts(ca_dir) as hosts:
        connector = aiohttp.TCPConnector(ssl=trusting(hosts.authority))
        async with aiohttp.ClientSession(connector=connector) as client:
            async with client.post(
                "https://file.wx.qq.com/digest", data=BytesIO(body), proxy=hosts.proxy
            ) as answer:
                assert await answer.text() == hashlib.md5(body).hexdigest()
            async with client.get("https://file.wx.qq.com/much?megabytes=100", proxy=hosts.proxy) as answer:
                assert sum([len(chunk) async for chunk in answer.content.iter_any()]) == 100 * MEGABYTE


async def test_closing_ends_connections_of_every_kind(ca_dir: Path) -> None:
    """An idle connection, half a request line and a running request do not keep the port from closing."""
    async with real_hosts(ca_dir) as hosts:
        port = hosts.port
        idle = await asyncio.open_connection("127.0.0.1", port)
        torn = await asyncio.open_connection("127.0.0.1", port)
        torn[1].write(b"CONNECT wx.qq.com:443 HTTP/1.1\r\nHo")
        busy = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting(hosts.authority), server_hostname="wx.qq.com"
        )
        busy[1].write(b"GET /wait HTTP/1.1\r\nHost: wx.qq.com\r\n\r\n")
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            await hosts.close(patience=0.1)
            assert [await reader.read() for reader, _ in (idle, torn, busy)] == [b"", b"", b""]
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        for _, writer in (idle, torn, busy):
            writer.close()


async def test_many_connections_stay_open_side_by_side(ca_dir: Path) -> None:
    """Three hundred tunnels at once, each with a request of its own."""

    async def visit(hosts: RealHosts, context: ssl.SSLContext) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", hosts.port)
        writer.write(b"CONNECT wx2.qq.com:443 HTTP/1.1\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        await writer.start_tls(context, server_hostname="wx2.qq.com")
        everybody_is_in.append(writer)
        while len(everybody_is_in) < 300:
            await asyncio.sleep(0.05)
        return await ask(reader, writer, get("wx2.qq.com"))

    everybody_is_in: list[asyncio.StreamWriter] = []
    async with real_hosts(ca_dir) as hosts:
        context = trusting(hosts.authority)
        answers = await asyncio.gather(*(visit(hosts, context) for _ in range(300)))
    assert all(answer.endswith("https wx2.qq.com") for answer in answers)


async def test_it_listens_on_the_loopback_address_by_default(ca_dir: Path) -> None:
    """Whoever reaches the port can speak for every account, so it is not open to the network unasked."""
    async with real_hosts(ca_dir) as hosts:
        assert hosts.proxy == f"http://127.0.0.1:{hosts.port}"
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.2", hosts.port)


async def test_the_lines_for_the_shell_say_what_the_environment_says(tmp_path: Path) -> None:
    """A shell that reads them has the variables, also where the folder's name has a blank in it."""
    async with real_hosts(tmp_path / "my ca") as hosts:
        lines = hosts.exports() + 'printf "%s\\n" "$HTTPS_PROXY" "$SSL_CERT_FILE"'
        shell = await asyncio.create_subprocess_exec("sh", "-c", lines, stdout=asyncio.subprocess.PIPE)
        out, _ = await shell.communicate()
        assert out.decode().split("\n") == [hosts.proxy, str(tmp_path / "my ca" / "bundle.pem"), ""]


async def test_the_guide_shows_what_is_printed(ca_dir: Path) -> None:
    """The block of docs/old-bots.md is this block, for a port of 8443 and a folder of somebody's home."""
    guide = Path(__file__).parents[2] / "docs" / "old-bots.md"
    if not guide.exists():
        pytest.skip("the guides are not beside the tests")
    async with real_hosts(ca_dir) as hosts:
        printed = hosts.exports().replace(str(ca_dir), "/home/me/hongyan-ca").replace(str(hosts.port), "8443")
        assert f"```sh\n{printed}```" in guide.read_text("utf-8")


async def test_what_a_bot_asks_of_its_own_machine_is_not_led_away(ca_dir: Path) -> None:
    """The control API and a bot's data base are reached directly under the same variables."""
    async with real_hosts(ca_dir) as hosts:
        for name in ("NO_PROXY", "no_proxy"):
            assert hosts.environment()[name].split(",") == ["localhost", "127.0.0.1", "::1"]


def test_the_authority_is_made_once(ca_dir: Path) -> None:
    """A second start changes no file, so that a bot needs to be told only once."""
    first = open_certificate_authority(ca_dir)
    before = {path.name: (path.stat().st_ino, path.read_bytes()) for path in ca_dir.iterdir()}
    second = open_certificate_authority(ca_dir)
    assert first == second
    assert {path.name: (path.stat().st_ino, path.read_bytes()) for path in ca_dir.iterdir()} == before
    assert set(before) == {"authority.pem", "hosts.pem", "ca.pem", "bundle.pem"}


def test_private_keys_are_for_the_owner_alone(ca_dir: Path) -> None:
    """0600 for what signs and serves, 0644 for what clients read."""
    open_certificate_authority(ca_dir)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in ca_dir.iterdir()}
    assert modes == {"authority.pem": 0o600, "hosts.pem": 0o600, "ca.pem": 0o644, "bundle.pem": 0o644}
    assert b"PRIVATE" not in (ca_dir / "bundle.pem").read_bytes()


def test_the_servers_certificate_is_renewed_before_its_end(ca_dir: Path) -> None:
    """A start within 30 days of its end makes a new one under the same authority; earlier ones leave it."""
    now = datetime.now(UTC)
    authority = open_certificate_authority(ca_dir, now)
    served, trusted = (ca_dir / "hosts.pem").read_bytes(), authority.certificate.read_bytes()
    open_certificate_authority(ca_dir, now + timedelta(days=366))
    assert (ca_dir / "hosts.pem").read_bytes() == served
    open_certificate_authority(ca_dir, now + timedelta(days=368))
    assert (ca_dir / "hosts.pem").read_bytes() != served
    assert authority.certificate.read_bytes() == trusted


def test_an_authority_near_its_end_is_replaced_with_all_that_it_signed(ca_dir: Path) -> None:
    """Ten years on, everything is new and fits together."""
    authority = open_certificate_authority(ca_dir)
    trusted = authority.certificate.read_bytes()
    open_certificate_authority(ca_dir, datetime.now(UTC) + timedelta(days=3640))
    assert authority.certificate.read_bytes() != trusted
    issuer = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    x509.load_pem_x509_certificate((ca_dir / "hosts.pem").read_bytes()).verify_directly_issued_by(issuer)


def test_a_lost_authority_takes_its_certificates_along(ca_dir: Path) -> None:
    """Whoever deletes the authority gets a new one, and no certificate of the old."""
    authority = open_certificate_authority(ca_dir)
    lost = authority.certificate.read_bytes()
    (ca_dir / "authority.pem").unlink()
    open_certificate_authority(ca_dir)
    assert authority.certificate.read_bytes() != lost
    issuer = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    x509.load_pem_x509_certificate((ca_dir / "hosts.pem").read_bytes()).verify_directly_issued_by(issuer)


def test_the_first_of_two_authorities_counts(ca_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another emulator puts its authority in place while ours is being made: ours is thrown away."""
    make, others = authority_module._make_authority, []

    def make_late(now: datetime) -> authority_module._Pair:
        monkeypatch.setattr(authority_module, "_make_authority", make)
        others.append(open_certificate_authority(ca_dir).certificate.read_bytes())
        return make(now)

    monkeypatch.setattr(authority_module, "_make_authority", make_late)
    assert [open_certificate_authority(ca_dir).certificate.read_bytes()] == others


async def test_who_trusts_the_authority_trusts_it_for_its_names_alone(
    ca_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate for another name, signed with the stolen key, is refused by every client."""
    open_certificate_authority(ca_dir)
    monkeypatch.setattr(authority_module, "REAL_NAMES", ("mail.qq.com",))
    async with real_hosts(ca_dir) as hosts:
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            await asyncio.open_connection(
                "127.0.0.1", hosts.port, ssl=trusting(hosts.authority), server_hostname="mail.qq.com"
            )


def test_the_bundle_does_not_grow_when_it_is_itself_what_is_trusted(
    ca_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables of the guide are often set in the shell that starts the emulator next time."""
    authority = open_certificate_authority(ca_dir)
    before = authority.bundle.read_bytes().count(b"BEGIN CERTIFICATE")
    for name, value in authority.environment().items():
        monkeypatch.setenv(name, value)
    open_certificate_authority(ca_dir)
    assert authority.bundle.read_bytes().count(b"BEGIN CERTIFICATE") == before


async def test_two_emulators_that_start_at_once_agree_on_one_authority(ca_dir: Path) -> None:
    """Whichever is first, all serve what the files say afterwards."""
    code = (
        "import sys; from pathlib import Path; from hongyan.emulator.certificate_authority import open_certificate_authority; "
        "print(open_certificate_authority(Path(sys.argv[1])).certificate.read_text())"
    )
    runs = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, ca_dir, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    printed = {(await run.communicate())[0].decode().strip() for run in runs}
    assert printed == {(ca_dir / "ca.pem").read_text().strip()}
    assert sorted(path.name for path in ca_dir.iterdir()) == [
        "authority.pem",
        "bundle.pem",
        "ca.pem",
        "hosts.pem",
    ]
