"""What is budgeted, carried, spent and left. Three reads, whatever the number of records: spent
comes from the kept totals of finance, never from the records."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Select,
    and_,
    any_,
    bindparam,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from koshelok.budgets.models import Budget, BudgetMove, BudgetPlan, Carry, Earmark
from koshelok.budgets.months import ZERO, Figures, fold, next_month
from koshelok.finance import queries as finance
from koshelok.finance.periods import Span, month_of, month_span
from koshelok.infra.db import session

_Cell = tuple[int, date]


def _select_set() -> Select[Any]:
    """Budgets, what was moved, the carry modes and the names, up to the month `last`; made once,
    since making it takes as long as asking it."""
    move, nothing = BudgetMove, literal(ZERO)
    mine, last = bindparam("workspace_id", type_=BigInteger), bindparam("last", type_=Date)
    here = and_(move.workspace_id == mine, move.month <= last)
    each = union_all(
        select(
            Budget.category_id.label("category"), Budget.month, Budget.amount.label("base"),
            nothing.label("moved"), Budget.id.label("id"), Budget.description,
        ).where(Budget.workspace_id == mine, Budget.month <= last),
        select(move.from_id, move.month, nothing, -move.amount, null(), null()).where(here),
        select(move.to_id, move.month, nothing, move.amount, null(), null()).where(here),
    ).subquery()  # fmt: skip
    category = finance.named()
    return (
        select(each, BudgetPlan.carry, category.c.name, category.c.code, category.c.type)
        .join(category, category.c.id == each.c.category)
        .outerjoin(BudgetPlan, BudgetPlan.category_id == each.c.category)
    )


_SET = _select_set()
_OF_SOME = _SET.where(
    _SET.selected_columns["category"] == any_(bindparam("only", type_=ARRAY(BigInteger)))
)
_WITHOUT_SAVINGS = _SET.where(_SET.selected_columns["type"] != "saving")


@dataclass(frozen=True, slots=True)
class CategoryMonth:
    """A category in a month; `budget_id` is None where it only carries on, or takes part by what
    was moved to it."""

    category: int
    category_name: str
    code: str | None
    type: str
    carry: str
    month: date
    budget_id: int | None
    description: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Month:
    """All categories of a month that have a budget, now or earlier, those with the least left
    first; savings apart, since they are put aside and not spent."""

    month: date
    span: Span
    expenses: Sequence[CategoryMonth]
    savings: Sequence[CategoryMonth]

    @property
    def total(self) -> Figures:
        """All expenses together."""
        figures = [row.figures for row in self.expenses]
        return Figures(
            sum((item.base for item in figures), ZERO),
            sum((item.moved for item in figures), ZERO),
            sum((item.carried for item in figures), ZERO),
            sum((item.spent for item in figures), ZERO),
        )


def get_month(workspace_id: int, month: date, first_day: int, *, savings: bool = True) -> Month:
    """A month named by its 1st, where months begin on the day `first_day`; without savings, a read
    less."""
    rows = list(_read(workspace_id, month, first_day, savings=savings))
    rows.sort(key=lambda row: (-row.figures.percent, row.category_name, row.category))
    return Month(
        month,
        month_span(month, first_day),
        [row for row in rows if row.type == "expense"],
        [row for row in rows if row.type == "saving"],
    )


def get_category_month(
    workspace_id: int, category_id: int, month: date, first_day: int
) -> CategoryMonth | None:
    """One category in a month; None where it has no budget, nor had one."""
    return next(iter(_read(workspace_id, month, first_day, {category_id})), None)


def list_figures(
    workspace_id: int, cells: Collection[_Cell], first_day: int
) -> dict[_Cell, CategoryMonth]:
    """The figures of several categories in several months, by category and month."""
    if not cells:
        return {}
    last = max(month for _, month in cells)
    folded = _Fold(workspace_id, last, first_day, {category for category, _ in cells})
    return {cell: folded.at(*cell) for cell in cells}


def _read(
    workspace_id: int,
    month: date,
    first_day: int,
    only: Collection[int] | None = None,
    *,
    savings: bool = True,
) -> Iterator[CategoryMonth]:
    folded = _Fold(workspace_id, month, first_day, only, savings=savings)
    return (folded.at(category, month) for category in folded.categories())


class _Fold:
    """The months of categories, from the first budget of each to `last`."""

    def __init__(
        self,
        workspace_id: int,
        last: date,
        first_day: int,
        only: Collection[int] | None,
        *,
        savings: bool = True,
    ) -> None:
        self._last, self._first_day, self._only, self._savings = last, first_day, only, savings
        self._base: dict[_Cell, Decimal] = {}
        self._moved: defaultdict[_Cell, Decimal] = defaultdict(lambda: ZERO)
        self._spent: dict[_Cell, Decimal] = {}
        self._ids: dict[_Cell, tuple[int, str]] = {}
        self._first: dict[int, date] = {}
        self._carry: dict[int, str] = {}
        self._named: dict[int, tuple[str, str | None, str]] = {}
        self._read_set(workspace_id)
        self._read_spent(workspace_id)

    def categories(self) -> list[int]:
        """Those that have figures."""
        return list(self._first)

    def at(self, category: int, month: date) -> CategoryMonth:
        """One category in one month."""
        name, code, type_ = self._named[category]
        id_, description = self._ids.get((category, month), (None, ""))
        carry = self._carry.get(category, Carry.NONE)
        figures = fold(self._months(category, month), carry)
        return CategoryMonth(category, name, code, type_, carry, month, id_, description, figures)

    def _months(self, category: int, last: date) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
        month = min(self._first.get(category, last), last)
        while month <= last:
            cell = category, month
            yield self._base.get(cell, ZERO), self._moved[cell], self._spent.get(cell, ZERO)
            month = next_month(month)

    def _read_set(self, workspace_id: int) -> None:
        """Everything that was said, in one go."""
        values: dict[str, Any] = {"workspace_id": workspace_id, "last": self._last}
        query = _SET if self._savings else _WITHOUT_SAVINGS
        if self._only is not None:
            query, values["only"] = _OF_SOME, list(self._only)
        for row in session.execute(query, values):
            cell = row.category, row.month
            self._first[row.category] = min(self._first.get(row.category, row.month), row.month)
            self._carry[row.category] = row.carry or Carry.NONE
            self._named[row.category] = row.name, row.code, row.type
            self._moved[cell] += row.moved
            if row.id is not None:
                self._base[cell], self._ids[cell] = row.base, (row.id, row.description)

    def _read_spent(self, workspace_id: int) -> None:
        if not self._first:
            return
        span = Span(
            month_span(min(self._first.values()), self._first_day).start,
            month_span(self._last, self._first_day).end,
        )
        savings = {id_ for id_, (_, _, type_) in self._named.items() if type_ == "saving"}
        if expenses := self._first.keys() - savings:
            self._spent = finance.sum_by_month(workspace_id, expenses, span, self._first_day)
        if not savings:
            return
        rows = session.execute(
            select(Earmark.category_id, Earmark.date, func.sum(Earmark.amount))
            .where(
                Earmark.category_id.in_(savings),
                Earmark.date.between(span.start, span.end),
            )
            .group_by(Earmark.category_id, Earmark.date)
        )
        for category, day, amount in rows:
            cell = category, month_of(day, self._first_day)
            self._spent[cell] = self._spent.get(cell, ZERO) + amount
