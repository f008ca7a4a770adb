"""PEM: keys and certificates as text, read and made with ``cryptography``, which comes with the extra."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from talkies.core.errors import InputError, in_one_line

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_YEARS = 30
"""Without a time-stamp server a signature holds as long as its certificate does, and archives keep for long."""
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Signer:
    """``algorithm``: as C2PA names it ("es256"); ``key``: PKCS 8, PEM; ``chain``: PEM, the signer's own first."""

    algorithm: str
    key: str
    chain: str

    @property
    def authority(self) -> str:
        """The last certificate of the chain, PEM."""
        return certificates_in(self.chain)[-1]


@dataclass(frozen=True)
class Described:
    """What a certificate says of itself."""

    organization: str
    name: str
    since: datetime
    until: datetime
    fingerprint: str

    @property
    def is_valid(self) -> bool:
        """Today."""
        return self.since <= datetime.now(UTC) <= self.until


def certificates_in(text: str) -> list[str]:
    """The certificates of a PEM file, in order."""
    parts = (each.partition(_END) for each in text.split(_BEGIN)[1:])
    return [f"{_BEGIN}{inside}{end}\n" for inside, end, _ in parts if end]


def described(certificate: str) -> Described:
    """Raises InputError for what is no certificate."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    read = _read(certificate)

    def first(kind: x509.ObjectIdentifier) -> str:
        return next((str(each.value) for each in read.subject.get_attributes_for_oid(kind)), "")

    organization, name = first(NameOID.ORGANIZATION_NAME), first(NameOID.COMMON_NAME)
    since, until = read.not_valid_before_utc, read.not_valid_after_utc
    return Described(organization, name, since, until, read.fingerprint(SHA256()).hex())


def made_here(name: str) -> Signer:
    """A signer of this computer under an authority of its own, whose key nobody has kept: C2PA refuses a certificate
    that has signed itself."""
    from cryptography.hazmat.primitives.asymmetric import ec

    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    title, mark = name or "talkies on one computer", secrets.token_hex(4)
    authority = _certificate(title, f"talkies authority {mark}", authority_key, None, authority_key)
    own = _certificate(title, f"talkies signer {mark}", key, authority, authority_key)
    return Signer("es256", _private(key), _public(own) + _public(authority))


def given(chain: str, key: str, of: str) -> Signer:
    """A signer of files that somebody has; ``of``: what they are, for the sentence. Raises InputError."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    certificates = certificates_in(chain)
    if not certificates:
        raise InputError(of, "holds no certificate", "give the signer's certificate and its chain as PEM")
    try:
        private = load_pem_private_key(key.encode(), None)
    except TypeError as error:
        raise InputError(of, "its key has a password", "give the key without one, in a folder of your own") from error
    except ValueError as error:
        raise InputError(of, "its key cannot be read", "give it as PEM (PKCS 8)") from error
    if _read(certificates[0]).public_key() != private.public_key():  # type: ignore[union-attr, unused-ignore]
        raise InputError(of, "key and certificate do not belong together", "put the signer's own certificate first")
    return Signer(_algorithm(private, of), _private(private), "".join(certificates))


def _algorithm(key: object, of: str) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    raise InputError(of, "has a key of a kind that C2PA does not know", "use P-256, P-384, P-521, Ed25519 or RSA")


def _read(certificate: str) -> x509.Certificate:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(certificate.encode())
    except ValueError as error:
        raise InputError("certificate", f"cannot be read ({in_one_line(error)})", "give it as PEM") from error


def _certificate(
    organization: str,
    name: str,
    key: EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: EllipticCurvePrivateKey,
) -> x509.Certificate:
    """``issuer`` None: an authority."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now, is_authority = datetime.now(UTC) - timedelta(minutes=5), issuer is None
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    usage = x509.KeyUsage(not is_authority, False, False, False, False, is_authority, is_authority, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not is_authority:
        signs = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])  # of those that C2PA takes
        issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(signs, critical=False).add_extension(issued_by, critical=False)
    return builder.sign(issuer_key, SHA256())


def _public(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode()


def _private(key: object) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    return text.decode()
