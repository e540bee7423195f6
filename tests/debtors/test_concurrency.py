"""Real threads at one book: nothing lost, nothing doubled, no deadlock reaches a caller."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.errors import DomainError
from koshelok.debtors import operations, queries
from koshelok.debtors.verification import verify
from koshelok.infra.db import session
from tests.conftest import Person
from tests.debtors.books import Shop, new_phone, open_shop, wrong
from tests.ledger.support import together

CASHIERS = 8


@pytest.fixture
def shop(app: Flask, person: Person) -> Iterator[Shop]:
    yield open_shop(person)
    with app.app_context():
        assert wrong() == []
        assert list(verify()) == []


def in_app(app: Flask, work: Callable[[], Any]) -> Any:
    """Do it in a context of its own, as a request is."""
    with app.app_context():
        return work()


def codes(results: list[Any]) -> list[str | None]:
    """How each was refused; what is no refusal is a mistake."""
    assert [one for one in results if isinstance(one, Exception)
            and not isinstance(one, DomainError)] == []  # fmt: skip
    return [one.code if isinstance(one, DomainError) else None for one in results]


def test_payments_at_once_are_spread_once(app: Flask, shop: Shop) -> None:
    """Of each tiyin that is owed; together they pay more than that."""
    aziz = in_app(app, shop.person)
    debts = [in_app(app, lambda: shop.debt(aziz, "100.01").id) for _ in range(5)]
    pay = lambda: shop.pay(aziz, "66.67")  # noqa: E731  # eight times the same
    assert codes(together(app, *[pay] * CASHIERS)) == [None] * CASHIERS
    with app.app_context():
        assert shop.sums(aziz) == ("0.00", "33.31")  # 533.36 - 500.05
        assert shop.status(*debts) == ["paid"] * 5


def test_debts_and_payments_at_once_lose_nothing(app: Flask, shop: Shop) -> None:
    aziz = in_app(app, shop.person)

    def write(number: int) -> Callable[[], None]:
        def work() -> None:
            for turn in range(6):
                (shop.debt if (number + turn) % 2 else shop.pay)(aziz, f"{number + 1}.10")

        return work

    assert codes(together(app, *map(write, range(CASHIERS)))) == [None] * CASHIERS
    with app.app_context():
        assert shop.sums(aziz) == ("0.00", "0.00")  # as much was given as was taken


def test_whatever_is_done_at_once_to_a_few_people_agrees(app: Flask, shop: Shop) -> None:
    """Cashiers write, void, forgive and put off, among the same three people and many days."""
    people = [in_app(app, shop.person) for _ in range(3)]
    today = date(2026, 11, 21)

    def work(seed: int) -> Callable[[], None]:
        chance = random.Random(seed)

        def one() -> None:
            who, amount = chance.choice(people), Decimal(chance.randint(1, 9_999)) / 100
            due = today + timedelta(days=chance.randint(-9, 9))
            debts = session.scalars(text("SELECT id FROM debts ORDER BY id")).all() or [0]
            payments = session.scalars(text("SELECT id FROM payments ORDER BY id")).all() or [0]
            session.rollback()
            chance.choice([
                lambda: shop.debt(who, amount, due_date=due),
                lambda: shop.debt(who, amount, due_date=due),
                lambda: shop.pay(who, amount * 3),
                lambda: shop.void_debt(chance.choice(debts)),
                lambda: shop.void_payment(chance.choice(payments)),
                lambda: shop.write_off(chance.choice(debts)),
                lambda: shop.do(operations.undo_write_off, debt_id=chance.choice(debts)),
                lambda: shop.do(operations.edit_debt, debt_id=chance.choice(debts), due_date=due),
            ])()  # fmt: skip

        def many() -> None:
            for _ in range(15):
                try:
                    one()
                except DomainError:
                    continue

        return many

    assert codes(together(app, *map(work, range(CASHIERS)))) == [None] * CASHIERS


def test_people_of_one_shop_with_debts_of_many_days_do_not_deadlock(app: Flask, shop: Shop) -> None:
    """Each payment settles debts due on the same days, met in different orders."""
    today = date(2026, 11, 21)
    people = [in_app(app, shop.person) for _ in range(CASHIERS)]
    for place, who in enumerate(people):
        for day in range(6):
            due = today + timedelta(days=day if place % 2 else -day + 5)
            in_app(app, lambda who=who, due=due: shop.debt(who, "10", due_date=due))

    def work(who: int) -> Callable[[], None]:
        def pay() -> None:
            for _ in range(4):
                shop.void_payment(shop.pay(who, "45").id)

        return pay

    assert codes(together(app, *map(work, people))) == [None] * CASHIERS
    with app.app_context():
        assert {shop.sums(who) for who in people} == {("60.00", "0.00")}


def test_one_entry_is_voided_once(app: Flask, shop: Shop) -> None:
    aziz = in_app(app, shop.person)
    debt = in_app(app, lambda: shop.debt(aziz, "5").id)
    payment = in_app(app, lambda: shop.pay(aziz, "5").id)
    works = [lambda: shop.void_debt(debt), lambda: shop.void_payment(payment)] * 4
    assert codes(together(app, *works)) == [None] * CASHIERS
    with app.app_context():
        assert shop.sums(aziz) == ("0.00", "0.00")
        voids = "SELECT count(*) FROM audit_events WHERE action LIKE '%.voided'"
        assert session.scalar(text(voids)) == 2


def test_a_debt_is_forgiven_once(app: Flask, shop: Shop) -> None:
    aziz = in_app(app, shop.person)
    debt = in_app(app, lambda: shop.debt(aziz, "5").id)
    said = codes(together(app, *[lambda: shop.write_off(debt)] * 4))
    assert sorted(map(str, said)) == ["None"] + ["nothing_left"] * 3


def test_the_limit_holds_for_all_together(app: Flask, shop: Shop) -> None:
    aziz = in_app(app, lambda: shop.person(credit_limit=Decimal(100)))
    said = codes(together(app, *[lambda: shop.debt(aziz, "30")] * CASHIERS))
    assert sorted(map(str, said)) == ["None"] * 3 + ["credit_limit_exceeded"] * 5
    with app.app_context():
        assert shop.sums(aziz) == ("90.00", "0.00")


def test_one_identifier_is_one_entry(app: Flask, shop: Shop) -> None:
    aziz = in_app(app, shop.person)
    for write in (shop.debt, shop.pay):
        key = uuid4()
        made = together(app, *[lambda w=write, k=key: w(aziz, "5", client_id=k)] * CASHIERS)
        assert codes(made) == [None] * CASHIERS
        assert len({one.id for one in made}) == 1
    with app.app_context():
        assert shop.sums(aziz) == ("0.00", "0.00")


def test_one_identifier_is_not_an_entry_of_two_people(app: Flask, shop: Shop) -> None:
    people, key = [in_app(app, shop.person) for _ in range(4)], uuid4()
    works = [lambda who=who: shop.debt(who, "5", client_id=key) for who in people]
    assert sorted(map(str, codes(together(app, *works)))) == ["None"] + ["entry_key_reused"] * 3


def test_one_identifier_is_one_new_person(app: Flask, shop: Shop) -> None:
    values = {"phone_number": new_phone(), "client_id": uuid4()}
    made = together(app, *[lambda: shop.person(**values)] * CASHIERS)
    assert codes(made) == [None] * CASHIERS
    assert len(set(made)) == 1


def test_one_identifier_with_two_numbers_is_still_one_person(app: Flask, shop: Shop) -> None:
    key = uuid4()
    works = [lambda: shop.person(phone_number=new_phone(), client_id=key)] * CASHIERS
    made = together(app, *works)
    assert codes(made) == [None] * CASHIERS
    assert len(set(made)) == 1


def test_one_number_is_one_new_person(app: Flask, shop: Shop) -> None:
    phone = new_phone()
    said = codes(together(app, *[lambda: shop.person(phone_number=phone)] * CASHIERS))
    assert sorted(map(str, said)) == ["None"] + ["phone_taken"] * (CASHIERS - 1)


def test_who_is_put_away_takes_a_debt_before_or_none(app: Flask, shop: Shop) -> None:
    for _ in range(6):
        aziz = in_app(app, shop.person)
        said = codes(together(
            app,
            lambda who=aziz: shop.do(operations.remove_debtor, debtor_id=who),
            lambda who=aziz: shop.debt(who, "5"),
        ))  # fmt: skip
        assert said in (["debtor_has_open_debts", None], [None, "debtor_not_found"])


def test_a_void_and_a_removal_leave_nobody_owing_unseen(app: Flask, shop: Shop) -> None:
    for _ in range(6):
        aziz = in_app(app, shop.person)
        in_app(app, lambda who=aziz: shop.debt(who, "5"))
        payment = in_app(app, lambda who=aziz: shop.pay(who, "5").id)
        said = codes(together(
            app,
            lambda who=aziz: shop.do(operations.remove_debtor, debtor_id=who),
            lambda one=payment: shop.void_payment(one),
        ))  # fmt: skip
        assert said in (["debtor_has_open_debts", None], [None, "debtor_put_away"])


def test_two_people_to_one_number(app: Flask, shop: Shop) -> None:
    people, phone = [in_app(app, shop.person) for _ in range(4)], new_phone()
    edit = operations.edit_debtor
    works = [lambda who=who: shop.do(edit, debtor_id=who, phone_number=phone) for who in people]
    assert sorted(map(str, codes(together(app, *works)))) == ["None"] + ["phone_taken"] * 3
    with app.app_context():
        assert queries.find_by_phone(shop.workspace_id, phone) is not None
