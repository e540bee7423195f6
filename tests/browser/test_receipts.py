"""A receipt comes, goes and comes back in place; then everything leaves as a ZIP."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.conftest import Person
from tests.finance.conftest import open_book
from tests.identity.pictures import picture

pytestmark = pytest.mark.browser


@pytest.fixture
def record(app: Flask, person: Person) -> int:
    """Something that was bought."""
    with app.app_context():
        return open_book(person).record("50000", comment="Bozorlik").id


def test_a_receipt_comes_goes_and_leaves_with_everything(
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
    record: int,
    drain: Callable[[], None],
    tmp_path: Path,
) -> None:
    (tmp_path / "chek.png").write_bytes(picture("PNG", (600, 900)))
    (tmp_path / "hisob.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    page = sign_in(open_tab(), person)
    page.goto(f"/transactions/{record}/edit")
    receipts = page.locator(f"#receipts-{record}")
    receipts.locator("input[type=file]").set_input_files(
        [tmp_path / "chek.png", tmp_path / "hisob.pdf"]
    )
    receipts.locator("form[enctype] button[type=submit]").click()
    expect(receipts.locator("li")).to_have_count(2)
    expect(receipts.locator("li img")).to_have_js_property("naturalWidth", 160)
    receipts.locator("li", has_text="hisob.pdf").locator("button").click()
    expect(receipts.locator("li")).to_have_count(1)
    page.locator(".toast-undo").last.click()
    expect(receipts.locator("li")).to_have_count(2)
    page.goto("/settings/data")
    page.click("#export button[type=submit]")
    expect(page.locator("[aria-busy]")).to_be_visible()
    drain()
    with page.expect_download() as waiting:
        page.click("a[download]")
    with ZipFile(waiting.value.path()) as archive:
        assert {"data.json", "receipts/000001.webp", "receipts/000002.pdf"} <= {*archive.namelist()}
