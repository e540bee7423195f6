"""Passwords: argon2id, 8 to 128 characters, and not among the first that anybody would try."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from koshelok.identity.errors import (
    PasswordInvalid,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
)

MIN_LENGTH, MAX_LENGTH = 8, 128
MIN_DIFFERENT = 4
MIN_PERSONAL = 4
COMMON = Path(__file__).with_name("common_passwords.txt")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890",
         "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
         "qazwsxedcrfvtgb", "1qaz2wsx3edc4rfv")  # fmt: skip

# OWASP's least: 19 MiB, 2 passes, 1 lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt."""
    return _hasher.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long where there is none to compare with."""
    try:
        _hasher.verify(stored or _decoy(), _normal(password))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def check_password(
    password: str, *, personal: Iterable[str | None] = (), field: str = "password"
) -> None:
    """Raise Invalid unless the password may be used; `personal` are the owner's own names."""
    if any(unicodedata.category(char) == "Cs" for char in password):
        raise PasswordInvalid(field=field)
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort(field=field, limit=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise PasswordTooLong(field=field, limit=MAX_LENGTH)
    if _is_common(password.lower()) or _is_personal(password.lower(), personal):
        raise PasswordTooCommon(field=field)


def _is_common(password: str) -> bool:
    return (
        password in _common()
        or _core(password) in _common()
        or password.isdecimal()
        or len(set(password)) < MIN_DIFFERENT
        or any(password in (row * 4) or password in (row * 4)[::-1] for row in _ROWS)
    )


def _is_personal(password: str, personal: Iterable[str | None]) -> bool:
    """Equal to a name of the owner's, but for digits and signs around it."""
    names = {part.lower() for name in personal if name for part in (name, name.partition("@")[0])}
    return any(len(name) >= MIN_PERSONAL and name in {password, _core(password)} for name in names)


def _core(password: str) -> str:
    """What is left without the digits and signs that people put around a word."""
    return password.strip("0123456789!@#$%.,_-+*? ")


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode()
