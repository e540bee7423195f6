"""A month of budgets, from the first record to the last carry."""

from datetime import date
from decimal import Decimal

import pytest

from koshelok.budgets import operations, queries
from koshelok.budgets.errors import BudgetExists, NotEnoughLeft, NotEnoughSaved
from koshelok.budgets.months import Figures
from koshelok.budgets.verification import verify
from koshelok.finance import operations as finance
from koshelok.finance.errors import ChangedSince, SavingsTakeNoRecords
from koshelok.finance.periods import Span
from koshelok.finance.queries import find_category_by_code, find_sums, list_transactions
from koshelok.finance.queries.filters import Filters
from koshelok.infra.db import session
from tests.finance.conftest import DAY, Book

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def _figures(book: Book, code: str = "FOOD", month: date = NOVEMBER, first: int = 1) -> Figures:
    found = queries.get_category_month(book.workspace_id, book.categories[code], month, first)
    assert found is not None
    return found.figures


def _set(book: Book, amount: str, code: str = "FOOD", month: date = NOVEMBER) -> int:
    _, change = book.do(
        operations.set_budget,
        category_id=book.categories[code],
        month=month,
        amount=Decimal(amount),
    )
    assert change
    return int(change)


def _savings(book: Book) -> int:
    found = find_category_by_code(book.workspace_id, "SAVINGS")
    assert found is not None
    return found.id


def test_refuses_a_second_budget_of_a_month(book: Book) -> None:
    _set(book, "100.50")
    with pytest.raises(BudgetExists):
        book.do(
            operations.create_budget,
            category_id=book.categories["FOOD"],
            month=DAY,
            amount=Decimal(1),
        )


def test_spent_and_left_follow_every_change(book: Book) -> None:
    _set(book, "100.50")
    record = book.record("40.25")
    assert (_figures(book).spent, _figures(book).left) == (Decimal("40.25"), Decimal("60.25"))
    assert _figures(book).percent == 40
    change = book.do(finance.delete_transaction, transaction_id=record.id)
    assert _figures(book).left == Decimal("100.50")
    book.do(finance.undo_change, change_id=change)
    assert _figures(book).left == Decimal("60.25")


@pytest.mark.parametrize(
    ("carry", "spent", "carried"),
    [
        ("none", 30, 0),
        ("surplus", 30, 70),
        ("surplus", 130, 0),
        ("both", 30, 70),
        ("both", 130, -30),
    ],
)
def test_carries_by_its_mode(book: Book, carry: str, spent: int, carried: int) -> None:
    _set(book, "100", month=OCTOBER)
    book.record(str(spent), day=date(2026, 10, 31))
    book.do(operations.set_carry, category_id=book.categories["FOOD"], carry=carry)
    assert _figures(book) == Figures(carried=Decimal(carried))
    book.record("1", day=OCTOBER)
    shift = 1 if carried else 0
    assert _figures(book).carried == carried - shift


def test_a_month_may_begin_on_another_day(book: Book) -> None:
    _set(book, "100")
    book.record("10", day=date(2026, 11, 24))
    book.record("20", day=date(2026, 11, 25))
    book.record("40", day=date(2026, 12, 24))
    assert _figures(book, first=25).spent == 60
    assert _figures(book).spent == 30


def test_money_moves_and_comes_back(book: Book) -> None:
    _set(book, "100")
    values = {
        "month": NOVEMBER,
        "first_day": 1,
        "from_category": book.categories["FOOD"],
        "to_category": book.categories["DATA"],
    }
    with pytest.raises(NotEnoughLeft):
        book.do(operations.move_money, amount=Decimal("100.01"), **values)
    change = book.do(operations.move_money, amount=Decimal(30), **values)
    assert (_figures(book).left, _figures(book, "DATA").left) == (70, 30)
    book.do(finance.undo_change, change_id=change)
    assert _figures(book).left == 100
    book.do(finance.redo_change, change_id=change)
    assert _figures(book, "DATA").left == 30


def test_a_budget_goes_back_step_by_step(book: Book) -> None:
    first = _set(book, "100.10")
    second = _set(book, "9999999999999999.99")
    with pytest.raises(ChangedSince):
        book.do(finance.undo_change, change_id=first)
    book.do(finance.undo_change, change_id=second)
    assert _figures(book).base == Decimal("100.10")
    book.do(finance.undo_change, change_id=first)
    assert queries.get_month(book.workspace_id, NOVEMBER, 1).expenses == []
    book.do(finance.redo_change, change_id=first)
    book.do(finance.redo_change, change_id=second)
    assert _figures(book).base == Decimal("9999999999999999.99")


def test_last_month_is_copied_once(book: Book) -> None:
    _set(book, "100", month=OCTOBER)
    _set(book, "50", "DATA", OCTOBER)
    _set(book, "7", "DATA")
    count, change = book.do(operations.copy_last_month, month=NOVEMBER)
    assert count == 1
    assert (_figures(book).base, _figures(book, "DATA").base) == (100, 7)
    book.do(finance.undo_change, change_id=change)
    month = queries.get_month(book.workspace_id, NOVEMBER, 1)
    assert [row.budget_id is None for row in month.expenses] == [False, True]


def test_savings_are_put_aside_and_not_spent(book: Book) -> None:
    savings = _savings(book)
    with pytest.raises(SavingsTakeNoRecords):
        book.record(category_id=savings)
    book.do(operations.put_aside, category_id=savings, amount=Decimal(100), day=DAY)
    with pytest.raises(NotEnoughSaved):
        book.do(operations.take_back, category_id=savings, amount=Decimal("100.01"), day=DAY)
    _, change = book.do(operations.take_back, category_id=savings, amount=Decimal(40), day=DAY)
    assert queries.sum_saved(book.workspace_id) == 60
    book.do(finance.undo_change, change_id=change)
    assert queries.sum_saved(book.workspace_id) == 100
    assert find_sums(book.workspace_id, Span(DAY, DAY)).expense == 0
    assert list(verify()) == []


def test_a_split_is_one_step(book: Book) -> None:
    whole = book.record("100", comment="Korzinka")
    parts = [
        finance.Part(book.categories["FOOD"], Decimal(60)),
        finance.Part(book.categories["DATA"], Decimal(40), "Karta"),
    ]
    _, change = book.do(finance.split_transaction, transaction_id=whole.id, parts=parts)
    rows = list_transactions(book.workspace_id, Filters(), limit=10).items
    assert sorted((row.amount, row.comment) for row in rows) == [(40, "Karta"), (60, "Korzinka")]
    book.do(finance.undo_change, change_id=change)
    assert list_transactions(book.workspace_id, Filters(), limit=10).items == [whole]
    book.do(finance.redo_change, change_id=change)
    assert len(list_transactions(book.workspace_id, Filters(), limit=10).items) == 2


def test_many_records_move_as_one_step(book: Book) -> None:
    ids = [book.record(str(amount)).id for amount in range(1, 20)]
    count, change = book.do(finance.recategorise, chosen=ids, category_id=book.categories["DATA"])
    assert count == 19
    book.do(finance.edit_transaction, transaction_id=ids[0], amount=Decimal(500))
    assert book.do(finance.undo_change, change_id=change) == 18
    assert book.do(finance.redo_change, change_id=change) == 18
    session.expire_all()
