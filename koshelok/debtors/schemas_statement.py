"""JSON shapes of a statement."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from koshelok.core.money import to_json
from koshelok.debtors.ageing import Bucket
from koshelok.debtors.papers import TYPES
from koshelok.debtors.queries import Balanced, Statement
from koshelok.debtors.schemas import MethodName
from koshelok.web.schemas import DateIn, MoneyOut, Schema, SumOut

_FILE = {"schema": {"type": "string", "format": "binary"}}
BalanceOut = Annotated[
    Decimal,
    PlainSerializer(to_json),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,22}\.\d{2}$", "examples": ["-350.00"]}),
]
_BUCKETS = {
    "not_due": Bucket.NOT_DUE,
    "days_0_30": Bucket.UP_TO_30,
    "days_31_60": Bucket.UP_TO_60,
    "days_61_90": Bucket.UP_TO_90,
    "over_90": Bucket.OVER_90,
}


class StatementQuery(Schema):
    """Which days, both included; without them from the first entry until today."""

    start_date: DateIn | None = None
    end_date: DateIn | None = None


class StatementIn(StatementQuery):
    """A statement to write into a file."""

    format: Literal["pdf", "csv", "xlsx"] = Field(examples=["pdf"])


class EntryOut(Schema):
    """A debt, a payment or a write-off, and what was owed after it; a voided one had no effect.

    `effect` is what it does to the balance. `debt` is the debt that it is, or writes off."""

    type: Literal["debt", "payment", "write_off"] = Field(examples=["payment"])
    id: int = Field(examples=[41])
    debt: int | None = Field(examples=[41])
    amount: MoneyOut
    effect: BalanceOut
    balance: BalanceOut
    description: str = Field(examples=["Non, sut"])
    due_date: date | None
    method: MethodName | None
    created_at: datetime
    voided_at: datetime | None
    void_reason: str | None


class AgeingOut(Schema):
    """What is open by how late it is at the end of the last day; the sum is `debt`."""

    not_due: SumOut
    days_0_30: SumOut
    days_31_60: SumOut
    days_61_90: SumOut
    over_90: SumOut


class StatementOut(Schema):
    """opening + taken - paid - written_off = closing; below zero it is credit."""

    model_config: ClassVar[Any] = {
        "openapi_extra": {"content": {type_.partition(";")[0]: _FILE for type_ in TYPES.values()}}
    }

    debtor: int = Field(examples=[3])
    full_name: str = Field(examples=["Gulnora Yoʻldosheva"])
    phone_number: str = Field(examples=["+998901234567"])
    start_date: date | None
    end_date: date
    opening: BalanceOut
    taken: SumOut
    paid: SumOut
    written_off: SumOut
    closing: BalanceOut
    debt: SumOut
    credit: SumOut
    ageing: AgeingOut
    entries: list[EntryOut]


def statement_out(statement: Statement) -> StatementOut:
    """A statement as JSON."""
    sums = ("opening", "taken", "paid", "written_off", "closing", "debt", "credit")
    ageing = {name: statement.ageing[bucket] for name, bucket in _BUCKETS.items()}
    return StatementOut.model_construct(
        debtor=statement.person.id,
        full_name=statement.person.full_name,
        phone_number=statement.person.phone_number,
        start_date=statement.start,
        end_date=statement.end,
        **{name: getattr(statement, name) for name in sums},
        ageing=AgeingOut(**ageing),
        entries=[_entry_out(balanced) for balanced in statement.lines],
    )


def _entry_out(balanced: Balanced) -> EntryOut:
    line = balanced.line
    same = (
        "id", "debt", "amount", "effect", "description", "due_date", "method", "voided_at",
        "void_reason",
    )  # fmt: skip
    return EntryOut.model_construct(
        type=line.kind,  # type: ignore[arg-type]  # one of the three
        balance=balanced.balance,
        created_at=line.at,
        **{name: getattr(line, name) for name in same},
    )
