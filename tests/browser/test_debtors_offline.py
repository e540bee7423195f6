"""The counter without a connection: a tablet in a shop whose network comes and goes.

Each test has a browser of its own on a profile of its own, with the network really cut (a page's
and its worker's), killed and opened again where that is what it is about.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from koshelok.core.clock import today
from koshelok.debtors import operations, queries
from koshelok.debtors.models import Book
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.browser.conftest import ARGUMENTS
from tests.conftest import Api, Person
from tests.debtors.books import wrong

pytestmark = pytest.mark.browser

MakePerson = Callable[..., Person]
WAITING = "#device [data-waiting]"
ROW = "[data-waiting-rows] li:not([hidden])"
SHELL = """async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const found = await Promise.all(caches_.map((cache) => cache.match("/debtors/offline")));
    return found.some(Boolean);
}"""
BOOK = """async () => {
    const db = await new Promise((resolve, reject) => {
        const request = indexedDB.open("koshelok");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const all = (name) => new Promise((resolve) => {
        const request = db.transaction(name).objectStore(name).getAll();
        request.onsuccess = () => resolve(request.result);
    });
    const found = { books: await all("books"), queue: await all("queue"), meta: await all("meta") };
    db.close();
    return found;
}"""


@dataclass
class Shop:
    """Somebody's book, asked past the browser."""

    app: Flask
    owner: Person

    def who(self) -> dict[str, int]:
        return {"actor_id": self.owner.id, "workspace_id": self.owner.workspace_id}

    def add(self, name: str, phone: str, *debts: int, limit: int | None = None) -> int:
        """Enter somebody who owes."""
        with self.app.app_context(), unit_of_work():
            made = operations.create_debtor(
                **self.who(), full_name=name, phone_number=phone,
                credit_limit=None if limit is None else Decimal(limit),
            )  # fmt: skip
        for amount in debts:
            self.lend(made.id, amount)
        return made.id

    def lend(self, debtor: int, amount: int) -> None:
        """Write a debt down past the browser."""
        with self.app.app_context(), unit_of_work():
            operations.record_debt(**self.who(), debtor_id=debtor, amount=Decimal(amount))

    def balance(self, debtor: int) -> Decimal:
        """What they owe."""
        with self.app.app_context():
            return queries.get_person(self.owner.workspace_id, debtor).balance

    def named(self, name: str) -> list[dict[str, Any]]:
        """Whoever is called so, as devices keep them."""
        with self.app.app_context():
            kept = queries.list_cached(self.owner.workspace_id)
        return [person for person in kept if person["name"] == name]

    def sums(self, api: Api, what: str) -> list[str]:
        """The amounts of all debts or payments, the oldest first."""
        items = api.get(f"/{what}?limit=100").get_json()["items"]
        return [item["amount"] for item in sorted(items, key=itemgetter("id"))]

    def wrong(self) -> list[str]:
        """What is wrong with the books."""
        with self.app.app_context():
            return wrong()


class Tablet:
    """A device of the shop: its profile outlives the browser."""

    def __init__(self, playwright: Playwright, chromium: str, folder: Path, site: str) -> None:
        self._open = lambda: playwright.chromium.launch_persistent_context(
            folder, executable_path=chromium, args=ARGUMENTS, base_url=site, locale="uz-UZ",
            timezone_id="Asia/Tashkent", viewport={"width": 1180, "height": 820},
            reduced_motion="reduce",
        )  # fmt: skip
        self.context: BrowserContext = self._open()
        self.page = self.context.pages[0]
        self._settle()

    def _settle(self) -> None:
        self.context.set_default_timeout(20_000)

    def sign_in(self, person: Person) -> Page:
        """Sign in and open the counter until the device has all it needs."""
        self.page.goto("/login?next=/debtors")
        self.page.fill("[name=login]", person.login)
        self.page.fill("[name=password]", person.password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url("**/debtors")
        return self.ready()

    def ready(self) -> Page:
        """The worker has the page, the device the book."""
        self.page.evaluate("() => navigator.serviceWorker.ready")
        self.page.wait_for_function(SHELL)
        for _ in range(200):
            if self.kept()["books"]:
                return self.page
            self.page.wait_for_timeout(100)
        raise AssertionError("the book did not come")

    def kept(self, page: Page | None = None) -> dict[str, Any]:
        """What the device has."""
        found: dict[str, Any] = (page or self.page).evaluate(BOOK)
        return found

    def cut(self) -> None:
        """Take the network away."""
        self.context.set_offline(True)

    def mend(self) -> None:
        """Bring it back."""
        self.context.set_offline(False)

    def restart(self, *, offline: bool = False) -> Page:
        """Kill the browser and open it again."""
        self.context.close()
        self.context = self._open()
        self._settle()
        self.page = self.context.pages[0]
        if offline:
            self.cut()
        return self.page


@pytest.fixture
def tablet(
    app: Flask, site: str, playwright: Playwright, chromium_path: str, tmp_path: Path
) -> Iterator[Tablet]:
    """A tablet on the counter."""
    device = Tablet(playwright, chromium_path, tmp_path / "profile", site)
    yield device
    with suppress(Exception):
        device.context.close()


@pytest.fixture
def shop(app: Flask, person: Person) -> Shop:
    """`person`'s book."""
    return Shop(app, person)


def until(page: Page, so: Callable[[], bool]) -> None:
    """Wait for something that no page shows."""
    for _ in range(200):
        if so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def choose(page: Page, words: str, name: str) -> None:
    """Find somebody and open their sheet."""
    page.fill("#counter-search", words)
    page.locator("#people [data-person-id]", has_text=name).first.click()
    expect(page.locator("[data-fill=name]")).to_have_text(name)


def write(page: Page, amount: str, kind: str) -> None:
    """Type an amount and press a button."""
    page.fill("#amount", amount)
    page.locator(f"button[name=kind][value={kind}]").click()


def new(page: Page, name: str, phone: str) -> None:
    """Open the sheet of somebody new."""
    page.fill("#counter-search", "")
    page.locator("[data-person-new]:visible").first.click()
    page.fill("#full_name", name)
    page.fill("#phone_number", phone)


def test_opens_and_finds_people_without_a_connection(tablet: Tablet, shop: Shop) -> None:
    shop.add("Ўткир Қодиров", "+998901112233", 150)
    shop.add("O'g'iloy Karimova", "+998935556677")
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    page.goto("/debtors")
    expect(page.locator("[data-as-of]")).to_be_visible()
    expect(page.locator("#people [data-person-id]")).to_have_count(2)
    for words, found in [
        ("otkir", "Ўткир Қодиров"), ("қоди", "Ўткир Қодиров"), ("odir", "Ўткир Қодиров"),
        ("2233", "Ўткир Қодиров"), ("90 111", "Ўткир Қодиров"), ("ogil", "O'g'iloy Karimova"),
        ("ўғил", "O'g'iloy Karimova"), ("кар огил", "O'g'iloy Karimova"),
        ("5667", "O'g'iloy Karimova"),
    ]:  # fmt: skip
        page.fill("#counter-search", words)
        expect(page.locator("#people [data-row=name]")).to_have_text([found])
    page.fill("#counter-search", "nobody")
    expect(page.locator("#people [data-person-id]")).to_have_count(0)
    choose(page, "otkir", "Ўткир Қодиров")
    expect(page.locator("[data-fill=balance]")).to_have_text("150")


def test_what_is_written_without_a_connection_waits_and_is_sent(
    tablet: Tablet, shop: Shop, api: Api
) -> None:
    malika = shop.add("Malika Karimova", "+998901112233", 150)
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    choose(page, "malika", "Malika Karimova")
    write(page, "1000", "debt")
    expect(page.locator("[data-fill=balance]")).to_have_text("1\u202f150")
    write(page, "200", "payment")
    expect(page.locator("[data-fill=balance]")).to_have_text("950")
    new(page, "Sardor Aliyev", "93 555 66 77")
    write(page, "500", "debt")
    expect(page.locator("[data-fill=name]")).to_have_text("Sardor Aliyev")
    expect(page.locator(WAITING)).to_contain_text("4")
    page.fill("#counter-search", "sardor")
    expect(page.locator("#people [data-row=balance]")).to_have_text(["500"])
    assert shop.balance(malika) == 150
    tablet.mend()
    expect(page.locator(WAITING)).to_be_hidden(timeout=10_000)
    assert shop.balance(malika) == 950
    (sardor,) = shop.named("Sardor Aliyev")
    assert (sardor["phone"], sardor["debt"]) == ("+998935556677", "500.00")
    assert shop.sums(api, "debts") == ["150.00", "1000.00", "500.00"]
    assert shop.wrong() == []


def test_the_kept_page_knows_when_debts_are_due(tablet: Tablet, shop: Shop) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    with shop.app.app_context(), unit_of_work():
        usual = {"reminders": False, "receipts": False, "due_days": 14, "language": "uz"}
        session.add(Book(workspace_id=shop.owner.workspace_id, **usual))
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    page.goto("/debtors")
    choose(page, "malika", "Malika Karimova")
    days = page.locator("[name=due_date]").evaluate_all("all => all.map((e) => e.dataset.days)")
    assert days == [None, "0", "7", "14", "30"]
    expect(page.locator("[name=due_date][data-days='14']")).to_be_checked()
    write(page, "70", "debt")
    expect(page.locator(WAITING)).to_contain_text("1")
    tablet.mend()
    until(page, lambda: shop.balance(malika) == 70)
    (kept,) = shop.named("Malika Karimova")
    assert kept["open"][0]["due"] == (today() + timedelta(days=14)).isoformat()


def test_a_killed_tab_and_browser_lose_nothing(tablet: Tablet, shop: Shop) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    choose(page, "malika", "Malika Karimova")
    write(page, "300", "debt")
    expect(page.locator(WAITING)).to_contain_text("1")
    page.close()
    page = tablet.page = tablet.context.new_page()
    page.goto("/debtors")
    expect(page.locator(WAITING)).to_contain_text("1")
    choose(page, "malika", "Malika Karimova")
    expect(page.locator("[data-fill=balance]")).to_have_text("300")
    page = tablet.restart(offline=True)
    page.goto("/debtors")
    expect(page.locator(WAITING)).to_contain_text("1")
    choose(page, "malika", "Malika Karimova")
    write(page, "50", "payment")
    expect(page.locator("[data-fill=balance]")).to_have_text("250")
    expect(page.locator(WAITING)).to_contain_text("2")
    page = tablet.restart()
    page.goto("/debtors")
    until(page, lambda: shop.balance(malika) == 250)
    expect(page.locator(WAITING)).to_be_hidden()


def test_a_lost_answer_is_asked_for_again_and_writes_one_row(
    tablet: Tablet, shop: Shop, api: Api
) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/debtors/entries", lose)
    choose(page, "malika", "Malika Karimova")
    write(page, "700", "debt")
    until(page, lambda: len(lost) == 1)
    expect(page.locator(WAITING)).to_be_visible()
    assert shop.balance(malika) == 700
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(WAITING)).to_be_hidden(timeout=15_000)
    assert lost == [201, 200]
    assert shop.sums(api, "debts") == ["700.00"]


def test_what_may_be_written_already_is_undone_when_it_is_dropped(
    tablet: Tablet, shop: Shop, api: Api
) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    lost: list[int] = []

    mended: list[bool] = []

    def lose(route: Route) -> None:
        if mended:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/debtors/entries", lose)
    choose(page, "malika", "Malika Karimova")
    write(page, "700", "debt")
    until(page, lambda: bool(lost))
    page.locator(WAITING).click()
    page.locator(f"{ROW} [data-do=drop]").click()
    expect(page.locator(WAITING)).to_be_hidden()
    assert shop.balance(malika) == 700
    mended.append(True)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: tablet.kept()["queue"] == [])
    assert shop.balance(malika) == 0
    assert shop.sums(api, "debts") == ["700.00"]
    assert shop.wrong() == []


def test_an_undo_whose_answer_was_lost_is_done(tablet: Tablet, shop: Shop) -> None:
    page = tablet.sign_in(shop.owner)
    lost: list[str] = []

    def lose(route: Route) -> None:
        what = route.request.url.rpartition("/")[2]
        if what in lost:
            route.continue_()
            return
        route.fetch()
        lost.append(what)
        route.abort()

    for path in ("**/debtors/entries", "**/debtors/entries/**"):
        page.route(path, lose)
    new(page, "Sardor Aliyev", "93 555 66 77")
    page.locator("button[name=kind][value=person]").click()
    until(page, lambda: len(lost) == 1)
    assert len(shop.named("Sardor Aliyev")) == 1
    page.locator(WAITING).click()
    page.locator(f"{ROW} [data-do=drop]").click()
    until(page, lambda: lost == ["entries", "undo"])
    assert shop.named("Sardor Aliyev") == []
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: tablet.kept()["queue"] == [])
    expect(page.locator("#waiting")).to_be_hidden()
    assert "Sardor" not in str(tablet.kept()["books"])


