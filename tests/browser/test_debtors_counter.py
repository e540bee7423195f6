"""The counter as a shopkeeper uses it: two taps plus digits, what it comes to before saving."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.test_accessibility import contrasts, violations
from tests.conftest import Person
from tests.debtors.books import Shop, open_shop

pytestmark = pytest.mark.browser

OpenTab = Callable[..., Page]
SignIn = Callable[[Page, Person], Page]
LANDSCAPE: ViewportSize = {"width": 1180, "height": 820}
AMOUNT = "#entry [name=amount]"
DEBT, PAYMENT = "#entry .entry-debt", "#entry .entry-payment"


class Book:
    """The book behind the counter."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.app, self.shop = app, open_shop(person)

    def person(self, name: str, *debts: str, limit: str | None = None) -> int:
        """Somebody with debts."""

        def make(shop: Shop) -> int:
            debtor = shop.person(name, credit_limit=Decimal(limit) if limit else None)
            for amount in debts:
                shop.debt(debtor, amount)
            return debtor

        with self.app.app_context():
            return make(self.shop)

    def has(self, debtor: int, *left: str) -> None:
        """Wait until so much is open of each debt: the sheet is quicker than the book."""
        found: list[str] = []
        for _ in range(50):
            with self.app.app_context():
                found = self.shop.left(debtor)
            if [Decimal(amount) for amount in found] == [Decimal(amount) for amount in left]:
                return
            time.sleep(0.1)
        raise AssertionError(found)


@pytest.fixture
def book(app: Flask, person: Person) -> Book:
    """The book of `person`."""
    return Book(app, person)


@pytest.fixture(params=["phone", "tablet", "landscape"])
def counter(
    request: pytest.FixtureRequest, open_tab: OpenTab, sign_in: SignIn, person: Person
) -> Page:
    """A signed-in counter at each size."""
    page = sign_in(open_tab("tablet" if request.param == "landscape" else request.param), person)
    if request.param == "landscape":
        page.set_viewport_size(LANDSCAPE)
    return page


@pytest.fixture
def landscape(open_tab: OpenTab, sign_in: SignIn, person: Person) -> Page:
    """A signed-in tablet on the counter."""
    page = sign_in(open_tab("tablet"), person)
    page.set_viewport_size(LANDSCAPE)
    return page


def show(page: Page, path: str = "/debtors") -> Page:
    """Open the counter and wait for its scripts."""
    page.goto(path)
    page.wait_for_selector("#entry [name=amount][inputmode=none]", state="attached")
    return page


def choose(page: Page, name: str) -> None:
    """Tap a person."""
    page.locator("#people a[data-person-id]", has_text=name).first.click()
    expect(page.locator("#sheet [data-fill=name]")).to_have_text(name)


def keys(page: Page, pressed: str) -> None:
    """Tap keys of the pad."""
    for key in pressed.split():
        page.locator(f"[data-key='{key}']").click()


def digits(place: Locator) -> str:
    """A number without its spaces."""
    return re.sub(r"[^\d.+−]", "", place.inner_text())


def test_two_taps_and_digits(counter: Page, book: Book) -> None:
    anvar = book.person("Anvar Karimov", "100000")
    show(counter)
    choose(counter, "Anvar Karimov")
    keys(counter, "2 5 000")
    expect(counter.locator(AMOUNT)).to_have_value("25\u202f000")
    assert digits(counter.locator("[data-after=debt]")) == "125000"
    assert digits(counter.locator("[data-after=payment]")) == "75000"
    counter.locator(DEBT).click()
    expect(counter.locator(".toast")).to_be_visible()
    expect(counter.locator("[data-fill=balance]")).to_have_text("125\u202f000")
    expect(counter.locator(AMOUNT)).to_have_value("")
    book.has(anvar, "100000", "25000")
    keys(counter, "5 000")
    counter.locator(PAYMENT).click()
    expect(counter.locator("[data-fill=balance]")).to_have_text("120\u202f000")
    book.has(anvar, "95000", "25000")


