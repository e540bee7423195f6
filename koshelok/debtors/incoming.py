"""A row of somebody's table as a person with an opening balance, or what is wrong with it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from koshelok.core.clock import today
from koshelok.core.errors import Invalid
from koshelok.core.money import (
    AmountOutOfRange,
    AmountTooPrecise,
    InvalidAmount,
    parse_amount,
    positive,
)
from koshelok.core.phones import InvalidPhone, read_phone
from koshelok.core.text import TextMissing, TextTooLong, clean
from koshelok.debtors.errors import DueDateTooEarly
from koshelok.debtors.models import NAME_LIMIT, NOTE_LIMIT
from koshelok.infra.tables_in import Cell, Formula, as_text, limited, read_table

MAX_ROWS = 20_000
REQUIRED = ("full_name", "phone_number")
# What people call each column; the labels of our own exports are known besides.
WORDS: Mapping[str, Sequence[str]] = {
    "full_name": (
        "ism", "ismi", "ism familiya", "F.I.Sh", "FISH", "FIO", "mijoz", "xaridor", "qarzdor",
        "исм", "Ф.И.Ш", "Ф.И.О", "ФИО", "мижоз", "имя", "клиент", "покупатель", "должник",
        "name", "full name", "customer", "client", "debtor",
    ),
    "phone_number": (
        "telefon", "telefon raqami", "tel", "raqam", "raqami", "nomer", "телефон", "тел",
        "телефон рақами", "рақам", "номер", "номер телефона", "phone", "phone number", "mobile",
    ),
    "debt": (
        "qarz", "qarzi", "qarz summasi", "qoldiq", "balans", "summa", "қарз", "қарзи", "қолдиқ",
        "долг", "сумма долга", "задолженность", "остаток", "баланс", "сальдо", "сумма",
        "debt", "balance", "opening balance", "amount",
    ),
    "credit": ("avans", "haq", "аванс", "предоплата", "переплата", "credit", "advance"),
    "credit_limit": ("limit", "qarz limiti", "лимит", "лимит долга", "credit limit"),
    "note": (
        "izoh", "eslatma", "изоҳ", "примечание", "комментарий", "заметка", "note", "comment",
    ),
    "date": ("sana", "qarz sanasi", "сана", "дата", "дата долга", "date"),
    "due_date": (
        "muddat", "muddati", "to'lov muddati", "муддат", "срок", "срок оплаты", "due", "due date",
    ),
}  # fmt: skip
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ZERO = re.compile(r"0[0.,\s]*(so.?m|сум|сўм|uzs)?\.?", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d\d)")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_TIME = re.compile(r"[T\s]+\d{1,2}:.*")
_SERIAL_START, _SERIALS = date(1899, 12, 30), range(10_000, 80_000)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)


class UnreadDay(Invalid):
    """Not a date in a spelling that we know."""

    code = "unread_day"
    message = "Write a date, for example 21.11.2026."


class DayAhead(Invalid):
    """A balance that is yet to come, or of long ago."""

    code = "day_ahead"
    message = "The day must be between 1970 and today."


class NotCalculated(Invalid):
    """A formula without its value."""

    code = "not_calculated"
    message = "This formula has no value yet. Open the file in Excel, save it and bring it again."


class BothBalances(Invalid):
    """Somebody owes and has credit at once."""

    code = "both_balances"
    message = "Either a debt or credit, not both."


REASONS: tuple[type[Invalid], ...] = (
    InvalidPhone, InvalidAmount, AmountTooPrecise, AmountOutOfRange, TextMissing, TextTooLong,
    UnreadDay, DayAhead, DueDateTooEarly, NotCalculated, BothBalances,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell is refused: an English sentence with what fills it."""

    field: str
    message: str
    params: dict[str, Any]


