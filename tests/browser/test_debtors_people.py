"""A person's page in a browser: entries taken back in a dialog, a statement on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Api, Person
from tests.debtors.calls import enter, owe, pay

pytestmark = pytest.mark.browser


@pytest.fixture
def debtor(api: Api) -> int:
    """Took 300 000 and 50 000, paid 320 000: 30 000 of the second are open."""
    made = enter(api, "Anvar Karimov")
    owe(api, made, "300000", description="Un", due_date="2026-01-05")
    owe(api, made, "50000", description="Shakar")
    pay(api, made, "320000")
    return made


def _balance(page: Page) -> str:
    return re.sub(r"\D", "", page.locator("#person .money-xl").inner_text())


@pytest.mark.parametrize("javascript", [True, False])
def test_a_payment_is_voided_with_a_tapped_reason(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    debtor: int, javascript: bool,
) -> None:  # fmt: skip
    page = sign_in(open_tab("tablet", javascript=javascript), person)
    page.goto(f"/debtors/{debtor}")
    assert _balance(page) == "30000"
    payment = page.locator(".happened[id^=payment-]")
    expect(payment.locator(".happened-notes li")).to_have_count(3)
    payment.locator("summary").click()
    payment.locator("a[href$='/void']").click()
    form = page.locator("dialog[open]" if javascript else "main")
    expect(form.locator(".effect li")).to_have_count(2)
    form.locator(".btn-danger").click()
    form = page.locator("dialog[open]" if javascript else "main")
    expect(form.locator("#reason-error")).to_be_visible()
    form.locator(".chips label").first.click()
    form.locator(".btn-danger").click()
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".happened.row-gone")).to_have_count(1)
    assert _balance(page) == "350000"
    assert page.url.endswith(f"/debtors/{debtor}")


def test_a_debt_is_written_off_and_stands_again(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    debtor: int,
) -> None:  # fmt: skip
    page = sign_in(open_tab("phone"), person)
    page.goto(f"/debtors/{debtor}")
    row = page.locator("[id^=open-]")
    row.locator("summary").click()
    row.locator("a[href$='/write-off']").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("#reason").fill("Ketib qoldi")
    dialog.locator(".btn-danger").click()
    expect(page.locator("[id^=open-]")).to_have_count(0)
    page.locator(".toast-undo").click()
    expect(page.locator("[id^=open-]")).to_have_count(1)
    expect(page.locator(".happened.row-gone")).to_have_count(1)


def test_a_debt_is_corrected_in_place(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    debtor: int,
) -> None:  # fmt: skip
    page = sign_in(open_tab("desktop"), person)
    page.goto(f"/debtors/{debtor}")
    row = page.locator("[id^=open-]")
    row.locator("summary").click()
    row.locator("a[href$='/edit']").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("#description")).to_have_value("Shakar")
    dialog.locator("#description").fill("Shakar, 5 kg")
    dialog.locator("#due_date").fill("2030-01-01")
    dialog.locator(".btn-primary").click()
    expect(row).to_contain_text("Shakar, 5 kg")
    page.locator(".toast-undo").click()
    expect(row).not_to_contain_text("5 kg")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_is_entered_changed_put_away_and_brought_back(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    debtor: int, javascript: bool,
) -> None:  # fmt: skip
    page = sign_in(open_tab("phone", javascript=javascript), person)
    page.goto("/debtors/new")
    page.fill("#full_name", "Olim")
    page.fill("#phone_number", "90 123 45 67")
    page.locator("main .btn-primary").click()
    expect(page.locator(f"a[href='/debtors/{debtor}']")).to_be_visible()  # who has the number
    page.fill("#phone_number", "91 123 45 67")
    page.locator("main .btn-primary").click()
    expect(page.locator("h1")).to_have_text("Olim")
    page.locator(".page-actions summary").click()
    page.locator(".page-actions a[href$='/edit']").click()
    page.fill("#full_name", "Olim aka")
    page.locator("main .btn-primary").click()
    expect(page.locator("h1")).to_have_text("Olim aka")
    page.locator(".page-actions summary").click()
    page.locator(".page-actions .menu-item-danger").click()
    page.wait_for_url(re.compile("/debtors$"))
    page.locator(".toast-undo").click()
    expect(page.locator(".toast").last).to_contain_text("Olim aka")


def test_a_statement_follows_its_days_and_prints(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    debtor: int,
) -> None:  # fmt: skip
    page = sign_in(open_tab("desktop"), person)
    page.goto(f"/debtors/{debtor}/statement")
    expect(page.locator(".statement tbody tr")).to_have_count(5)
    page.fill("#end_date", "2020-01-01")
    page.locator("#end_date").blur()
    expect(page.locator("#results .empty")).to_be_visible()
    page.wait_for_url(re.compile("end_date=2020-01-01"))
    page.goto(f"/debtors/{debtor}/statement")
    paper = page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox \[0 0 59[45][\d.]* 84[12][\d.]*\]", paper), "not A4"
    page.goto(f"/debtors/{debtor}/statement/receipt")
    strip = page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox \[0 0 22[67][\d.]* 84[12][\d.]*\]", strip), "not 80 mm wide"


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("format_", ["pdf", "csv", "xlsx"])
def test_a_statement_is_downloaded(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person,
    debtor: int, format_: str, javascript: bool,
) -> None:  # fmt: skip
    page = sign_in(open_tab("phone", javascript=javascript), person)
    page.goto(f"/debtors/{debtor}/statement")
    page.locator("#results summary").click()
    with page.expect_download() as started:
        page.locator(f"form:has([value={format_}]) button").click()
    assert started.value.suggested_filename.endswith(f".{format_}")
    page.goto("/dashboard")
