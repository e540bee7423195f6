"""A shopkeeper's shelf in a browser: a product with pictures, its stock, archived and back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from tests.browser.test_accessibility import faults, violations
from tests.conftest import Person
from tests.identity.pictures import picture
from tests.shop.shelf import Seller, buy, open_shop

pytestmark = pytest.mark.browser
LIST = "/shop/manage/products"


@pytest.fixture
def seller(app: Flask, person: Person) -> Seller:
    """A shop of `person`."""
    with app.app_context():
        return open_shop(person, "Choyxona")


@pytest.fixture
def go(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], seller: Seller
) -> Callable[..., Page]:
    """Open a browser in the shop."""

    def enter(size: str = "phone", **more: bool | str) -> Page:
        page = sign_in(open_tab(size, **more), seller.person)
        page.goto(LIST)
        page.locator("main form[action='/workspaces/switch'] button").click()
        page.wait_for_url("**/shop/manage")
        return page

    return enter


def _left(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("#stock .money-xl").inner_text()))


def _file(name: str) -> dict[str, object]:
    return {"name": name, "mimeType": "image/png", "buffer": picture("PNG", (900, 600))}


def _write(page: Page, action: str, pieces: str) -> None:
    page.locator(f"#stock-form label:has([value={action}])").click()
    page.fill("#stock-form [name=stock]", pieces)
    page.locator("#stock-form .btn-primary").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_product_comes_on_the_shelf_and_goes(go: Callable[..., Page], javascript: bool) -> None:
    page = go("phone", javascript=javascript)
    page.goto(LIST)
    page.locator(".empty .btn-primary").click()
    page.wait_for_url(f"**{LIST}/new")
    page.fill("[name=name]", "Ko'k choy")
    page.fill("[name=price]", "0")
    page.select_option("[name=category]", "drinks")
    page.fill("[name=stock]", "2")
    page.set_input_files("[name=photo]", [_file("a.png"), _file("b.png")])  # type: ignore[list-item]
    page.locator("main form .btn-primary").click()
    expect(page.locator("#price-error")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Ko'k choy")
    page.fill("[name=price]", "18500")
    page.set_input_files("[name=photo]", [_file("a.png"), _file("b.png")])  # type: ignore[list-item]
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(rf"{LIST}/\d+$"))
    assert _left(page) == 2
    expect(page.locator(".photo img")).to_have_count(2)
    shown = page.locator(".photo img").first
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480

    second = page.locator(".photo img").nth(1).get_attribute("src") or ""
    page.locator(".photo").nth(1).locator("summary").click()
    page.locator(".photo form[action$='/first'] button").click()
    expect(page.locator(".photo img").first).to_have_attribute("src", second)
    page.locator(".photo").nth(1).locator("summary").click()
    page.locator(".photo").nth(1).locator("form[action$='/delete'] button").click()
    expect(page.locator(".photo img")).to_have_count(1)

    page.goto(LIST)
    page.locator(".shelf-row summary").click()
    page.locator("form[action$='/archive'] button").click()
    expect(page.locator(".shelf-row")).to_have_count(0)
    page.locator(".toast-undo").click()
    if javascript:
        expect(page.locator(".shelf-row")).to_have_count(1)
    else:
        page.wait_for_url(re.compile(rf"{LIST}/\d+$"))


@pytest.mark.parametrize("javascript", [True, False])
def test_stock_is_written_down_and_promises_are_kept(
    go: Callable[..., Page], seller: Seller, app: Flask, make_person: Callable[..., Person],
    javascript: bool,
) -> None:  # fmt: skip
    with app.app_context():
        product = seller.product(stock=5)
        order = buy(make_person(full_name="Sardor Aliyev"), product, 3)
    page = go("tablet", javascript=javascript)
    page.goto(f"{LIST}/{product.id}")
    assert _left(page) == 2
    expect(page.locator(".shelf-waiting")).to_contain_text(str(order.number))
    _write(page, "written_off", "4")
    expect(page.locator("#stock-error")).to_be_visible()
    expect(page.locator("[value=written_off]")).to_be_checked()
    expect(page.locator("#stock-form [name=stock]")).to_have_value("4")
    assert _left(page) == 2
    _write(page, "received", "10")
    expect(page.locator(".toast")).to_be_visible()
    assert _left(page) == 12
    _write(page, "counted", "4")
    expect(page.locator("[id^=movement-]")).to_have_count(3)
    assert _left(page) == 1
    expect(page.locator("#stock .seal-warn")).to_be_visible()


def test_the_hint_says_what_the_number_means(
    go: Callable[..., Page], seller: Seller, app: Flask
) -> None:
    with app.app_context():
        product = seller.product()
    page = go()
    page.goto(f"{LIST}/{product.id}")
    for action in ("received", "counted", "written_off"):
        page.locator(f"#stock-form label:has([value={action}])").click()
        expect(page.locator(".shelf-hint:visible")).to_have_count(1)
        expect(page.locator(f".shelf-hint[data-of={action}]")).to_be_visible()


def test_the_shelf_is_searched_as_one_types(
    go: Callable[..., Page], seller: Seller, app: Flask
) -> None:
    with app.app_context():
        seller.product(name="Ko'k choy")
        seller.product(name="Guruch", stock=1)
    page = go("desktop")
    page.goto(LIST)
    expect(page.locator(".shelf-row")).to_have_count(2)
    page.locator("#search-products").press_sequentially("чой")
    expect(page.locator(".shelf-row")).to_have_count(1)
    page.locator("#search-products").fill("")
    expect(page.locator(".shelf-row")).to_have_count(2)
    page.locator(".filter-bar a[href*='tab=low']").click()
    expect(page.locator(".shelf-row")).to_have_count(1)


def test_axe_finds_nothing_and_a_small_screen_holds_all(
    go: Callable[..., Page],
    seller: Seller,
    app: Flask,
    make_person: Callable[..., Person],
) -> None:
    with app.app_context():
        product = seller.product(stock=4, name="Bolalar futbolkasi pishiq paxta " * 4, sku="F" * 60)
        seller.product(stock=0)
        buy(make_person(full_name="Abdurahmonbek Abdug'afforov-Mirzaxo'jayev"), product, 2)
        with unit_of_work():
            for _ in range(2):
                operations.add_image(
                    actor_id=seller.person.id, workspace_id=seller.workspace_id,
                    product_id=product.id, data=picture(),
                )  # fmt: skip
    one = f"{LIST}/{product.id}"
    page, found = go("phone"), []
    for path in (LIST, f"{LIST}?tab=low", f"{LIST}?query=zzz", f"{LIST}/new", one, f"{one}/edit"):
        page.goto(path)
        found += faults(page)
    _write_nothing(page, one)
    assert found + violations(page) == []


def _write_nothing(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("#stock-form .btn-primary").click()
    expect(page.locator("#stock-error")).to_be_visible()
