"""What comes again: expected, confirmed, skipped, changed, stopped, suggested; refusals first."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from koshelok.core.errors import NotFound
from koshelok.finance import operations, queries
from koshelok.finance.errors import (
    CategoryArchived,
    ChangedSince,
    DatesReversed,
    EveryOutOfRange,
    OccurrenceDecided,
    TooManyRecurrences,
    UnknownUnit,
)
from koshelok.finance.models import Transaction
from koshelok.finance.queries import Expected, Filters
from koshelok.infra.db import session
from tests.conftest import Person
from tests.finance.conftest import DAY, Book, open_book
from tests.ledger.support import together

WEEK = timedelta(days=7)


def _make(book: Book, **more: Any) -> int:
    values = {
        "category_id": book.categories["FOOD"], "amount": Decimal(500), "comment": "Ijara",
        "unit": "month", "starts_on": DAY,
    }  # fmt: skip
    made, _ = book.do(operations.make_recurrence, **values | more)
    return int(made)


def _one(book: Book) -> Expected:
    (found,) = queries.list_recurrences(book.workspace_id)
    return found


def _confirm(book: Book, made: int, on: date = DAY, **more: Any) -> Any:
    return book.do(
        operations.confirm_occurrence, recurrence_id=made, occurs_on=on, **{"day": on} | more
    )


def _skip(book: Book, made: int, on: date = DAY) -> int:
    return int(book.do(operations.skip_occurrence, recurrence_id=made, occurs_on=on))


def _undo(book: Book, change: int) -> None:
    book.do(operations.undo_change, change_id=change)


def _redo(book: Book, change: int) -> None:
    book.do(operations.redo_change, change_id=change)


def _records(book: Book) -> list[Any]:
    return list(queries.list_transactions(book.workspace_id, Filters(), limit=50).items)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"unit": "year"}, UnknownUnit),
        ({"every": 0}, EveryOutOfRange),
        ({"every": 367}, EveryOutOfRange),
        ({"ends_on": DAY - WEEK}, DatesReversed),
        ({"ends_on": DAY, "next_on": DAY + WEEK}, DatesReversed),
    ],
)
def test_refuses_what_cannot_come_again(
    book: Book, wrong: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        _make(book, **wrong)


def test_refuses_somebody_elses(book: Book, other_book: Book) -> None:
    made = _make(book)
    with pytest.raises(NotFound):
        _confirm(other_book, made)
    with pytest.raises(NotFound):
        other_book.do(operations.stop_recurrence, recurrence_id=made)
    with pytest.raises(NotFound):
        _make(other_book, category_id=book.categories["FOOD"])


def test_refuses_more_than_a_page_of_them(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("koshelok.finance.operations.recurring.MAX_RECURRENCES", 1)
    _make(book)
    with pytest.raises(TooManyRecurrences):
        _make(book)


def test_a_day_is_answered_once(book: Book) -> None:
    made = _make(book)
    _confirm(book, made)
    for answer in (_confirm, _skip):
        with pytest.raises(OccurrenceDecided):
            answer(book, made)
    assert len(_records(book)) == 1


def test_confirmed_is_recorded_and_taken_back(book: Book) -> None:
    made = _make(book, starts_on=date(2027, 1, 31))
    record, change = _confirm(book, made, date(2027, 1, 31))
    assert (record.amount, record.comment, record.date) == (500, "Ijara", date(2027, 1, 31))
    assert _one(book).next_on == date(2027, 2, 28)
    _undo(book, change)
    assert (_records(book), _one(book).next_on) == ([], date(2027, 1, 31))
    _redo(book, change)
    assert (len(_records(book)), _one(book).next_on) == (1, date(2027, 2, 28))


def test_confirmed_otherwise_than_expected(book: Book) -> None:
    record, _ = _confirm(
        book, _make(book), amount=Decimal(510), comment="Ijara va suv",
        category_id=book.categories["DATA"], day=DAY + WEEK,
    )  # fmt: skip
    assert (record.amount, record.comment, record.code) == (510, "Ijara va suv", "DATA")
    assert (record.date, _one(book).amount) == (DAY + WEEK, 500)


def test_skipped_leaves_a_day_out_and_is_taken_back(book: Book) -> None:
    made = _make(book, unit="week", every=2)
    change = _skip(book, made)
    assert (_records(book), _one(book).next_on) == ([], DAY + 2 * WEEK)
    _undo(book, change)
    assert _one(book).next_on == DAY
    _redo(book, change)
    assert _one(book).next_on == DAY + 2 * WEEK


def test_an_earlier_answer_is_taken_back_alone(book: Book) -> None:
    made = _make(book, unit="week")
    _, first = _confirm(book, made)
    _confirm(book, made, DAY + WEEK)
    _undo(book, first)
    assert _one(book).next_on == DAY
    _confirm(book, made)
    assert (_one(book).next_on, len(_records(book))) == (DAY + 2 * WEEK, 2)
    with pytest.raises(ChangedSince):
        _redo(book, first)


def test_a_day_that_has_another_answer_does_not_wait_again(book: Book) -> None:
    made = _make(book, unit="week")
    _, confirmed = _confirm(book, made)
    _undo(book, confirmed)
    skipped = _skip(book, made)
    _redo(book, confirmed)
    with pytest.raises(ChangedSince):
        _undo(book, skipped)
    assert (_one(book).next_on, len(_records(book))) == (DAY + WEEK, 1)


def test_what_came_back_from_the_trash_is_not_recorded_twice(book: Book) -> None:
    made = _make(book, unit="week")
    record, _ = _confirm(book, made)
    book.do(operations.delete_transaction, transaction_id=record.id)
    book.do(operations.edit_recurrence, recurrence_id=made, category_id=book.categories["FOOD"],
            amount=Decimal(5), unit="week", next_on=DAY)  # fmt: skip
    book.do(operations.restore_transaction, transaction_id=record.id)
    with pytest.raises(OccurrenceDecided):
        _confirm(book, made)
    _skip(book, made)
    assert (_one(book).next_on, len(_records(book))) == (DAY + WEEK, 1)


def test_it_ends(book: Book) -> None:
    made = _make(book, unit="day", ends_on=DAY)
    change = _skip(book, made)
    assert _one(book).next_on is None
    _undo(book, change)
    assert _one(book).next_on == DAY


def test_edited_it_counts_anew_unless_only_the_rest_changed(book: Book) -> None:
    made = _make(book, starts_on=date(2027, 1, 31))
    _skip(book, made, date(2027, 1, 31))
    same = {"recurrence_id": made, "category_id": book.categories["DATA"], "unit": "month",
            "amount": Decimal(600), "next_on": date(2027, 2, 28)}  # fmt: skip
    change = book.do(operations.edit_recurrence, **same)
    assert (_one(book).starts_on, _one(book).amount) == (date(2027, 1, 31), 600)
    _undo(book, change)
    assert (_one(book).amount, _one(book).code) == (500, "FOOD")
    book.do(operations.edit_recurrence, **same | {"unit": "week"})
    assert _one(book).starts_on == date(2027, 2, 28)


def test_edited_back_it_does_not_ask_for_what_is_recorded(book: Book) -> None:
    made = _make(book, unit="week")
    _confirm(book, made)
    book.do(operations.edit_recurrence, recurrence_id=made, category_id=book.categories["FOOD"],
            amount=Decimal(5), unit="week", next_on=DAY)  # fmt: skip
    assert _one(book).next_on == DAY + WEEK


def test_of_an_archived_category_nothing_is_recorded(book: Book) -> None:
    made = _make(book)
    book.do(operations.remove_category, category_id=book.categories["FOOD"])
    with pytest.raises(CategoryArchived):
        _confirm(book, made)


def test_stopped_it_is_gone_and_comes_back(book: Book) -> None:
    made = _make(book)
    change = book.do(operations.stop_recurrence, recurrence_id=made)
    assert queries.list_recurrences(book.workspace_id) == []
    with pytest.raises(NotFound):
        _confirm(book, made)
    _undo(book, change)
    assert _one(book).id == made


def test_two_who_confirm_one_day_make_one_record(app: Flask, person: Person) -> None:
    with app.app_context():
        made = _make(open_book(person))
    barrier, wrong = threading.Barrier(4), []

    def confirm() -> None:
        with app.app_context():
            mine = open_book(person)
            barrier.wait()
            try:
                _confirm(mine, made)
            except OccurrenceDecided as error:
                wrong.append(error)

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with app.app_context():
        found = _records(open_book(person))
    assert (len(found), len(wrong)) == (1, 3)


def test_an_answer_taken_again_waits_for_another(app: Flask, person: Person) -> None:
    with app.app_context():
        made = _make(open_book(person), unit="day")
    for number in range(8):
        day = DAY + timedelta(days=number)
        with app.app_context():
            mine = open_book(person)
            _, change = _confirm(mine, made, day)
            _undo(mine, change)
        answers = together(
            app,
            lambda book=mine, change=change: _redo(book, change),
            lambda book=mine, day=day: _confirm(book, made, day),
        )
        refused = [type(answer) for answer in answers if isinstance(answer, Exception)]
        assert refused in ([ChangedSince], [OccurrenceDecided])
        with app.app_context():
            assert len(_records(open_book(person))) == number + 1


def _thrice(book: Book, comment: str = "Korzinka oylik") -> list[Any]:
    return [
        book.record(amount, comment=comment, day=DAY - weeks * WEEK)
        for weeks, amount in ((2, "100"), (1, "104"), (0, "102"))
    ]


def test_three_alike_are_suggested_once(book: Book, other_book: Book) -> None:
    records = _thrice(book)
    (found,) = queries.list_suggestions(book.workspace_id, DAY)
    assert (found.record.id, found.next_on) == (records[-1].id, DAY + WEEK)
    assert queries.list_suggestions(other_book.workspace_id, DAY) == []
    book.do(operations.accept_suggestion, record_id=records[-1].id, today=DAY)
    assert (_one(book).amount, _one(book).next_on, _one(book).unit) == (102, DAY + WEEK, "week")
    assert queries.list_suggestions(book.workspace_id, DAY) == []


def test_what_was_declined_stays_declined(book: Book) -> None:
    last = _thrice(book)[-1].id
    change = book.do(operations.decline_suggestion, record_id=last, today=DAY)
    book.record("102", comment="Korzinka oylik", day=DAY + WEEK)
    assert queries.list_suggestions(book.workspace_id, DAY + WEEK) == []
    assert queries.list_recurrences(book.workspace_id) == []
    with pytest.raises(NotFound):
        book.do(operations.accept_suggestion, record_id=last, today=DAY)
    _undo(book, change)
    assert len(queries.list_suggestions(book.workspace_id, DAY + WEEK)) == 1


def test_what_is_confirmed_is_not_suggested(book: Book) -> None:
    made = _make(book, unit="week", comment="Suv", starts_on=DAY - 2 * WEEK)
    for weeks in (2, 1, 0):
        _confirm(book, made, DAY - weeks * WEEK)
    book.do(operations.stop_recurrence, recurrence_id=made)
    assert queries.list_suggestions(book.workspace_id, DAY) == []


def test_the_outlook_counts_what_is_overdue_as_of_today(book: Book) -> None:
    _make(book, unit="week", starts_on=DAY - 2 * WEEK)
    _make(book, category_id=book.categories["SALARY"], starts_on=DAY + 2 * WEEK,
          amount=Decimal(3000))  # fmt: skip
    found = queries.get_outlook(book.workspace_id, DAY, Decimal(2000), 30)
    assert ([item.due(DAY) for item in found.due], found.forecast.balances[0]) == ([3], 500)
    assert (found.forecast.lowest, found.forecast.lowest_on) == (0, DAY + WEEK)
    assert found.forecast.balances[14] == 2500


def test_the_balances_before_today_lead_to_it(book: Book) -> None:
    book.record("100", "SALARY", day=DAY - timedelta(days=2))
    book.record("30", day=DAY)
    found = queries.list_balances(book.workspace_id, Decimal(70), DAY, 3)
    assert [(DAY - day, balance) for day, balance in found] == [
        (timedelta(days=3), 0), (timedelta(days=2), 100), (timedelta(days=1), 100),
    ]  # fmt: skip


def test_a_record_knows_what_made_it(book: Book) -> None:
    made = _make(book)
    record, _ = _confirm(book, made)
    kept = session.get(Transaction, record.id)
    assert kept is not None
    assert (kept.recurrence_id, kept.occurs_on) == (made, DAY)