def test_somebody_taken_back_is_off_the_device_at_once(tablet: Tablet, shop: Shop) -> None:
    page = tablet.sign_in(shop.owner)
    page.route("**/debtors/sync", lambda route: route.abort())
    new(page, "Sardor Aliyev", "93 555 66 77")
    page.locator("button[name=kind][value=person]").click()
    until(page, lambda: "Sardor" in str(tablet.kept()["books"]))
    page.locator(".toast form button").last.click()
    until(page, lambda: shop.named("Sardor Aliyev") == [])
    until(page, lambda: "Sardor" not in str(tablet.kept()["books"]))
    page.fill("#counter-search", "sardor")
    expect(page.locator("#people [data-person-id]")).to_have_count(0)


def test_two_tabs_at_once_send_each_entry_once(tablet: Tablet, shop: Shop, api: Api) -> None:
    shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    other = tablet.context.new_page()
    other.goto("/debtors")
    sent: list[str] = []
    tablet.context.on("request", lambda r: sent.append(r.url) if "entries" in r.url else None)
    tablet.cut()
    choose(page, "malika", "Malika Karimova")
    for amount in ("100", "200", "300"):
        write(page, amount, "debt")
        expect(page.locator("#amount")).to_have_value("")
    expect(other.locator(WAITING)).to_contain_text("3")
    sent.clear()
    tablet.mend()
    for one in (page, other):
        one.evaluate("dispatchEvent(new Event('online'))")
    for one in (page, other):
        expect(one.locator(WAITING)).to_be_hidden(timeout=10_000)
    assert len(sent) == 3
    assert shop.sums(api, "debts") == ["100.00", "200.00", "300.00"]


