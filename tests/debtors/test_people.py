"""/debtors/<id>: one person's page, and what can be done there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koshelok.core.clock import today
from koshelok.core.page import BadCursor
from koshelok.debtors import queries
from koshelok.debtors.queries.effects import (
    Effect,
    effect_of_voiding_debt,
    effect_of_voiding_payment,
)
from tests.conftest import Page, Person, QueryCounter
from tests.debtors.books import Shop

Browse = Callable[[Person], Page]


@dataclass
class Desk(Shop):
    """A shop whose work is done beside browsers, each step in a context of its own."""

    app: Flask | None = None

    def do(self, operation: Callable[..., Any], **arguments: Any) -> Any:
        """Run an operation and commit."""
        assert self.app is not None
        with self.app.app_context():
            return super().do(operation, **arguments)

    def ask(self, query: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """What a query answers."""
        assert self.app is not None
        with self.app.app_context():
            return query(*arguments, **more)

    def sums(self, debtor: int) -> tuple[str, str]:
        """What somebody owes, and has as credit."""
        return self.ask(super().sums, debtor)  # type: ignore[no-any-return]  # as Shop's


@pytest.fixture
def shop(app: Flask, person: Person) -> Desk:
    """The book of `person`."""
    return Desk(person.id, person.workspace_id, app)


@pytest.fixture
def debtor(shop: Desk) -> int:
    """Anvar, with a limit of a million."""
    return shop.person("Anvar Karimov", credit_limit=Decimal(1000000))


def test_anothers_book_has_none_of_it(
    browse: Browse, make_person: Callable[..., Person], shop: Desk, debtor: int
) -> None:
    debt, payment = shop.debt(debtor, "100"), shop.pay(debtor, "10")
    page = browse(make_person())
    for path in (
        f"/debtors/{debtor}", f"/debtors/{debtor}/edit", f"/debtors/{debtor}/statement",
        f"/debtors/{debtor}/statement/receipt", f"/debtors/debts/{debt.id}/void",
        f"/debtors/payments/{payment.id}/void", f"/debtors/debts/{debt.id}/write-off",
        f"/debtors/debts/{debt.id}/edit",
    ):  # fmt: skip
        assert page.get(path).status_code == 404, path
    for path in (
        f"/debtors/{debtor}/edit", f"/debtors/{debtor}/remove", f"/debtors/{debtor}/restore",
        f"/debtors/debts/{debt.id}/void", f"/debtors/payments/{payment.id}/void",
        f"/debtors/debts/{debt.id}/write-off", f"/debtors/debts/{debt.id}/write-off/undo",
        f"/debtors/debts/{debt.id}/edit", f"/debtors/{debtor}/statement/export",
    ):  # fmt: skip
        form = {"full_name": "X", "phone_number": "901234567", "reason": "x", "format": "csv"}
        assert page.post(path, form).status_code == 404, path
    assert shop.sums(debtor) == ("90.00", "0.00")


def test_the_page_shows_what_is_owed_and_what_happened(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    page = browse(person)
    late = shop.debt(debtor, "150000", description="Un", due_date=today() - timedelta(3))
    shop.debt(debtor, "50000", description="Yog'", due_date=today() + timedelta(3))
    shop.pay(debtor, "30000")
    text = page.get(f"/debtors/{debtor}").text
    assert "170\u202f000" in text
    assert text.index("Un") < text.index("Yog&#39;")
    assert "120\u202f000" in text  # left of the late one
    assert f"/debtors/debts/{late.id}/void" in text
    assert re.search(r'<progress value="170000.00" max="1000000.00"', text)


def test_credit_is_the_big_number_when_there_is_some(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    shop.debt(debtor, "100")
    shop.pay(debtor, "450")
    text = browse(person).get(f"/debtors/{debtor}").text
    assert "350" in text


def test_a_voided_entry_stays_struck_through_with_reason_and_name(
    app: Flask, browse: Browse, make_person: Callable[..., Person]
) -> None:
    owner = make_person(full_name="Malika Karimova")
    shop, page = Desk(owner.id, owner.workspace_id, app), browse(owner)
    debtor = shop.person()
    payment = shop.pay(debtor, "77000")
    asked = page.get(f"/debtors/payments/{payment.id}/void").text
    assert "77\u202f000" in asked
    answer = page.post(f"/debtors/payments/{payment.id}/void", {"choice": "Boshqa odam"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/debtors/{debtor}")
    text = page.get(f"/debtors/{debtor}").text
    assert "row-gone" in text
    assert "Boshqa odam" in text
    assert "Malika Karimova" in text


def test_a_void_needs_a_reason(browse: Browse, person: Person, shop: Desk, debtor: int) -> None:
    debt, payment = shop.debt(debtor, "100"), shop.pay(debtor, "40")
    page = browse(person)
    for path in (
        f"debts/{debt.id}/void",
        f"payments/{payment.id}/void",
        f"debts/{debt.id}/write-off",
    ):
        assert page.post(f"/debtors/{path}", {"reason": " "}).status_code == 422
        assert page.post(f"/debtors/{path}", {"reason": "x" * 301}).status_code == 422
    assert shop.sums(debtor) == ("60.00", "0.00")


@pytest.mark.parametrize("spelling", ["90 123-45-67", "+998901234567", "998 (90) 1234567"])
def test_a_person_is_entered_with_a_phone_in_any_spelling(
    browse: Browse, person: Person, spelling: str
) -> None:
    page = browse(person)
    assert page.get("/debtors/new").status_code == 200
    named = {"full_name": "Aziz"}
    for wrong in ({}, named, named | {"phone_number": "12"},
                  named | {"phone_number": spelling, "credit_limit": "-5"}):  # fmt: skip
        assert page.post("/debtors/new", wrong).status_code == 422
    form = {"full_name": " Aziz  Rahimov ", "phone_number": spelling, "credit_limit": "1.5mln",
            "note": "Qo'shni", "reminders": "y"}  # fmt: skip
    made = page.post("/debtors/new", form)
    assert made.status_code == 303
    text = page.get(made.headers["Location"]).text
    for shown in ("Aziz Rahimov", "+998 90 123 45 67", "1\u202f500\u202f000", "Qo&#39;shni"):
        assert shown in text, shown


def test_a_taken_number_names_and_links_who_has_it(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    has = shop.ask(queries.get_person, shop.workspace_id, debtor)
    page = browse(person)
    answer = page.post("/debtors/new", {"full_name": "Aziz", "phone_number": has.phone_number})
    assert answer.status_code == 409
    assert "Anvar Karimov" in answer.text
    assert f'href="/debtors/{debtor}"' in answer.text
    other = shop.person("Olim")
    answer = page.post(
        f"/debtors/{other}/edit", {"full_name": "Olim", "phone_number": has.phone_number}
    )
    assert answer.status_code == 409
    assert f'href="/debtors/{debtor}"' in answer.text


def test_a_person_is_changed(browse: Browse, person: Person, shop: Desk, debtor: int) -> None:
    page = browse(person)
    shown = page.get(f"/debtors/{debtor}/edit").text
    assert 'value="Anvar Karimov"' in shown
    assert "1\u202f000\u202f000" in shown
    form = {"full_name": "Anvar aka", "phone_number": "91 000 00 01"}
    assert page.post(f"/debtors/{debtor}/edit", form).status_code == 303
    found = shop.ask(queries.get_person, shop.workspace_id, debtor)
    assert (found.full_name, found.phone_number) == ("Anvar aka", "+998910000001")
    assert (found.credit_limit, found.note, found.reminders) == (None, "", False)


def test_whoever_owes_or_has_credit_stays(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    page = browse(person)
    debt = shop.debt(debtor, "100")
    refused = page.post(f"/debtors/{debtor}/remove")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    shop.pay(debtor, "150")
    assert page.post(f"/debtors/{debtor}/remove").status_code == 409
    shop.void_debt(debt.id)
    shop.debt(debtor, "150")
    removed = page.post(f"/debtors/{debtor}/remove")
    assert removed.status_code == 303
    assert f"/debtors/{debtor}/restore" in page.get(removed.headers["Location"]).text
    assert page.get(f"/debtors/{debtor}").status_code == 404
    assert page.post(f"/debtors/{debtor}/restore").status_code == 303
    assert page.get(f"/debtors/{debtor}").status_code == 200


def _effect_of_payment(workspace_id: int, id_: int) -> Effect:
    payment = queries.get_payment(workspace_id, id_)
    return effect_of_voiding_payment(queries.get_person(workspace_id, payment.debtor), payment)


def _effect_of_debt(workspace_id: int, id_: int) -> Effect:
    debt = queries.get_debt(workspace_id, id_)
    return effect_of_voiding_debt(queries.get_person(workspace_id, debt.debtor), debt)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    entries=st.lists(
        st.tuples(st.booleans(), st.integers(1, 500), st.integers(0, 9)), min_size=1, max_size=9
    ),
    chosen=st.integers(0, 99),
)
def test_any_void_does_what_it_told(
    shop: Desk, debtor: int, entries: list[tuple[bool, int, int]], chosen: int
) -> None:
    debtor, made = shop.person(), []
    for is_debt, amount, which in entries:
        debts = [entry for was_debt, entry in made if was_debt]
        first = [debts[which % len(debts)]] if debts and which > 4 else []
        made.append((
            is_debt,
            (shop.debt(debtor, str(amount)) if is_debt
             else shop.pay(debtor, str(amount), first=first)).id,
        ))  # fmt: skip
    before = {debt.id: debt.remaining for debt in shop.ask(queries.list_open_debts, debtor)}
    is_debt, id_ = made[chosen % len(made)]
    effect = shop.ask(_effect_of_debt if is_debt else _effect_of_payment, shop.workspace_id, id_)
    (shop.void_debt if is_debt else shop.void_payment)(id_)
    person = shop.ask(queries.get_person, shop.workspace_id, debtor)
    assert person.balance == effect.after
    after = {debt.id: debt.remaining for debt in shop.ask(queries.list_open_debts, debtor)}
    before.pop(id_ if is_debt else 0, None)
    told = dict(before)
    for mention, amount in effect.pays:
        told[mention.id] -= amount
    for mention, amount in effect.reopens:
        told[mention.id] = told.get(mention.id, Decimal(0)) + amount
    assert sum(told.values()) - effect.credit_spent == sum(after.values())
    if not effect.credit_spent:
        assert {id_: left for id_, left in told.items() if left} == after


def test_the_effect_told_is_the_effect_had(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    """The run of the issue, up to the void of the payment whose credit was spent."""
    for amount in ("150", "1000", "500", "500"):
        shop.debt(debtor, amount)
    shop.pay(debtor, "1700")
    shop.pay(debtor, "400")
    last = shop.pay(debtor, "400")
    shop.debt(debtor, "100")
    assert shop.sums(debtor) == ("0.00", "250.00")
    effect = shop.ask(_effect_of_payment, shop.workspace_id, last.id)
    assert [amount for _, amount in effect.reopens] == [50, 100]
    assert (effect.credit_gone, effect.credit_spent) == (250, 0)
    assert (effect.before, effect.after) == (-250, 150)
    page = browse(person)
    text = page.get(f"/debtors/payments/{last.id}/void").text
    assert text.count("#rotate-ccw") == 2
    page.post(f"/debtors/payments/{last.id}/void", {"reason": "Xato"})
    assert shop.sums(debtor) == ("150.00", "0.00")


def test_a_write_off_is_the_owners_and_can_be_taken_back(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    debt = shop.debt(debtor, "100")
    page = browse(person)
    assert page.get(f"/debtors/debts/{debt.id}/write-off").status_code == 200
    done = page.post(f"/debtors/debts/{debt.id}/write-off", {"reason": "Ketib qoldi"})
    assert done.status_code == 303
    text = page.get(f"/debtors/{debtor}").text
    assert f"/debtors/debts/{debt.id}/write-off/undo" in text
    assert "Ketib qoldi" in text
    assert shop.sums(debtor) == ("0.00", "0.00")
    again = page.post(f"/debtors/debts/{debt.id}/write-off", {"reason": "x"})
    assert again.status_code == 409
    assert page.post(f"/debtors/debts/{debt.id}/write-off/undo").status_code == 303
    lines = shop.ask(queries.list_lines, debtor, limit=9).items
    mentions = shop.ask(queries.explain, lines)
    assert [(line.kind, line.voided, line.parts) for line in lines] == [
        ("write_off", True, []), ("debt", False, []),
    ]  # fmt: skip
    assert mentions["debt", debt.id].amount == 100
    assert shop.sums(debtor) == ("100.00", "0.00")
    assert page.post(f"/debtors/debts/{debt.id}/write-off/undo").status_code == 409


def test_a_debt_is_corrected_and_put_back(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    debt = shop.debt(debtor, "100", description="Un", due_date=today())
    page = browse(person)
    assert 'value="Un"' in page.get(f"/debtors/debts/{debt.id}/edit").text
    wrong = page.post(f"/debtors/debts/{debt.id}/edit", {"due_date": "2201-01-01"})
    assert wrong.status_code == 422
    assert page.post(f"/debtors/debts/{debt.id}/edit", {"due_date": "x"}).status_code == 422
    page.post(f"/debtors/debts/{debt.id}/edit", {"description": "Shakar", "due_date": ""})
    found = shop.ask(queries.get_debt, shop.workspace_id, debt.id)
    assert (found.description, found.due_date) == ("Shakar", None)
    undo = re.search(r'action="([^"]+/edit\?[^"]+)"', page.get(f"/debtors/{debtor}").text)
    assert undo is not None
    page.post(undo.group(1).replace("&amp;", "&"))
    found = shop.ask(queries.get_debt, shop.workspace_id, debt.id)
    assert (found.description, found.due_date) == ("Un", today())


def test_a_dialog_is_answered_in_place(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    debt = shop.debt(debtor, "100")
    page = browse(person)
    dialog = page.htmx("GET", f"/debtors/debts/{debt.id}/void").text
    assert dialog.lstrip().startswith("<dialog")
    assert "<html" not in dialog
    refused = page.htmx("POST", f"/debtors/debts/{debt.id}/void", data={})
    assert (refused.status_code, "<dialog" in refused.text) == (422, True)
    done = page.htmx("POST", f"/debtors/debts/{debt.id}/void", data={"reason": "Xato"})
    assert "entry-voided" in done.headers["HX-Trigger"]
    assert "hx-swap-oob" in done.text
    region = page.htmx("GET", f"/debtors/{debtor}").text
    assert region.lstrip().startswith('<div class="stack" id="person"')


def test_long_histories_come_in_pages(
    browse: Browse, person: Person, shop: Desk, debtor: int
) -> None:
    for number in range(1, 41):
        shop.debt(debtor, str(number))
    shop.pay(debtor, "3")
    seen, cursor = [], None
    while True:
        page = shop.ask(queries.list_lines, debtor, limit=7, cursor=cursor)
        seen += [(line.kind, line.amount) for line in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [("payment", 3), *(("debt", number) for number in range(40, 0, -1))]
    browser = browse(person)
    first = browser.get(f"/debtors/{debtor}").text
    links = re.findall(rf'href="(/debtors/{debtor}\?(?:open|cursor)=[^"]+)"', first)
    assert len(links) == 2
    for link in links:
        rows = browser.htmx("GET", link).text
        assert rows.count('<li class="row') == (8 if "open=" in link else 11)
    assert browser.get(f"/debtors/{debtor}?cursor=x").status_code == 422
    with pytest.raises(BadCursor):
        shop.ask(queries.list_open, debtor, limit=5, cursor="x")


def test_at_most_ten_queries(
    browse: Browse, person: Person, shop: Desk, debtor: int, queries: QueryCounter
) -> None:
    for _ in range(4):
        shop.debt(debtor, "100", description="Un")
        shop.void_payment(shop.pay(debtor, "30").id)
        shop.pay(debtor, "120")
    page = browse(person)
    for path in (f"/debtors/{debtor}", f"/debtors/{debtor}/statement"):
        queries.statements.clear()
        assert page.get(path).status_code == 200
        assert len(queries.statements) <= 10, queries.statements
