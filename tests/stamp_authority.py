"""A timestamp authority of our own for tests: root, signing certificate, and RFC 3161 responses, written byte by byte.

`cryptography` makes no CMS of the content type that a token has, so the few structures of RFC 3161, section 2.4.2, and
RFC 5652, section 5, are encoded here.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client._rust import parse_timestamp_request

TST_INFO = "1.2.840.113549.1.9.16.1.4"
SIGNED_DATA = "1.2.840.113549.1.7.2"
SHA256 = "2.16.840.1.101.3.4.2.1"
RSA_SHA256 = "1.2.840.113549.1.1.11"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
POLICY = "1.3.6.1.4.1.57264.2"
FROM, UNTIL = datetime(2015, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


class Authority:
    """A root, and a certificate under it that may stamp; `purpose` lets it be one that may not."""

    def __init__(
        self,
        name: str = "Stamps of a test",
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
        until: datetime = UNTIL,
    ) -> None:
        root_key = rsa.generate_private_key(65537, 2048)
        self._key = rsa.generate_private_key(65537, 2048)
        self.root = _certificate(f"{name}: root", f"{name}: root", root_key, root_key, None, UNTIL)
        self._own = _certificate(name, f"{name}: root", self._key, root_key, purpose, until)

    @property
    def root_pem(self) -> bytes:
        """The root as a file holds it."""
        return self.root.public_bytes(Encoding.PEM)

    def stamp(self, request: bytes, at: datetime) -> bytes:
        """The response to a request, granted, with the signing certificate in it."""
        imprint = bytes(parse_timestamp_request(request).message_imprint.message)
        info = _seq(
            _int(1), _oid(POLICY), _seq(_algorithm(SHA256), _octets(imprint)), _int(7),
            _tagged(0x18, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()),
        )  # fmt: skip
        token = _seq(_oid(SIGNED_DATA), _tagged(0xA0, self._signed(info)))
        return _seq(_seq(_int(0)), token)

    def _signed(self, info: bytes) -> bytes:
        """SignedData with one signer."""
        own = self._own.public_bytes(Encoding.DER)
        hashed = _seq(_seq(_seq(_octets(hashlib.sha256(own).digest()))))
        attributes = sorted(
            [
                _seq(_oid(CONTENT_TYPE), _set(_oid(TST_INFO))),
                _seq(_oid(MESSAGE_DIGEST), _set(_octets(hashlib.sha256(info).digest()))),
                _seq(_oid(SIGNING_CERTIFICATE_V2), _set(hashed)),
            ]
        )
        signature = self._key.sign(_set(*attributes), padding.PKCS1v15(), hashes.SHA256())
        signer = _seq(
            _int(1), _seq(self._own.issuer.public_bytes(), _int(self._own.serial_number)), _algorithm(SHA256),
            _tagged(0xA0, b"".join(attributes)), _algorithm(RSA_SHA256), _octets(signature),
        )  # fmt: skip
        content = _seq(_oid(TST_INFO), _tagged(0xA0, _octets(info)))
        return _seq(_int(3), _set(_algorithm(SHA256)), content, _tagged(0xA0, own), _set(signer))


def _certificate(
    name: str,
    issuer: str,
    key: rsa.RSAPrivateKey,
    signing_key: rsa.RSAPrivateKey,
    purpose: x509.ObjectIdentifier | None,
    until: datetime,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(until - timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=purpose is None, path_length=None), critical=True)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(signing_key, hashes.SHA256())


def _tagged(tag: int, content: bytes) -> bytes:
    """Tag, definite length, content (X.690, section 8.1)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _seq(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _set(*parts: bytes) -> bytes:
    return _tagged(0x31, b"".join(sorted(parts)))


def _octets(data: bytes) -> bytes:
    return _tagged(0x04, data)


def _int(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    encoded = bytes([40 * first + second])
    for arc in rest:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        encoded += bytes(reversed(groups))
    return _tagged(0x06, encoded)


def _algorithm(dotted: str) -> bytes:
    """AlgorithmIdentifier with NULL parameters."""
    return _seq(_oid(dotted), b"\x05\x00")
