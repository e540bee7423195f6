"""A row of somebody's table or statement as a record, or what is wrong with it."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

from koshelok.core.columns import fold
from koshelok.core.errors import Invalid
from koshelok.core.money import AmountOutOfRange, AmountTooPrecise, InvalidAmount, positive
from koshelok.core.text import TextMissing, TextTooLong, clean
from koshelok.finance.errors import BothWays, DayOutOfRange, OtherCurrency, UnknownType
from koshelok.finance.models import COMMENT_LIMIT, EXTERNAL_LIMIT, NAME_LIMIT, Type
from koshelok.finance.periods import check_day
from koshelok.infra.cells_in import (
    NotCalculated,
    Reason,
    UnreadDay,
    check_calculated,
    read_amount,
    read_day,
)
from koshelok.infra.imports import HEAD_ROWS, Labels, plan_columns
from koshelok.infra.ofx_in import is_ofx, read_ofx
from koshelok.infra.tables_in import Cell, Row, as_text, limited, read_table

MAX_ROWS = 200_000
MONEY_FIELDS = ("amount", "income", "expense")
# What people and banks call each column; the labels of our own exports are known besides.
WORDS: Mapping[str, Sequence[str]] = {
    "date": (
        "sana", "sanasi", "kun", "vaqt", "сана", "вақт", "дата", "дата операции", "дата платежа",
        "дата проводки", "день", "date", "day", "transaction date", "posted", "created at",
    ),
    "amount": (
        "summa", "summasi", "miqdor", "miqdori", "сумма", "сумма операции", "сумма в сумах",
        "миқдор", "amount", "sum", "total", "value", "transaction amount",
    ),
    "income": (
        "kirim", "daromad", "tushum", "кирим", "даромад", "доход", "приход", "поступление",
        "поступления", "зачисление", "кредит", "income", "credit", "deposit", "paid in",
    ),
    "expense": (
        "chiqim", "xarajat", "sarf", "чиқим", "харажат", "расход", "расходы", "списание",
        "списания", "дебет", "expense", "debit", "withdrawal", "paid out", "spent",
    ),
    "type": (
        "tur", "turi", "tip", "amal", "amaliyot turi", "тур", "тип", "вид", "вид операции",
        "тип операции", "type", "kind", "transaction type",
    ),
    "category": (
        "toifa", "kategoriya", "turkum", "тоифа", "категория", "рубрика", "статья", "category",
        "category name",
    ),
    "note": (
        "izoh", "tavsif", "eslatma", "maqsad", "изоҳ", "описание", "назначение",
        "назначение платежа", "комментарий", "примечание", "заметка", "получатель", "контрагент",
        "детали", "note", "comment", "description", "memo", "payee", "details", "merchant",
    ),
    "external_id": (
        "id", "hujjat raqami", "chek raqami", "номер документа", "номер операции", "rrn", "fitid",
        "transaction id", "reference", "ref", "external id", "document number",
    ),
    "currency": ("valyuta", "валюта", "currency"),
}  # fmt: skip
_TYPES: Mapping[str, Type] = {
    fold(word): type_
    for type_, words in {
        Type.INCOME: (
            "income", "kirim", "daromad", "tushum", "кирим", "даромад", "доход", "приход",
            "поступление", "зачисление", "пополнение", "popolnenie", "credit", "кредит", "in", "cr",
        ),
        Type.EXPENSE: (
            "expense", "chiqim", "xarajat", "sarf", "to'lov", "чиқим", "харажат", "тўлов", "расход",
            "списание", "оплата", "oplata", "spisanie", "debit", "дебет", "out", "dr",
        ),
    }.items()
    for word in words
}  # fmt: skip
_OURS = {"", "uzs", "sum", "som", "soum", "сум", "сўм", "so m", "860", "000"}
_KEPT = 8192

REASONS: tuple[type[Invalid], ...] = (
    InvalidAmount, AmountTooPrecise, AmountOutOfRange, TextMissing, TextTooLong, UnreadDay,
    DayOutOfRange, NotCalculated, UnknownType, BothWays, OtherCurrency,
)  # fmt: skip


@dataclass(slots=True)
class Incoming:
    """One row, read: a record, or what is wrong with it."""

    number: int
    type: str | None = None
    amount: Decimal | None = None
    date: datetime.date | None = None
    comment: str = ""
    category_name: str = ""
    external_id: str | None = None
    wrong: list[tuple[Reason, str]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)  # as they stand, of a wrong row


def read_source(path: Path) -> Iterator[Row]:
    """The rows of a file, whichever of the kinds it is. Raises Invalid (field `file`)."""
    return read_ofx(path) if is_ofx(path) else read_table(path)


def plan(path: Path, learned: dict[str, str], labels: Labels) -> dict[str, Any]:
    """How to read a file (infra.imports.plan_columns), and what an amount without a sign is:
    spent, unless others beside it have a minus. Raises Invalid."""
    statement = is_ofx(path)
    rows = read_source(path)
    head = list(islice(rows, HEAD_ROWS))
    mapping = plan_columns(chain(head, rows), WORDS, {} if statement else learned, labels)
    signed = any(_is_negative(row, mapping) for row in chain(head, islice(rows, _KEPT)))
    return {**mapping, "positive": Type.INCOME if statement or signed else Type.EXPENSE}


def is_ready(mapping: Mapping[str, Any]) -> bool:
    """Whether the columns that a record needs are known."""
    return "date" in mapping["columns"] and any(f in mapping["columns"] for f in MONEY_FIELDS)


def _is_negative(row: Row, mapping: Mapping[str, Any]) -> bool:
    place = mapping["columns"].get("amount")
    number, cells = row
    if place is None or number < mapping["first"] or place >= len(cells):
        return False
    try:
        return read_amount(cells[place]) < 0
    except Invalid:
        return False


def count_rows(path: Path) -> int:
    """About how many rows a file has, without reading what stands in them."""
    if not is_zipfile(path):
        sign = b"<STMTTRN>" if is_ofx(path) else b"\n"
        with path.open("rb") as file:
            return sum(block.count(sign) for block in iter(lambda: file.read(1 << 20), b""))
    with ZipFile(path) as archive:
        sheets = sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))
        with archive.open(sheets[0]) if sheets else path.open("rb") as part:
            return sum(block.count(b"<row") for block in iter(lambda: part.read(1 << 20), b""))


def read_rows(path: Path, mapping: Mapping[str, Any]) -> Iterator[Incoming]:
    """The rows of a file below its header, as an import's mapping says. Raises Invalid."""
    rows = (row for row in read_source(path) if row[0] >= mapping["first"])
    for number, cells in limited(rows, MAX_ROWS):
        yield read_row(number, cells, mapping)


