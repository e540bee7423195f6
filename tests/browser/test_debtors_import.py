"""People brought as a file, from choosing it to taking it back; with and without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.conftest import Person

pytestmark = pytest.mark.browser
TABLE = """Ism;Telefon;Qarz
Aziz Rahimov;+998 90 123 45 67;150 000
Malika Karimova;901234568;-25 000
Xato Raqam;12;5
Aziz yana;90 123-45-67;7
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A list of debtors as Excel saves it."""
    path = tmp_path / "qarzlar.csv"
    path.write_bytes(TABLE.encode("cp1251"))
    return path


def _bring(page: Page, table: Path) -> None:
    page.goto("/debtors/import")
    page.set_input_files("input[type=file]", str(table))
    page.click("#import button[type=submit]")
    page.wait_for_url("**/debtors/import/*-*")


def test_a_file_is_brought_seen_imported_and_taken_back(
    seat: Page, table: Path, drain: Callable[[], None]
) -> None:
    _bring(seat, table)
    rows = seat.locator("ul.rows > li")
    expect(rows).to_have_count(4)
    seat.click("a.chip[href$='show=wrong']")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Xato Raqam")
    seat.click("a.chip[href$='show=duplicate']")
    expect(rows).to_contain_text("Aziz Rahimov")
    seat.click("form[action$='/start'] button[type=submit]")
    expect(seat.locator("[aria-busy]")).to_be_visible()
    drain()
    expect(seat.locator("a[download]")).to_be_visible()
    seat.wait_for_load_state("networkidle")  # what the end of the work refreshes is in its place
    with seat.expect_download() as waiting:
        seat.click("a[download]")
    mended = Path(waiting.value.path()).read_text("utf-8-sig")
    assert "Xato Raqam" in mended
    seat.click("button[popovertarget=revert]")
    dialog = seat.locator("#revert")
    expect(dialog).to_contain_text("qarzlar.csv")
    dialog.locator("button[type=submit]").click()
    expect(seat.locator("[aria-busy]")).to_be_visible()
    drain()
    expect(seat.locator("a[href='/debtors/import'].btn-primary")).to_be_visible()


def test_without_scripts_columns_are_chosen_and_the_file_is_imported(
    app: Flask, open_tab: Callable[..., Page], sign_in: Callable[[Page, Person], Page],
    person: Person, tmp_path: Path, drain: Callable[[], None],
) -> None:  # fmt: skip
    page = sign_in(open_tab(javascript=False), person)
    (tmp_path / "a.csv").write_text("Kim?,Qayerga?,Necha?\nAziz,901234567,15\n")
    _bring(page, tmp_path / "a.csv")
    page.select_option("[name=full_name]", "0")
    page.select_option("[name=phone_number]", "1")
    page.select_option("[name=debt]", "2")
    page.click("form[action$='/columns'] button[type=submit]")
    page.click("form[action$='/start'] button[type=submit]")
    drain()
    page.reload()
    page.click("button[popovertarget=revert]")
    page.click("#revert button[type=submit]")
    drain()
    page.reload()
    expect(page.locator("a[href='/debtors/import'].btn-primary")).to_be_visible()
