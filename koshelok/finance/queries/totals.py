"""Sums, read from the kept totals: a range is its whole months and the days at its edges."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, Date, and_, case, cast, func, or_, select, text

from koshelok.finance.models import Category, CategoryTotal, Grain, Type
from koshelok.finance.periods import ONE_DAY, Span, month_end, month_of, month_start
from koshelok.infra.db import session

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sums:
    """Income and expense of a span."""

    income: Decimal
    expense: Decimal

    @property
    def balance(self) -> Decimal:
        """What is left."""
        return self.income - self.expense


@dataclass(frozen=True, slots=True)
class CategorySum:
    """A category's total over a span; only categories that have records there."""

    category: int
    category_name: str
    code: str | None
    type: str
    total: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Point:
    """A day's or a month's income and expense, for a chart; a month is named by its 1st, and at
    the edges of a span it is cut."""

    name: date
    start: date
    end: date
    sums: Sums


_EVER = text("""
    SELECT category.id, category.name, category.code, category.type, amount, count
    FROM category_totals
    JOIN categories AS category ON category.id = category_id
    WHERE category_totals.workspace_id = :workspace_id AND grain = 'all' AND count > 0
    ORDER BY category.type, amount DESC, category.id
""")


def sum_ever(workspace_id: int) -> list[CategorySum]:
    """Every category's total over all time, the largest first within its type."""
    rows = session.execute(_EVER, {"workspace_id": workspace_id})
    return [CategorySum(*row) for row in rows]


def sum_by_category(workspace_id: int, span: Span) -> list[CategorySum]:
    """Every category's total over a span, the largest first within its type."""
    return _by_category(workspace_id, _within(span))


def add_up(sums: Iterable[CategorySum]) -> Sums:
    """Income and expense of totals by category."""
    found = {Type.INCOME: ZERO, Type.EXPENSE: ZERO}
    for item in sums:
        found[Type(item.type)] += item.total
    return Sums(found[Type.INCOME], found[Type.EXPENSE])


def find_sums(
    workspace_id: int, span: Span, category_id: int | None = None, type_: str | None = None
) -> Sums:
    """Income and expense of a span, of one category or type if given."""
    return add_up(
        item
        for item in sum_by_category(workspace_id, span)
        if category_id in {None, item.category} and type_ in {None, item.type}
    )


def change_percent(now: Decimal, before: Decimal) -> int | None:
    """By how many percent a sum changed; None where there was nothing before."""
    return int(((now - before) * 100 / before).to_integral_value()) if before else None


def sum_spans(workspace_id: int, *spans: Span) -> list[Sums]:
    """Income and expense of each span, in one query."""
    columns = [
        func.sum(CategoryTotal.amount).filter(_within(span), Category.type == type_)
        for span in spans
        for type_ in (Type.INCOME, Type.EXPENSE)
    ]
    row = session.execute(
        select(*columns)
        .select_from(CategoryTotal)
        .join(Category, Category.id == CategoryTotal.category_id)
        .where(CategoryTotal.workspace_id == workspace_id, or_(*(_within(span) for span in spans)))
    ).one()
    return [Sums(row[i] or ZERO, row[i + 1] or ZERO) for i in range(0, len(row), 2)]


def sum_by_month(
    workspace_id: int, categories: Collection[int], span: Span, first_day: int
) -> dict[tuple[int, date], Decimal]:
    """What categories sum to in each month of a span of whole months, by category and the month's
    1st, where months begin on the day `first_day`."""
    grain = Grain.MONTH if first_day == 1 else Grain.DAY
    day = CategoryTotal.period_start
    rows = session.execute(
        select(CategoryTotal.category_id, day, CategoryTotal.amount).where(
            CategoryTotal.workspace_id == workspace_id,
            CategoryTotal.grain == grain,
            CategoryTotal.category_id.in_(categories),
            day.between(span.start, span.end),
        )
    )
    sums: dict[tuple[int, date], Decimal] = {}
    for category, start, amount in rows:
        cell = category, month_of(start, first_day)
        sums[cell] = sums.get(cell, ZERO) + amount
    return sums


def list_points(workspace_id: int, span: Span, grain: Grain, first_day: int = 1) -> list[Point]:
    """Income and expense of each day or month of a span, empty ones too, the oldest first.

    Months begin on the day `first_day`; those at the span's edges are cut to it.
    """
    by_month = grain is Grain.MONTH
    within = _within(span) if by_month and first_day == 1 else _days(span)
    start: ColumnElement[date] = CategoryTotal.period_start.expression
    if by_month:
        start = cast(func.date_trunc("month", start - (first_day - 1)), Date)
    rows = session.execute(
        select(
            start.label("start"),
            func.sum(case((Category.type == Type.INCOME, CategoryTotal.amount), else_=ZERO)),
            func.sum(case((Category.type == Type.EXPENSE, CategoryTotal.amount), else_=ZERO)),
        )
        .join(Category, Category.id == CategoryTotal.category_id)
        .where(CategoryTotal.workspace_id == workspace_id, within)
        .group_by(text("1"))
    )
    found = {day: Sums(income, expense) for day, income, expense in rows}
    return [
        Point(name, piece.start, piece.end, found.get(name, Sums(ZERO, ZERO)))
        for name, piece in cut(span, grain, first_day)
    ]


def cut(span: Span, grain: Grain, first_day: int = 1) -> Iterable[tuple[date, Span]]:
    """The days or the months of a span, in order, each by its name: the day, the month's 1st."""
    start = span.start
    while start <= span.end:
        name = start if grain is Grain.DAY else month_of(start, first_day)
        last = start if grain is Grain.DAY else min(month_end(start, first_day), span.end)
        yield name, Span(start, last)
        start = last + ONE_DAY


def _by_category(workspace_id: int, within: ColumnElement[bool]) -> list[CategorySum]:
    total = func.sum(CategoryTotal.amount)
    count = cast(func.sum(CategoryTotal.count), BigInteger)
    rows = session.execute(
        select(Category.id, Category.name, Category.code, Category.type, total, count)
        .join(CategoryTotal, CategoryTotal.category_id == Category.id)
        .where(CategoryTotal.workspace_id == workspace_id, within, CategoryTotal.count > 0)
        .group_by(Category.id)
        .order_by(Category.type, total.desc(), Category.id)
    ).all()
    return [CategorySum(*row) for row in rows]


def _within(span: Span) -> ColumnElement[bool]:
    first = span.start if span.start.day == 1 else month_end(span.start) + ONE_DAY
    after = span.end + ONE_DAY
    last = month_start(after) - ONE_DAY
    if last < first:
        return _days(span)
    return or_(
        _rows(Grain.MONTH, first, last),
        *_edges((span.start, first - ONE_DAY), (last + ONE_DAY, span.end)),
    )


def _days(span: Span) -> ColumnElement[bool]:
    return _rows(Grain.DAY, span.start, span.end)


def _edges(*ranges: tuple[date, date]) -> Sequence[ColumnElement[bool]]:
    return [_rows(Grain.DAY, start, end) for start, end in ranges if start <= end]


def _rows(grain: Grain, start: date, end: date) -> ColumnElement[bool]:
    return and_(CategoryTotal.grain == grain, CategoryTotal.period_start.between(start, end))
