"""A row of somebody's table as a person with an opening balance, or what is wrong with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from koshelok.core.clock import today
from koshelok.core.errors import Invalid
from koshelok.core.money import AmountOutOfRange, AmountTooPrecise, InvalidAmount, positive
from koshelok.core.phones import InvalidPhone, read_phone
from koshelok.core.text import TextMissing, TextTooLong, clean
from koshelok.debtors.errors import DueDateTooEarly
from koshelok.debtors.models import NAME_LIMIT, NOTE_LIMIT
from koshelok.infra.cells_in import (
    NotCalculated,
    Reason,
    UnreadDay,
    check_calculated,
    plain_dashes,
    read_amount,
    read_day,
)
from koshelok.infra.tables_in import Cell, as_text, limited, read_table

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
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)


class DayAhead(Invalid):
    """A balance that is yet to come, or of long ago."""

    code = "day_ahead"
    message = "The day must be between 1970 and today."


class BothBalances(Invalid):
    """Somebody owes and has credit at once."""

    code = "both_balances"
    message = "Either a debt or credit, not both."


REASONS: tuple[type[Invalid], ...] = (
    InvalidPhone, InvalidAmount, AmountTooPrecise, AmountOutOfRange, TextMissing, TextTooLong,
    UnreadDay, DayAhead, DueDateTooEarly, NotCalculated, BothBalances,
)  # fmt: skip


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
            values[name] = read(check_calculated(found.get(name, "")))
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
    return read_phone(plain_dashes(as_text(cell)))


def _read_note(cell: Cell) -> str:
    return clean(as_text(cell), limit=NOTE_LIMIT, field="note")


def _read_limit(cell: Cell) -> Decimal | None:
    amount = read_amount(cell)
    return positive(amount) if amount else None


def _read_past(cell: Cell) -> date | None:
    day = read_day(cell)
    if day is not None and not _FIRST_DAY <= day <= today():
        raise DayAhead
    return day


def _read_due(cell: Cell) -> date | None:
    day = read_day(cell)
    if day is not None and not _FIRST_DAY <= day <= _LAST_DAY:
        raise DueDateTooEarly
    return day


_READERS: Mapping[str, Callable[[Cell], Any]] = {
    "full_name": _read_name,
    "phone_number": _read_phone,
    "debt": read_amount,
    "credit": read_amount,
    "credit_limit": _read_limit,
    "note": _read_note,
    "date": _read_past,
    "due_date": _read_due,
}
