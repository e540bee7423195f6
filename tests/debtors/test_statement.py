"""The statement: any days of any history, to read, to print, as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from koshelok.core.clock import today
from koshelok.debtors import operations, queries
from koshelok.debtors.errors import DebtorNotFound, StatementDates, StatementDatesReversed
from koshelok.debtors.queries import get_statement
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person
from tests.debtors.books import new_phone

ZONE = ZoneInfo("Asia/Tashkent")
FIRST = datetime(2026, 3, 30, 19, 0, tzinfo=UTC)  # midnight of 31 March in Tashkent
SAME = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def debtor(app: Flask, person: Person) -> int:
    """Somebody in the book of `person`."""
    return add_debtor(app, person)


def add_debtor(app: Flask, person: Person, name: str = "Anvar Karimov") -> int:
    """Enter somebody into a book."""
    with app.app_context(), unit_of_work():
        made = operations.create_debtor(
            actor_id=person.id, workspace_id=person.workspace_id, full_name=name,
            phone_number=new_phone(),
        )  # fmt: skip
        return made.id


def take(person: Person, debtor: int, amount: str, at: datetime, **more: object) -> int:
    """A debt, at a time."""
    return operations.record_debt(
        actor_id=person.id, workspace_id=person.workspace_id, debtor_id=debtor,
        amount=Decimal(amount), at=at, **more,  # type: ignore[arg-type]  # what record_debt takes
    ).id  # fmt: skip


def give(person: Person, debtor: int, amount: str, at: datetime, **more: object) -> int:
    """A payment, at a time."""
    return operations.record_payment(
        actor_id=person.id, workspace_id=person.workspace_id, debtor_id=debtor,
        amount=Decimal(amount), at=at, **more,  # type: ignore[arg-type]  # what record_payment takes
    ).id  # fmt: skip


def day(number: int, hour: int = 12) -> datetime:
    """An hour of a day of April 2026 in Tashkent."""
    return datetime(2026, 4, number, hour, tzinfo=ZONE)


def test_refuses_days_that_are_none(
    context: Flask, person: Person, debtor: int, make_person: Callable[..., Person]
) -> None:
    ask = lambda start, end: get_statement(person.workspace_id, debtor, start, end)  # noqa: E731
    with pytest.raises(StatementDatesReversed):
        ask(date(2026, 4, 2), date(2026, 4, 1))
    with pytest.raises(StatementDatesReversed):
        ask(today() + timedelta(1), None)
    for wrong in (date.min, date(1969, 12, 31), date(2201, 1, 1), date.max):
        with pytest.raises(StatementDates):
            ask(wrong, date(2026, 4, 1))
        with pytest.raises(StatementDates):
            ask(None, wrong)
    with pytest.raises(DebtorNotFound):
        get_statement(make_person().workspace_id, debtor, None, None)


def test_of_nobody_yet_is_empty(context: Flask, person: Person, debtor: int) -> None:
    statement = get_statement(person.workspace_id, debtor, None, None)
    assert (statement.opening, statement.closing, statement.lines) == (0, 0, [])
    assert set(statement.ageing.values()) == {0}
    assert (
        get_statement(person.workspace_id, debtor, date(1970, 1, 1), date(2200, 12, 31)).count == 0
    )


def test_a_day_begins_at_midnight_in_tashkent(context: Flask, person: Person, debtor: int) -> None:
    with unit_of_work():
        take(person, debtor, "100", FIRST - timedelta(microseconds=1))
        take(person, debtor, "20", FIRST)
        take(person, debtor, "3", FIRST + timedelta(days=1))
    march = date(2026, 3, 31)
    only = get_statement(person.workspace_id, debtor, march, march)
    assert (only.opening, only.closing, only.count) == (100, 120, 1)
    before = get_statement(person.workspace_id, debtor, None, date(2026, 3, 30))
    assert (before.opening, before.closing) == (0, 100)
    after = get_statement(person.workspace_id, debtor, date(2026, 4, 1), None)
    assert (after.opening, after.closing) == (120, 123)


@dataclass
class Happened:
    """What the naive book knows of an entry."""

    kind: str
    id: int
    at: datetime
    amount: Decimal
    due: date | None = None
    gone: bool = False


AMOUNTS = st.decimals("0.01", "2000", places=2)
Step = tuple[str, Decimal, int, int | None, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["debt", "debt", "payment", "void", "write_off", "undo"]),
        AMOUNTS,
        st.integers(0, 24 * 140),  # hours after FIRST
        st.none() | st.integers(-5, 120),  # due so many days after
        st.integers(0, 99),  # which of the earlier ones
    ),
    max_size=14,
)
CUTS = st.tuples(st.integers(-3, 145), st.integers(0, 145))


def _play(person: Person, debtor: int, steps: list[Step]) -> list[Happened]:
    """Do what the steps say, in the order of their hours, as a shop would."""
    whose = {"actor_id": person.id, "workspace_id": person.workspace_id}
    happened: list[Happened] = []
    for kind, amount, hours, due, which in sorted(steps, key=lambda step: step[2]):
        at = FIRST + timedelta(hours=hours)
        debts = [h for h in happened if h.kind == "debt" and not h.gone]
        if kind == "debt":
            until = None if due is None else at.astimezone(ZONE).date() + timedelta(due)
            id_ = take(person, debtor, str(amount), at, due_date=until)
            happened.append(Happened("debt", id_, at, amount, until))
        elif kind == "payment":
            first = [debts[which % len(debts)].id] if debts and which % 3 == 0 else []
            happened.append(
                Happened("payment", give(person, debtor, str(amount), at, first=first), at, amount)
            )
        elif kind == "void":
            alive = [h for h in happened if h.kind != "write_off" and not h.gone]
            if not alive:
                continue
            chosen = alive[which % len(alive)]
            chosen.gone = True
            if chosen.kind == "debt":
                operations.void_debt(**whose, debt_id=chosen.id, reason="x")
                for h in happened:
                    h.gone |= h.kind == "write_off" and h.id == chosen.id
            else:
                operations.void_payment(**whose, payment_id=chosen.id, reason="x")
        elif kind == "write_off":
            rest = queries.list_open_debts(debtor)
            if rest:
                debt = rest[which % len(rest)]
                session.execute(
                    text("""INSERT INTO debt_allocations
                        (debtor_id, debt_id, kind, amount, reason, created_by_id, created_at)
                        VALUES (:debtor, :debt, 'write_off', :amount, 'x', :actor, :at)"""),
                    {"debtor": debtor, "debt": debt.id, "amount": debt.remaining,
                     "actor": person.id, "at": at},
                )  # fmt: skip
                session.expire_all()
                happened.append(Happened("write_off", debt.id, at, debt.remaining))
        else:
            alive = [h for h in happened if h.kind == "write_off" and not h.gone]
            if alive:
                chosen = alive[which % len(alive)]
                for h in alive:
                    h.gone |= h.id == chosen.id
                operations.undo_write_off(**whose, debt_id=chosen.id)
    return happened


def _naive(happened: list[Happened], until: datetime) -> Decimal:
    signs = {"debt": 1, "payment": -1, "write_off": -1}
    return sum(
        (signs[h.kind] * h.amount for h in happened if h.at < until and not h.gone), Decimal(0)
    )


def _midnight(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def _dates(first: int, length: int) -> tuple[date, date]:
    start = _midnight(first).astimezone(ZONE).date()
    return start, start + timedelta(length)


@SAME
@given(steps=STEPS, cut=CUTS)
def test_any_cut_of_any_history_agrees_with_a_naive_book(
    app: Flask,
    person: Person,
    debtor: int,
    steps: list[Step],
    cut: tuple[int, int],
) -> None:
    first, length = cut
    start, end = _dates(first, length)
    with app.app_context():
        try:
            happened = _play(person, debtor, steps)
            session.flush()
            statement = get_statement(person.workspace_id, debtor, start, end)
            whole = get_statement(person.workspace_id, debtor, None, None)
            now = queries.get_person(person.workspace_id, debtor)
            then = _open_at(debtor, _midnight(first + length + 1))
            still = _open_at(debtor, datetime.now(UTC))
        finally:
            session.rollback()
    assert statement.opening == _naive(happened, _midnight(first))
    assert statement.closing == _naive(happened, _midnight(first + length + 1))
    assert (
        statement.count
        == len(statement.lines)
        == sum(_midnight(first) <= h.at < _midnight(first + length + 1) for h in happened)
    )
    balance = statement.opening
    for balanced in statement.lines:
        balance += balanced.line.effect
        assert balanced.balance == balance
        assert balanced.line.effect == 0 or not balanced.line.voided
    assert balance == statement.closing
    assert [b.line.at for b in statement.lines] == sorted(b.line.at for b in statement.lines)
    assert sum(statement.ageing.values()) == statement.debt
    assert min(statement.debt, statement.credit) == 0
    assert statement.ageing == _naive_ageing(then, statement.closing, end)
    assert (whole.opening, whole.closing) == (0, now.balance)
    assert whole.ageing == _naive_ageing(still, now.balance, today())


def _open_at(debtor: int, stop: datetime) -> list[tuple[date, Decimal]]:
    """What was open of each debt, the oldest first, by the allocations that stand today."""
    debts = session.execute(
        text("SELECT * FROM debts WHERE debtor_id = :id AND voided_at IS NULL ORDER BY created_at"),
        {"id": debtor},
    ).all()
    parts = session.execute(
        text("""SELECT debt_id, part.amount, coalesce(payments.created_at, part.created_at) AS at
            FROM debt_allocations AS part LEFT JOIN payments ON payments.id = part.payment_id
            WHERE part.debtor_id = :id AND part.voided_at IS NULL"""),
        {"id": debtor},
    ).all()
    return [
        (
            debt.due_date or debt.created_at.astimezone(ZONE).date(),
            debt.amount - sum(p.amount for p in parts if p.debt_id == debt.id and p.at < stop),
        )
        for debt in debts
        if debt.created_at < stop
    ]


def _naive_ageing(
    debts: list[tuple[date, Decimal]], closing: Decimal, on: date
) -> dict[str, Decimal]:
    """What was held then covers the oldest; the rest by how late it was."""
    held = sum(left for _, left in debts) - closing
    found = dict.fromkeys(["not_due", "0-30", "31-60", "61-90", "over-90"], Decimal(0))
    for aged_from, left in debts:
        covered = min(held, left)
        held -= covered
        found[_bucket(aged_from, on)] += left - covered
    assert held == max(-closing, Decimal(0))
    return found


def _bucket(aged_from: date, on: date) -> str:
    late = (on - aged_from).days
    if late < 0:
        return "not_due"
    return "0-30" if late <= 30 else "31-60" if late <= 60 else "61-90" if late <= 90 else "over-90"
