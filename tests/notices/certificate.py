"""A certificate made on the spot for a mail server on this machine, with nothing but the standard library."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

PUBLIC_EXPONENT = 65537
SMALL_PRIMES = [number for number in range(3, 2000) if all(number % less for less in range(2, int(number**0.5) + 1))]
RSA, SHA256_WITH_RSA, COMMON_NAME = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", "2.5.4.3"
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    count = 0 if size < 128 else size.bit_length() + 7 >> 3
    return bytes([tag, 0x80 | count, *size.to_bytes(count, "big")] if count else [tag, size]) + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _bits(content: bytes) -> bytes:
    return _der(0x03, b"\0" + content)


def _object(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    found = [first * 40 + second]
    for number in rest:
        groups = [number >> shift & 0x7F for shift in range(0, max(number.bit_length(), 1), 7)][::-1]
        found += [0x80 | group for group in groups[:-1]] + [groups[-1]]
    return _der(0x06, bytes(found))


def _is_prime(number: int) -> bool:
    if any(number % small == 0 for small in SMALL_PRIMES):
        return False
    twos = (number - 1 & 1 - number).bit_length() - 1
    for _ in range(16):
        power = pow(secrets.randbelow(number - 3) + 2, number - 1 >> twos, number)
        if power not in (1, number - 1) and not any(
            (power := power * power % number) == number - 1 for _ in range(twos - 1)
        ):
            return False
    return True


def _prime(bits: int) -> int:
    while True:
        number = secrets.randbits(bits) | 3 << bits - 2 | 1
        if number % PUBLIC_EXPONENT != 1 and _is_prime(number):
            return number


def _name(text: str) -> bytes:
    return _sequence(_der(0x31, _sequence(_object(COMMON_NAME), _der(0x0C, text.encode()))))


def _pem(label: str, content: bytes) -> str:
    text = base64.encodebytes(content).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n"


@lru_cache
def _made() -> str:
    one, other = _prime(1024), _prime(1024)
    modulus, phi = one * other, (one - 1) * (other - 1)
    secret = pow(PUBLIC_EXPONENT, -1, phi)
    key = _sequence(
        *map(_integer, (0, modulus, PUBLIC_EXPONENT, secret, one, other, secret % (one - 1), secret % (other - 1))),
        _integer(pow(other, -1, one)),
    )
    algorithm = _sequence(_object(SHA256_WITH_RSA), _der(0x05, b""))
    now = datetime.now(UTC)
    days = [f"{now + timedelta(days=away):%y%m%d%H%M%SZ}".encode() for away in (-1, 2)]
    public = _sequence(
        _sequence(_object(RSA), _der(0x05, b"")), _bits(_sequence(_integer(modulus), _integer(PUBLIC_EXPONENT)))
    )
    names = _sequence(_der(0x82, b"localhost"))
    authority = _sequence(_der(0x01, b"\xff"))
    body = _sequence(
        _der(0xA0, _integer(2)), _integer(secrets.randbits(64)), algorithm, _name("localhost"),
        _sequence(*(_der(0x17, day) for day in days)), _name("localhost"), public,
        _der(0xA3, _sequence(
            _sequence(_object("2.5.29.17"), _der(0x04, names)),
            _sequence(_object("2.5.29.19"), _der(0x01, b"\xff"), _der(0x04, authority)),
        )),
    )  # fmt: skip
    digest = SHA256_PREFIX + hashlib.sha256(body).digest()
    padded = b"\0\1" + b"\xff" * (256 - 3 - len(digest)) + b"\0" + digest
    signature = pow(int.from_bytes(padded, "big"), secret, modulus).to_bytes(256, "big")
    certificate = _sequence(body, algorithm, _bits(signature))
    return _pem("CERTIFICATE", certificate) + _pem("RSA PRIVATE KEY", key)


def certificate_for_localhost(folder: Path) -> Path:
    """A file with a certificate that names "localhost", good for two days, and its key."""
    file = folder / "mail-server.pem"
    file.write_text(_made())
    return file
