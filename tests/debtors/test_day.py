"""The close of a day: what was given, collected, forgiven and taken back, by whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.clock import midnight, now, today
from koshelok.core.page import BadCursor
from koshelok.debtors import operations, queries
from koshelok.infra.db import session
from tests.conftest import Page, Person
from tests.debtors.books import Shop, open_shop
from tests.ledger.books import unguarded

DAY = today()
START = midnight(DAY)
STOP = midnight(DAY + timedelta(days=1))


@pytest.fixture
def shop(context: Flask, person: Person) -> Shop:
    return open_shop(person)


def sums(shop: Shop, days: int = 0) -> tuple[str, str, str]:
    total = queries.get_day(shop.workspace_id, DAY + timedelta(days=days)).total
    return f"{total.given:f}", f"{total.collected:f}", f"{total.written_off:f}"


def test_refuses_a_cursor_of_another_list(shop: Shop) -> None:
    with pytest.raises(BadCursor):
        queries.list_day(shop.workspace_id, DAY, limit=5, cursor="x")


def test_an_empty_day(shop: Shop) -> None:
    assert sums(shop) == ("0", "0", "0")
    assert queries.list_day_voids(shop.workspace_id, DAY) == []


@pytest.mark.parametrize(
    ("at", "days"),
    [(START - timedelta(seconds=1), -1), (START, 0), (STOP - timedelta(seconds=1), 0), (STOP, 1)],
)
def test_a_day_is_cut_in_tashkent(shop: Shop, at: datetime, days: int) -> None:
    shop.debt(shop.person(), "100", at=at)
    assert [sums(shop, other)[0] for other in (-1, 0, 1)] == [
        "100.00" if other == days else "0" for other in (-1, 0, 1)
    ]


def test_money_by_the_way_it_came_and_forgiveness_apart(shop: Shop) -> None:
    debtor = shop.person()
    debt = shop.debt(debtor, "1000")
    shop.pay(debtor, "300")
    shop.pay(debtor, "50", method="card")
    shop.write_off(debt.id)
    total = queries.get_day(shop.workspace_id, DAY).total
    assert total.by_method == {"cash": 300, "card": 50, "koshelok": 0}
    assert sums(shop) == ("1000.00", "350.00", "650.00")
    shop.do(operations.undo_write_off, debt_id=debt.id)
    assert sums(shop) == ("1000.00", "350.00", "0")


def test_what_is_voided_the_same_day_is_a_void_only(shop: Shop) -> None:
    debtor = shop.person()
    shop.debt(debtor, "40")
    shop.void_debt(shop.debt(debtor, "1000").id)
    shop.void_payment(shop.pay(debtor, "7").id)
    assert sums(shop) == ("40.00", "0", "0")
    voids = queries.list_day_voids(shop.workspace_id, DAY)
    assert {(row.kind, row.amount, row.void_reason) for row in voids} == {
        ("debt", Decimal(1000), "Xato"), ("payment", Decimal(7), "Xato"),
    }  # fmt: skip


def test_what_is_voided_later_was_that_days_still(shop: Shop) -> None:
    debt = shop.debt(shop.person(), "1000", at=now() - timedelta(days=1))
    shop.void_debt(debt.id)
    assert sums(shop, -1)[0] == "1000.00"
    assert sums(shop)[0] == "0"
    assert [row.id for row in queries.list_day_voids(shop.workspace_id, DAY)] == [debt.id]
    assert queries.list_day_voids(shop.workspace_id, DAY - timedelta(days=1)) == []


def test_what_came_from_a_file_is_told_apart(shop: Shop) -> None:
    debtor = shop.person()
    shop.debt(debtor, "1000")
    with unguarded():
        session.execute(text("UPDATE debts SET import_id = gen_random_uuid()"))
    session.commit()
    total = queries.get_day(shop.workspace_id, DAY).total
    assert (total.given, total.imported) == (0, 1000)


def test_each_cashier_and_no_stranger(shop: Shop, make_person: Callable[..., Person]) -> None:
    other, stranger = make_person(), open_shop(make_person())
    debtor = shop.person()
    shop.debt(debtor, "10")
    Shop(other.id, shop.workspace_id).debt(debtor, "5")
    stranger.debt(stranger.person(), "99")
    stranger.write_off(stranger.debt(stranger.person(), "8").id)
    day = queries.get_day(shop.workspace_id, DAY)
    assert {who: own.given for who, own in day.cashiers.items()} == {
        shop.actor_id: 10, other.id: 5,
    }  # fmt: skip
    assert sum(own.given for own in day.cashiers.values()) == day.total.given
    assert len(queries.list_day(shop.workspace_id, DAY, limit=50).items) == 2


def test_pages_hold_every_entry_once(shop: Shop) -> None:
    debtor, at = shop.person(), now()
    for _ in range(5):
        shop.debt(debtor, "10", at=at)
        shop.pay(debtor, "3", at=at)
    shop.write_off(shop.debt(debtor, "4").id)
    every = queries.list_day(shop.workspace_id, DAY, limit=50).items
    seen, cursor = [], None
    while True:
        page = queries.list_day(shop.workspace_id, DAY, limit=3, cursor=cursor)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == every
    assert len(every) == 12
    assert {row.kind for row in every} == {"debt", "payment", "write_off"}


def test_the_page(app: Flask, person: Person, browse: Callable[[Person], Page]) -> None:
    with app.app_context():
        shop = open_shop(person)
        debtor = shop.person("Karim Aliyev")
        shop.debt(debtor, "1000000")
        shop.void_payment(shop.pay(debtor, "70000").id)
        for _ in range(60):
            shop.debt(debtor, "1")
    mine = browse(person)
    page = mine.get("/debtors/day").get_data(as_text=True)
    assert "1\u202f000\u202f060" in page
    assert "Xato" in page
    assert "cursor=" in page
    before = f"/debtors/day?date={DAY - timedelta(days=1)}"
    assert before in page
    assert f"date={DAY + timedelta(days=1)}" not in page
    assert "Karim" not in mine.get(before).get_data(as_text=True)
    for odd in ("2999-01-01", "0001-01-01", "9999-12-31", "x"):
        assert mine.get(f"/debtors/day?date={odd}").status_code == 200