def test_undo_takes_it_back(counter: Page, book: Book) -> None:
    anvar = book.person("Anvar Karimov", "100000")
    show(counter)
    choose(counter, "Anvar Karimov")
    keys(counter, "7 000")
    counter.locator(DEBT).click()
    expect(counter.locator("[data-fill=balance]")).to_have_text("107\u202f000")
    counter.locator(".toast-undo").first.click()
    expect(counter.locator("[data-fill=balance]")).to_have_text("100\u202f000")
    book.has(anvar, "100000")


def test_the_split_is_shown_and_a_tapped_debt_goes_first(counter: Page, book: Book) -> None:
    anvar = book.person("Anvar Karimov", "50000", "60000", "70000")
    show(counter)
    choose(counter, "Anvar Karimov")
    keys(counter, "8 0 000")
    left = counter.locator(".open-debt [data-debt=left]")
    assert [digits(place) for place in left.all() if place.is_visible()] == ["0", "30000"]
    assert re.findall(r"\d+", digits(counter.locator("[data-split]")))
    counter.locator(".open-debt").nth(2).click()
    assert [digits(place) for place in left.all() if place.is_visible()] == ["40000", "0"]
    counter.locator(PAYMENT).click()
    expect(counter.locator("[data-fill=balance]")).to_have_text("100\u202f000")
    book.has(anvar, "40000", "60000")


def test_all_of_it_and_what_is_over(counter: Page, book: Book) -> None:
    anvar = book.person("Anvar Karimov", "50000.50", "60000")
    show(counter)
    choose(counter, "Anvar Karimov")
    counter.locator("[data-all]").click()
    expect(counter.locator(AMOUNT)).to_have_value("110\u202f000.50")
    assert digits(counter.locator("[data-after=payment]")) == "0"
    counter.locator(AMOUNT).fill("120000.50")
    assert digits(counter.locator("[data-after=payment]")) == "+10000"
    counter.locator(PAYMENT).click()
    expect(counter.locator("[data-fill=balance]")).to_have_text("+10\u202f000")
    expect(counter.locator("[data-fill=balance]")).to_have_class(re.compile("income"))
    book.has(anvar)


def test_what_is_no_amount_is_not_written_and_says_why(counter: Page, book: Book) -> None:
    anvar = book.person("Anvar Karimov", "100000")
    show(counter)
    choose(counter, "Anvar Karimov")
    why = counter.locator("[data-amount-wrong]")
    amount = counter.locator("#amount")
    pad = counter.locator("[data-pad]").bounding_box()
    for text, words in (
        ("10.0055", "1 tiyin"), ("100 000 000 mlrd", "9 999 999"), ("7 olma", "25 000"),
    ):  # fmt: skip
        amount.fill(text)
        expect(why).to_contain_text(words)
        expect(counter.locator(DEBT)).to_be_disabled()
        expect(counter.locator(PAYMENT)).to_be_disabled()
        amount.press("Enter")
    assert counter.locator("[data-pad]").bounding_box() == pad
    amount.fill("90 071 992 547 409.93 so'm")
    expect(why).to_be_empty()
    counter.locator(DEBT).click()
    expect(amount).to_have_value("")
    book.has(anvar, "100000", "90071992547409.93")


def test_an_amount_is_never_cut_off(counter: Page, book: Book) -> None:
    book.person("Anvar Karimov", "5000")
    show(counter)
    choose(counter, "Anvar Karimov")
    for typed in ("900000", "9000000", "99999999", "9999999999", "9999999999.99"):
        counter.locator(AMOUNT).fill(typed)
        fits = "at => (e => e.scrollWidth <= e.clientWidth + 1)(document.querySelector(at))"
        counter.wait_for_function(fits, arg=AMOUNT)