def test_a_refusal_is_kept_until_somebody_decides(tablet: Tablet, shop: Shop) -> None:
    malika = shop.add("Malika Karimova", "+998901112233", 400, limit=1000)
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    choose(page, "malika", "Malika Karimova")
    write(page, "500", "debt")
    shop.lend(malika, 400)  # at another till, meanwhile
    new(page, "Another Malika", "90 111 22 33")
    write(page, "70", "debt")
    expect(page.locator(WAITING)).to_contain_text("3")
    tablet.mend()
    expect(page.locator("#waiting")).to_be_visible(timeout=10_000)
    expect(page.locator(ROW)).to_have_count(3)
    expect(page.locator(f"{ROW} .field-error:visible")).to_have_count(2)
    assert shop.balance(malika) == 800
    page = tablet.restart()
    page.goto("/debtors")
    page.locator(WAITING).click()
    expect(page.locator(f"{ROW} .field-error:visible")).to_have_count(2)
    page.locator(f"{ROW} [data-do=override]:visible").click()
    expect(page.locator(ROW)).to_have_count(2)
    assert shop.balance(malika) == 1300


def test_what_was_refused_comes_back_to_be_changed(tablet: Tablet, shop: Shop) -> None:
    malika = shop.add("Malika Karimova", "+998901112233", 400, limit=1000)
    page = tablet.sign_in(shop.owner)
    choose(page, "malika", "Malika Karimova")
    shop.lend(malika, 400)  # at another till, meanwhile
    page.fill("#description", "Un")
    write(page, "500", "debt")
    page.locator(f"{ROW} [data-do=change]:visible").click()
    expect(page.locator("#amount")).to_have_value("500.00")
    expect(page.locator("#description")).to_have_value("Un")
    expect(page.locator(WAITING)).to_be_hidden()
    write(page, "100", "debt")
    until(page, lambda: shop.balance(malika) == 900)


