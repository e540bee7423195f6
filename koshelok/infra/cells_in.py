"""What a cell of somebody's table says: an amount, a day, or why it is neither."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from koshelok.core.errors import Invalid
from koshelok.core.money import InvalidAmount, parse_amount, positive
from koshelok.infra.tables_in import Cell, Formula, as_text

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ZERO = re.compile(r"0[0.,\s]*(so.?m|сум|сўм|uzs)?\.?", re.IGNORECASE)
_PLAIN = re.compile(r"([+-]?)([0-9]{1,16}(?:\.[0-9]{1,2})?)")
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d\d)")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_TIME = re.compile(r"(?<![T\s])[T\s]+\d{1,2}:.*")
_SERIAL_START, _SERIALS = date(1899, 12, 30), range(10_000, 80_000)
_DAYS_KEPT = 4096


class UnreadDay(Invalid):
    """Not a date in a spelling that we know."""

    code = "unread_day"
    message = "Write a date, for example 21.11.2026."


class NotCalculated(Invalid):
    """A formula without its value."""

    code = "not_calculated"
    message = "This formula has no value yet. Open the file in Excel, save it and bring it again."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell is refused: an English sentence with what fills it."""

    field: str
    message: str
    params: dict[str, Any]


def plain_dashes(text: str) -> str:
    """Each kind of dash as a minus."""
    return text if text.isascii() else text.translate(_DASHES)


def check_calculated(cell: Cell) -> Cell:
    """The cell; raises NotCalculated for a formula."""
    if isinstance(cell, Formula):
        raise NotCalculated
    return cell


def read_amount(cell: Cell) -> Decimal:
    """Also 0, blank, a dash for nothing, `-5 000` and an accountant's `(5 000)`."""
    if isinstance(cell, Decimal):
        return positive(abs(cell)).copy_sign(cell) if cell else Decimal(0)
    text = plain_dashes(as_text(cell)).strip()
    if plain := _PLAIN.fullmatch(text):
        return _signed(Decimal(plain[2]), negative=plain[1] == "-")
    bracketed = text.startswith("(") and text.endswith(")")
    inner = text[1:-1].strip() if bracketed else text
    digits = inner.lstrip("+-").strip()
    if not digits or _ZERO.fullmatch(digits):
        return Decimal(0)
    amount = parse_amount(digits)
    negative = bracketed or inner.startswith("-")
    if negative and set("+-") & set(digits):
        raise InvalidAmount
    return -amount if negative else amount


def _signed(amount: Decimal, *, negative: bool) -> Decimal:
    amount = positive(amount) if amount else Decimal(0)
    return -amount if negative else amount


def read_day(cell: Cell) -> date | None:
    """A day in any spelling, a spreadsheet's number of it, or None where nothing is written."""
    if isinstance(cell, Decimal):
        if int(cell) not in _SERIALS:
            raise UnreadDay
        return _SERIAL_START + timedelta(days=int(cell))
    return _day_of(as_text(cell))


@lru_cache(_DAYS_KEPT)
def _day_of(written: str) -> date | None:
    text = _TIME.sub("", written)
    if not text:
        return None
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _DAY.fullmatch(text):
        day, month, year = map(int, match.groups())
        year += 2000 if len(match[3]) == 2 else 0
    else:
        raise UnreadDay
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadDay from error
