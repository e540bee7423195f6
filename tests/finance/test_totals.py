"""Kept totals equal the records whatever is done to them: random sequences against a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update

from koshelok.core.errors import DomainError
from koshelok.core.money import MAX_AMOUNT
from koshelok.finance import operations, queries
from koshelok.finance.models import Transaction
from koshelok.finance.periods import Span
from koshelok.finance.verification import verify
from koshelok.infra.db import session
from tests.conftest import Person

amounts = st.decimals(min_value="0.01", max_value="9999999999.99", places=2)
days = st.dates(date(2024, 1, 30), date(2026, 3, 3))
STEPS = ("record", "edit", "undo", "delete", "restore", "archive", "bulk", "purge")
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["record", "edit", "undo", "delete", "restore", "archive", "bulk", "purge"]
        ),
        st.integers(0, 20),
        st.integers(0, 4),
        amounts,
        days,
    ),
    max_size=25,
)


class Book:
    """A workspace, and the plain model of what must be in it."""

    def __init__(self, person: Person) -> None:
        self.who = {"actor_id": person.id, "workspace_id": person.workspace_id}
        self.workspace_id = person.workspace_id
        self.categories = [c.id for c in queries.list_categories(person.workspace_id)]
        self.live: dict[int, tuple[int, Decimal, date]] = {}
        self.gone: dict[int, tuple[int, Decimal, date]] = {}
        self.versions: list[tuple[int, int, tuple[int, Decimal, date]]] = []

    def do(self, step: str, which: int, place: int, amount: Decimal, day: date) -> None:
        """Do one step to both."""
        category = self.categories[place]
        ids = sorted(self.live)
        if step == "record" or (not ids and step in {"edit", "delete", "bulk"}):
            made = operations.record_transaction(
                **self.who, category_id=category, amount=amount, day=day, comment="x"
            )
            self.live[made.id] = (category, amount, day)
        elif step == "edit":
            self._edit(ids[which % len(ids)], category, amount, day)
        elif step == "undo" and self.versions:
            self._undo(*self.versions[which % len(self.versions)])
        elif step == "delete":
            id_ = ids[which % len(ids)]
            operations.delete_transaction(**self.who, transaction_id=id_)
            self.gone[id_] = self.live.pop(id_)
        elif step == "restore" and self.gone:
            id_ = sorted(self.gone)[which % len(self.gone)]
            operations.restore_transaction(**self.who, transaction_id=id_)
            self.live[id_] = self.gone.pop(id_)
        elif step == "archive":
            self._archive_and_restore(category)
        elif step == "bulk":
            self._move_all(amount, day)
        elif step == "purge":
            session.execute(delete(Transaction).where(Transaction.id.in_(ids[:2])))
            for id_ in ids[:2]:
                del self.live[id_]

    def _edit(self, id_: int, category: int, amount: Decimal, day: date) -> None:
        edited = operations.edit_transaction(
            **self.who, transaction_id=id_, category_id=category, amount=amount, day=day
        )
        if edited.version_id:
            self.versions.append((id_, edited.version_id, self.live[id_]))
        self.live[id_] = (category, amount, day)

    def _undo(self, id_: int, version_id: int, before: tuple[int, Decimal, date]) -> None:
        try:
            operations.undo_edit(**self.who, transaction_id=id_, version_id=version_id)
        except DomainError:
            assert id_ not in self.live
        else:
            self.live[id_] = before

    def _archive_and_restore(self, category: int) -> None:
        operations.remove_category(**self.who, category_id=category)
        operations.restore_category(**self.who, category_id=category)

    def _move_all(self, amount: Decimal, day: date) -> None:
        """One statement over many rows, as an import or a bulk edit makes it."""
        session.execute(update(Transaction).where(Transaction.id.in_(self.live)).values(date=day))
        self.live = {i: (category, value, day) for i, (category, value, _) in self.live.items()}

    def agrees(self, spans: list[Span]) -> None:
        """Totals of all time and of any span equal the model's."""
        assert list(verify()) == []
        self._compare(queries.sum_ever(self.workspace_id), list(self.live.values()))
        for span in spans:
            inside = [row for row in self.live.values() if span.start <= row[2] <= span.end]
            self._compare(queries.sum_by_category(self.workspace_id, span), inside)

    def _compare(
        self, kept: list[queries.CategorySum], rows: list[tuple[int, Decimal, date]]
    ) -> None:
        wanted: dict[int, Decimal] = {}
        for category, amount, _day in rows:
            wanted[category] = wanted.get(category, Decimal(0)) + amount
        assert {item.category: item.total for item in kept} == wanted
        assert sum(item.count for item in kept) == len(rows)


@pytest.fixture
def book(app: Flask, person: Person) -> Iterator[Callable[[], Book]]:
    """A fresh book for each example, rolled back after it."""
    with app.app_context():
        yield lambda: (session.rollback(), Book(person))[1]
        session.rollback()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps, ends=st.tuples(days, days))
def test_totals_follow_every_change(
    book: Callable[[], Book],
    steps: list[tuple[str, int, int, Decimal, date]],
    ends: tuple[date, date],
) -> None:
    ours = book()
    for step in steps:
        ours.do(*step)
    ours.agrees([Span(min(ends), max(ends)), Span(ends[0], ends[0])])


def test_totals_hold_more_than_the_largest_record(book: Callable[[], Book]) -> None:
    ours = book()
    for _ in range(3):
        ours.do("record", 0, 0, MAX_AMOUNT, date(2026, 1, 1))
    ours.agrees([Span(date(2026, 1, 1), date(2026, 1, 31))])


def test_a_moved_figure_is_named(book: Callable[[], Book]) -> None:
    ours = book()
    ours.do("record", 0, 0, Decimal(5), date(2026, 1, 1))
    session.execute(text("UPDATE category_totals SET amount = 7, count = 2 WHERE grain = 'day'"))
    found = [str(difference) for difference in verify()]
    assert len(found) == 2
    assert "day 2026-01-01, amount: stored 7.00, computed 5.00" in found[0]
    assert "day 2026-01-01, records: stored 2, computed 1" in found[1]