def read_row(number: int, cells: list[Cell], mapping: Mapping[str, Any]) -> Incoming:
    """A row by its columns; each cell that cannot be taken is told in `wrong`."""
    columns, row = mapping["columns"], Incoming(number)
    found = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
    amounts: dict[str, Decimal] = {}
    for name, cell in found.items():
        try:
            _put(row, name, check_calculated(cell), amounts)
        except Invalid as error:
            row.wrong.append((Reason(name, error.message, error.params), as_text(cell)))
    if not row.wrong:
        try:
            _weigh(row, amounts, found, mapping["positive"])
        except Invalid as error:
            name = error.field or "amount"
            row.wrong.append(
                (Reason(name, error.message, error.params), as_text(found.get(name, "")))
            )
    if row.wrong:
        row.cells = [as_text(cell) for cell in cells]
    return row


def _put(row: Incoming, name: str, cell: Cell, amounts: dict[str, Decimal]) -> None:
    if name in MONEY_FIELDS:
        amounts[name] = read_amount(cell)
    elif name == "date":
        if (day := read_day(cell)) is None:
            raise TextMissing
        row.date = check_day(day)
    elif name == "type":
        row.type = _type_of(as_text(cell))
    elif name == "currency":
        if fold(as_text(cell)) not in _OURS:
            raise OtherCurrency(currency=as_text(cell))
    elif name == "note":
        row.comment = _cleaned(as_text(cell), COMMENT_LIMIT)
    elif name == "category":
        row.category_name = _cleaned(" ".join(as_text(cell).split()), NAME_LIMIT)
    else:
        row.external_id = _cleaned(as_text(cell), EXTERNAL_LIMIT) or None


def _weigh(
    row: Incoming, amounts: dict[str, Decimal], found: Mapping[str, Cell], unsigned: str
) -> None:
    """Which way the money went, and how much of it."""
    came, went = (abs(amounts.get(name, Decimal(0))) for name in ("income", "expense"))
    amount = amounts.get("amount") or Decimal(0)
    if came and went:
        raise BothWays(field="income")
    if came or went:
        row.type = Type.INCOME if came else Type.EXPENSE
    elif row.type is None:
        plus = as_text(found.get("amount", "")).startswith("+")
        row.type = Type.EXPENSE if amount < 0 else Type.INCOME if plus else unsigned
    row.amount = positive(came or went or abs(amount), field=_first(amounts))


def _first(amounts: Mapping[str, Decimal]) -> str:
    return next((name for name in MONEY_FIELDS if name in amounts), "amount")


def _type_of(text: str) -> str | None:
    if not text:
        return None
    if (known := _TYPES.get(fold(text))) is None:
        raise UnknownType
    return known


@lru_cache(_KEPT)
def _cleaned(text: str, limit: int) -> str:
    return clean(text, limit=limit, field="note")
