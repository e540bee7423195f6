"""Money goes from one person's browser to another's, with scripts and without."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations as wallet
from koshelok.wallet.queries import list_cards
from tests.conftest import Person
from tests.wallet.support import open_with

OpenTab = Callable[..., Page]
SignIn = Callable[[Page, Person], Page]


@pytest.fixture
def ali(app: Flask, make_person: Callable[..., Person]) -> Person:
    """Who sends; a million on the card."""
    person = make_person(full_name="Ali Valiyev")
    with app.app_context():
        open_with(person, "1000000")
    return person


@pytest.fixture
def malika(app: Flask, make_person: Callable[..., Person]) -> Person:
    """Who receives."""
    person = make_person(full_name="Malika Karimova")
    with app.app_context():
        open_with(person, "1")
    return person


def number_of(app: Flask, person: Person) -> str:
    with app.app_context():
        return list_cards(person.id)[0].number


def balance_of(app: Flask, person: Person) -> str:
    with app.app_context():
        return str(list_cards(person.id)[0].balance)


def spoken(page: Page) -> str:
    """The text of the page, its narrow spaces as plain ones."""
    return page.locator("main").inner_text().replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_person_opens_a_card_and_is_sent_money(
    app: Flask,
    open_tab: OpenTab,
    sign_in: SignIn,
    ali: Person,
    make_person: Callable[..., Person],
    javascript: bool,
) -> None:
    zafar = make_person(full_name="Zafar Qodirov")
    theirs = sign_in(open_tab(javascript=javascript), zafar)
    theirs.goto("/cards")
    theirs.locator("form[action='/cards'] button").click()
    theirs.wait_for_url("**/cards/*")
    theirs.locator("form[action$='/activate'] button").click()
    expect(theirs.locator(".bank-card-active")).to_be_visible()

    page = sign_in(open_tab("desktop", javascript=javascript), ali)
    page.goto(f"/send?to={number_of(app, zafar)}")
    page.fill("#amount", "500k")
    page.locator("#send-form .btn-primary").click()
    expect(page.locator(".slip-head")).to_be_visible()
    shown = spoken(page)
    for part in ("Z***r Q.", "500 000", "5 000", "505 000", "495 000"):
        assert part in shown, part
    page.locator("#send-form .btn-primary").click()
    page.wait_for_url("**/transfers/*")
    assert "500 000" in spoken(page)
    page.goto("/cards")
    assert "495 000" in spoken(page)
    theirs.goto("/cards")
    assert "500 000" in spoken(theirs)


def test_a_number_groups_as_it_is_typed_and_a_chip_fills_it_in(
    app: Flask, open_tab: OpenTab, sign_in: SignIn, ali: Person, malika: Person
) -> None:
    number = number_of(app, malika)
    with app.app_context(), unit_of_work():
        wallet.save_card(actor_id=ali.id, card_number=number, alias="Onam")
    page = sign_in(open_tab(), ali)
    page.goto("/send")
    field = page.locator("#to_card")
    field.press_sequentially(number)
    groups = " ".join(number[place : place + 4] for place in range(0, 16, 4))
    expect(field).to_have_value(groups)
    chip = page.get_by_role("link", name="Onam")
    expect(chip).to_have_attribute("aria-current", "true")
    field.fill("")
    expect(chip).not_to_have_attribute("aria-current", "true")
    page.fill("#description", "Ijara")
    chip.click()
    expect(field).to_have_value(groups)
    expect(page.locator("#amount")).to_be_focused()
    expect(page.locator("#description")).to_have_value("Ijara")


def test_going_back_and_sending_again_is_one_transfer(
    app: Flask, open_tab: OpenTab, sign_in: SignIn, ali: Person, malika: Person
) -> None:
    """Without scripts the look is a page of its own: Back shows it again, with its key."""
    page = sign_in(open_tab(javascript=False), ali)
    page.goto(f"/send?to={number_of(app, malika)}&amount=5000")
    page.locator("#send-form .btn-primary").click()
    key = page.locator("input[name=key]").input_value()
    token = page.locator("#send-form input[name=csrf_token]").input_value()
    form = {
        name: page.locator(f"#send-form input[name={name}]").input_value()
        for name in ("from_card", "to_card", "amount", "description")
    }
    page.locator("#send-form .btn-primary").click()
    page.wait_for_url("**/transfers/*")
    receipt = page.url
    again = page.request.post("/send/confirm", form={**form, "key": key, "csrf_token": token})
    assert again.url == receipt
    assert balance_of(app, ali) == "994950.00"


def test_a_double_tap_is_one_transfer(
    app: Flask, open_tab: OpenTab, sign_in: SignIn, ali: Person, malika: Person
) -> None:
    page = sign_in(open_tab(), ali)
    page.goto(f"/send?to={number_of(app, malika)}&amount=5000")
    page.locator("#send-form .btn-primary").click()
    expect(page.locator(".slip-head")).to_be_visible()
    page.locator("#send-form .btn-primary").dblclick()
    page.wait_for_url("**/transfers/*")
    assert balance_of(app, ali) == "994950.00"


def test_change_keeps_what_was_typed(
    app: Flask, open_tab: OpenTab, sign_in: SignIn, ali: Person, malika: Person
) -> None:
    page = sign_in(open_tab(), ali)
    page.goto(f"/send?to={number_of(app, malika)}&amount=5000&for=Ijara")
    page.locator("#send-form .btn-primary").click()
    expect(page.locator(".slip-head h2")).to_be_focused()
    page.locator("#send-form button[name=change]").click()
    expect(page.locator("#description")).to_have_value("Ijara")
    expect(page.locator("#amount")).to_have_value("5\u202f000.00")


def test_a_dialog_names_what_freezing_does(open_tab: OpenTab, sign_in: SignIn, ali: Person) -> None:
    page = sign_in(open_tab(), ali)
    page.goto("/cards")
    page.locator(".bank-card a").click()
    page.locator("[popovertarget=freeze]").first.click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_be_visible()
    dialog.locator(".btn-primary").click()
    expect(page.locator(".bank-card-frozen")).to_be_visible()
