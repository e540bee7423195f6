"""Saved cards and the history as a person uses them: in place, with Undo, and as a file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.conftest import Person
from tests.wallet.support import open_with, save_card_of

pytestmark = pytest.mark.browser


def test_saved_cards_change_in_place(
    app: Flask, seat: Page, person: Person, make_person: Callable[..., Person]
) -> None:
    with app.app_context():
        for name in ("Vali", "Akmal"):
            save_card_of(make_person(full_name=name), person)
    seat.goto("/saved-cards")
    rows = seat.locator("#saved .row")
    expect(rows).to_have_count(2)
    rows.first.locator("summary").click()
    rows.first.locator(".menu-item-danger").click()
    expect(rows).to_have_count(1)
    seat.locator(".toast-undo").click()
    expect(rows).to_have_count(2)
    rows.first.locator("summary").click()
    rows.first.locator(".menu-item").first.click()
    rows.first.locator("input[name$=alias]").fill("Onam")
    rows.first.locator("button[type=submit]").click()
    expect(rows.first.locator(".row-title")).to_have_text("Onam")
    seat.locator("[role=search] input[name=query][maxlength='60']").fill("onam")
    expect(rows).to_have_count(1)
    assert seat.url.endswith("/saved-cards?query=onam")


def test_a_history_is_narrowed_and_taken_along(
    app: Flask, seat: Page, person: Person, drain: Callable[[], None]
) -> None:
    with app.app_context():
        open_with(person, "250000")
    seat.goto("/transfers")
    rows = seat.locator("#transfers .row")
    expect(rows).to_have_count(1)
    seat.locator("#filters summary").click()
    seat.locator("#filters [name=direction]").select_option("out")
    expect(rows).to_have_count(0)
    seat.go_back()
    expect(rows).to_have_count(1)
    seat.locator("#results .menu summary").click()
    seat.locator("#results .menu button").last.click()
    seat.wait_for_url("**/jobs/*")
    drain()
    with seat.expect_download() as waiting:
        seat.locator("a[download]").click()
    assert waiting.value.suggested_filename.endswith(".csv")
    assert "250000.00" in Path(waiting.value.path()).read_text("utf-8-sig")
