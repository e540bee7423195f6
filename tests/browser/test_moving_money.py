"""Two people and an administrator, each in a browser of their own: from opening cards to what
their books say, and what the administrator does about it after.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import segno
from flask import Flask
from playwright.sync_api import Error, Page, expect

from koshelok.verification import CHECKS, verify_all
from tests.browser.ledger import money
from tests.browser.sending import (
    CONFIRM,
    confirm,
    deposit,
    give_reason,
    look,
    number_on,
    on_card,
    open_card,
    receipt,
    sent,
)
from tests.conftest import Api, Person

pytestmark = pytest.mark.browser

Call = Callable[[Person], Api]
MakePerson = Callable[..., Person]
OpenTab = Callable[..., Page]
SignIn = Callable[[Page, Person], Page]


@pytest.fixture
def people(make_person: MakePerson) -> tuple[Person, Person, Person]:
    """An administrator, Malika and Aziz."""
    boss = make_person(role="ADMIN", full_name="Botir Boshliq")
    return boss, make_person(full_name="Malika Karimova"), make_person(full_name="Aziz Rahimov")


def copied(page: Page, site: str) -> str:
    """Press "Copy the number" and read the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    before = page.locator(".toast").count()
    page.locator("[data-copy]").click()
    expect(page.locator(".toast")).to_have_count(before + 1)
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def scanned(page: Page, site: str) -> str:
    """The address in the card's QR code: drawn again from it, the picture is the same."""
    page.locator("[popovertarget=qr]").first.click()
    picture = page.locator("#qr img")
    expect(picture).to_be_visible()
    address = f"{site}/send?to={number_on(page)}"
    code = segno.make_qr(address, error="m")
    assert picture.get_attribute("src") == code.svg_data_uri(omitsize=True, border=3, light="#fff")
    page.locator("#qr .dialog-actions button").click()
    return address


def save_card(page: Page, number: str, alias: str) -> None:
    """Keep somebody's card under a name."""
    page.goto("/saved-cards")
    page.fill("#card_number", number)
    page.fill("#alias", alias)
    page.locator("#new-saved button[type=submit]").click()
    expect(page.locator("#saved .row")).to_contain_text(alias)


def confirm_twice(page: Page, javascript: bool) -> str:
    """Tap twice; without scripts nothing holds the second tap back: each opens in a tab."""
    if javascript:
        page.locator(CONFIRM).dblclick()
        return receipt(page)
    with page.context.expect_page() as opened:
        page.locator(CONFIRM).click(modifiers=["ControlOrMeta"])
    other = receipt(opened.value)
    opened.value.close()
    assert confirm(page) == other
    return other


def go_back(page: Page, javascript: bool) -> None:
    """Back leads to an empty form; without scripts the browser will not show the look again."""
    if javascript:
        page.go_back()
        page.wait_for_url("**/send")
        expect(page.locator("#amount")).to_have_value("")
    else:
        with pytest.raises(Error, match="ERR_CACHE_MISS"):
            page.go_back()
    expect(page.locator(CONFIRM)).to_have_count(0)


def recorded(page: Page, transfer: str) -> tuple[str, int]:
    """The kind and the amount of the dashboard's record that leads to this transfer and back."""
    page.goto("/dashboard")
    row = page.locator("#figures .row", has=page.locator(f"a[href='/transfers/{transfer}']"))
    amount = money(row.locator(".money"))
    name = (row.get_attribute("id") or "").removeprefix("record-")
    kind = "income" if row.locator(".money.income").count() else "expense"
    row.locator(f"a[href='/transfers/{transfer}']").click()
    receipt(page)
    page.locator(f"a[href='/transactions/{name}/edit']").click()
    page.wait_for_url(f"**/transactions/{name}/edit")
    expect(page.locator("[name=amount]")).not_to_be_editable()
    return kind, int(amount)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_money_goes_from_the_house_to_one_and_on_to_another(
    app: Flask, site: str, open_tab: OpenTab, sign_in: SignIn, call: Call,
    people: tuple[Person, Person, Person], javascript: bool,
) -> None:  # fmt: skip
    boss, malika, _ = people
    desk, hers, his = (sign_in(open_tab(javascript=javascript), each) for each in people)
    for page in (desk, hers, his):
        open_card(page)
    number = number_on(his)
    assert not javascript or copied(his, site) == number

    deposit(desk, "3mln")
    desk.goto(scanned(hers, site))
    expect(look(desk, "1000000", "Boshlanish")).to_contain_text("M***a K.")
    confirm(desk)
    assert (on_card(desk), on_card(hers)) == (2_000_000, 1_000_000)

    save_card(hers, number, "Aziz aka")
    hers.goto("/send")
    hers.locator(".chip", has_text="Aziz aka").click()
    expect(hers.locator("#to_card")).to_have_value(re.compile(r"^[\d ]{16,19}$"))
    lines = look(hers, "500000", "Ijara")
    for shown in ("A***z R.", "5\u202f000", "505\u202f000", "495\u202f000", "Ijara"):
        expect(lines).to_contain_text(shown)
    transfer = confirm_twice(hers, javascript)
    hers.reload()
    assert receipt(hers) == transfer
    go_back(hers, javascript)
    assert sent(call(malika)) == [transfer]

    assert (on_card(hers), on_card(his)) == (495_000, 500_000)
    assert recorded(hers, transfer) == ("expense", -505_000)
    assert recorded(his, transfer) == ("income", 500_000)
    platform = call(boss).get("/admin/platform-card").get_json()
    assert platform["balance"] == "5000.00"
    with app.app_context():
        assert verify_all() == []


