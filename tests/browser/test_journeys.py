"""What people do all day, in a real browser with JavaScript, on a phone and at a desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ledger import (
    DELETED,
    PUT_BACK,
    SAVED,
    fill_in,
    money,
    record,
    recorded,
    stat,
    toast,
    undo,
)
from tests.browser.test_signing import PHONE, code_from_inbox
from tests.conftest import Api, Person

pytestmark = pytest.mark.browser
PASTE = """(input, text) => {
    const data = new DataTransfer();
    data.setData('text', text);
    input.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
}"""
MARK, MARKED = "document.body.marked = true", "document.body.marked === true"


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_newcomer_is_at_the_dashboard_in_a_minute(
    size: str, open_tab: Callable[..., Page], drain: Callable[[], None]
) -> None:
    page = open_tab(size)
    page.goto("/")
    page.locator("main a[href='/signup']").click()
    page.fill("[name=contact]", PHONE)
    page.press("[name=contact]", "Enter")
    page.wait_for_url("**/verify")
    page.locator("[name=code]").evaluate(PASTE, code_from_inbox(page, drain))
    page.wait_for_url("**/welcome")
    page.get_by_role("link", name="O'tkazib yuborish").click()
    page.wait_for_url("**/dashboard")
    expect(page.locator("h1")).to_have_text("Bosh sahifa")


def test_a_category_is_added_in_place(seat: Page) -> None:
    seat.goto("/categories")
    seat.evaluate(MARK)
    seat.locator("#new-category [name=name]").fill("Qo'shimcha ish")
    seat.locator("#new-category .segment.income").click()
    seat.locator("#new-category button[type=submit]").click()
    toast(seat, SAVED)
    row = seat.locator("#content .row", has_text="Qo'shimcha ish")
    expect(row).to_have_count(1)
    expect(seat.locator("#new-category [name=name]")).to_have_value("")
    undo(seat, SAVED)
    expect(row).to_have_count(0)
    undo(seat, DELETED)
    expect(row).to_have_count(1)
    assert seat.evaluate(MARKED)


def test_a_category_of_the_same_name_is_refused_at_its_field(seat: Page) -> None:
    seat.goto("/categories")
    seat.locator("#new-category [name=name]").fill("Transport")
    seat.locator("#new-category button[type=submit]").click()
    expect(seat.locator("#new-category .field-error")).to_be_visible()
    expect(seat.locator("#new-category [name=name]")).to_have_value("Transport")


def test_a_record_is_added_and_the_form_is_ready_for_the_next(seat: Page, api: Api) -> None:
    seat.goto("/add")
    amount = seat.locator("[name=amount]")
    expect(amount).to_be_focused()
    amount.press_sequentially("25k")
    expect(seat.locator("[data-money-preview]")).to_have_text("= 25\u202f000 so'm")
    seat.locator(".chip", has_text="Transport").click()
    seat.locator("#add-form .btn-primary").click()
    toast(seat, SAVED)
    expect(amount).to_have_value("")
    expect(amount).to_be_focused()
    (made,) = recorded(api)
    assert (made["amount"], made["category_name"]) == ("25000.00", "Transport")
    undo(seat, SAVED)
    toast(seat, DELETED)
    assert recorded(api) == []
    undo(seat, DELETED)
    toast(seat, PUT_BACK)
    assert recorded(api) == [made]
    assert seat.url.endswith("/add")


def test_what_is_missing_is_said_at_its_field(seat: Page, api: Api) -> None:
    seat.goto("/add")
    seat.fill("[name=comment]", "Non")
    seat.locator("#add-form .btn-primary").click()
    expect(seat.locator("#amount-error")).to_be_visible()
    expect(seat.locator("#category-error")).to_be_visible()
    expect(seat.locator("[name=comment]")).to_have_value("Non")
    assert recorded(api) == []


def test_a_double_click_makes_one_record(seat: Page, api: Api) -> None:
    seat.goto("/add")
    seat.fill("[name=amount]", "9k")
    seat.locator("#add-form .chip").first.click()
    seat.locator("#add-form .btn-primary").dblclick()
    toast(seat, SAVED)
    seat.wait_for_load_state("networkidle")
    assert len(recorded(api)) == 1


def test_the_dashboard_follows_a_quick_record_without_a_reload(seat: Page, api: Api) -> None:
    record(api, "100000", "Oylik", "Ish haqi")
    seat.goto("/dashboard")
    seat.evaluate(MARK)
    seat.locator(".page-actions a[href='/add']").click()
    fill_in(seat, "25k", "Bozorlik")
    expect(seat.locator(".stat .money").first).to_contain_text("75\u202f000")
    expect(seat.locator("#figures .row", has_text="Bozorlik")).to_have_count(1)
    undo(seat, SAVED)
    expect(seat.locator(".stat .money").first).to_contain_text("100\u202f000")
    undo(seat, DELETED)
    expect(seat.locator(".stat .money").first).to_contain_text("75\u202f000")
    assert seat.evaluate(MARKED)


def test_a_newcomers_first_record_fills_the_dashboard(seat: Page) -> None:
    seat.goto("/dashboard")
    expect(seat.locator("#figures .empty")).to_be_visible()
    seat.locator(".page-actions a[href='/add']").click()
    fill_in(seat, "1.5mln", "Oylik", "Ish haqi")
    expect(seat.locator("#figures .row", has_text="Oylik")).to_have_count(1)
    expect(seat.locator("#figures canvas").first).to_be_visible()


def test_a_row_is_edited_where_it_stands(seat: Page, api: Api) -> None:
    id_ = record(api, "25000", "Bozorlik")
    record(api, "7000", "Avtobus", "Transport")
    seat.goto("/transactions")
    seat.evaluate(MARK)
    row = seat.locator(f"#record-{id_}")
    row.locator(".row-title a").click()
    expect(row.locator("[name=amount]")).to_be_focused()
    row.locator("[name=amount]").fill("yigirma")
    row.locator("[name=comment]").fill("Non va sut")
    with seat.expect_response(re.compile("/edit$")) as answer:
        row.locator(".btn-primary").click()
    assert answer.value.status == 422
    expect(row.locator("#amount-error")).to_be_visible()
    expect(row.locator("[name=amount]")).to_have_value("yigirma")
    expect(row.locator("[name=comment]")).to_have_value("Non va sut")
    row.locator("[name=amount]").fill("30k")
    row.locator(".btn-primary").click()
    expect(row.locator(".row-title")).to_have_text("Non va sut")
    expect(row.locator(".money")).to_contain_text("30\u202f000")
    undo(seat, SAVED)
    expect(row.locator(".row-title")).to_have_text("Bozorlik")
    expect(row.locator(".money")).to_contain_text("25\u202f000")
    assert seat.evaluate(MARKED)


def test_the_dashboard_follows_an_edit_in_place(seat: Page, api: Api) -> None:
    record(api, "100000", "Oylik", "Ish haqi")
    id_ = record(api, "25000", "Bozorlik")
    seat.goto("/dashboard")
    row, balance = seat.locator(f"#record-{id_}"), seat.locator(".stat .money").first
    row.locator(".row-title a").click()
    row.locator("[name=amount]").fill("30k")
    row.locator(".btn-primary").click()
    expect(balance).to_contain_text("70\u202f000")
    row.locator(".row-title a").click()
    row.locator(".btn-danger").click()
    expect(balance).to_contain_text("100\u202f000")
    expect(row).to_have_count(0)
    undo(seat, DELETED)
    expect(balance).to_contain_text("70\u202f000")
    expect(row).to_have_count(1)


def test_an_edit_is_left_as_it_was(seat: Page, api: Api) -> None:
    id_ = record(api, "25000", "Bozorlik")
    seat.goto("/transactions")
    row = seat.locator(f"#record-{id_}")
    row.locator(".row-title a").click()
    row.locator("[name=comment]").fill("Boshqa")
    row.get_by_role("link", name="Bekor qilish").click()
    expect(row.locator(".row-title")).to_have_text("Bozorlik")
    assert recorded(api)[0]["comment"] == "Bozorlik"


def test_a_deleted_row_comes_back(seat: Page, api: Api) -> None:
    id_ = record(api, "25000", "Bozorlik")
    record(api, "7000", "Avtobus", "Transport")
    seat.goto("/transactions?type=expense")
    row, spent = seat.locator(f"#record-{id_}"), stat(seat, "Chiqim")
    assert money(spent) == -32_000
    row.locator(".row-title a").click()
    row.locator(".btn-danger").click()
    expect(row).to_have_count(0)
    expect(spent).to_contain_text("7\u202f000")
    assert len(recorded(api)) == 1
    undo(seat, DELETED)
    expect(row.locator(".row-title")).to_have_text("Bozorlik")
    expect(spent).to_contain_text("32\u202f000")
    undo(seat, PUT_BACK)
    expect(row).to_have_count(0)
    expect(spent).to_contain_text("7\u202f000")


def test_the_last_row_leaves_an_invitation(seat: Page, api: Api) -> None:
    id_ = record(api, "25000", "Bozorlik")
    seat.goto("/transactions")
    seat.locator(f"#record-{id_} .row-title a").click()
    seat.locator(f"#record-{id_} .btn-danger").click()
    expect(seat.locator("#results .empty")).to_be_visible()
    expect(seat.locator(".rows-day")).to_be_hidden()
    undo(seat, DELETED)
    expect(seat.locator(f"#record-{id_}")).to_be_visible()


def test_a_number_leads_to_the_records_that_sum_to_it(seat: Page, api: Api) -> None:
    for amount, name in (("100000", "Ish haqi"), ("12500.50", "Transport"), ("8000", "Oziq-ovqat")):
        record(api, amount, "", name)
    for path in ("/summary/daily", "/summary/monthly"):
        for label in ("Kirim", "Chiqim", "Qoldi"):
            seat.goto(path)
            link = seat.locator(".stat-link", has_text=label).first
            shown = money(stat(seat, label))
            link.click()
            seat.wait_for_url("**/transactions?**")
            rows = [money(row) for row in seat.locator("#records .row .money").all()]
            assert money(stat(seat, label)) == shown == sum(rows, Decimal())


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_another_workspace_is_one_menu_away(
    size: str,
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
    api: Api,
) -> None:
    record(api, "25000", "Bozorlik")
    assert api.post("/workspaces", {"name": "Chorsu do'koni", "kind": "shop"}).status_code == 201
    page = sign_in(open_tab(size), person)
    switcher = page.locator(".topbar details:has([name=workspace_id])")
    switcher.locator("summary").click()
    switcher.locator("button", has_text="Chorsu do'koni").click()
    expect(switcher.locator("summary")).to_contain_text("Chorsu do'koni")
    expect(page.locator("#figures .empty")).to_be_visible()
    page.goto("/transactions")
    expect(page.locator("#results .empty")).to_be_visible()
