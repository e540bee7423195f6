"""Signing up, in and out in a real browser, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from koshelok.core.clock import now
from koshelok.identity.models import OneTimeCode
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.authenticator import Authenticator, wait_a_minute
from tests.browser.test_accessibility import contrasts, violations
from tests.conftest import Person
from tests.identity.pictures import picture

PHONE, NEW = "+998901234567", "besh-nok-va-kofe"


def code_from_inbox(page: Page, drain: Callable[[], None]) -> str:
    """What a developer reads at /dev/inbox.json once the worker has run."""
    drain()
    newest = page.request.get("/dev/inbox.json").json()[0]
    assert newest["to"] == PHONE
    found = re.search(r"\b\d{6}\b", newest["text"])
    assert found is not None
    return found.group()


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_sign_up_by_phone(
    open_tab: Callable[..., Page], drain: Callable[[], None], javascript: bool
) -> None:
    page = open_tab(javascript=javascript)
    page.goto("/")
    page.goto("/signup")
    page.fill("[name=contact]", "90 123 45 67")
    page.press("[name=contact]", "Enter")
    page.wait_for_url("**/verify")
    expect(page.locator("main")).to_contain_text("+998 90 123 45 67")
    page.locator("[name=code]").press_sequentially(code_from_inbox(page, drain))
    if not javascript:
        page.press("[name=code]", "Enter")
    page.wait_for_url("**/welcome")
    page.fill("[name=password]", NEW)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/dashboard")


def test_a_pasted_code_is_sent_by_itself(tab: Page, drain: Callable[[], None]) -> None:
    tab.goto("/signup")
    tab.fill("[name=contact]", PHONE)
    tab.press("[name=contact]", "Enter")
    tab.wait_for_url("**/verify")
    code = code_from_inbox(tab, drain)
    tab.locator("[name=code]").evaluate(
        """(input, text) => {
            const data = new DataTransfer();
            data.setData('text', text);
            input.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
        }""",
        f"{code[:3]} {code[3:]}",
    )
    tab.wait_for_url("**/welcome")


def test_another_code_may_be_asked_for_when_the_countdown_is_over(tab: Page, app: Flask) -> None:
    tab.goto("/signup")
    tab.fill("[name=contact]", PHONE)
    tab.press("[name=contact]", "Enter")
    tab.wait_for_url("**/verify")
    again = tab.locator("[data-resend] button")
    expect(again).to_be_disabled()
    with app.app_context(), unit_of_work():
        session.execute(update(OneTimeCode).values(resend_after=now() + timedelta(seconds=1)))
    tab.reload()
    expect(again).to_be_enabled(timeout=5_000)
    again.click()
    expect(tab.locator(".toast")).to_be_visible()


def test_a_wrong_password_keeps_the_login_and_says_so(tab: Page, person: Person) -> None:
    tab.goto("/login")
    tab.fill("[name=login]", person.login)
    tab.fill("[name=password]", "wrong")
    tab.press("[name=password]", "Enter")
    expect(tab.locator("[role=alert]")).to_be_visible()
    expect(tab.locator("[name=login]")).to_have_value(person.login)


def test_a_photo_is_chosen_shown_and_removed(
    tab: Page, sign_in: Callable[[Page, Person], Page], person: Person
) -> None:
    sign_in(tab, person).goto("/profile")
    tab.set_input_files(
        "[name=photo]", {"name": "me.png", "mimeType": "image/png", "buffer": picture()}
    )
    tab.locator("#photo form button[type=submit]").first.click()
    photo = tab.locator("#photo .avatar img")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.naturalWidth") == 512
    tab.locator("[popovertarget=remove-photo]").first.click()
    tab.locator("#remove-photo button[type=submit]").click()
    expect(photo).to_have_count(0)


def test_another_device_is_signed_out(
    open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page], person: Person
) -> None:
    other, mine = sign_in(open_tab(), person), sign_in(open_tab("desktop"), person)
    mine.goto("/settings")
    mine.locator("#devices [popovertarget^=end-]").click()
    mine.locator(
        "dialog:popover-open button[type=submit], dialog[open] button[type=submit]"
    ).click()
    expect(mine.locator("#devices .row")).to_have_count(1)
    other.goto("/settings")
    assert other.url.endswith("/login?next=/settings")


def test_axe_finds_nothing_on_the_way_in(
    open_tab: Callable[..., Page], drain: Callable[[], None]
) -> None:
    page, found = open_tab(), []
    for start, there in (("/forgot", "**/reset"), ("/signup", "**/verify")):
        page.goto(start)
        page.fill("[name=contact]", PHONE)
        page.press("[name=contact]", "Enter")
        page.wait_for_url(there)
        found += violations(page) + contrasts(page)
    page.locator("[name=code]").press_sequentially("000000")
    page.wait_for_selector(".field-error")
    found += violations(page) + contrasts(page)
    code = code_from_inbox(page, drain)
    page.locator("[name=code]").fill("")
    page.locator("[name=code]").press_sequentially(code)
    page.wait_for_url("**/welcome")
    found += violations(page) + contrasts(page)
    page.goto("/dev/inbox")
    found += violations(page) + contrasts(page)
    assert found == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_the_second_factor_is_turned_on_and_asked_for(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    app: Flask,
    person: Person,
    javascript: bool,
) -> None:
    page = sign_in(open_tab(javascript=javascript), person)  # axe itself needs JavaScript
    page.goto("/settings/totp")
    page.locator("form[action$=start] button").click()
    assert page.locator("#secret img").evaluate("image => image.naturalWidth") > 0
    phone = Authenticator(page.locator("#secret [translate=no]").inner_text().replace(" ", ""))
    give_code(page, phone.code(), javascript)
    expect(page.locator("#codes li")).to_have_count(10)
    assert not javascript or violations(page) == []
    expect(page.locator("[data-print]")).to_be_visible(visible=javascript)
    recovery = page.locator("#codes li").first.inner_text()
    page.locator("#codes a").click()
    assert not javascript or violations(page) == []
    wait_a_minute(app)

    for code in (phone.code(), recovery):
        page = open_tab(javascript=javascript)
        page.goto("/login?next=/settings")
        page.fill("[name=login]", person.login)
        page.fill("[name=password]", person.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/login/code")
        assert not javascript or violations(page) == []
        if code == recovery:
            page.locator("a[href*=recovery]").click()
            assert not javascript or violations(page) == []
            page.fill("[name=code]", code)
            page.press("[name=code]", "Enter")
        else:
            give_code(page, code, javascript)
        page.wait_for_url("**/settings")


def give_code(page: Page, code: str, javascript: bool) -> None:
    """Type six digits; a script sends them by itself."""
    page.locator("[name=code]").press_sequentially(code)
    if not javascript:
        page.press("[name=code]", "Enter")
