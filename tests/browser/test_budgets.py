"""A month of budgets with a thumb: set, overspend, take from another, undo; savings that fill."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES
from tests.browser.test_accessibility import violations
from tests.conftest import Api, Person


def test_a_hole_is_filled_in_one_tap_and_taken_back(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    api: Api,
    person: Person,
) -> None:
    for code, amount in (("FOOD", "130"), ("DATA", "20")):
        api.post("/expenses", {"category": code, "amount": amount})
    api.post("/budgets", {"category": "DATA", "amount": "500"})
    page = sign_in(open_tab("phone"), person)
    page.goto("/budgets")
    page.locator("a[popovertarget='budget-dialog']").first.click()
    form = page.locator("#budget-form")
    expect(form.locator("[name=amount]")).to_be_focused()
    form.locator("[name=amount]").fill("0")
    form.locator(".chip", has_text="Oziq-ovqat").click()
    form.locator("button[type=submit]").click()
    expect(form.locator(".field-error")).to_be_visible()
    form.locator("[name=amount]").fill("100")
    form.locator("button[type=submit]").click()
    expect(form).not_to_be_visible()
    food = page.locator(".budget-row", has_text="Oziq-ovqat")
    expect(food.locator(".row-end")).to_contain_text("−30")
    food.locator(".budget-take button").click()
    expect(food.locator(".row-end")).not_to_contain_text("−30")
    page.locator(".toast-undo").last.click()
    expect(food.locator(".row-end")).to_contain_text("−30")
    page.set_viewport_size({"width": SIZES["desktop"][0], "height": SIZES["desktop"][1]})
    assert violations(page) == []


def test_a_goal_fills_and_celebrates(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
) -> None:
    page = sign_in(open_tab("phone"), person)
    page.goto("/savings")
    page.locator("a[popovertarget='budget-dialog']").first.click()
    form = page.locator("#budget-form")
    form.locator("[name=name]").fill("Velosiped")
    form.locator("[name=goal]").fill("2mln")
    form.locator("button[type=submit]").click()
    goal = page.locator(".goal", has_text="Velosiped")
    goal.locator("a[popovertarget]").last.click()
    form.locator("[name=amount]").fill("2mln")
    form.locator("button[type=submit]").click()
    expect(goal.locator(".confetti")).to_be_visible()
    assert violations(page) == []
    page.locator(".toast-undo").last.click()
    expect(goal.locator(".confetti")).to_have_count(0)