def test_a_taken_number_is_written_for_whoever_has_it(tablet: Tablet, shop: Shop) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    new(page, "Another Malika", "90 111 22 33")
    write(page, "70", "debt")
    write(page, "30", "debt")
    expect(page.locator(WAITING)).to_contain_text("3")
    tablet.mend()
    expect(page.locator("#waiting")).to_be_visible(timeout=10_000)
    page.locator(f"{ROW} [data-do=taken]:visible").click()
    expect(page.locator(WAITING)).to_be_hidden(timeout=10_000)
    assert shop.balance(malika) == 100
    assert shop.named("Another Malika") == []


def test_a_wrong_number_is_put_right_in_the_list(tablet: Tablet, shop: Shop) -> None:
    page = tablet.sign_in(shop.owner)
    new(page, "Sardor Aliyev", "11 111 11 11")
    write(page, "70", "debt")
    expect(page.locator("#waiting")).to_be_visible()
    page.locator(f"{ROW} [name=phone_number]:visible").fill("93 555 66 77")
    page.locator(f"{ROW} [data-do=again]:visible").click()
    expect(page.locator(WAITING)).to_be_hidden()
    (sardor,) = shop.named("Sardor Aliyev")
    assert (sardor["phone"], sardor["debt"]) == ("+998935556677", "70.00")