@dataclass(slots=True)
class Incoming:
    """One row, read. `balance` is what the person owes; below zero, what the shop holds."""

    number: int
    cells: list[Cell]
    texts: dict[str, str]
    full_name: str = ""
    phone_number: str = ""
    balance: Decimal = Decimal(0)
    credit_limit: Decimal | None = None
    note: str = ""
    day: date | None = None
    due_date: date | None = None
    wrong: list[Reason] = field(default_factory=list)


def read_rows(path: Path, mapping: Mapping[str, Any]) -> Iterator[Incoming]:
    """The rows of a file below its header, as an import's mapping says. Raises Invalid."""
    rows = (row for row in read_table(path) if row[0] >= mapping["first"])
    for number, cells in limited(rows, MAX_ROWS):
        yield read_row(number, cells, mapping["columns"])


def read_row(number: int, cells: list[Cell], columns: Mapping[str, int]) -> Incoming:
    """A row by its columns; each cell that cannot be taken is told in `wrong`."""
    found = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
    row = Incoming(number, cells, {name: as_text(cell) for name, cell in found.items()})
    values: dict[str, Any] = {}
    for name, read in _READERS.items():
        try:
            cell = found.get(name, "")
            if isinstance(cell, Formula):
                raise NotCalculated
            values[name] = read(cell)
        except Invalid as error:
            row.wrong.append(Reason(name, error.message, error.params))
    if values.get("debt") and values.get("credit"):
        row.wrong.append(Reason("credit", BothBalances.message, {}))
    if row.wrong:
        return row
    row.full_name, row.phone_number = values["full_name"], values["phone_number"]
    row.balance = values["debt"] - values["credit"]
    row.credit_limit, row.note = values["credit_limit"], values["note"]
    row.day, row.due_date = values["date"], values["due_date"]
    return row


def _read_name(cell: Cell) -> str:
    name = " ".join(as_text(cell).split())
    return clean(name, limit=NAME_LIMIT, field="full_name", required=True)


def _read_phone(cell: Cell) -> str:
    return read_phone(as_text(cell).translate(_DASHES))


def _read_note(cell: Cell) -> str:
    return clean(as_text(cell), limit=NOTE_LIMIT, field="note")


def _read_amount(cell: Cell) -> Decimal:
    """Also 0, blank, a dash for nothing, `-5 000` and an accountant's `(5 000)`."""
    if isinstance(cell, Decimal):
        return positive(abs(cell)).copy_sign(cell) if cell else Decimal(0)
    text = as_text(cell).translate(_DASHES).strip()
    bracketed = text.startswith("(") and text.endswith(")")
    plain = text[1:-1].strip() if bracketed else text
    digits = plain.lstrip("+-").strip()
    if not digits or _ZERO.fullmatch(digits):
        return Decimal(0)
    amount = parse_amount(digits)
    negative = bracketed or plain.startswith("-")
    if negative and set("+-") & set(digits):
        raise InvalidAmount
    return -amount if negative else amount


def _read_limit(cell: Cell) -> Decimal | None:
    amount = _read_amount(cell)
    return positive(amount) if amount else None


def _read_day(cell: Cell) -> date | None:
    if isinstance(cell, Decimal):
        if int(cell) not in _SERIALS:
            raise UnreadDay
        return _SERIAL_START + timedelta(days=int(cell))
    text = _TIME.sub("", as_text(cell))
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


def _read_past(cell: Cell) -> date | None:
    day = _read_day(cell)
    if day is not None and not _FIRST_DAY <= day <= today():
        raise DayAhead
    return day


def _read_due(cell: Cell) -> date | None:
    day = _read_day(cell)
    if day is not None and not _FIRST_DAY <= day <= _LAST_DAY:
        raise DueDateTooEarly
    return day


_READERS: Mapping[str, Callable[[Cell], Any]] = {
    "full_name": _read_name,
    "phone_number": _read_phone,
    "debt": _read_amount,
    "credit": _read_amount,
    "credit_limit": _read_limit,
    "note": _read_note,
    "date": _read_past,
    "due_date": _read_due,
}
