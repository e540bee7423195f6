"""Records brought as a file, from choosing it to taking it back in the list of imports."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.finance.brought import ROWS

pytestmark = pytest.mark.browser


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A notebook as Excel saves it."""
    path = tmp_path / "yozuvlar.csv"
    path.write_bytes(ROWS.encode("cp1251"))
    return path


def test_a_file_is_brought_seen_imported_and_taken_back(
    seat: Page, table: Path, drain: Callable[[], None]
) -> None:
    seat.goto("/transactions/import")
    seat.set_input_files("input[type=file]", str(table))
    seat.click("#import button[type=submit]")
    expect(seat.locator("[aria-busy]")).to_be_visible()
    drain()
    rows = seat.locator("ul.rows > li")
    expect(rows).to_have_count(5)
    seat.click("a.chip[href$='show=wrong']")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("kecha")
    seat.click("form[action$='/start'] button[type=submit]")
    expect(seat.locator("[aria-busy]")).to_be_visible()
    drain()
    with seat.expect_download() as waiting:
        seat.click("a[download]")
    assert "Taksi" in Path(waiting.value.path()).read_text("utf-8-sig")
    seat.goto("/transactions")
    expect(seat.locator("#records li.row")).to_have_count(4)
    seat.goto("/transactions/import")
    seat.click("form[action$='/revert'] button")
    expect(seat.locator("#toasts, .toasts")).to_be_visible()
    seat.goto("/transactions")
    expect(seat.locator("#records li.row")).to_have_count(0)
