"""The catalogue in a browser: found as one types, put into the cart in place, seen by everybody."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.queries import ProductView
from tests.browser.test_accessibility import faults
from tests.conftest import Person
from tests.identity.pictures import picture
from tests.shop.shelf import open_shop


@pytest.fixture
def shelf(app: Flask, make_person: Callable[..., Person]) -> list[ProductView]:
    """A teapot with two pictures and three pieces, something sold out, and much tea."""
    with app.app_context():
        seller = open_shop(make_person())
        teapot = seller.product(
            name="Rishton choynagi", stock=3, category="household", description="Usta\nAlisher"
        )
        for _ in range(2):
            with unit_of_work():
                operations.add_image(
                    actor_id=seller.person.id,
                    workspace_id=seller.workspace_id,
                    product_id=teapot.id,
                    data=picture(),
                )
        gone = seller.product(name="Atlas ro'mol", stock=0, category="clothes")
        return [teapot, gone, *(seller.product(name=f"Choy {n:02}") for n in range(26))]


def cards(page: Page) -> Any:
    return page.locator(".products > .product")


def test_finds_as_one_types_and_narrows_by_a_chip(tab: Page, shelf: list[ProductView]) -> None:
    tab.goto("/shop")
    expect(cards(tab)).to_have_count(24)
    tab.locator(".load-more a").click()
    expect(cards(tab)).to_have_count(28)
    tab.locator("#search-shop").press_sequentially("rish")
    expect(cards(tab)).to_have_count(1)
    expect(tab).to_have_url(re.compile("query=rish"))
    tab.locator("#search-shop").fill("")
    tab.locator('[name=category][value="clothes"]').check(force=True)
    expect(cards(tab)).to_have_count(1)
    expect(tab).to_have_url(re.compile(r"/shop\?category=clothes$"))
    tab.reload()
    expect(cards(tab)).to_have_count(1)
    assert tab.locator('[name=category][value="clothes"]').is_checked()


def test_put_into_the_cart_in_place(tab: Page, shelf: list[ProductView]) -> None:
    tab.goto(f"/shop/products/{shelf[0].id}")
    more, number = tab.locator('[data-step="1"]'), tab.locator(".buy [name=quantity]")
    for expected in ("2", "3", "3"):
        more.click()
        expect(number).to_have_value(expected)
    number.fill("99")
    tab.locator('[data-step="-1"]').click()
    expect(number).to_have_value("1")
    more.click()
    tab.locator(".buy .btn-primary").click()
    expect(tab.locator("#cart-badge .cart-count")).to_have_text("2")
    expect(tab.locator("#toasts .toast")).to_be_visible()
    expect(tab).to_have_url(re.compile(r"/shop/products/\d+$"))


def test_without_a_script(open_tab: Callable[..., Page], shelf: list[ProductView]) -> None:
    page = open_tab(javascript=False)
    page.goto("/shop")
    page.fill("#search-shop", "rish")
    page.press("#search-shop", "Enter")
    expect(cards(page)).to_have_count(1)
    page.locator(".product-name a").click()
    page.locator('.gallery-small a[href="#picture-2"]').click()
    assert page.locator("#picture-2").evaluate("e => e.parentElement.scrollLeft > 0")
    expect(page.locator(".others .products")).to_be_hidden()
    expect(page.locator("[data-step]").first).to_be_hidden()
    page.fill(".buy [name=quantity]", "2")
    page.locator(".buy .btn-primary").click()
    expect(page).to_have_url(re.compile("/cart$"))
    expect(page.locator("#cart-badge .cart-count")).to_have_text("2")


def test_what_is_below_comes_by_itself(tab: Page, shelf: list[ProductView]) -> None:
    tab.goto(f"/shop/products/{shelf[0].id}")
    tab.locator(".others").scroll_into_view_if_needed()
    expect(tab.locator(".others .product-name").first).to_be_visible()
    tab.evaluate("document.getElementById('reviews').scrollIntoView()")  # it is swapped by that
    expect(tab.locator("#reviews #reviews-title")).to_be_visible()


def test_nothing_is_in_anybodys_way(
    open_tab: Callable[..., Page], shelf: list[ProductView]
) -> None:
    page, found = open_tab(), []
    for path in ("/shop", "/shop?query=zzz", "/shop?min_price=1", f"/shop/products/{shelf[0].id}",
                 f"/shop/products/{shelf[1].id}", "/shop/products/999999"):  # fmt: skip
        page.goto(path)
        found += faults(page)
    assert found == []


def test_a_small_screen_and_large_letters_hold_it(
    open_tab: Callable[..., Page], shelf: list[ProductView]
) -> None:
    page = open_tab()
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/shop", "/shop?min_price=1", f"/shop/products/{shelf[0].id}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, .btn, .chip, select')]
                .filter(e => e.checkVisibility())
                .map(e => [e.outerHTML.slice(0, 120), e.getBoundingClientRect()])
                .filter(([, box]) => box.width && box.height < 43.5).map(([html]) => html)"""
        )
        assert small == []
