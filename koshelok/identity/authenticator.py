"""Authenticator apps (RFC 6238): secrets, sealed at rest, and the codes that people type."""

import base64
import hmac
import logging
import re
import secrets
from datetime import datetime
from functools import cache

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from koshelok.infra.settings import current

ISSUER = "Koshelok"
WINDOW = 1  # steps of 30 seconds that a clock may be off, either way
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_DIGITS = re.compile(r"\d{6}", re.ASCII)

logger = logging.getLogger(__name__)


def new_secret() -> str:
    """A secret of 160 bits, in base32 as apps take it."""
    return pyotp.random_base32()


def seal(secret: str) -> str:
    """Encrypt a secret: a copy of the database alone tells nothing."""
    return _box(current().secret_key).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """The secret, or None where it was sealed under another key of the house."""
    try:
        return _box(current().secret_key).decrypt(sealed).decode()
    except InvalidToken:
        logger.error("a TOTP secret was sealed under another SECRET_KEY")
        return None


def address(secret: str, account: str) -> str:
    """The `otpauth:` address that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def matching_step(sealed: str, code: str, at: datetime) -> int | None:
    """The latest time step around an instant whose code this is, or None."""
    secret = unseal(sealed)
    if secret is None or not _DIGITS.fullmatch(code):
        return None
    app = pyotp.TOTP(secret)
    here = app.timecode(at)
    steps = range(here - WINDOW, here + WINDOW + 1)
    matching = [step for step in steps if hmac.compare_digest(app.generate_otp(step), code)]
    return max(matching, default=None)


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 bits, in four groups that are easy to copy by hand."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def plain(code: str) -> str:
    """A code as it is compared: without the blanks and dashes that people type, in one case."""
    return "".join(code.split()).replace("-", "").lower()


def in_groups(text: str, separator: str) -> str:
    """Four by four, so that an eye does not get lost."""
    return separator.join(text[i : i + 4] for i in range(0, len(text), 4))


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return in_groups(letters, "-")


@cache
def _box(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"koshelok totp secrets")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
