"""An order seen by its buyer: how it goes, taken back, rated by keyboard in place; its shop
answers and hides a review. Nothing is hard to read or to reach."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import violations
from tests.conftest import Person
from tests.shop.faces import ALL_THE_WAY, Counter

Open = Callable[..., Page]
SignIn = Callable[[Page, Person], Page]


@pytest.fixture
def counter(app: Flask, make_person: Callable[..., Person]) -> Counter:
    owner = make_person(contact="+998901110000", full_name="Malika Yusupova")
    return Counter(app, owner, make_person(contact="+998901112233", full_name="Aziz Karimov"))


@pytest.mark.parametrize(("size", "theme"), [("phone", "light"), ("desktop", "dark")])
def test_an_order_is_followed_and_taken_back(
    open_tab: Open, sign_in: SignIn, counter: Counter, size: str, theme: str
) -> None:
    made = counter.order(counter.product(name="Ko'k choy"), "confirmed")
    page = sign_in(open_tab(size, theme), counter.buyer)
    page.goto("/orders")
    assert violations(page) == []
    page.get_by_role("link", name="Ko'k choy").click()
    expect(page.locator(".step-now")).to_have_count(1)
    assert violations(page) == []
    page.locator("[popovertarget=cancel]").first.click()
    dialog = page.locator("#cancel")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator("[popovertarget=cancel]").first.click()
    dialog.locator("[name=note]").fill("Kerak emas")
    dialog.locator("[type=submit]").click()
    expect(page.locator(".step-ended")).to_have_count(1)
    expect(page.locator(".timeline")).to_contain_text("Kerak emas")
    assert counter.status(made.id) == "cancelled"


def test_stars_are_given_by_keyboard_in_place(
    open_tab: Open, sign_in: SignIn, counter: Counter
) -> None:
    product = counter.product(name="Asal")
    made = counter.order(product, *ALL_THE_WAY)
    page = sign_in(open_tab("phone"), counter.buyer)
    page.goto(f"/orders/{made.id}")
    rate = page.locator(f"#rate-{product.id}")
    expect(rate.locator("textarea")).to_be_hidden()  # until there is a star
    rate.locator("[name=rating]").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(rate.locator("[name=rating][value='4']")).to_be_checked()
    assert violations(page) == []
    rate.locator("textarea").fill("Zo'r asal")
    rate.locator("[type=submit]").click()
    expect(rate.locator(".star-on")).to_have_count(4)
    expect(rate).to_contain_text("Zo'r asal")
    rate.locator("a").click()
    expect(rate.locator("[name=rating][value='4']")).to_be_checked()
    rate.locator("label.star").nth(4).click()
    rate.locator("[type=submit]").click()
    expect(rate.locator(".star-on")).to_have_count(5)
    assert page.url.endswith(f"/orders/{made.id}")
    said = counter.review(product)
    assert said is not None
    assert (said.rating, said.text) == (5, "Zo'r asal")


def test_stars_are_given_without_javascript(
    open_tab: Open, sign_in: SignIn, counter: Counter
) -> None:
    product = counter.product()
    made = counter.order(product, *ALL_THE_WAY)
    page = sign_in(open_tab("phone", javascript=False), counter.buyer)
    page.goto(f"/orders/{made.id}")
    page.locator("label.star").nth(2).click()
    page.locator(f"#rate-{product.id} [type=submit]").click()
    expect(page.locator(f"#rate-{product.id} .star-on")).to_have_count(3)
    assert page.url.endswith(f"/orders/{made.id}")


def test_a_shop_answers_hides_and_shows_a_review(
    open_tab: Open, sign_in: SignIn, counter: Counter
) -> None:
    product = counter.product()
    counter.order(product, *ALL_THE_WAY)
    said = counter.say(product, 2, "Yomon")
    page = sign_in(open_tab("tablet"), counter.seller.person)
    token = page.locator("[name=csrf_token]").first.input_value()
    page.request.post(
        "/workspaces/switch",
        form={"csrf_token": token, "workspace_id": str(counter.workspace_id)},
        headers={"Referer": page.url},
    )
    page.goto("/shop/manage/reviews")
    assert violations(page) == []
    review = page.locator(f"#review-{said.id}")
    review.locator("summary").first.click()
    review.locator("[name=reply]").fill("Uzr so'raymiz")
    review.locator("[type=submit]:visible").click()
    expect(review.locator(".review-reply")).to_contain_text("Uzr so'raymiz")
    review.locator("summary").nth(1).click()
    review.locator("[type=submit]:visible").click()
    expect(review.locator(".notice-error")).to_be_visible()  # a reason is wanted
    review.locator("[name=reason]").fill("Haqorat")
    review.locator("[type=submit]:visible").click()
    expect(review).to_contain_text("Haqorat")
    assert counter.inside(lambda: counter.seller.see(product)).reviews_count == 0
    review.locator("form[action$='/show'] [type=submit]").click()
    expect(review).not_to_contain_text("Haqorat")
