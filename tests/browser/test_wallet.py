"""Sending when something is in the way: too little money, a lost answer, a proof that is asked
for; and what stays of it: a receipt, a history, a file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from koshelok.wallet.queries import CardView, list_cards
from tests.authenticator import turn_on
from tests.browser.sending import CONFIRM, confirm, look, on_card, sent
from tests.conftest import Api, Person
from tests.wallet.support import open_with, send

pytestmark = pytest.mark.browser

CardOf = Callable[..., CardView]
MakePerson = Callable[..., Person]
OpenTab = Callable[..., Page]
SignIn = Callable[[Page, Person], Page]


@pytest.fixture
def card_of(app: Flask) -> CardOf:
    """Open a card for somebody, with money on it."""

    def make(person: Person, amount: str = "1") -> CardView:
        with app.app_context():
            open_with(person, amount)
            return list_cards(person.id)[0]

    return make


@pytest.fixture
def source(card_of: CardOf, person: Person) -> CardView:
    """A card of `person` with three million on it."""
    return card_of(person, "3000000")


@pytest.fixture
def target(card_of: CardOf, make_person: MakePerson) -> CardView:
    """Malika's card."""
    return card_of(make_person(full_name="Malika Karimova"))


@pytest.fixture(params=[True, False], ids=["with", "without"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    found: bool = request.param
    return found


@pytest.fixture
def page(
    open_tab: OpenTab, sign_in: SignIn, person: Person, source: CardView, javascript: bool
) -> Page:
    """A phone of `person`, who has a card."""
    return sign_in(open_tab(javascript=javascript), person)


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    page: Page, api: Api, source: CardView, target: CardView
) -> None:
    assert send(api, source, target, "1000000").status_code == 201
    page.goto("/send")
    look(page, "1990000", "Ijara", target.number)  # it is there, but the commission is not
    _all_is_kept(page, target, "1990000")
    page.fill("#amount", "1mln")
    page.locator("#send-form .btn-primary").click()
    expect(page.locator(CONFIRM)).to_be_visible()
    assert send(api, source, target, "1000000").status_code == 201  # from another device
    page.locator(CONFIRM).click()
    _all_is_kept(page, target, "1000000")
    page.fill("#amount", "500k")
    page.locator("#send-form .btn-primary").click()
    confirm(page)
    assert on_card(page) == 475_000


def _all_is_kept(page: Page, target: CardView, amount: str) -> None:
    expect(page.locator("#amount-error")).to_be_visible()
    expect(page.locator("#amount")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#description")).to_have_value("Ijara")
    typed = {name: page.locator(f"#{name}").input_value() for name in ("to_card", "amount")}
    digits = {name: "".join(text.split()).removesuffix(".00") for name, text in typed.items()}
    assert digits == {"to_card": target.number, "amount": amount}


def test_a_lost_answer_is_asked_for_again_and_is_the_same(
    open_tab: OpenTab, sign_in: SignIn, person: Person, api: Api, source: CardView,
    target: CardView,
) -> None:  # fmt: skip
    page = sign_in(open_tab(), person)
    page.goto(f"/send?to={target.number}")
    look(page, "5000")

    def lose(route: Route) -> None:
        assert route.fetch(max_redirects=0).ok
        route.abort()

    page.evaluate("console.error = () => {}")  # where htmx tells of it too
    page.route("**/send/confirm", lose)
    page.locator(CONFIRM).click()
    expect(page.locator(".toast")).to_be_visible()
    (made,) = sent(api)
    page.unroute("**/send/confirm")
    assert confirm(page) == made
    assert sent(api) == [made]


def test_a_first_large_transfer_asks_for_the_password(
    page: Page, person: Person, api: Api, target: CardView
) -> None:
    page.goto(f"/send?to={target.number}")
    look(page, "1 500 000")
    password = page.locator("[name=password]")
    expect(password).to_be_visible()
    expect(page.locator("[name=code]")).to_have_count(0)
    for wrong in ("", "not-this-one"):
        password.fill(wrong)
        with page.expect_response("**/send/confirm"):
            page.locator(CONFIRM).click()
        expect(page.locator("#password-error")).to_be_visible()
        expect(password).to_have_value("")
    assert sent(api) == []
    password.fill(person.password)
    confirm(page)
    page.goto(f"/send?to={target.number}")
    look(page, "1 000 001")
    expect(page.locator(CONFIRM)).to_be_visible()
    expect(password).to_have_count(0)


def test_with_the_second_factor_a_code_does(
    app: Flask, page: Page, person: Person, api: Api, target: CardView
) -> None:
    phone = turn_on(app, person)
    page.goto(f"/send?to={target.number}")
    look(page, "1 500 000")
    code = page.locator("[name=code]")
    code.fill(phone.wrong())
    page.locator(CONFIRM).click()
    expect(page.locator("#code-error")).to_be_visible()
    assert sent(api) == []
    code.fill(phone.code())
    confirm(page)
    assert len(sent(api)) == 1


def test_a_receipt_is_kept_and_sent_again(page: Page, target: CardView, javascript: bool) -> None:
    page.goto(f"/send?to={target.number}&for=Ijara")
    page.fill("#amount", "500k")
    page.locator("#send-form .btn-primary").click()
    made = confirm(page)
    expect(page.locator("[data-print]")).to_be_visible(visible=javascript)
    with page.expect_download() as waiting:
        page.locator("a[href$='receipt.pdf']").click()
    assert waiting.value.suggested_filename.endswith(f"{made[-6:]}.pdf")
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")
    page.locator("a[href^='/send?']").click()
    expect(page.locator("#description")).to_have_value("Ijara")
    assert "".join(page.locator("#amount").input_value().split()) == "500000.00"


@pytest.fixture
def history(
    api: Api, source: CardView, target: CardView, card_of: CardOf, call: Callable[[Person], Api],
    make_person: MakePerson,
) -> None:  # fmt: skip
    """A deposit, three transfers out, one that was refused, one in."""
    for amount in ("5000", "20000", "700000"):
        assert send(api, source, target, amount).status_code == 201
    assert send(api, source, target, "2000001").status_code == 409
    other = make_person()
    theirs = card_of(other, "100000")
    assert send(call(other), theirs, source, "30000").status_code == 201


@pytest.mark.usefixtures("history")
def test_a_history_is_narrowed_and_taken_along(
    page: Page, drain: Callable[[], None], javascript: bool
) -> None:
    page.goto("/transfers")
    rows = page.locator("#transfers .row")
    expect(rows).to_have_count(6)
    page.locator("#filters summary").click()
    for field, value, count in (
        ("type", "deposit", 1), ("type", "", 6), ("status", "failed", 1), ("status", "", 6),
        ("direction", "in", 2), ("direction", "out", 4), ("min_amount", "20k", 3),
        ("status", "success", 2),
    ):  # fmt: skip
        _narrow(page, field, value, javascript)
        expect(rows).to_have_count(count)
    for asked in ("direction=out", "min_amount=20k", "status=success"):
        assert asked in page.url
    page.reload()
    expect(rows).to_have_count(2)

    page.locator("#results .menu summary").click()
    page.locator("#results form", has=page.locator("[value=csv]")).locator("button").click()
    page.wait_for_url("**/jobs/*")
    expect(page.locator("progress")).to_be_visible()
    drain()
    if not javascript:
        page.locator("main [id^=job-] a").click()
    with page.expect_download() as waiting:
        page.locator("a[download]").click()
    assert re.fullmatch(r"koshelok-[\d-]+\.csv", waiting.value.suggested_filename)
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    _, *lines = csv.reader(text.splitlines())
    amounts = [[Decimal(cell) for cell in line[6:9]] for line in lines]
    assert amounts == [[700_000, 7_000, 707_000], [20_000, 200, 20_200]]


def _narrow(page: Page, field: str, value: str, javascript: bool) -> None:
    control = page.locator(f"#filters [name={field}]")
    if not javascript and not control.is_visible():
        page.locator("#filters summary").click()
    if field == "min_amount":
        control.fill(value)
        control.blur()
    else:
        control.select_option(value)
    if not javascript:
        page.locator("#filters noscript button").click()
