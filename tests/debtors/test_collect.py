"""Whom to ask for money, how late it is, and what they promised."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.clock import today
from koshelok.core.page import BadCursor, encode_cursor
from koshelok.debtors import operations
from koshelok.debtors import queries as book
from koshelok.debtors.ageing import Bucket, late_of
from koshelok.infra.db import session
from tests.conftest import Page, Person, QueryCounter
from tests.debtors.books import Shop, open_shop


@pytest.fixture
def shop(context: Flask, person: Person) -> Shop:
    return open_shop(person)


def days(number: int) -> date:
    return today() + timedelta(days=number)


def names(shop: Shop, **more: object) -> list[str]:
    page = book.list_late(shop.workspace_id, today(), limit=50, **more)  # type: ignore[arg-type]
    return [row.full_name for row in page.items]


def test_refuses_a_cursor_of_another_list(shop: Shop) -> None:
    for cursor in ("x", encode_cursor(1, 2, 3), encode_cursor("a", "1", 1), encode_cursor("1")):
        with pytest.raises(BadCursor):
            book.list_late(shop.workspace_id, today(), limit=5, cursor=cursor)


def test_days_times_amount_first_and_what_is_due_today_last(
    shop: Shop, make_person: Callable[..., Person]
) -> None:
    for name, amount, due in (
        ("Little and long", "10", -100), ("Much and new", "5000", -1), ("Nothing late", "900", 5),
        ("Due now", "77", 0), ("Most", "600", -10),
    ):  # fmt: skip
        shop.debt(shop.person(name), amount, due_date=days(due))
    other = open_shop(make_person())
    other.debt(other.person("A stranger"), "9", due_date=days(-9))
    assert names(shop) == ["Most", "Much and new", "Little and long", "Due now"]


def test_every_debt_counts_with_its_own_days(shop: Shop) -> None:
    debtor = shop.person()
    for amount, due in (("100", -10), ("50.50", -2), ("1000", 3)):
        shop.debt(debtor, amount, due_date=days(due))
    (row,) = book.list_late(shop.workspace_id, today(), limit=5).items
    assert (row.late, row.total, row.since) == (Decimal("150.50"), Decimal("1150.50"), days(-10))
    assert row.weight == 100_00 * 10 + 50_50 * 2


def test_a_promise_hides_until_its_day(shop: Shop) -> None:
    for name, late, promised in (
        ("Tomorrow", -5, 1), ("Today", -5, 0), ("Past", -5, -1), ("Early", 5, 0), ("Far", 5, 9),
    ):  # fmt: skip
        debtor = shop.person(name)
        shop.debt(debtor, "100", due_date=days(late))
        shop.do(operations.note_promise, debtor_id=debtor, day=days(promised))
    assert set(names(shop)) == {"Today", "Past", "Early"}


def test_pages_hold_everybody_once(shop: Shop) -> None:
    for number in range(23):
        shop.debt(shop.person(f"P{number:02}"), "100", due_date=days(-(number // 5)))
    seen, cursor = [], None
    while True:
        page = book.list_late(shop.workspace_id, today(), limit=4, cursor=cursor)
        seen += [row.full_name for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == names(shop)
    assert len(set(seen)) == 23


def test_the_buckets_are_the_open_debt_and_their_lists_sum_to_them(shop: Shop) -> None:
    debtor = shop.person()
    for number, late in enumerate((-40, 0, 30, 31, 60, 61, 90, 91, 400)):
        shop.debt(debtor, str(100 + number), due_date=days(-late))
    shop.debt(debtor, "5")
    shop.pay(debtor, "150")
    ageing = book.get_ageing(shop.workspace_id, today())
    assert sum(ageing.values()) == book.get_person(shop.workspace_id, debtor).debt_total
    assert ageing == book.get_debtor_ageing(debtor, today())
    for bucket in Bucket:
        listed, cursor = Decimal(0), None
        while True:
            page = book.list_aged_debts(shop.workspace_id, bucket, today(), limit=1, cursor=cursor)
            listed += sum(debt.remaining for debt in page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert listed == ageing[bucket]
    found = book.find_outstanding(shop.workspace_id, today())
    assert found is not None
    assert (found.total, found.late) == (sum(ageing.values()), late_of(ageing))


def test_a_workspace_without_debtors_has_nothing_to_tell(shop: Shop) -> None:
    assert book.find_outstanding(shop.workspace_id, today()) is None


def _fill(person: Person) -> int:
    shop = open_shop(person)
    debtor = shop.person("Botir Zokirov")
    shop.debt(debtor, "250000", due_date=days(-12))
    return debtor


def test_the_list_and_a_promise(
    app: Flask, person: Person, browse: Callable[[Person], Page], make_person: Callable[..., Person]
) -> None:
    with app.app_context():
        debtor = _fill(person)
    path = f"/debtors/{debtor}/promise"
    assert browse(make_person()).post(path, {"day": days(1).isoformat()}).status_code == 404
    mine = browse(person)
    assert "Botir Zokirov" in mine.get("/debtors/collect").get_data(as_text=True)
    for wrong in (days(-1).isoformat(), days(5000).isoformat(), "soon"):
        mine.post(path, {"day": wrong})
        assert "Botir Zokirov" in mine.get("/debtors/collect").get_data(as_text=True)
    for nothing in ("soon", ""):
        assert mine.htmx("POST", path, data={"other": nothing}).status_code == 409
    answer = mine.htmx("POST", path, data={"day": days(1).isoformat()})
    assert "debtor-changed" in answer.headers["HX-Trigger"]
    assert "Botir Zokirov" not in mine.get("/debtors/collect").get_data(as_text=True)
    mine.post(f"{path}?undo=1&day=")
    assert "Botir Zokirov" in mine.get("/debtors/collect").get_data(as_text=True)


def test_what_is_sent_is_read_first(
    app: Flask, person: Person, browse: Callable[[Person], Page]
) -> None:
    with app.app_context():
        debtor = _fill(person)
    mine = browse(person)
    page = mine.get("/debtors/collect").get_data(as_text=True)
    mine.post(f"/debtors/{debtor}/reminders", {"back": "collect"})
    with app.app_context():
        sent = session.scalar(text("SELECT text FROM debt_reminders"))
    assert str(sent).replace("'", "&#39;") in page
    assert f'id="remind-{debtor}"' not in mine.get("/debtors/collect").get_data(as_text=True)


def test_the_pages_ask_little(
    app: Flask, person: Person, browse: Callable[[Person], Page], queries: QueryCounter
) -> None:
    with app.app_context():
        for _ in range(3):
            _fill(person)
    mine = browse(person)
    for path in (
        "/debtors/collect", "/debtors/ageing?bucket=0-30", "/debtors/day", "/debtors/settings",
        "/dashboard",
    ):  # fmt: skip
        queries.statements.clear()
        assert mine.get(path).status_code == 200
        assert len(queries.statements) <= 10, path


def test_a_bucket_opens_its_debts(
    app: Flask, person: Person, browse: Callable[[Person], Page]
) -> None:
    with app.app_context():
        _fill(person)
    mine = browse(person)
    assert "Botir Zokirov" in mine.get("/debtors/ageing?bucket=0-30").get_data(as_text=True)
    for other in ("not_due", "nonsense", "over-90", ""):
        assert "Botir" not in mine.get(f"/debtors/ageing?bucket={other}").get_data(as_text=True)


def test_the_dashboard_tells_what_debtors_owe(
    app: Flask, person: Person, browse: Callable[[Person], Page]
) -> None:
    mine = browse(person)
    assert "/debtors/collect" not in mine.get("/dashboard").get_data(as_text=True)
    with app.app_context():
        _fill(person)
    page = mine.get("/dashboard").get_data(as_text=True)
    assert "250\u202f000" in page
    assert "/debtors/collect" in page
