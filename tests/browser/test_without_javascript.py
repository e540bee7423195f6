"""The same day in a browser that runs no scripts: nothing is out of reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ledger import DELETED, PUT_BACK, SAVED, fill_in, money, record, recorded, undo
from tests.browser.test_finding import sixty  # noqa: F401  # a fixture
from tests.conftest import Api, Person

pytestmark = pytest.mark.browser


@pytest.fixture(params=["phone", "desktop"])
def plain(
    request: pytest.FixtureRequest,
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
) -> Page:
    """`person`, signed in, without scripts."""
    return sign_in(open_tab(request.param, javascript=False), person)


def test_a_record_is_made_changed_deleted_and_brought_back(plain: Page, api: Api) -> None:
    plain.locator(".page-actions a[href='/add']").click()
    fill_in(plain, "25k", "Bozorlik", "Transport")
    (made,) = recorded(api)
    undo(plain, SAVED)
    assert recorded(api) == []
    undo(plain, DELETED)
    assert recorded(api) == [made]
    plain.goto("/transactions")
    plain.locator(".row-title a", has_text="Bozorlik").click()
    plain.fill("[name=amount]", "yigirma")
    plain.locator("main .btn-primary").click()
    expect(plain.locator("#amount-error")).to_be_visible()
    expect(plain.locator("[name=amount]")).to_have_value("yigirma")
    plain.fill("[name=amount]", "30k")
    plain.locator("main .btn-primary").click()
    assert money(plain.locator("#records .row .money")) == -30_000
    plain.locator(".row-title a", has_text="Bozorlik").click()
    plain.locator("main .btn-danger").click()
    expect(plain.locator("#results .empty")).to_be_visible()
    undo(plain, DELETED)
    expect(plain.locator(".toast")).to_contain_text(PUT_BACK)
    expect(plain.locator("#records .row")).to_have_count(1)


@pytest.mark.usefixtures("sixty")
def test_records_are_found_and_more_are_shown(plain: Page, api: Api) -> None:
    record(api, "7000", "Avtobus", "Transport")
    plain.goto("/transactions")
    plain.fill("#search-records", "avtobus")
    plain.press("#search-records", "Enter")
    expect(plain.locator("#records .row")).to_have_count(1)
    assert "query=avtobus" in plain.url
    plain.go_back()
    expect(plain.locator("#records .row")).to_have_count(50)
    plain.locator(".load-more a").click()
    expect(plain.locator("#records .row")).to_have_count(11)


def test_menus_and_dialogs_open(plain: Page, api: Api) -> None:
    assert api.post("/workspaces", {"name": "Chorsu do'koni", "kind": "shop"}).status_code == 201
    plain.reload()
    switcher = plain.locator(".topbar details:has([name=workspace_id])")
    switcher.locator("summary").click()
    switcher.locator("button", has_text="Chorsu do'koni").click()
    expect(switcher.locator("summary")).to_contain_text("Chorsu do'koni")
    plain.locator("button[name=theme][value=dark]:visible, [popovertarget=more]:visible").click()
    plain.locator("button[name=theme][value=dark]:visible, html[data-theme$=dark] h1").click()
    expect(plain.locator("html")).to_have_attribute("data-theme", "koshelok-dark")
