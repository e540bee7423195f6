"""Turning the recording of transfers on and off."""

from collections.abc import Callable

from flask import Flask

from koshelok.wallet.queries import CardView, find_recording
from tests.conftest import Page, Person


def test_there_is_nothing_to_set_before_the_first_card(
    app: Flask, browse: Callable[[Person], Page], person: Person
) -> None:
    page = browse(person)
    text = page.get("/settings/wallet").get_data(as_text=True)
    assert 'name="records"' not in text
    assert "/cards" in text
    assert page.post("/settings/wallet", {"records": "y"}).status_code == 303
    with app.app_context():
        assert find_recording(person.id) is None


def test_turns_it_off_and_on(
    app: Flask,
    browse: Callable[[Person], Page],
    person: Person,
    card_of: Callable[..., CardView],
) -> None:
    card_of(person)
    page = browse(person)
    assert "/settings/wallet" in page.get("/settings").get_data(as_text=True)
    assert "checked" in page.get("/settings/wallet").get_data(as_text=True)
    for sent, stands in (({}, False), ({"records": "y"}, True)):
        answer = page.post("/settings/wallet", sent)
        assert answer.headers["Location"] == "/settings/wallet"
        with app.app_context():
            assert find_recording(person.id) is stands
