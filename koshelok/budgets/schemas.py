"""JSON shapes of budgets and expenses."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from koshelok.budgets.errors import MonthOutOfRange, MonthUnreadable, UnknownCategory
from koshelok.budgets.models import DESCRIPTION_LIMIT
from koshelok.budgets.queries import BudgetRow
from koshelok.core.clock import today
from koshelok.core.money import to_json
from koshelok.finance.queries import Filters, Record
from koshelok.finance.queries.filters import QUERY_LIMIT
from koshelok.web.addresses import MAX_ID
from koshelok.web.auth import current_workspace
from koshelok.web.schemas import (
    AmountBound,
    DateIn,
    MoneyIn,
    MoneyOut,
    PageOut,
    PageQuery,
    Schema,
    checked,
)

EXPENSE_LIMIT = 1000  # that of a record's comment, which it is
CODE = r"^[A-Z][A-Z_]{0,19}$"
_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
_EXAMPLE_DATE = date(2026, 11, 21)
_ID = {"type": "integer", "minimum": 1, "maximum": MAX_ID}


def _read_category(value: object) -> int | str:
    if isinstance(value, str) and re.fullmatch(CODE[1:-1], value, re.ASCII):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_ID:
        return value
    raise UnknownCategory


def _read_asked_category(value: object) -> int | str:
    digits = isinstance(value, str) and re.fullmatch(r"\d{1,19}", value, re.ASCII)
    return _read_category(int(str(value)) if digits else value)


def _read_month(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(_MONTH[1:-1], value, re.ASCII):
        raise MonthUnreadable
    year, month = map(int, value.split("-"))
    if not 1970 <= year <= 2200:
        raise MonthOutOfRange
    return date(year, month, 1)


def _write_month(value: date) -> str:
    return f"{value:%Y-%m}"


_CATEGORY_SCHEMA = {"anyOf": [{"type": "string", "pattern": CODE}, _ID], "examples": ["FOOD"]}
_MONTH_SCHEMA = {"type": "string", "pattern": _MONTH, "examples": ["2026-11"]}

Id = Annotated[int, Field(ge=1, le=MAX_ID)]
CategoryRef = Annotated[
    int | str,
    BeforeValidator(checked(_read_category)),
    WithJsonSchema(_CATEGORY_SCHEMA),
]
AskedCategory = Annotated[
    int | str,
    BeforeValidator(checked(_read_asked_category)),
    WithJsonSchema(_CATEGORY_SCHEMA),
]
MonthIn = Annotated[date, BeforeValidator(checked(_read_month)), WithJsonSchema(_MONTH_SCHEMA)]
MonthOut = Annotated[date, PlainSerializer(_write_month), WithJsonSchema(_MONTH_SCHEMA)]
RestOut = Annotated[
    Decimal,
    PlainSerializer(to_json),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,22}\.\d{2}$", "examples": ["60.25"]}),
]


class IdPath(Schema):
    """`/{id}`."""

    id: Id


class ExpenseIn(Schema):
    """An expense whole; without a date it is today's in the workspace's zone."""

    amount: MoneyIn
    description: str = Field("", max_length=EXPENSE_LIMIT, examples=["Bozorlik"])
    category: CategoryRef
    date: DateIn | None = Field(None, examples=[_EXAMPLE_DATE])


class ExpensePatch(Schema):
    """What of an expense changes; the rest stays."""

    amount: MoneyIn | None = None
    description: str | None = Field(None, max_length=EXPENSE_LIMIT, examples=["Bozorlik"])
    category: CategoryRef | None = None
    date: DateIn | None = Field(None, examples=[_EXAMPLE_DATE])


class ExpenseOut(Schema):
    """An expense; `category` is an id, `code` is set for the categories of every workspace."""

    id: int = Field(examples=[41])
    amount: MoneyOut
    description: str = Field(examples=["Bozorlik"])
    category: int = Field(examples=[3])
    category_name: str = Field(examples=["Oziq-ovqat"])
    code: str | None = Field(examples=["FOOD"])
    date: Annotated[date, Field(examples=[_EXAMPLE_DATE])]
    created_at: datetime

    @classmethod
    def of(cls, record: Record) -> "ExpenseOut":
        """From a record."""
        return cls.model_construct(
            id=record.id,
            amount=record.amount,
            description=record.comment,
            category=record.category,
            category_name=record.category_name,
            code=record.code,
            date=record.date,
            created_at=record.created_at,
        )


class ExpensePage(PageOut[ExpenseOut]):
    """A page of expenses, the newest first."""


class ExpenseQuery(PageQuery):
    """What a list of expenses is narrowed to; days and amounts are included."""

    category: AskedCategory | None = None
    start_date: DateIn | None = None
    end_date: DateIn | None = None
    min_amount: AmountBound | None = None
    max_amount: AmountBound | None = None
    query: str | None = Field(
        None,
        max_length=QUERY_LIMIT,
        description="Words of the description, or of a category, in the language of "
        "`/finance/transactions`: `food >50000 #toy -taxi may`.",
    )

    def filters(self, category: int | None) -> Filters:
        """Without the page; `category` is the id of the one that is asked for."""
        rest = self.model_dump(exclude={"limit", "cursor", "category"})
        workspace = current_workspace()
        return Filters(
            category=category, type="expense", today=today(workspace.time_zone),
            first=workspace.month_start, **rest,
        )  # fmt: skip


class BudgetIn(Schema):
    """A budget whole; without a month it is the running one's."""

    amount: MoneyIn
    description: str = Field("", max_length=DESCRIPTION_LIMIT, examples=["Bozorlik"])
    category: CategoryRef
    month: MonthIn | None = None


class BudgetPatch(Schema):
    """What of a budget changes; the rest stays."""

    amount: MoneyIn | None = None
    description: str | None = Field(None, max_length=DESCRIPTION_LIMIT, examples=["Bozorlik"])
    category: CategoryRef | None = None
    month: MonthIn | None = None


class BudgetOut(Schema):
    """A budget and what came of it: amount + moved + carried - spent = left. Of savings, `spent`
    is what was put aside."""

    id: int = Field(examples=[7])
    amount: MoneyOut
    description: str = Field(examples=["Bozorlik"])
    category: int = Field(examples=[3])
    category_name: str = Field(examples=["Oziq-ovqat"])
    code: str | None = Field(examples=["FOOD"])
    type: Literal["expense", "saving"]
    month: MonthOut
    moved: RestOut
    carried: RestOut
    spent: RestOut
    left: RestOut
    percent: int = Field(ge=0, examples=[40])

    @classmethod
    def of(cls, row: BudgetRow) -> "BudgetOut":
        """From a budget with its figures."""
        there, figures = row.of, row.of.figures
        return cls.model_construct(
            id=row.id,
            amount=figures.base,
            description=there.description,
            category=there.category,
            category_name=there.category_name,
            code=there.code,
            type=there.type,  # type: ignore[arg-type]  # the database holds one of the two
            month=there.month,
            moved=figures.moved,
            carried=figures.carried,
            spent=figures.spent,
            left=figures.left,
            percent=figures.percent,
        )


class BudgetPage(PageOut[BudgetOut]):
    """A page of budgets, the newest month first."""


class BudgetQuery(PageQuery):
    """What a list of budgets is narrowed to."""

    month: MonthIn | None = None
    category: AskedCategory | None = None