def test_somebody_new_from_what_was_looked_for(counter: Page) -> None:
    show(counter)
    counter.locator("#counter-search").press_sequentially("kamola 90 555 66 77")
    expect(counter.locator("#people")).to_have_attribute("data-query", "kamola 90 555 66 77")
    counter.locator("#people [data-person-new]").click()
    expect(counter.locator("[name=full_name]")).to_have_value("Kamola")
    expect(counter.locator("[name=phone_number]")).to_have_value("90 555 66 77")
    keys(counter, "1 2 000")
    counter.locator(DEBT).click()
    expect(counter.locator("[data-fill=name]")).to_have_text("Kamola")
    expect(counter.locator("[data-fill=balance]")).to_have_text("12\u202f000")


def test_the_keys_are_large_and_never_move(counter: Page, book: Book) -> None:
    book.person("Anvar Karimov", "100000", limit="110000")
    book.person("Abdurahmonjon Abduqahhorov o'g'li Toshmuhammadov")
    show(counter)
    places = set()
    for name in ("Anvar Karimov", "Abdurahmonjon Abduqahhorov o'g'li Toshmuhammadov"):
        if not counter.locator("#people").is_visible():
            show(counter)
        choose(counter, name)
        for pressed in ("9", "9 000", "back"):
            keys(counter, pressed)
            places.add(counter.locator("[data-pad]").evaluate("e => e.getBoundingClientRect().y"))
        if counter.locator(".entry-back").is_visible():
            counter.locator(".entry-back").click()
            counter.wait_for_selector("#people", state="visible")
    assert len(places) == 1
    show(counter, "/debtors?new=1")
    boxes = counter.locator(".pad-key").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(b => [b.x, b.y, b.width, b.height])"
    )
    assert len(boxes) == 12
    assert min(min(width, height) for _, _, width, height in boxes) >= 64
    gaps = [b[0] - a[0] - a[2] for a, b in itertools.pairwise(boxes) if a[1] == b[1]]
    assert all(abs(gap - 8) < 1 for gap in gaps)


def test_only_the_chosen_persons_sheet_on_a_phone(
    open_tab: OpenTab, sign_in: SignIn, person: Person, book: Book
) -> None:
    page = sign_in(open_tab("phone"), person)
    book.person("Anvar Karimov", "100000")
    show(page)
    expect(page.locator("#sheet")).to_be_hidden()
    choose(page, "Anvar Karimov")
    expect(page.locator("#people")).to_be_hidden()
    expect(page.locator(PAYMENT)).to_be_in_viewport()
    page.locator(".entry-back").click()
    expect(page.locator("#people")).to_be_visible()
    expect(page.locator("#sheet")).to_be_hidden()
    choose(page, "Anvar Karimov")
    page.go_back()
    expect(page.locator("#people")).to_be_visible()


def test_with_keys_alone(landscape: Page, book: Book) -> None:
    page = landscape
    anvar = book.person("Anvar Karimov", "100000")
    book.person("Bobur Aliyev")
    show(page)
    expect(page.locator("#counter-search")).to_be_focused()
    page.keyboard.type("anv")
    page.keyboard.press("Enter")  # before the answer came
    expect(page.locator("#sheet [data-fill=name]")).to_have_text("Anvar Karimov")
    expect(page.locator(AMOUNT)).to_be_focused()
    page.keyboard.type("15k")
    page.keyboard.press("Enter")
    expect(page.locator("[data-fill=balance]")).to_have_text("115\u202f000")
    book.has(anvar, "100000", "15000")
    page.locator("h1").click()
    page.keyboard.type("42")
    page.keyboard.press("Backspace")
    expect(page.locator(AMOUNT)).to_have_value("4")
    page.keyboard.press("/")
    expect(page.locator("#counter-search")).to_be_focused()
    page.keyboard.type("bob")
    expect(page.locator("#people")).to_have_attribute("data-query", "bob")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet [data-fill=name]")).to_have_text("Bobur Aliyev")
    expect(page.locator(AMOUNT)).to_have_value("")


