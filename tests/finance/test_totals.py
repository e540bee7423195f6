"""The kept totals equal the records, whatever happens to them."""

import contextlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.models import FIRST_DAY, LAST_DAY
from koshelok.finance.periods import Span, same_days_last_month
from koshelok.finance.verification import verify
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.finance.conftest import DAY, Book

CODES = ("FOOD", "DATA", "SALARY")
amounts = st.decimals("0.01", "9999999999999999.99", places=2)
days = st.dates(DAY - timedelta(days=70), DAY)
any_day = st.dates(FIRST_DAY, LAST_DAY)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["record", "edit", "move", "delete", "restore", "undo", "redo", "archive", "return"]
        ),
        st.sampled_from(CODES),
        amounts,
        days,
        st.integers(0, 9),
    ),
    max_size=25,
)


class _Story:
    """Applies steps to a book; what the rules refuse changes nothing."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.ids: list[int] = []
        self.changes: list[int] = []

    def step(self, what: str, code: str, amount: Decimal, day: date, pick: int) -> None:
        category = self.book.categories[code]
        if what == "record":
            self.ids.append(self.book.record(str(amount), code, day=day).id)
        elif what in {"archive", "return"}:
            operation = (
                operations.remove_category if what == "archive" else operations.restore_category
            )
            self.book.do(operation, category_id=category)
        elif what in {"undo", "redo"} and self.changes:
            operation = getattr(operations, f"{what}_change")
            self.book.do(operation, change_id=self.changes[pick % len(self.changes)])
        elif self.ids:
            self._change(what, self.ids[pick % len(self.ids)], category, amount, day)

    def _change(self, what: str, id_: int, category: int, amount: Decimal, day: date) -> None:
        if what in {"delete", "restore"}:
            operation = getattr(operations, f"{what}_transaction")
            self.book.do(operation, transaction_id=id_)
            return
        change: dict[str, Any] = {"amount": amount, "day": day}
        if what == "move":
            change = {"category_id": category}
        edited = self.book.do(operations.edit_transaction, transaction_id=id_, **change)
        if edited.change_id:
            self.changes.append(edited.change_id)


def _sums_of_rows(workspace_id: int, span: Span) -> dict[int, tuple[Decimal, int]]:
    rows = session.execute(
        text(
            "SELECT category_id, sum(amount), count(*) FROM transactions WHERE workspace_id = :id "
            "AND deleted_at IS NULL AND date BETWEEN :start AND :end GROUP BY category_id"
        ),
        {"id": workspace_id, "start": span.start, "end": span.end},
    )
    return {category: (amount, count) for category, amount, count in rows}


@given(story=steps, first=any_day, second=any_day)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_story_keeps_every_total_exact(
    book: Book, story: list[Any], first: date, second: date
) -> None:
    told = _Story(book)
    for what, code, amount, day, pick in story:
        with contextlib.suppress(DomainError):
            told.step(what, code, amount, day, pick)
    assert list(verify()) == []
    inside = Span(DAY - timedelta(days=first.day + 20), DAY - timedelta(days=second.day - 1))
    for span in (Span(min(first, second), max(first, second)), inside):
        expected = _sums_of_rows(book.workspace_id, span)
        found = queries.sum_by_category(book.workspace_id, span)
        assert {item.category: (item.total, item.count) for item in found} == expected
        assert queries.sum_spans(book.workspace_id, span, span) == [queries.add_up(found)] * 2
    everything = queries.sum_by_category(book.workspace_id, Span(FIRST_DAY, LAST_DAY))
    assert queries.sum_ever(book.workspace_id) == everything


def test_the_overview_says_what_its_parts_say(book: Book) -> None:
    for day in (DAY, DAY - timedelta(days=31), DAY - timedelta(days=200), date(2026, 11, 30)):
        book.record("1000", day=day)
        book.record("5000", "SALARY", day=day)
    overview = queries.get_overview(book.workspace_id, DAY)
    this, last = same_days_last_month(DAY)
    assert [overview.this_month, overview.last_month] == queries.sum_spans(
        book.workspace_id, this, last
    )
    assert overview.categories == queries.sum_ever(book.workspace_id)
    assert overview.ever.balance == 16000
    assert len(overview.months) == 12
    assert overview.months[-1].sums.expense == 2000
    assert len(overview.latest) == 6


def test_a_million_at_once_is_as_exact_as_one(book: Book) -> None:
    """One statement, many rows, several categories: what an import does."""
    with unit_of_work():
        session.execute(
            text("""
                INSERT INTO transactions
                    (workspace_id, category_id, type, amount, comment, date, created_at, updated_at)
                SELECT workspace_id, id, type, number, '', DATE '2026-01-01' + number % 400,
                       now(), now()
                FROM generate_series(1, 2000) AS number
                JOIN categories ON workspace_id = :id AND number % 6 = id % 6 AND type <> 'saving'
            """),
            {"id": book.workspace_id},
        )
    assert list(verify()) == []
    assert queries.add_up(queries.sum_ever(book.workspace_id)).expense > 0
    for change in ("SET deleted_at = now() WHERE id % 3 = 0", "SET date = date + 31, amount = 7"):
        with unit_of_work():
            session.execute(text(f"UPDATE transactions {change}"))
        assert list(verify()) == []
    with unit_of_work():
        session.execute(text("DELETE FROM transactions"))
    assert list(verify()) == []
    assert queries.sum_ever(book.workspace_id) == []


def test_a_workspace_goes_with_all_it_has(book: Book, other_book: Book) -> None:
    record = book.record()
    book.do(
        operations.edit_transaction, transaction_id=record.id, category_id=book.categories["DATA"]
    )
    other_book.record()
    with unit_of_work():
        session.execute(text("DELETE FROM workspaces WHERE id = :id"), {"id": book.workspace_id})
    assert list(verify()) == []
    assert queries.sum_ever(other_book.workspace_id) != []


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        ("UPDATE category_totals SET amount = amount + 1 WHERE grain = 'all'", "all time, amount"),
        (
            "UPDATE category_totals SET count = count + 1 WHERE grain = 'day'",
            "day 2026-11-21, records",
        ),
        ("DELETE FROM category_totals WHERE grain = 'month'", "month 2026-11-01, amount"),
    ],
)
def test_verification_names_what_differs(book: Book, spoil: str, named: str) -> None:
    book.record("1000")
    assert list(verify()) == []
    session.execute(text(spoil))
    found = [str(difference) for difference in verify()]
    assert any(named in sentence for sentence in found), found
    session.rollback()


def test_verification_sees_totals_of_nothing(book: Book) -> None:
    session.execute(text(
        "INSERT INTO category_totals VALUES (:workspace, 'all', '0001-01-01', :category, 5, 1)"
    ), {"workspace": book.workspace_id, "category": book.categories["FOOD"]})  # fmt: skip
    assert [d.computed for d in verify()] == [0, 0]
    session.rollback()
