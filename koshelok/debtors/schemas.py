"""JSON shapes of the debtors' book."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from koshelok.debtors.models import DESCRIPTION_LIMIT, NAME_LIMIT, NOTE_LIMIT, REASON_LIMIT
from koshelok.debtors.queries import DebtFilters, DebtView, PaymentView, Person
from koshelok.debtors.queries.lists import QUERY_LIMIT
from koshelok.web.addresses import MAX_ID
from koshelok.web.schemas import DateIn, MoneyIn, MoneyOut, PageOut, PageQuery, Schema, SumOut

MAX_CHOSEN = 1000
PHONE_LIMIT = 40
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
BodyId = Annotated[int, Field(ge=1, le=MAX_ID, strict=True)]
StatusName = Literal["pending", "partially_paid", "paid", "voided"]
FilterName = Literal["pending", "partially_paid", "paid", "voided", "overdue"]
MethodName = Literal["cash", "card", "koshelok"]
_EXAMPLE_DATE = date(2026, 11, 30)
_EXAMPLE_NAME = "Gulnora Yoʻldosheva"
_EXAMPLE_PHONE = "+998901234567"


class IdPath(Schema):
    """`/{id}`."""

    id: Id


class DebtorIn(Schema):
    """A person to enter into the book."""

    full_name: str = Field(max_length=NAME_LIMIT, examples=[_EXAMPLE_NAME])
    phone_number: str = Field(
        max_length=PHONE_LIMIT, examples=[_EXAMPLE_PHONE], description="In any spelling."
    )
    note: str = Field("", max_length=NOTE_LIMIT, examples=["Qo'shni, 12-uy"])
    credit_limit: MoneyIn | None = Field(None, description="What they may owe at most.")


class DebtorPatch(Schema):
    """What of a person changes; the rest stays. A limit of null takes the limit away."""

    full_name: str | None = Field(None, max_length=NAME_LIMIT, examples=[_EXAMPLE_NAME])
    phone_number: str | None = Field(None, max_length=PHONE_LIMIT, examples=[_EXAMPLE_PHONE])
    note: str | None = Field(None, max_length=NOTE_LIMIT, examples=["Qo'shni, 12-uy"])
    credit_limit: MoneyIn | None = None
    reminders: bool | None = Field(None, strict=True, description="Whether SMS may remind them.")


class DebtorOut(Schema):
    """A person of the book; of credit and debt one is always 0."""

    id: int = Field(examples=[3])
    full_name: str = Field(examples=[_EXAMPLE_NAME])
    phone_number: str = Field(examples=[_EXAMPLE_PHONE])
    note: str = Field(examples=["Qo'shni, 12-uy"])
    credit_limit: MoneyOut | None
    credit_balance: SumOut
    debt_total: SumOut
    reminders: bool
    promised_on: date | None = Field(examples=[_EXAMPLE_DATE])
    last_entry_at: datetime
    created_at: datetime


class DebtorPage(PageOut[DebtorOut]):
    """A page of people, those entered last first."""


class DebtorQuery(PageQuery):
    """What a list of people is narrowed to."""

    query: str | None = Field(
        None, max_length=QUERY_LIMIT, description="Parts of the name, or digits of the phone."
    )


class DebtIn(Schema):
    """A debt to write down. Only an owner of the book may override a limit."""

    debtor: BodyId = Field(examples=[3])
    amount: MoneyIn
    description: str = Field("", max_length=DESCRIPTION_LIMIT, examples=["Un, 50 kg"])
    due_date: DateIn | None = Field(
        None,
        examples=[_EXAMPLE_DATE],
        description="Left out, as the book's settings say; null is none.",
    )
    override_limit: bool = Field(False, strict=True)


class DebtPatch(Schema):
    """What is said of a debt; the rest stays. A due date of null takes the date away."""

    description: str | None = Field(None, max_length=DESCRIPTION_LIMIT, examples=["Un, 50 kg"])
    due_date: DateIn | None = Field(None, examples=[_EXAMPLE_DATE])


class DebtPartOut(Schema):
    """What a payment covers of a debt."""

    payment: int = Field(examples=[7])
    amount: MoneyOut
    created_at: datetime


class DebtOut(Schema):
    """A debt; `remaining` is its amount less its allocations and what was written off."""

    id: int = Field(examples=[41])
    debtor: int = Field(examples=[3])
    full_name: str = Field(examples=[_EXAMPLE_NAME])
    phone_number: str = Field(examples=[_EXAMPLE_PHONE])
    amount: MoneyOut
    remaining: MoneyOut
    written_off: MoneyOut
    status: StatusName
    description: str = Field(examples=["Un, 50 kg"])
    due_date: date | None = Field(examples=[_EXAMPLE_DATE])
    created_at: datetime
    voided_at: datetime | None
    void_reason: str | None = Field(examples=["Ikki marta yozilgan"])
    allocations: list[DebtPartOut]


class DebtPage(PageOut[DebtOut]):
    """A page of debts, the newest first; overdue ones go from the one due longest."""


class DebtQuery(PageQuery):
    """What a list of debts is narrowed to, by one filter or several together."""

    debtor: Id | None = None
    status: FilterName | None = Field(
        None, description="`overdue` is what is still open after its due date."
    )
    created_at: DateIn | None = Field(None, description="A day in the workspace's zone.")
    full_name: str | None = Field(None, max_length=QUERY_LIMIT, description="Parts of the name.")

    def filters(self) -> DebtFilters:
        """Without the page."""
        return DebtFilters(**self.model_dump(exclude={"limit", "cursor"}))


class ReasonIn(Schema):
    """Why an entry is taken back or forgiven."""

    reason: str = Field(max_length=REASON_LIMIT, examples=["Ikki marta yozilgan"])


class PaymentIn(Schema):
    """Money that came. It covers `debts` first, in their order of age, then the oldest."""

    debtor: BodyId = Field(examples=[3])
    amount: MoneyIn
    description: str = Field("", max_length=DESCRIPTION_LIMIT, examples=["Oylikdan"])
    method: Literal["cash", "card"] = "cash"
    debts: list[BodyId] = Field(default_factory=list, max_length=MAX_CHOSEN, examples=[[41]])


class PaymentPartOut(Schema):
    """What a payment covers of a debt."""

    debt: int = Field(examples=[41])
    amount: MoneyOut
    created_at: datetime


class PaymentOut(Schema):
    """A payment; what of it covers no debt is `credited`, and pays the next one."""

    id: int = Field(examples=[7])
    debtor: int = Field(examples=[3])
    full_name: str = Field(examples=[_EXAMPLE_NAME])
    phone_number: str = Field(examples=[_EXAMPLE_PHONE])
    amount: MoneyOut
    credited: MoneyOut
    method: MethodName
    description: str = Field(examples=["Oylikdan"])
    created_at: datetime
    status: Literal["accepted", "voided"]
    voided_at: datetime | None
    void_reason: str | None = Field(examples=["Ikki marta yozilgan"])
    allocations: list[PaymentPartOut]


class PaymentPage(PageOut[PaymentOut]):
    """A page of payments, the newest first."""


class PaymentQuery(PageQuery):
    """What a list of payments is narrowed to."""

    debtor: Id | None = None
    created_at: DateIn | None = Field(None, description="A day in the workspace's zone.")


def debtor_out(person: Person) -> DebtorOut:
    """A person as JSON."""
    fields = DebtorOut.model_fields
    return DebtorOut.model_construct(**{name: getattr(person, name) for name in fields})


def debt_out(debt: DebtView) -> DebtOut:
    """A debt as JSON."""
    fields = {name: getattr(debt, name) for name in DebtOut.model_fields}
    parts = [
        DebtPartOut.model_construct(
            payment=part.payment, amount=part.amount, created_at=part.created_at
        )
        for part in debt.allocations
        if part.payment is not None
    ]
    return DebtOut.model_construct(**fields | {"allocations": parts})


def payment_out(payment: PaymentView) -> PaymentOut:
    """A payment as JSON."""
    fields = {name: getattr(payment, name) for name in PaymentOut.model_fields}
    parts = [
        PaymentPartOut.model_construct(
            debt=part.debt, amount=part.amount, created_at=part.created_at
        )
        for part in payment.allocations
    ]
    return PaymentOut.model_construct(**fields | {"allocations": parts})
