"""Everything that can be done to a book, in any order, against a model in plain Python.

After every step the database and the model say the same of everybody; a refusal changes nothing.
KOSHELOK_MACHINE_EXAMPLES asks for more than the suite has time for.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from koshelok.debtors import operations
from koshelok.debtors.verification import verify
from koshelok.infra.db import session
from tests.conftest import Person
from tests.debtors.books import Shop, clear, open_shop, wrong

EXAMPLES = int(os.environ.get("KOSHELOK_MACHINE_EXAMPLES", "30"))
STEPS = 40
TIYIN = st.integers(1, 30_000) | st.sampled_from([1, 100, 10_000, 10_001])
STATE = """
    SELECT 'debt', id, remaining, status FROM debts
    UNION ALL SELECT 'payment', id, credited,
        CASE WHEN voided_at IS NULL THEN 'accepted' ELSE 'voided' END FROM payments
    UNION ALL SELECT 'owes', id, debt_total, '' FROM debtors
    UNION ALL SELECT 'has', id, credit, '' FROM debtors
"""


@dataclass(eq=False)
class Debt:
    """As the model knows it; in tiyin."""

    id: int
    amount: int
    due: date | None
    written_off: int = 0
    voided: bool = False


@dataclass(eq=False)
class Payment:
    """With what it covers, by debt."""

    id: int
    amount: int
    covers: dict[int, int] = field(default_factory=dict)
    voided: bool = False

    @property
    def left(self) -> int:
        return 0 if self.voided else self.amount - sum(self.covers.values())


@dataclass(eq=False)
class Customer:
    """A person, one after another as written."""

    id: int
    limit: int
    away: bool = False
    debts: list[Debt] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    keys: dict[UUID, tuple[str, int, int]] = field(default_factory=dict)

    def remaining(self, debt: Debt) -> int:
        paid = sum(payment.covers.get(debt.id, 0) for payment in self.payments)
        return 0 if debt.voided else debt.amount - debt.written_off - paid

    @property
    def owes(self) -> int:
        return sum(self.remaining(debt) for debt in self.debts)

    @property
    def has(self) -> int:
        return sum(payment.left for payment in self.payments)

    def settle(self, first: list[int] | None = None) -> None:
        """Money meets debts, the naive way."""
        for payment in self.payments:
            for debt in sorted(self.debts, key=lambda debt: debt.id not in (first or [])):
                part = min(payment.left, self.remaining(debt))
                if part:
                    payment.covers[debt.id] = payment.covers.get(debt.id, 0) + part


def _so_m(tiyin: int) -> Decimal:
    return Decimal(tiyin) / 100


class Bookkeeping(RuleBasedStateMachine):
    """A shop at work."""

    shop: Shop

    customers = Bundle("customers")

    def __init__(self) -> None:
        super().__init__()
        clear()
        self.everybody: list[Customer] = []

    @initialize(target=customers)
    def begin(self) -> Any:
        """Two people, one of whom has a limit that is soon reached."""
        for limit in (0, 60_000):
            more = {"credit_limit": _so_m(limit)} if limit else {}
            self.everybody.append(Customer(self.shop.person(**more), limit))
        return multiple(*self.everybody)

    @rule(who=customers, tiyin=TIYIN, due=st.none() | st.integers(-100, 100),
          override=st.sampled_from([False, False, True]))  # fmt: skip
    def take(self, who: Customer, tiyin: int, due: int | None, override: bool) -> None:
        """A debt; credit pays it at once, a limit may refuse it."""
        day = None if due is None else date(2026, 11, 21) + timedelta(days=due)
        key = uuid4()
        asked = {"debtor_id": who.id, "amount": _so_m(tiyin), "due_date": day, "client_id": key,
                 "override_limit": override}  # fmt: skip
        total = who.owes - who.has + tiyin
        if who.away:
            return self.refused("debtor_not_found", operations.record_debt, **asked)
        if who.limit and total > who.limit and not override:
            return self.refused("credit_limit_exceeded", operations.record_debt, **asked)
        made = self.shop.do(operations.record_debt, **asked)
        who.debts.append(Debt(made.id, tiyin, day))
        who.keys[key] = ("debt", made.id, tiyin)
        who.settle()
        return None

    @rule(who=customers, tiyin=TIYIN, taps=st.sets(st.integers(0, 9), max_size=2))
    def give(self, who: Customer, tiyin: int, taps: set[int]) -> None:
        """A payment, perhaps for certain debts."""
        first = list({who.debts[tap % len(who.debts)].id for tap in taps}) if who.debts else []
        key = uuid4()
        asked = {"debtor_id": who.id, "amount": _so_m(tiyin), "first": first, "client_id": key}
        if who.away:
            return self.refused("debtor_not_found", operations.record_payment, **asked)
        made = self.shop.do(operations.record_payment, **asked)
        who.payments.append(Payment(made.id, tiyin))
        who.keys[key] = ("payment", made.id, tiyin)
        who.settle(first)
        return None

    @rule(who=customers, tiyin=st.lists(TIYIN, min_size=2, max_size=5))
    def take_some(self, who: Customer, tiyin: list[int]) -> None:
        """A customer who comes every day."""
        for one in tiyin:
            self.take(who, one, None, True)

    @rule(who=customers, tiyin=st.lists(TIYIN, min_size=2, max_size=3))
    def give_ahead(self, who: Customer, tiyin: list[int]) -> None:
        """More than is owed, in several payments: the oldest is spent first."""
        if not who.away:
            self.give(who, who.owes + tiyin[0], set())
            for one in tiyin:
                self.give(who, one, set())

    @rule(who=customers)
    def give_all(self, who: Customer) -> None:
        """Exactly what is owed."""
        if who.owes:
            self.give(who, who.owes, set())
            assert (who.owes, who.has) == (0, 0)

    @rule(who=customers, place=st.integers(0, 99), more=st.integers(0, 1))
    def again(self, who: Customer, place: int, more: int) -> None:
        """The same entry once more, or another under its identifier."""
        if not who.keys:
            return
        key, (kind, id_, tiyin) = list(who.keys.items())[place % len(who.keys)]
        operation = operations.record_debt if kind == "debt" else operations.record_payment
        asked = {"debtor_id": who.id, "amount": _so_m(tiyin + more), "client_id": key}
        if more:
            self.refused("entry_key_reused", operation, **asked)
        else:
            assert self.shop.do(operation, **asked).id == id_

    @rule(who=customers, place=st.integers(0, 99))
    def void_debt(self, who: Customer, place: int) -> None:
        """A debt was a mistake, perhaps voided already."""
        if not who.debts:
            return
        debt = who.debts[place % len(who.debts)]
        if who.away:
            self.refused("debtor_put_away", operations.void_debt, debt_id=debt.id, reason="x")
            return
        assert self.shop.void_debt(debt.id).status == "voided"
        debt.voided, debt.written_off = True, 0
        for payment in who.payments:
            payment.covers.pop(debt.id, None)
        who.settle()

    @rule(who=customers, place=st.integers(0, 99))
    def void_payment(self, who: Customer, place: int) -> None:
        """So was a payment."""
        if not who.payments:
            return
        payment = who.payments[place % len(who.payments)]
        if who.away:
            values = {"payment_id": payment.id, "reason": "x"}
            self.refused("debtor_put_away", operations.void_payment, **values)
            return
        assert self.shop.void_payment(payment.id).status == "voided"
        payment.voided = True
        payment.covers.clear()
        who.settle()

    @rule(who=customers, place=st.integers(0, 99))
    def write_off(self, who: Customer, place: int) -> None:
        """The owner forgives what is left of a debt."""
        if not who.debts:
            return
        debt = who.debts[place % len(who.debts)]
        if who.away or not who.remaining(debt):
            code = "debtor_put_away" if who.away else "nothing_left"
            self.refused(code, operations.write_off, debt_id=debt.id, reason="x")
            return
        debt.written_off += who.remaining(debt)
        self.shop.write_off(debt.id)

    @rule(who=customers, place=st.integers(0, 99))
    def recover(self, who: Customer, place: int) -> None:
        """And goes back on it."""
        if not who.debts:
            return
        debt = who.debts[place % len(who.debts)]
        if who.away or not debt.written_off:
            code = "debtor_put_away" if who.away else "not_written_off"
            self.refused(code, operations.undo_write_off, debt_id=debt.id)
            return
        self.shop.do(operations.undo_write_off, debt_id=debt.id)
        debt.written_off = 0
        who.settle()

    @rule(who=customers, place=st.integers(0, 99), due=st.none() | st.integers(-100, 100))
    def put_off(self, who: Customer, place: int, due: int | None) -> None:
        """Another day to pay on."""
        if not who.debts or who.away:
            return
        debt = who.debts[place % len(who.debts)]
        debt.due = None if due is None else date(2026, 11, 21) + timedelta(days=due)
        self.shop.do(
            operations.edit_debt, debt_id=debt.id, due_date=debt.due, clear_due_date=due is None
        )

    @rule(who=customers)
    def put_away_or_bring_back(self, who: Customer) -> None:
        """Who is settled may go, and come back."""
        if who.away:
            self.shop.do(operations.restore_debtor, debtor_id=who.id)
        elif who.owes or who.has:
            code = "debtor_has_open_debts" if who.owes else "debtor_has_credit"
            self.refused(code, operations.remove_debtor, debtor_id=who.id)
            return
        else:
            self.shop.do(operations.remove_debtor, debtor_id=who.id)
        who.away = not who.away

    def refused(self, code: str, operation: Callable[..., Any], **values: Any) -> None:
        """It is refused, so."""
        assert self.shop.refused(operation, **values).code == code

    def _status(self, who: Customer, debt: Debt) -> str:
        left = who.remaining(debt)
        if debt.voided or not left:
            return "voided" if debt.voided else "paid"
        return "pending" if left == debt.amount else "partially_paid"

    @invariant()
    def agrees(self) -> None:
        """The database and the model say the same, and the book is whole."""
        expected = set()
        for who in self.everybody:
            assert not (who.owes and who.has)
            expected |= {("debt", debt.id, _so_m(who.remaining(debt)), self._status(who, debt))
                         for debt in who.debts}  # fmt: skip
            expected |= {("payment", one.id, _so_m(one.left),
                          "voided" if one.voided else "accepted")
                         for one in who.payments}  # fmt: skip
            expected |= {("owes", who.id, _so_m(who.owes), ""), ("has", who.id, _so_m(who.has), "")}
        assert {tuple(row) for row in session.execute(text(STATE))} == expected
        parts = session.execute(
            text("SELECT payment_id, debt_id, sum(amount) FROM debt_allocations"
                 " WHERE voided_at IS NULL AND payment_id IS NOT NULL GROUP BY 1, 2")
        )  # fmt: skip
        assert {tuple(row) for row in parts} == {
            (payment.id, debt, _so_m(part))
            for who in self.everybody
            for payment in who.payments
            for debt, part in payment.covers.items()
        }
        assert wrong() == []
        session.rollback()

    def teardown(self) -> None:
        """What verification finds at the end of a story: nothing."""
        assert list(verify()) == []


@pytest.mark.slow
def test_the_book_is_that_of_the_model(context: Flask, person: Person) -> None:
    machine = type("Machine", (Bookkeeping,), {"shop": open_shop(person)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
