"""Card numbers: 7777, eleven random digits, and one that proves them (Luhn, ISO/IEC 7812-1)."""

import re
import secrets

from koshelok.wallet.errors import InvalidCardNumber

PREFIX = "7777"
LENGTH = 16
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009-]+")


def new_number() -> str:
    """A new number; that it is free is the database's business."""
    body = PREFIX + "".join(secrets.choice("0123456789") for _ in range(LENGTH - len(PREFIX) - 1))
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The last digit, from those before it."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def bare(text: str) -> str:
    """Without the spaces and dashes that people put between the groups of a number."""
    return _SPACES.sub("", text)


def read_number(text: str, *, field: str = "to_card") -> str:
    """Sixteen digits from how people write them: spaces and dashes; raises InvalidCardNumber."""
    digits = bare(text)
    if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit():
        raise InvalidCardNumber(field=field)
    if not digits.startswith(PREFIX) or check_digit(digits[:-1]) != digits[-1]:
        raise InvalidCardNumber(field=field)
    return digits


def dashed(number: str) -> str:
    """As the API shows it: 7777-1234-5678-9012."""
    return "-".join(number[place : place + 4] for place in range(0, LENGTH, 4))


def masked(number: str) -> str:
    """As lists show another's card: 7777 •••• 9012."""
    return f"{number[:4]} •••• {number[-4:]}"


def mask_name(name: str) -> str:
    """A holder as a stranger may see them before paying: `Malika Karimova` is `M***a K.`"""
    words = name.split()
    if not words:
        return "***"
    first = f"{words[0][0]}***{words[0][-1]}" if len(words[0]) > 2 else f"{words[0][0]}***"
    return f"{first} {words[-1][0]}." if len(words) > 1 else first
