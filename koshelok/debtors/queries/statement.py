"""The statement: what a person owed at first, what happened, what they owe then, how late it is.

It tells of the past what is known today: a voided entry is there, struck through, and has had
no effect. Days are cut in Asia/Tashkent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select, text, union_all

from koshelok.core.clock import midnight, today
from koshelok.debtors.ageing import Ageing, age
from koshelok.debtors.errors import StatementDates, StatementDatesReversed, StatementTooLong
from koshelok.debtors.queries.lines import Line, LineKind, select_lines
from koshelok.debtors.queries.people import Person, get_person
from koshelok.debtors.split import split
from koshelok.infra.db import session

FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2200, 12, 31)
AT_ONCE = 1000  # lines that are answered within a request
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Balanced:
    """A line, and what was owed after it; below zero it is credit."""

    line: Line
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Summary:
    """What a statement comes to, in so'm: opening + taken - paid - written_off = closing.

    The buckets of `ageing` sum to what was owed at the end of the last day; what was held for
    the person then is `credit`. `start` is None where it begins with the first entry.
    """

    person: Person
    start: date | None
    end: date
    opening: Decimal
    taken: Decimal
    paid: Decimal
    written_off: Decimal
    count: int
    ageing: Ageing

    @property
    def closing(self) -> Decimal:
        """What was owed at the end; below zero it is credit."""
        return self.opening + self.taken - self.paid - self.written_off

    @property
    def debt(self) -> Decimal:
        """What was open at the end."""
        return max(self.closing, Decimal(0))

    @property
    def credit(self) -> Decimal:
        """What the shop held for the person at the end."""
        return max(-self.closing, Decimal(0))


@dataclass(frozen=True, slots=True)
class Statement(Summary):
    """The same with its lines, the oldest first."""

    lines: list[Balanced]


def get_statement(
    workspace_id: int, debtor_id: int, start: date | None, end: date | None
) -> Statement:
    """A statement with its lines; without an end it goes until today.

    Raises DebtorNotFound, StatementDates, StatementDatesReversed, and StatementTooLong above
    AT_ONCE lines.
    """
    summary = summarize(workspace_id, debtor_id, start, end)
    statement = with_lines(summary)
    if statement.lines and statement.lines[-1].balance != summary.closing:
        return get_statement(workspace_id, debtor_id, start, end)  # written between the two reads
    return statement


def with_lines(summary: Summary) -> Statement:
    """The same with its lines; raises StatementTooLong."""
    if summary.count > AT_ONCE:
        raise StatementTooLong(limit=AT_ONCE)
    values = {name: getattr(summary, name) for name in summary.__dataclass_fields__}
    return Statement(**values, lines=list(iterate(summary)))


def summarize(workspace_id: int, debtor_id: int, start: date | None, end: date | None) -> Summary:
    """What a statement comes to, whatever its length; raises as get_statement, but not the last."""
    end = end or today()
    _check(start, end)
    person = get_person(workspace_id, debtor_id)
    before, sums, count = _sums(debtor_id, _first_instant(start), _stop(end))
    closing = before + sum(sums.values(), Decimal(0))
    return Summary(
        person=person, start=start, end=end, opening=before, taken=sums[LineKind.DEBT],
        paid=-sums[LineKind.PAYMENT], written_off=-sums[LineKind.WRITE_OFF], count=count,
        ageing=_age(debtor_id, end, closing),
    )  # fmt: skip


def iterate(summary: Summary) -> Iterator[Balanced]:
    """The lines of a statement, the oldest first, as they come from the database."""
    rows = session.execute(
        _balanced(summary.person.id, _first_instant(summary.start), _stop(summary.end)),
        execution_options={"yield_per": 500},
    )
    for *line, balance in rows:
        yield Balanced(Line(*line), balance)


def months_back(day: date, months: int) -> date:
    """The first day of the month that is so many months before the day's."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _check(start: date | None, end: date) -> None:
    for name, day in (("start_date", start), ("end_date", end)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise StatementDates(field=name)
    if start is not None and end < start:
        raise StatementDatesReversed


def _first_instant(start: date | None) -> datetime:
    return midnight(start or FIRST_DAY)


def _stop(end: date) -> datetime:
    return midnight(end + _ONE_DAY)


def _balanced(debtor_id: int, start: datetime, stop: datetime) -> Select[*tuple[Any, ...]]:
    """Lines until `stop` with the balance after each, then of them those from `start` on."""
    every = union_all(*select_lines(debtor_id).values()).subquery("every")
    order = (every.c.at, every.c.rank, every.c.id)
    running = (
        select(*every.c, func.sum(every.c.effect).over(order_by=order).label("balance"))
        .where(every.c.at < stop)
        .subquery("running")
    )
    return (
        select(*running.c)
        .where(running.c.at >= start)
        .order_by(running.c.at, running.c.rank, running.c.id)
    )


def _sums(
    debtor_id: int, start: datetime, stop: datetime
) -> tuple[Decimal, dict[LineKind, Decimal], int]:
    """What was owed before, what each kind of line changed since, and how many lines that is."""
    every = union_all(*select_lines(debtor_id).values()).subquery("every")
    within = every.c.at >= start
    rows = session.execute(
        select(
            every.c.kind,
            func.coalesce(func.sum(every.c.effect).filter(~within), 0),
            func.coalesce(func.sum(every.c.effect).filter(within), 0),
            func.count().filter(within),
        )
        .where(every.c.at < stop)
        .group_by(every.c.kind)
    ).all()
    sums = dict.fromkeys(LineKind, Decimal(0))
    sums.update((LineKind(kind), changed) for kind, _, changed, _ in rows)
    opening = sum((before for _, before, _, _ in rows), Decimal(0))
    return opening, sums, sum(count for *_, count in rows)


# What was open of each debt at an instant: what is open now and what later payments and
# write-offs have covered since.
_OPEN_THEN = text("""
    WITH later AS (
        SELECT part.debt_id, part.amount FROM payments
        JOIN debt_allocations AS part ON part.payment_id = payments.id AND part.voided_at IS NULL
        WHERE payments.debtor_id = :debtor AND payments.created_at >= :stop
        UNION ALL
        SELECT debt_id, amount FROM debt_allocations
        WHERE debtor_id = :debtor AND kind = 'write_off' AND created_at >= :stop
            AND voided_at IS NULL
    )
    SELECT id, aged_from, remaining + coalesce(covered, 0) AS remaining
    FROM debts
    LEFT JOIN (SELECT debt_id, sum(amount) AS covered FROM later GROUP BY debt_id) AS since
        ON since.debt_id = debts.id
    WHERE debtor_id = :debtor AND created_at < :stop AND (remaining > 0 OR covered > 0)
    ORDER BY created_at, id
""")


def _age(debtor_id: int, end: date, closing: Decimal) -> Ageing:
    """How late what was owed then was. Money was owed one way only: what was held at that time,
    though today it may cover a later debt, covers the oldest."""
    owed = session.execute(_OPEN_THEN, {"debtor": debtor_id, "stop": _stop(end)}).all()
    held = sum((debt.remaining for debt in owed), Decimal(0)) - closing
    left = {cover.debt: cover.left for cover in split(owed, held).covers}
    return age(((debt.aged_from, left.get(debt.id, debt.remaining)) for debt in owed), end)
