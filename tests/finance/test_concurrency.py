"""Real threads on one book: nothing lost, nothing doubled, no deadlock."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.verification import verify
from tests.conftest import Person
from tests.finance.conftest import DAY, open_book

THREADS, TURNS = 6, 12


def _together(app: Flask, work: Callable[[int], None]) -> list[BaseException]:
    """Run the work in threads that start at once; answers what went wrong."""
    barrier, wrong = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        try:
            with app.app_context():
                barrier.wait()
                work(number)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


def test_writers_of_one_category_and_day_lose_nothing(app: Flask, person: Person) -> None:
    def work(number: int) -> None:
        book = open_book(person)
        for turn in range(TURNS):
            book.record(str(number + 1), comment=f"{number}-{turn}")

    assert _together(app, work) == []
    with app.app_context():
        expected = TURNS * sum(range(1, THREADS + 1))
        assert queries.add_up(queries.sum_ever(person.workspace_id)).expense == expected
        assert list(verify()) == []


def test_records_that_change_places_do_not_deadlock(app: Flask, person: Person) -> None:
    """Each thread moves records back and forth between two categories, in opposite ways."""
    with app.app_context():
        book = open_book(person)
        ids = [book.record("10", ("FOOD", "DATA")[n % 2]).id for n in range(THREADS * 2)]

    def work(number: int) -> None:
        book = open_book(person)
        for turn in range(TURNS):
            code = ("FOOD", "DATA", "SALARY")[(number + turn) % 3]
            change: dict[str, Any] = {
                "category_id": book.categories[code],
                "day": DAY - timedelta(days=(number + turn) % 4 * 31),
                "amount": Decimal(turn + 1),
            }
            transaction_id = ids[(number * 5 + turn) % len(ids)]
            book.do(operations.edit_transaction, transaction_id=transaction_id, **change)

    assert _together(app, work) == []
    with app.app_context():
        assert list(verify()) == []


def test_a_record_deleted_twice_at_once_counts_once(app: Flask, person: Person) -> None:
    with app.app_context():
        id_ = open_book(person).record("10").id

    def work(number: int) -> None:
        open_book(person).do(operations.delete_transaction, transaction_id=id_)

    wrong = _together(app, work)
    assert len(wrong) == THREADS - 1
    assert all(isinstance(error, DomainError) for error in wrong)
    with app.app_context():
        assert list(verify()) == []
        assert queries.sum_ever(person.workspace_id) == []


def test_removal_and_recording_meet_cleanly(app: Flask, person: Person) -> None:
    """A category that is being removed takes a record before, or refuses it after."""

    def work(number: int) -> None:
        book = open_book(person)
        food = book.categories.get("FOOD")
        for _ in range(TURNS):
            try:
                if number % 2 and food:
                    book.do(operations.remove_category, category_id=food)
                    book.do(operations.restore_category, category_id=food)
                else:
                    book.record("1")
            except (DomainError, KeyError):
                continue

    assert _together(app, work) == []
    with app.app_context():
        assert list(verify()) == []


def test_one_name_is_made_once(app: Flask, person: Person) -> None:
    def work(number: int) -> None:
        open_book(person).do(operations.create_category, name="Meva", type="expense")

    wrong = _together(app, work)
    assert len(wrong) == THREADS - 1
    assert {type(error).__name__ for error in wrong} == {"CategoryNameTaken"}
