"""Addresses that open without an account: a row's id with a signature, short enough for an SMS.

Nothing of them is stored: who reads the database, and not the SECRET_KEY, opens no door.
"""

import base64
import hmac
import string
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from koshelok.infra.settings import current

SIGNATURE_BYTES = 15  # 120 bits
LONGEST = 40
_DIGITS = string.digits + string.ascii_lowercase


def sign(link_id: int) -> str:
    """The token of a link: `<id in base 36>-<signature>`."""
    place = _base36(link_id)
    digest = hmac.digest(_key(current().secret_key), place.encode(), "sha256")
    return f"{place}-{base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()}"


def read(token: str) -> int | None:
    """The id that a token of ours was made for, or None for a forged one."""
    place = token.partition("-")[0]
    if len(token) > LONGEST or not place or not set(place) <= set(_DIGITS):
        return None
    link_id = int(place, 36)
    return link_id if hmac.compare_digest(sign(link_id).encode(), token.encode()) else None


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


@cache
def _key(secret_key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"koshelok debtor links")
    return derived.derive(secret_key.encode())