def test_what_waits_can_be_dropped(tablet: Tablet, shop: Shop) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    choose(page, "malika", "Malika Karimova")
    write(page, "70", "debt")
    page.locator(".toast form button").last.click()
    expect(page.locator(WAITING)).to_be_hidden()
    expect(page.locator("[data-fill=balance]")).to_have_text("0")
    tablet.mend()
    page.wait_for_timeout(500)
    assert shop.balance(malika) == 0


def test_another_user_of_the_device_sees_nothing(
    tablet: Tablet, shop: Shop, make_person: MakePerson
) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    choose(page, "malika", "Malika Karimova")
    write(page, "70", "debt")
    expect(page.locator(WAITING)).to_be_visible()
    tablet.context.clear_cookies()  # the session ended meanwhile
    tablet.mend()
    page.locator(WAITING).click()
    expect(page.locator("[data-sign-in]")).to_be_visible()
    other = make_person()
    page = tablet.sign_in(other)
    expect(page.locator(WAITING)).to_be_hidden()
    tablet.cut()
    page.goto("/debtors")
    expect(page.locator("[data-as-of]")).to_be_visible()
    expect(page.locator("#people [data-person-id]")).to_have_count(0)
    assert "Malika" not in str(tablet.kept()["books"])
    tablet.mend()
    page.goto("/dashboard")
    leave(page)
    page.wait_for_url(lambda url: "dashboard" not in url)
    until(page, lambda: (tablet.kept()["books"], tablet.kept()["meta"]) == ([], []))
    assert shop.balance(malika) == 0
    page = tablet.sign_in(shop.owner)
    until(page, lambda: shop.balance(malika) == 70)
    expect(page.locator(WAITING)).to_be_hidden()


def leave(page: Page) -> None:
    """Sign out by the menu."""
    page.locator("details[data-menu] summary").last.click()
    page.locator("[data-sign-out] button").click()


