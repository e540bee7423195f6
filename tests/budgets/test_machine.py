"""Everything that changes a month, in any order, against a model in plain Python.

After every step the pages' figures and the model say the same of every category and month; undo
and redo go through all that was done, and a refusal changes nothing.
KOSHELOK_MACHINE_EXAMPLES asks for more than the suite has time for.
"""

import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from koshelok.budgets import operations, queries
from koshelok.budgets.verification import verify
from koshelok.core.errors import DomainError
from koshelok.finance import operations as finance
from koshelok.finance.queries import find_category_by_code
from koshelok.finance.verification import verify as verify_totals
from koshelok.infra.db import session
from tests.conftest import Person
from tests.finance.conftest import Book, open_book
from tests.ledger.books import unguarded

EXAMPLES = int(os.environ.get("KOSHELOK_MACHINE_EXAMPLES", "6"))
STEPS = 30
CODES = ("FOOD", "DATA")
NAMED = (*CODES, "SAVINGS")
FIRST = 25  # months begin on the 25th
MONTHS = (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
DAYS = (date(2026, 10, 25), date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 31),
        date(2027, 1, 24), date(2027, 1, 25))  # fmt: skip
ZERO = Decimal(0)
TABLES = ("transaction_versions", "changes", "category_memory", "transactions", "category_totals",
          "earmarks", "budget_plans", "budget_moves", "budgets")  # fmt: skip

amounts = st.sampled_from(["0.01", "10", "33.33", "100"]).map(Decimal)
places = st.integers(0, 99)
codes, named = st.sampled_from(CODES), st.sampled_from(NAMED)
months, days = st.sampled_from(MONTHS), st.sampled_from(DAYS)


@dataclass
class World:
    """All that counts, by ids; a deleted record keeps its place."""

    records: dict[int, tuple[str, Decimal, date, bool]] = field(default_factory=dict)
    budgets: dict[int, tuple[str, date, Decimal]] = field(default_factory=dict)
    moves: list[tuple[str, str, date, Decimal]] = field(default_factory=list)
    carry: dict[str, str] = field(default_factory=dict)
    earmarks: dict[int, tuple[Decimal, date]] = field(default_factory=dict)

    @property
    def saved(self) -> Decimal:
        return sum((amount for amount, _ in self.earmarks.values()), ZERO)

    def begins(self, code: str) -> date | None:
        """The month in which something was first said of a category."""
        said = [month for name, month, _ in self.budgets.values() if name == code]
        said += [month for giver, taker, month, _ in self.moves if code in (giver, taker)]
        return min(said, default=None)

    def month(self, code: str, wanted: date) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
        """Base, moved, carried and spent, counted from the records each time anew."""
        first = self.begins(code)
        if first is None or first > wanted:
            return None
        carried, found = ZERO, None
        for month in MONTHS:
            if not first <= month <= wanted:
                continue
            base = sum((a for c, m, a in self.budgets.values() if (c, m) == (code, month)), ZERO)
            moved = sum((a * ((taker == code) - (giver == code))
                         for giver, taker, m, a in self.moves if m == month), ZERO)  # fmt: skip
            spent = self._spent(code, month)
            found = base, moved, carried, spent
            rest = base + moved + carried - spent
            mode = self.carry.get(code, "none")
            carried = {"none": ZERO, "surplus": max(rest, ZERO), "both": rest}[mode]
        return found

    def _spent(self, code: str, month: date) -> Decimal:
        if code == "SAVINGS":
            return sum((a for a, day in self.earmarks.values() if _month(day) == month), ZERO)
        return sum((a for c, a, day, live in self.records.values()
                    if live and c == code and _month(day) == month), ZERO)  # fmt: skip


def _month(day: date) -> date:
    """By counting, not by subtraction."""
    if day.day >= FIRST:
        return day.replace(day=1)
    return date(day.year - (day.month == 1), 12 if day.month == 1 else day.month - 1, 1)


@dataclass
class Step:
    """A change with the worlds before and after it."""

    change: int
    before: World
    after: World