def test_the_administrator_looks_after_the_house(
    open_tab: OpenTab, sign_in: SignIn, people: tuple[Person, Person, Person],
    drain: Callable[[], None],
) -> None:  # fmt: skip
    boss, malika, _ = people
    desk, hers = sign_in(open_tab(), boss), sign_in(open_tab(), malika)
    own, card = open_card(desk), open_card(hers)
    deposit(desk, "3 000 000")
    desk.goto(f"/send?to={number_on(hers)}")
    look(desk, "700000")
    given = confirm(desk)

    desk.goto("/admin/transfers")
    desk.locator(f".row-title a[href='/admin/transfers/{given}']").click()
    desk.wait_for_url(f"**/admin/transfers/{given}")
    desk.locator("[popovertarget=reverse]").first.click()
    desk.locator("#reverse button[type=submit]").click()
    expect(desk.locator("#reverse .field-error")).to_be_visible()
    expect(desk.locator("#reverse [name=reason]")).to_be_focused()
    desk.locator("#reverse [popovertargetaction=hide]").click()
    give_reason(desk, "reverse", "Xato yuborilgan")
    desk.wait_for_url(lambda url: "/admin/transfers/" in url and given not in url)
    back = desk.url.rpartition("/")[2]
    desk.locator(f"main a[href='/admin/transfers/{given}']").click()
    expect(desk.locator(f"main a[href='/admin/transfers/{back}']")).to_be_visible()
    expect(desk.locator("[popovertarget=reverse]")).to_have_count(0)
    assert (on_card(desk), on_card(hers)) == (3_000_000, 0)
    hers.goto("/dashboard")
    expect(hers.locator(f"a[href='/transfers/{given}']")).to_have_count(0)

    _the_owner_cannot_undo_the_administrations_freeze(desk, hers, card)

    desk.goto("/admin/verification")
    desk.locator("form[action='/admin/verification'] button").click()
    expect(desk.locator("#run progress")).to_be_visible()
    drain()
    expect(desk.locator("#run .notice-success")).to_be_visible()
    expect(desk.locator("#run .seal-good")).to_have_count(len(CHECKS))

    desk.goto("/admin/audit")
    desk.locator("main form summary").click()
    for action, subject, words in (
        ("money.deposited", f"cards/{own}", "3\u202f000\u202f000"),
        ("transfer.reversed", f"transfers/{given}", "Xato yuborilgan"),
        ("card.status_changed", f"cards/{card}", "Shubhali"),
        ("verification.started", "", ""),
    ):
        desk.locator("select[name=action]").select_option(action)
        desk.wait_for_url(f"**/admin/audit?action={action}")
        row = desk.locator("#results .row").first
        expect(row).to_contain_text("Botir Boshliq")
        expect(row).to_contain_text(words)
        expect(row.locator(f".row-title a[href='/admin/{subject}']")).to_have_count(
            1 if subject else 0
        )


def _the_owner_cannot_undo_the_administrations_freeze(desk: Page, hers: Page, card: str) -> None:
    hers.goto(f"/cards/{card}")
    hers.locator("[popovertarget=freeze]").first.click()
    hers.locator("#freeze button[type=submit]").click()
    expect(hers.locator(".bank-card-frozen")).to_be_visible()
    other = hers.context.new_page()  # hers keeps a button to activate it
    other.goto(f"/cards/{card}")
    other.locator("form[action$=activate] button").click()
    expect(other.locator(".bank-card-active")).to_be_visible()

    desk.goto("/admin/cards?owner=malika")
    desk.locator(f".row-title a[href='/admin/cards/{card}']").click()
    give_reason(desk, "way-frozen", "Shubhali")
    expect(desk.locator("[popovertarget=way-active]").first).to_be_visible()

    hers.locator("form[action$=activate] button").click()
    expect(hers.get_by_role("alert")).to_be_visible()
    expect(hers.locator(".bank-card-frozen")).to_be_visible()
    expect(hers.locator("form[action$=activate]")).to_have_count(0)
    other.goto("/send")
    expect(other.locator("#send-form [name=amount]")).to_have_count(0)
