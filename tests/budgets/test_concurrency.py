"""Real threads at one book of plans: nothing given twice, no deadlock reaches a caller."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.budgets import operations, queries
from koshelok.budgets.verification import verify
from koshelok.core.errors import DomainError
from koshelok.core.ids import uuid7
from koshelok.finance import operations as finance
from koshelok.finance.queries import find_category_by_code
from koshelok.finance.verification import verify as verify_totals
from koshelok.infra.db import session
from tests.conftest import Person
from tests.debtors.test_concurrency import codes, in_app
from tests.finance.conftest import DAY, Book, open_book
from tests.ledger.support import together

HANDS = 8


@pytest.fixture
def plans(app: Flask, person: Person) -> Iterator[Book]:
    """A book where FOOD and DATA have 100 each for the month."""
    with app.app_context():
        book = open_book(person)
        savings = find_category_by_code(book.workspace_id, "SAVINGS")
        assert savings is not None
        book.categories["SAVINGS"] = savings.id
        for code in ("FOOD", "DATA"):
            book.do(operations.create_budget, category_id=book.categories[code], month=DAY,
                    amount=Decimal(100))  # fmt: skip
    yield book
    with app.app_context():
        assert list(verify()) == []
        assert list(verify_totals()) == []


def left(book: Book, code: str) -> Decimal:
    found = queries.get_category_month(
        book.workspace_id, book.categories[code], DAY.replace(day=1), 1
    )
    assert found is not None
    return found.figures.left


def move(book: Book, giver: str, taker: str, amount: str) -> Any:
    return book.do(
        operations.move_money, month=DAY, first_day=1, amount=Decimal(amount),
        from_category=book.categories[giver], to_category=book.categories[taker],
    )  # fmt: skip


def test_what_is_left_is_given_once(app: Flask, plans: Book) -> None:
    said = codes(together(app, *[lambda: move(plans, "FOOD", "TRANSPORT", "30")] * HANDS))
    assert sorted(map(str, said)) == ["None"] * 3 + ["not_enough_left"] * 5
    with app.app_context():
        assert (left(plans, "FOOD"), left(plans, "TRANSPORT")) == (10, 90)


def test_movers_both_ways_wait_for_each_other(app: Flask, plans: Book) -> None:
    def mover(giver: str, taker: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(5):
                move(plans, giver, taker, "1")

        return work

    works = [mover("FOOD", "DATA"), mover("DATA", "FOOD")] * 4
    assert codes(together(app, *works)) == [None] * HANDS
    with app.app_context():
        assert (left(plans, "FOOD"), left(plans, "DATA")) == (100, 100)


def test_what_is_saved_is_taken_once(app: Flask, plans: Book) -> None:
    values = {"category_id": plans.categories["SAVINGS"], "day": DAY}
    in_app(app, lambda: plans.do(operations.put_aside, amount=Decimal(100), **values))
    take = lambda: plans.do(operations.take_back, amount=Decimal(30), **values)  # noqa: E731
    said = codes(together(app, *[take] * HANDS))
    assert sorted(map(str, said)) == ["None"] * 3 + ["not_enough_saved"] * 5


def test_savings_both_ways_lose_nothing(app: Flask, plans: Book) -> None:
    """The first of all of them makes the plan."""
    values = {"category_id": plans.categories["SAVINGS"], "day": DAY}

    def work() -> None:
        for amount in (3, 2, 1):
            plans.do(operations.put_aside, amount=Decimal(amount), **values)
            plans.do(operations.take_back, amount=Decimal(1), **values)

    assert codes(together(app, *[work] * HANDS)) == [None] * HANDS
    with app.app_context():
        assert queries.sum_saved(plans.workspace_id) == 24


def test_one_identifier_is_one_earmark(app: Flask, plans: Book) -> None:
    values = {"category_id": plans.categories["SAVINGS"], "day": DAY, "client_id": uuid7()}
    made = together(
        app, *[lambda: plans.do(operations.put_aside, amount=Decimal(5), **values)] * HANDS
    )
    assert codes(made) == [None] * HANDS
    assert len({earmark.id for earmark, _ in made}) == 1


def test_a_month_gets_one_budget(app: Flask, plans: Book) -> None:
    values = {"category_id": plans.categories["TRANSPORT"], "month": DAY}
    made = together(
        app, *[lambda: plans.do(operations.create_budget, amount=Decimal(5), **values)] * HANDS
    )
    assert sorted(map(str, codes(made))) == ["None"] + ["budget_exists"] * (HANDS - 1)


def test_a_change_goes_back_once(app: Flask, plans: Book) -> None:
    record = in_app(app, plans.record)
    change = in_app(app, lambda: plans.do(finance.delete_transaction, transaction_id=record.id))
    undo = lambda: plans.do(finance.undo_change, change_id=change)  # noqa: E731
    said = codes(together(app, *[undo] * HANDS))
    assert sorted(map(str, said)) == ["None"] + ["changed_since"] * (HANDS - 1)


def test_undo_and_an_edit_do_not_overwrite_each_other(app: Flask, plans: Book) -> None:
    """Whichever is first: an edit after it stands, and one before it keeps it from going back."""
    for _ in range(8):
        record = in_app(app, lambda: plans.record("100"))
        values = {"transaction_id": record.id}
        change = in_app(
            app, lambda v=values: plans.do(finance.edit_transaction, comment="x", **v).change_id
        )
        undone, edited = codes(together(
            app,
            lambda c=change: plans.do(finance.undo_change, change_id=c),
            lambda v=values: plans.do(finance.edit_transaction, amount=Decimal(7), **v),
        ))  # fmt: skip
        assert edited is None
        assert undone in {None, "changed_since"}
        with app.app_context():
            row = session.execute(
                text("SELECT amount, comment FROM transactions WHERE id = :id"), {"id": record.id}
            ).one()
            assert tuple(row) == (7, "" if undone is None else "x")


def test_splits_of_the_same_categories_wait_for_each_other(app: Flask, plans: Book) -> None:
    def work(*order: str) -> Callable[[], None]:
        def one() -> None:
            for _ in range(4):
                parts = [finance.Part(plans.categories[code], Decimal(5)) for code in order]
                plans.do(finance.record_split, amount=Decimal(10), parts=parts, day=DAY)

        return one

    works = [work("FOOD", "DATA"), work("DATA", "FOOD")] * 4
    assert codes(together(app, *works)) == [None] * HANDS
    with app.app_context():
        assert (left(plans, "FOOD"), left(plans, "DATA")) == (-60, -60)


def test_one_record_and_many_wait_for_each_other(app: Flask, plans: Book) -> None:
    """Edited, divided and moved among others at once."""
    ids = [in_app(app, lambda: plans.record("10").id) for _ in range(40)]
    data, food = plans.categories["DATA"], plans.categories["FOOD"]
    parts = [finance.Part(data, Decimal(5)), finance.Part(food, Decimal(5))]

    def move_all() -> None:
        for number in range(20):
            plans.do(finance.recategorise, chosen=ids, category_id=(data, food)[number % 2])

    def edit() -> None:
        for number, id_ in enumerate(ids):
            category = (data, food)[number % 2]
            plans.do(finance.edit_transaction, transaction_id=id_, category_id=category)

    def divide() -> None:
        for id_ in ids[:20]:
            plans.do(finance.split_transaction, transaction_id=id_, parts=parts)

    assert codes(together(app, move_all, edit, edit, divide)) == [None] * 4


def test_whatever_is_done_at_once_agrees(app: Flask, plans: Book) -> None:
    """Records, bulk changes and their way back, among a few records and categories."""
    ids = [in_app(app, lambda n=n: plans.record(str(n)).id) for n in range(1, 13)]

    def work(seed: int) -> Callable[[], None]:
        chance = random.Random(seed)

        def one() -> None:
            chosen = chance.sample(ids, 5)
            category = plans.categories[chance.choice(["FOOD", "DATA", "TRANSPORT"])]
            changes = session.scalars(text("SELECT id FROM changes")).all() or [0]
            session.rollback()
            change = {"change_id": chance.choice(changes)}
            chance.choice([
                lambda: plans.do(finance.recategorise, chosen=chosen, category_id=category),
                lambda: plans.do(finance.delete_transactions, chosen=chosen),
                lambda: plans.do(finance.edit_transaction, transaction_id=chosen[0],
                                 amount=Decimal(chance.randint(1, 99)), category_id=category),
                lambda: plans.do(finance.undo_change, **change),
                lambda: plans.do(finance.redo_change, **change),
            ])()  # fmt: skip

        def many() -> None:
            for _ in range(12):
                try:
                    one()
                except DomainError:
                    continue

        return many

    assert codes(together(app, *map(work, range(HANDS)))) == [None] * HANDS
