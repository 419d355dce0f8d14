"""Makes clients trust our certificates for the real host names; independent of what is served there.

The authority is a key and a certificate in a folder, made once and then reused, so that a bot needs to be configured only
once. Its certificate has name constraints: a client that trusts it trusts it for the host names of Web WeChat and for
nothing else, so a stolen key opens no other site.

Files of the folder: `authority.pem` (key and certificate, 0600), `hosts.pem` (key and chain of the server, 0600), `ca.pem`
(the certificate alone) and `bundle.pem` (the same plus the certificates this machine trusts already), both 0644.
"""

from __future__ import annotations

import os
import secrets
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hongyan.emulator.hosts import FAMILIES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["REAL_NAMES", "CertificateAuthority", "open_certificate_authority"]

_PREFIXES = (
    "",
    "login.",
    "file.",
    "webpush.",
    "file2.",
    "webpush2.",
)  # the last two: before 2016, still tried by wxBot

REAL_NAMES = (
    *(prefix + family for family in FAMILIES for prefix in _PREFIXES),
    "login.weixin.qq.com",
    "webpush.weixin.qq.com",
    "webpush2.weixin.qq.com",
    "webpush.wechat.com",
    "webpush1.wechat.com",
    "webpush2.wechat.com",
)
"""Every host name at which a Web WeChat client may look for the service, current and historic."""

_ORGANIZATION = "Hongyan emulator"
_CA_LIFE = timedelta(days=3650)
_LEAF_LIFE = timedelta(days=397)  # the longest that browsers and Apple's TLS accept
_RENEW_BEFORE = timedelta(days=30)
_CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CertificateAuthority:
    """A ready authority: the files that clients need, and the server's TLS context."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """PEM of the authority alone, for variables that add to the trusted ones (NODE_EXTRA_CA_CERTS)."""
        return self.folder / "ca.pem"

    @property
    def bundle(self) -> Path:
        """PEM of the authority and of this machine's trusted ones, for variables that replace them."""
        return self.folder / "bundle.pem"

    def environment(self) -> dict[str, str]:
        """The variables that make requests, curl, Go, OpenSSL's users and node trust the authority."""
        return {
            "SSL_CERT_FILE": str(self.bundle),
            "REQUESTS_CA_BUNDLE": str(self.bundle),
            "CURL_CA_BUNDLE": str(self.bundle),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
        }

    def context(self) -> ssl.SSLContext:
        """A server's TLS context for the real names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "hosts.pem")
        context.set_alpn_protocols(["http/1.1"])
        return context


def open_certificate_authority(folder: Path, now: datetime | None = None) -> CertificateAuthority:
    """The authority in `folder`, made if there is none, renewed within 30 days of its end.

    `now` is the present by default. Raises OSError where the folder cannot be written, ValueError where `authority.pem`
    is not what this module writes.
    """
    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    issuer = _issuer(folder / "authority.pem", now)
    if not _serves(folder / "hosts.pem", issuer, now):
        _write(folder / "hosts.pem", _issue(issuer, now).to_pem(), 0o600)
    authority = CertificateAuthority(folder)
    public = issuer.certificate.public_bytes(serialization.Encoding.PEM)
    _write(authority.certificate, public, 0o644)
    _write(authority.bundle, public + _trusted_already(), 0o644)
    return authority


@dataclass(frozen=True, slots=True)
class _Pair:
    """A private key, its certificate, and the certificates above it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def to_pem(self) -> bytes:
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem = serialization.Encoding.PEM
        return key + b"".join(one.public_bytes(pem) for one in (self.certificate, *self.chain))


def _read(path: Path) -> _Pair:
    data = path.read_bytes()
    key = serialization.load_pem_private_key(data, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} holds another kind of key")  # noqa: TRY004 - the file is wrong, not the caller
    certificate, *chain = x509.load_pem_x509_certificates(data)
    return _Pair(key, certificate, tuple(chain))


def _issuer(path: Path, now: datetime) -> _Pair:
    try:
        kept = _read(path)
    except FileNotFoundError:
        _write(path, _make_authority(now).to_pem(), 0o600, keep=True)
        return _read(path)  # not the one just made: another process may have been first
    if kept.certificate.not_valid_after_utc - _RENEW_BEFORE > now:
        return kept
    fresh = _make_authority(now)
    _write(path, fresh.to_pem(), 0o600)
    return fresh


def _serves(path: Path, issuer: _Pair, now: datetime) -> bool:
    """Whether the server's certificate is there, ours, complete and not near its end."""
    try:
        kept = _read(path).certificate
        kept.verify_directly_issued_by(issuer.certificate)
        names = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ValueError, InvalidSignature, x509.ExtensionNotFound):
        return False
    complete = set(names.get_values_for_type(x509.DNSName)) == set(REAL_NAMES)
    return complete and kept.not_valid_after_utc - _RENEW_BEFORE > now


def _make_authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    # The serial number in the name keeps two authorities apart in a bundle that trusts both.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{_ORGANIZATION} CA {secrets.token_hex(4)}"),
        ]
    )
    usage = _key_usage(key_cert_sign=True, crl_sign=True)
    builder = (
        _start(name, name, key, now, _CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(_constraints(), critical=True)
    )
    return _Pair(key, builder.sign(key, hashes.SHA256()))


def _issue(issuer: _Pair, now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, REAL_NAMES[0])])
    subject_key = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _start(name, issuer.certificate.subject, key, now, _LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([*map(x509.DNSName, REAL_NAMES)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject_key), critical=False
        )
    )
    return _Pair(key, builder.sign(issuer.key, hashes.SHA256()), (issuer.certificate,))


def _start(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _constraints() -> x509.NameConstraints:
    """The real names and those below them; no address at all."""
    # A constraint on a name covers all names below it.
    names = [one for one in REAL_NAMES if not any(one.endswith("." + other) for other in REAL_NAMES)]
    addresses = [x509.IPAddress(ip_network(one)) for one in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints([*map(x509.DNSName, names)], addresses)


def _trusted_already() -> bytes:
    """The certificates that this machine's OpenSSL trusts, without authorities of emulators set by a variable."""
    context = ssl.create_default_context()
    trusted = context.get_ca_certs(binary_form=True)
    return "".join(
        ssl.DER_cert_to_PEM_cert(one) for one in trusted if _ORGANIZATION.encode() not in one
    ).encode()


def _write(path: Path, data: bytes, mode: int, *, keep: bool = False) -> None:
    """Put a file in place in one step; with `keep`, only if there is none yet. The same bytes are left alone."""
    if path.exists() and (keep or path.read_bytes() == data):
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.chmod(temporary, mode)  # noqa: PTH101 - the process's umask may have taken bits away
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if keep:
            _link(temporary, path)
        else:
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _link(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return  # another process was first, and its file counts
