"""A debtor marks an entry as wrong; the shop sees it, and says when it is settled."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.debtors import operations, queries
from koshelok.debtors.errors import DebtNotFound, PaymentNotFound
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Page, Person
from tests.debtors.links import Counter, open_counter_apart
from tests.ledger.support import together

Make = Callable[..., Person]


@pytest.fixture
def counter(app: Flask, person: Person) -> Counter:
    """A debtor with one debt."""
    return open_counter_apart(app, person, "1000")


def only_debt(counter: Counter) -> int:
    found: int = counter.shop.inside(queries.list_open_debts, counter.debtor)[0].id
    return found


def waiting(counter: Counter) -> list[tuple[int | None, int | None, str]]:
    found = counter.shop.inside(queries.list_disputes, counter.shop.workspace_id, limit=9).items
    return [(one.debt, one.payment, one.note) for one in found]


def mark(counter: Counter, note: str = "Olmaganman", **entry: int) -> int:
    def act() -> int:
        with unit_of_work():
            return operations.mark_wrong(
                workspace_id=counter.shop.workspace_id, debtor_id=counter.debtor, note=note, **entry
            ).id

    made: int = counter.shop.inside(act)
    return made


def test_a_form_without_a_token_of_ours_is_refused(counter: Counter, page: Page) -> None:
    path = f"{counter.path}/debts/{only_debt(counter)}/wrong"
    assert page.client.post(path, data={"note": "x"}).status_code == 400
    assert waiting(counter) == []


@pytest.mark.parametrize("note", ["", "   ", "x" * 501])
def test_a_note_says_something_and_not_too_much(counter: Counter, page: Page, note: str) -> None:
    path = f"{counter.path}/debts/{only_debt(counter)}/wrong"
    assert page.post(path, {"note": note}).status_code == 422
    assert waiting(counter) == []


def test_only_ones_own_entries_that_stand_are_marked(
    app: Flask, counter: Counter, page: Page, make_person: Make
) -> None:
    neighbour = counter.shop.debt(counter.shop.person("Qo'shni"), "10").id
    stranger = open_counter_apart(app, make_person(), "10")
    voided = counter.shop.debt(counter.debtor, "10").id
    counter.shop.void_debt(voided)
    for debt in (neighbour, only_debt(stranger), voided, 999_999):
        path = f"{counter.path}/debts/{debt}/wrong"
        assert page.get(path).status_code == page.post(path, {"note": "x"}).status_code == 404
        with pytest.raises(DebtNotFound):
            mark(counter, debt_id=debt)
    with pytest.raises(PaymentNotFound):
        mark(counter, payment_id=999_999)
    assert page.get(f"{counter.path}/payments/999999/wrong").status_code == 404
    assert waiting(counter) == []


def test_a_link_marks_so_often_and_no_more(
    counter: Counter, another_app: Callable[..., Flask], limits: None
) -> None:
    page = Page(another_app(limit_disputes="3 per hour"))
    path = f"{counter.path}/debts/{only_debt(counter)}/wrong"
    page.get(path)
    assert [page.post(path, {"note": "x"}).status_code for _ in range(4)] == [303] * 3 + [429]


def test_a_stranger_and_a_viewer_settle_nothing(
    counter: Counter, make_person: Make, browse: Callable[[Person], Page]
) -> None:
    dispute = mark(counter, debt_id=only_debt(counter))
    stranger = browse(make_person())
    assert stranger.post(f"/debtors/disputes/{dispute}/resolve").status_code == 404
    assert "Olmaganman" not in stranger.get("/debtors/disputes").get_data(as_text=True)
    assert len(waiting(counter)) == 1


def test_an_entry_is_marked_once_at_a_time(app: Flask, counter: Counter) -> None:
    debt = only_debt(counter)
    made = together(app, *[lambda: mark(counter, debt_id=debt)] * 6)
    assert len(set(made)) == 1, made
    assert mark(counter, "Yana", debt_id=debt) == made[0]
    assert waiting(counter) == [(debt, None, "Olmaganman")]


def test_the_debtor_marks_the_shop_settles(
    counter: Counter, page: Page, person: Person, browse: Callable[[Person], Page]
) -> None:
    debt, payment = only_debt(counter), counter.shop.pay(counter.debtor, "400").id
    asked = page.get(f"{counter.path}/debts/{debt}/wrong")
    assert "1\u202f000" in asked.get_data(as_text=True)
    done = page.post(f"{counter.path}/debts/{debt}/wrong", {"note": "30 <b>ming</b> edi"})
    assert (done.status_code, done.location) == (303, counter.path)
    page.post(f"{counter.path}/payments/{payment}/wrong", {"note": "500 berdim"})
    assert f"debts/{debt}/wrong" not in page.get(counter.path).get_data(as_text=True)
    shop = browse(person)
    html = shop.get("/debtors/disputes").get_data(as_text=True)
    assert "30 &lt;b&gt;ming&lt;/b&gt; edi" in html
    assert "500 berdim" in html
    assert "(2)" in html
    [first, second] = [
        one.id for one in counter.shop.inside(queries.list_disputes_of, counter.debtor)
    ]
    for _ in range(2):
        assert shop.post(f"/debtors/disputes/{first}/resolve").location == "/debtors/disputes"
    assert waiting(counter) == [(None, payment, "500 berdim")]
    assert f"debts/{debt}/wrong" in page.get(counter.path).get_data(as_text=True)
    query = text("SELECT actor_id, details FROM audit_events WHERE action = 'dispute.resolved'")
    acts = counter.shop.inside(lambda: session.execute(query).all())
    assert [tuple(act) for act in acts] == [(person.id, {"dispute": str(first)})]
    place = counter.shop.workspace_id
    assert counter.shop.inside(queries.count_disputes, place) == 1
    assert counter.shop.inside(queries.get_dispute, place, second).resolved_at is None


def test_what_is_settled_can_be_marked_again(counter: Counter) -> None:
    debt = only_debt(counter)
    first = mark(counter, debt_id=debt)
    counter.shop.do(operations.resolve_dispute, dispute_id=first)
    assert mark(counter, "Hali ham xato", debt_id=debt) != first
    assert len(waiting(counter)) == 1


def test_the_way_back_after_settling_is_on_this_site(
    counter: Counter, person: Person, browse: Callable[[Person], Page]
) -> None:
    dispute = mark(counter, debt_id=only_debt(counter))
    page = browse(person)
    answer = page.post(f"/debtors/disputes/{dispute}/resolve", {"next": "//evil.example"})
    assert answer.location == "/debtors/disputes"


def test_a_list_of_many_goes_on(
    counter: Counter, person: Person, browse: Callable[[Person], Page]
) -> None:
    for number in range(60):
        mark(counter, f"Belgi {number}.", debt_id=counter.shop.debt(counter.debtor, "1").id)
    page = browse(person)
    html = page.get("/debtors/disputes").get_data(as_text=True)
    assert "Belgi 49." in html
    assert "Belgi 50." not in html
    assert "cursor=" in html
    place = counter.shop.workspace_id
    cursor = counter.shop.inside(queries.list_disputes, place, limit=50).next_cursor
    rest = page.get(f"/debtors/disputes?cursor={cursor}").get_data(as_text=True)
    assert "Belgi 59." in rest
    assert "Belgi 49." not in rest


def test_https_lets_the_form_through(counter: Counter, page: Page) -> None:
    """Under HTTPS a form must say where it comes from: the pages' own policy lets it."""
    path, https = f"{counter.path}/debts/{only_debt(counter)}/wrong", "https://localhost"
    page.get(path, base_url=https)
    answer = page.post(path, {"note": "x"}, base_url=https, headers={"Referer": https + path})
    assert answer.status_code == 303
