"""JSON shapes of finance."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from koshelok.core.clock import today
from koshelok.finance.models import COMMENT_LIMIT, NAME_LIMIT
from koshelok.finance.queries import CategorySum, Filters
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
)

TypeName = Literal["income", "expense"]
CategoryTypeName = Literal["income", "expense", "saving"]
PeriodName = Literal["daily", "weekly", "monthly", "yearly"]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
BodyId = Annotated[int, Field(ge=1, le=MAX_ID, strict=True)]
_EXAMPLE_DATE = date(2026, 11, 21)
DateOut = Annotated[date, Field(examples=[_EXAMPLE_DATE])]


class IdPath(Schema):
    """`/{id}`."""

    id: Id


class CategoryIn(Schema):
    """A category to make."""

    name: str = Field(max_length=NAME_LIMIT, examples=["Meva-sabzavot"])
    type: TypeName = Field(examples=["expense"])


class CategoryPatch(Schema):
    """What of a category may change; the type only while it has no records."""

    name: str | None = Field(None, max_length=NAME_LIMIT, examples=["Meva-sabzavot"])
    type: TypeName | None = Field(None, examples=["expense"])


class CategoryOut(Schema):
    """A category, with what its records sum to over all time."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["Oziq-ovqat"])
    type: CategoryTypeName
    code: str | None = Field(examples=["FOOD"])
    total_amount: MoneyOut


class CategoryPage(PageOut[CategoryOut]):
    """A page of categories."""


class TransactionIn(Schema):
    """A record whole; without a date it is today's in the workspace's zone."""

    category: BodyId = Field(examples=[3])
    amount: MoneyIn
    comment: str = Field("", max_length=COMMENT_LIMIT, examples=["Bozorlik"])
    date: DateIn | None = Field(None, examples=[_EXAMPLE_DATE])


class TransactionPatch(Schema):
    """What of a record changes; the rest stays."""

    category: BodyId | None = Field(None, examples=[3])
    amount: MoneyIn | None = None
    comment: str | None = Field(None, max_length=COMMENT_LIMIT, examples=["Bozorlik"])
    date: DateIn | None = Field(None, examples=[_EXAMPLE_DATE])


class TransactionOut(Schema):
    """A record; its type is its category's."""

    id: int = Field(examples=[41])
    category: int = Field(examples=[3])
    category_name: str = Field(examples=["Oziq-ovqat"])
    type: TypeName
    amount: MoneyOut
    comment: str = Field(examples=["Bozorlik"])
    date: DateOut
    created_at: datetime


class TransactionPage(PageOut[TransactionOut]):
    """A page of records, the newest first."""


class TransactionQuery(PageQuery):
    """What a list of records is narrowed to; days and amounts are included."""

    category: Id | None = None
    type: TypeName | None = None
    start_date: DateIn | None = None
    end_date: DateIn | None = None
    min_amount: AmountBound | None = None
    max_amount: AmountBound | None = None
    query: str | None = Field(
        None,
        max_length=QUERY_LIMIT,
        description="Words of the comment, or of a category's name or code; `-word` leaves out, "
        "`#tag` is found whole, `>50000`, `<=1.5mln`, `=20k` and `10k..50k` bound the amount, "
        "`may`, `2026-05`, `14.05.2026` and `today` the date, in Uzbek, Russian or English.",
    )

    def filters(self) -> Filters:
        """Without the page, on this day of the workspace."""
        return Filters(
            **self.model_dump(exclude={"limit", "cursor"}),
            today=today(current_workspace().time_zone),
            first=current_workspace().month_start,
        )


class CategoryTotalOut(Schema):
    """A category's total."""

    category: int = Field(examples=[3])
    category_name: str = Field(examples=["Oziq-ovqat"])
    type: TypeName
    total: MoneyOut

    @classmethod
    def of(cls, item: CategorySum) -> "CategoryTotalOut":
        """From a sum."""
        return cls.model_construct(
            category=item.category,
            category_name=item.category_name,
            type=item.type,  # type: ignore[arg-type]  # the database holds one of the two
            total=item.total,
        )


class DashboardOut(Schema):
    """Where one stands, over all time."""

    balance: MoneyOut
    income: MoneyOut
    expense: MoneyOut
    categories: list[CategoryTotalOut]


class SummaryPath(Schema):
    """`/summary/{period}`."""

    period: PeriodName


class SummaryQuery(Schema):
    """Other days than the current period's; both or none."""

    start_date: DateIn | None = None
    end_date: DateIn | None = None


class SummaryOut(Schema):
    """A period's income, expense and categories."""

    period: PeriodName
    start_date: date = Field(examples=[date(2026, 11, 1)])
    end_date: date = Field(examples=[date(2026, 11, 30)])
    income: MoneyOut
    expense: MoneyOut
    balance: MoneyOut
    categories: list[CategoryTotalOut]
