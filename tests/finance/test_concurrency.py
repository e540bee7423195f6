"""Writers at once, on real connections: no lost update, no deadlock, totals exact."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from koshelok.core.errors import DomainError
from koshelok.finance import operations, queries
from koshelok.finance.verification import verify
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person

THREADS, EACH = 8, 15


@pytest.fixture
def together(app: Flask) -> Callable[[Callable[[int], object]], list[object]]:
    """Run a function in many threads at the same moment, each in a context of its own."""

    def run(work: Callable[[int], object]) -> list[object]:
        start = threading.Barrier(THREADS)

        def one(number: int) -> object:
            with app.app_context():
                start.wait()
                return work(number)

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(one, range(THREADS)))

    return run


def test_writers_of_one_day_lose_nothing(
    app: Flask, person: Person, together: Callable[..., list[object]]
) -> None:
    with app.app_context():
        categories = [c.id for c in queries.list_categories(person.workspace_id)]

    def write(number: int) -> None:
        dice = random.Random(number)
        for _ in range(EACH):
            with unit_of_work():
                operations.record_transaction(
                    actor_id=person.id, workspace_id=person.workspace_id,
                    category_id=dice.choice(categories), amount=Decimal("1.01"),
                    day=date(2026, 1, dice.choice((1, 2))),
                )  # fmt: skip

    together(write)
    with app.app_context():
        assert list(verify()) == []
        total = sum(item.total for item in queries.sum_ever(person.workspace_id))
        assert total == THREADS * EACH * Decimal("1.01")


def test_only_one_of_many_deletes_a_record(
    app: Flask, person: Person, together: Callable[..., list[object]]
) -> None:
    with app.app_context(), unit_of_work():
        category = queries.list_categories(person.workspace_id)[0].id
        record = operations.record_transaction(
            actor_id=person.id, workspace_id=person.workspace_id,
            category_id=category, amount=Decimal(5), day=date(2026, 1, 1),
        )  # fmt: skip

    def remove(_number: int) -> bool:
        try:
            with unit_of_work():
                operations.delete_transaction(
                    actor_id=person.id,
                    workspace_id=person.workspace_id,
                    transaction_id=record.id,
                )
        except DomainError:
            return False
        return True

    assert sorted(map(bool, together(remove))) == [False] * (THREADS - 1) + [True]
    with app.app_context():
        assert list(verify()) == []
        assert queries.sum_ever(person.workspace_id) == []


def test_edits_of_one_record_come_one_after_the_other(
    app: Flask, person: Person, together: Callable[..., list[object]]
) -> None:
    with app.app_context(), unit_of_work():
        categories = [c.id for c in queries.list_categories(person.workspace_id)][:4]
        record = operations.record_transaction(
            actor_id=person.id, workspace_id=person.workspace_id,
            category_id=categories[0], amount=Decimal(5), day=date(2026, 1, 1),
        )  # fmt: skip

    def edit(number: int) -> None:
        for turn in range(EACH):
            with unit_of_work():
                operations.edit_transaction(
                    actor_id=person.id, workspace_id=person.workspace_id,
                    transaction_id=record.id, category_id=categories[(number + turn) % 4],
                    amount=Decimal(number + 1), day=date(2026, 1 + turn % 12, 1),
                )  # fmt: skip

    together(edit)
    with app.app_context():
        assert list(verify()) == []
        assert sum(item.count for item in queries.sum_ever(person.workspace_id)) == 1


def test_one_name_is_taken_once(
    app: Flask, person: Person, together: Callable[..., list[object]]
) -> None:
    def make(_number: int) -> bool:
        try:
            with unit_of_work():
                operations.create_category(
                    actor_id=person.id,
                    workspace_id=person.workspace_id,
                    name="Meva",
                    type="expense",
                )
        except DomainError:
            return False
        return True

    assert sorted(map(bool, together(make))) == [False] * (THREADS - 1) + [True]
