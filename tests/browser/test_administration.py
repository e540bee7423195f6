"""An administrator at work, on a phone and on a desktop."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from koshelok.wallet.queries import CardView
from tests.admin.conftest import admin, boss
from tests.conftest import Api, Person
from tests.wallet.conftest import card_of

__all__ = ["admin", "boss", "card_of"]


@pytest.fixture(params=["phone", "desktop"])
def office(
    request: pytest.FixtureRequest,
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    admin: Person,
) -> Page:
    """The administrator, signed in, at each size in turn."""
    return sign_in(open_tab(request.param), admin)


def test_the_verification_says_how_it_ended_by_itself(
    office: Page, drain: Callable[[], None], admin: Person, card_of: Callable[..., CardView]
) -> None:
    card_of(admin, "5000")
    office.goto("/admin/verification")
    office.click("form[action='/admin/verification'] button")
    expect(office.locator("#run progress")).to_be_visible()
    drain()
    expect(office.locator("#run .notice-success")).to_be_visible()
    expect(office.locator("#run progress")).to_have_count(0)


def test_a_double_tap_deposits_once_and_it_is_given_back_once(
    office: Page, admin: Person, card_of: Callable[..., CardView], boss: Api
) -> None:
    card = card_of(admin)
    office.goto("/admin/deposit")
    office.fill("[name=amount]", "3mln")
    office.locator("#deposit button[type=submit]").dblclick()
    office.wait_for_url("**/admin/transfers/*")
    path = f"/admin/cards/{card.id}"
    assert boss.get(path).get_json()["balance"] == "3000000.00"
    office.click("[popovertarget=reverse]")
    office.fill("#reverse [name=reason]", "Xato")
    office.click("#reverse button[type=submit]")
    expect(office.locator("a.link-quiet[href^='/admin/transfers/']")).to_be_visible()
    assert boss.get(path).get_json()["balance"] == "0.00"


def test_finds_a_person_and_freezes_their_card(
    office: Page, make_person: Callable[..., Person], card_of: Callable[..., CardView]
) -> None:
    card = card_of(make_person(full_name="Malika Karimova"), "5000")
    office.goto("/admin/users")
    office.fill("#find-people", "malik")
    expect(office.locator("#results .row")).to_have_count(1)
    office.click("#results .row a")
    office.click(f"a[href='/admin/cards/{card.id}']")
    office.click(f"a[href='/admin/cards/{card.id}/verify']")
    expect(office.locator("#proof .seal-good")).to_be_visible()
    office.click("[popovertarget=way-frozen]")
    office.fill("#way-frozen [name=reason]", "Yo'qolgan")
    office.click("#way-frozen button[type=submit]")
    expect(office.locator("[popovertarget=way-active]").first).to_be_visible()