def test_an_amount_may_come_before_its_person(landscape: Page, book: Book) -> None:
    page = landscape
    anvar = book.person("Anvar Karimov")
    show(page)
    expect(page.locator(DEBT)).to_be_disabled()
    keys(page, "9 000")
    choose(page, "Anvar Karimov")
    expect(page.locator(AMOUNT)).to_have_value("9\u202f000")
    page.locator(DEBT).click()
    expect(page.locator("[data-fill=balance]")).to_have_text("9\u202f000")
    book.has(anvar, "9000")


def test_the_limit_warns_then_refuses_until_the_owner_lets_it(landscape: Page, book: Book) -> None:
    page = landscape
    anvar = book.person("Anvar Karimov", "500000", limit="1000000")
    show(page, f"/debtors?person={anvar}")
    warning = page.locator("[data-limit]")
    keys(page, "2 9 9 000")
    expect(warning).to_be_hidden()
    page.locator(AMOUNT).fill("300000")
    expect(warning).to_be_visible()
    expect(page.locator(DEBT)).to_be_enabled()
    page.locator(AMOUNT).fill("500001")
    expect(warning).to_have_class(re.compile("is-over"))
    expect(page.locator(DEBT)).to_be_disabled()
    expect(page.locator(PAYMENT)).to_be_enabled()
    page.locator("[name=override]").check()
    page.locator(DEBT).click()
    expect(page.locator("[data-fill=balance]")).to_have_text("1\u202f000\u202f001")
    book.has(anvar, "500000", "500001")


def test_without_scripts(open_tab: OpenTab, sign_in: SignIn, person: Person, book: Book) -> None:
    page = sign_in(open_tab("tablet", javascript=False), person)
    anvar = book.person("Anvar Karimov", "50000", "60000")
    page.goto("/debtors")
    page.fill("#counter-search", "anv")
    page.locator(".counter-search noscript button").click()
    page.locator("#people a[data-person-id]").click()
    expect(page.locator("[data-pad]")).to_be_hidden()
    page.fill(AMOUNT, "70 000")
    page.locator("#entry button[value=look]").click()
    assert digits(page.locator("[data-after=payment]")) == "40000"
    expect(page.locator("[data-debt=left]").nth(1)).to_contain_text("40\u202f000")
    page.locator(PAYMENT).click()
    expect(page.locator("[data-fill=balance]")).to_have_text("40\u202f000")
    page.locator(".toast-undo").click()
    expect(page.locator("[data-fill=balance]")).to_have_text("110\u202f000")
    book.has(anvar, "50000", "60000")


def test_axe_finds_nothing(open_tab: OpenTab, sign_in: SignIn, person: Person, book: Book) -> None:
    page = sign_in(open_tab("phone"), person)
    anvar = book.person("Anvar Karimov", "500000", "60000", limit="600000")
    book.person("Bobur Aliyev")
    found = []
    for path in (f"/debtors?person={anvar}", "/debtors?new=1", "/debtors?query=anv"):
        show(page, path)
        if "person" in path:
            page.locator(".open-debt").nth(1).click()
            page.locator(AMOUNT).fill("100000")
        sizes: list[ViewportSize] = [
            {"width": 390, "height": 844},
            {"width": 820, "height": 1180},
            LANDSCAPE,
        ]
        for size in sizes:
            page.set_viewport_size(size)
            found += violations(page)
        found += contrasts(page)
    assert found == []


def test_a_narrow_screen_holds_all(
    open_tab: OpenTab, sign_in: SignIn, person: Person, book: Book
) -> None:
    page = sign_in(open_tab("phone"), person)
    page.set_viewport_size({"width": 320, "height": 640})
    anvar = book.person("Abdurahmonjon Abduqahhorov", "5000000000", "60000")
    for path in ("/debtors", f"/debtors?person={anvar}", "/debtors?new=1"):
        show(page, path)
        if "?" in path:
            page.locator(AMOUNT).fill("100000000")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
