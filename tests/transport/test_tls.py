"""A server of one's own has an authority of its own: every program that opens TLS can be told of it."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hongyan.assemble import tls_of
from hongyan.cli.options import server_problem
from hongyan.errors import UsageError
from hongyan.settings import Settings, load_settings
from hongyan.transport.http_client import HttpClient
from hongyan.transport.notice import deliver
from hongyan.webwx.http import Failure, FailureKind, Response

from .test_http_client import OK, request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


def signed(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make an authority, and the context of a server at 127.0.0.1 that it signed."""
    now, authority, own = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1()), None
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Our house")])
    made = []
    for key, name, is_authority in (
        (authority, issuer, True),
        (own := ec.generate_private_key(ec.SECP256R1()), x509.Name([]), False),
    ):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        builder = builder.add_extension(own_id, critical=False).add_extension(above, critical=False)
        builder = builder.add_extension(_usage(signs_others=is_authority), critical=True)
        if not is_authority:
            place = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([place]), critical=True)
        made.append(builder.sign(authority, hashes.SHA256()))
    ca, chain = folder / "house.pem", folder / "server.pem"
    ca.write_bytes(made[0].public_bytes(serialization.Encoding.PEM))
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + made[1].public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return ca, context


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    """Return what a key is for; Python 3.13 insists on it."""
    never = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,  # a value of the extension
    )
    return x509.KeyUsage(
        digital_signature=not signs_others, key_cert_sign=signs_others, crl_sign=signs_others, **never
    )


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Run a server over TLS; yield its origin and the file of its authority."""
    ca, context = signed(folder)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", str(ca)


async def asked(origin: str, settings: Settings) -> Response | Failure:
    """Ask as the account of these settings would."""
    client = HttpClient(lambda: {origin}, tls=tls_of(settings))
    try:
        return await client.exchange(request(origin))
    finally:
        await client.close()


async def test_an_authority_of_ones_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    """And nowhere else; the advice names the option."""
    async with house(tmp_path) as (origin, ca):
        assert isinstance(await asked(origin, Settings(ca=ca)), Response)
        refused = await asked(origin, Settings())
    assert isinstance(refused, Failure)
    assert refused.kind is FailureKind.UNREACHABLE
    assert "certificate" in refused.problem
    assert "--ca FILE" in refused.error().advice


async def test_alerts_and_looks_at_the_server_trust_it_too(tmp_path: Path) -> None:
    """Each of them opens connections of its own."""
    async with house(tmp_path) as (origin, ca):
        await deliver((), f"{origin}/bell", {}, tls=tls_of(Settings(ca=ca)))
        with pytest.raises(UsageError, match="certificate"):
            await deliver((), f"{origin}/bell", {})
        assert await server_problem(Settings(server=origin, ca=ca)) is None
        problem = await server_problem(Settings(server=origin))
    assert problem is not None
    assert "certificate" in problem.problem
    assert "--ca" in problem.advice


async def test_the_program_takes_it_as_an_option_and_from_its_settings(tmp_path: Path) -> None:
    """The whole way, in a process of its own."""
    async with house(tmp_path) as (origin, ca):
        for given, fits in ((("--ca", ca), True), ((), False)):
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "hongyan", "doctor", "--home", str(tmp_path), "--server", origin),
                *given,
                stdout=asyncio.subprocess.PIPE,
            )
            said = (await child.communicate())[0].decode()
            assert (f"{origin} answers" in said, "--ca FILE" in said) == (fits, not fits)
    file = tmp_path / "settings.toml"
    file.write_text(f'ca = "{ca}"\n')
    assert load_settings(file).ca == ca


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff\xfe\0"])
def test_a_file_that_is_no_authority_is_said_so(tmp_path: Path, content: bytes | None) -> None:
    """In one sentence, before anything is connected to."""
    file = tmp_path / "house.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"house\.pem"):
        tls_of(Settings(ca=str(file)))
    with pytest.raises(UsageError):
        tls_of(Settings(ca=str(tmp_path)))