def test_signing_out_tells_what_waits_and_keeps_it(tablet: Tablet, shop: Shop) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    page.route("**/debtors/entries", lambda route: route.abort())
    choose(page, "malika", "Malika Karimova")
    write(page, "70", "debt")
    expect(page.locator(WAITING)).to_be_visible()
    leave(page)
    expect(page.locator("#sign-out")).to_be_visible()
    page.locator("#sign-out [data-leave]").click()
    page.wait_for_url(lambda url: "debtors" not in url)
    until(page, lambda: tablet.kept()["books"] == [])
    assert len(tablet.kept()["queue"]) == 1
    page.unroute("**/debtors/entries")
    tablet.sign_in(shop.owner)
    until(page, lambda: shop.balance(malika) == 70)


def test_what_must_hold_holds_when_it_is_written_without_a_connection(
    tablet: Tablet, shop: Shop, api: Api
) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    page = tablet.sign_in(shop.owner)
    tablet.cut()
    choose(page, "malika", "Malika Karimova")
    steps = [
        ("debt", "150", "150"), ("debt", "1000", "1\u202f150"), ("debt", "500", "1\u202f650"),
        ("debt", "500", "2\u202f150"), ("payment", "1700", "450"), ("payment", "400", "50"),
        ("payment", "400", "+350"), ("debt", "100", "+250"),
    ]  # fmt: skip
    for kind, amount, shown in steps:
        write(page, amount, kind)
        expect(page.locator("[data-fill=balance]")).to_have_text(shown)
    expect(page.locator(WAITING)).to_contain_text("8")
    tablet.mend()
    expect(page.locator(WAITING)).to_be_hidden(timeout=15_000)
    expect(page.locator("[data-fill=balance]")).to_have_text("+250")
    assert shop.balance(malika) == -250
    debts = api.get("/debts?limit=100").get_json()["items"]
    assert {debt["status"] for debt in debts} == {"paid"}
    payments = sorted(api.get("/payments?limit=100").get_json()["items"], key=itemgetter("id"))
    with shop.app.app_context(), unit_of_work():
        operations.void_payment(**shop.who(), payment_id=payments[-1]["id"], reason="Xato")
    assert shop.balance(malika) == 150
    assert shop.wrong() == []
    page.goto(f"/debtors?person={malika}")
    expect(page.locator("[data-fill=balance]")).to_have_text("150")


class Wire:
    """A stretch of the network between a device and the shop, which can go dead without a word."""

    def __init__(self, site: str) -> None:
        self._far = ("127.0.0.1", int(site.rpartition(":")[2]))
        self._near = socket.create_server(("127.0.0.1", 0))
        self.dead = False
        self.address = f"http://127.0.0.1:{self._near.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                one = self._near.accept()[0]
                other = socket.create_connection(self._far)
                for pair in ((one, other), (other, one)):
                    Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                if not self.dead:
                    target.sendall(data)

    def close(self) -> None:
        """Take it down."""
        self._near.close()


@pytest.fixture
def wire(site: str) -> Iterator[Wire]:
    """A network of this test's own."""
    made = Wire(site)
    yield made
    made.close()


def test_a_network_that_says_nothing_is_waited_for_four_seconds(
    playwright: Playwright, chromium_path: str, tmp_path: Path, wire: Wire, shop: Shop
) -> None:
    malika = shop.add("Malika Karimova", "+998901112233")
    tablet = Tablet(playwright, chromium_path, tmp_path / "profile", wire.address)
    page = tablet.sign_in(shop.owner)
    wire.dead = True
    started = monotonic()
    page.goto("/debtors")
    assert 3 < monotonic() - started < 12
    choose(page, "malika", "Malika Karimova")
    write(page, "70", "debt")
    expect(page.locator(WAITING)).to_contain_text("1")
    wire.dead = False
    page = tablet.restart()
    page.goto("/debtors")
    until(page, lambda: shop.balance(malika) == 70)
    tablet.context.close()