class Planning(RuleBasedStateMachine):
    """Somebody with a budget. Undo takes the newest step back, redo the one taken back last, so
    that the model needs no more than the worlds between them."""

    book: Book

    def __init__(self) -> None:
        super().__init__()
        with unguarded():
            for table in TABLES:
                session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # our own names
        self.world = World()
        self.done: list[Step] = []
        self.undone: list[Step] = []

    @initialize(modes=st.permutations(["surplus", "both", "none"]), code=codes)
    def begin(self, modes: list[str], code: str) -> None:
        """Something of everybody's to carry on, and somewhere a debt: not every story spends."""
        for name, mode in zip(NAMED, modes, strict=True):
            self.carry(name, mode)
            self.plan(name, MONTHS[0], Decimal("33.33"))
        self.spend(code, Decimal(100), DAYS[0])

    def _id(self, code: str) -> int:
        return self.book.categories[code]

    def _did(self, change: int | None, before: World) -> None:
        """A step forward: what was taken back before it stays so."""
        if change:
            self.done.append(Step(change, before, deepcopy(self.world)))
            self.undone.clear()
        else:
            assert self.world == before

    def _refused(self, code: str, operation: Callable[..., Any], **values: Any) -> None:
        with pytest.raises(DomainError) as caught:
            self.book.do(operation, **values)
        assert caught.value.code == code

    @rule(code=codes, amount=amounts, day=days)
    def spend(self, code: str, amount: Decimal, day: date) -> None:
        """A record; making one is no change to take back."""
        made = self.book.record(str(amount), code, day=day)
        for world in {id(w): w for step in (*self.done, *self.undone)
                      for w in (step.before, step.after)}.values():  # fmt: skip
            world.records[made.id] = (code, amount, day, True)
        self.world.records[made.id] = (code, amount, day, True)

    @rule(place=places, code=codes, amount=amounts, day=days)
    def edit(self, place: int, code: str, amount: Decimal, day: date) -> None:
        """All of a record at once."""
        id_ = self._live(place)
        if id_ is None:
            return
        before = deepcopy(self.world)
        edited = self.book.do(
            finance.edit_transaction, transaction_id=id_, category_id=self._id(code),
            amount=amount, day=day,
        )  # fmt: skip
        self.world.records[id_] = (code, amount, day, True)
        self._did(edited.change_id, before)

    @rule(place=places)
    def delete(self, place: int) -> None:
        """A record goes."""
        if (id_ := self._live(place)) is not None:
            before = deepcopy(self.world)
            change = self.book.do(finance.delete_transaction, transaction_id=id_)
            self.world.records[id_] = (*self.world.records[id_][:3], False)
            self._did(change, before)

    @rule(code=codes)
    def recategorise(self, code: str) -> None:
        """All records into one category."""
        before = deepcopy(self.world)
        ids = list(self.world.records)
        _, change = self.book.do(finance.recategorise, chosen=ids, category_id=self._id(code))
        for id_, (_, amount, day, live) in self.world.records.items():
            if live:
                self.world.records[id_] = (code, amount, day, live)
        self._did(change, before)

    @rule(code=named, month=months, amount=amounts)
    def plan(self, code: str, month: date, amount: Decimal) -> None:
        """A budget made or changed."""
        before = deepcopy(self.world)
        budget, change = self.book.do(
            operations.set_budget, category_id=self._id(code), month=month, amount=amount
        )
        self.world.budgets[budget.id] = (code, month, amount)
        self._did(change, before)

    @rule(place=places, code=named, month=months)
    def replan(self, place: int, code: str, month: date) -> None:
        """A budget for another category or month, perhaps of one that has its own."""
        if not self.world.budgets:
            return None
        id_ = sorted(self.world.budgets)[place % len(self.world.budgets)]
        values = {"budget_id": id_, "category_id": self._id(code), "month": month}
        taken = [other for other, (c, m, _) in self.world.budgets.items()
                 if other != id_ and (c, m) == (code, month)]  # fmt: skip
        if taken:
            return self._refused("budget_exists", operations.edit_budget, **values)
        before = deepcopy(self.world)
        _, change = self.book.do(operations.edit_budget, **values)
        self.world.budgets[id_] = (code, month, self.world.budgets[id_][2])
        self._did(change, before)
        return None

    @rule(place=places)
    def unplan(self, place: int) -> None:
        """A budget taken away."""
        if self.world.budgets:
            before = deepcopy(self.world)
            id_ = sorted(self.world.budgets)[place % len(self.world.budgets)]
            change = self.book.do(operations.delete_budget, budget_id=id_)
            del self.world.budgets[id_]
            self._did(change, before)

    @rule(month=st.sampled_from(MONTHS[1:]))
    def copy(self, month: date) -> None:
        """Last month's budgets, where this one has none."""
        last = MONTHS[MONTHS.index(month) - 1]
        there = {code for code, m, _ in self.world.budgets.values() if m == month}
        wanted = {code: amount for code, m, amount in self.world.budgets.values()
                  if m == last and code not in there}  # fmt: skip
        if not wanted:
            return self._refused("nothing_to_copy", operations.copy_last_month, month=month)
        before = deepcopy(self.world)
        count, change = self.book.do(operations.copy_last_month, month=month)
        assert count == len(wanted)
        for code, amount in wanted.items():
            found = session.scalar(
                text("SELECT id FROM budgets WHERE category_id = :id AND month = :month"),
                {"id": self._id(code), "month": month},
            )
            self.world.budgets[found] = (code, month, amount)
        self._did(change, before)
        return None

    @rule(giver=named, taker=named, month=months, amount=amounts)
    def move(self, giver: str, taker: str, month: date, amount: Decimal) -> None:
        """Money from what is left to where it is needed."""
        values = {"from_category": self._id(giver), "to_category": self._id(taker), "month": month,
                  "amount": amount, "first_day": FIRST}  # fmt: skip
        if giver == taker:
            return self._refused("same_category", operations.move_money, **values)
        base, moved, carried, spent = self.world.month(giver, month) or (ZERO,) * 4
        if amount > base + moved + carried - spent:
            return self._refused("not_enough_left", operations.move_money, **values)
        before = deepcopy(self.world)
        change = self.book.do(operations.move_money, **values)
        self.world.moves.append((giver, taker, month, amount))
        self._did(change, before)
        return None

    @rule(code=named, mode=st.sampled_from(["none", "surplus", "both"]))
    def carry(self, code: str, mode: str) -> None:
        """What of a rest goes on, in all months."""
        before = deepcopy(self.world)
        change = self.book.do(operations.set_carry, category_id=self._id(code), carry=mode)
        if change:
            self.world.carry[code] = mode
        self._did(change, before)

    @rule(amount=amounts, day=days, back=st.booleans())
    def save(self, amount: Decimal, day: date, back: bool) -> None:
        """Money put aside, or taken back as far as there is some."""
        values = {"category_id": self._id("SAVINGS"), "amount": amount, "day": day}
        if back and amount > self.world.saved:
            return self._refused("not_enough_saved", operations.take_back, **values)
        before = deepcopy(self.world)
        operation = operations.take_back if back else operations.put_aside
        earmark, change = self.book.do(operation, **values)
        self.world.earmarks[earmark.id] = (-amount if back else amount, day)
        self._did(change, before)
        return None

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        """The newest steps back, one after the other."""
        for _ in range(min(times, len(self.done))):
            step = self.done.pop()
            self.book.do(finance.undo_change, change_id=step.change)
            self._refused("changed_since", finance.undo_change, change_id=step.change)
            self.world = deepcopy(step.before)
            self.undone.append(step)

    @rule(times=st.integers(1, 4))
    def redo(self, times: int) -> None:
        """And forward again."""
        for _ in range(min(times, len(self.undone))):
            step = self.undone.pop()
            self.book.do(finance.redo_change, change_id=step.change)
            self._refused("changed_since", finance.redo_change, change_id=step.change)
            self.world = deepcopy(step.after)
            self.done.append(step)

    def _live(self, place: int) -> int | None:
        live = [id_ for id_, record in self.world.records.items() if record[3]]
        return live[place % len(live)] if live else None

    @invariant()
    def agrees(self) -> None:
        """Every category in every month, by the page and by itself; what is saved; the totals."""
        for month in MONTHS:
            shown = queries.get_month(self.book.workspace_id, month, FIRST)
            found = {row.category: row for row in (*shown.expenses, *shown.savings)}
            for code in NAMED:
                expected = self.world.month(code, month)
                row = found.pop(self._id(code), None)
                figures = row.figures if row else None
                seen = figures and (figures.base, figures.moved, figures.carried, figures.spent)
                assert seen == expected, (code, month)
                assert row == queries.get_category_month(
                    self.book.workspace_id, self._id(code), month, FIRST
                )
            assert found == {}
        assert queries.sum_saved(self.book.workspace_id) == self.world.saved
        session.rollback()

    def teardown(self) -> None:
        """What verification finds at the end of a story: nothing."""
        assert [*verify(), *verify_totals()] == []
        session.rollback()


@pytest.mark.slow
def test_months_are_those_of_the_model(context: Flask, person: Person) -> None:
    book = open_book(person)
    savings = find_category_by_code(book.workspace_id, "SAVINGS")
    assert savings is not None
    book.categories["SAVINGS"] = savings.id
    machine = type("Machine", (Planning,), {"book": book})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
