"""/cards: drawn, opened, activated, frozen, closed; without JavaScript."""

from collections.abc import Callable

import pytest
import segno
from flask import Flask

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations
from koshelok.wallet.queries import CardView
from tests.conftest import Api, Page, Person, QueryCounter
from tests.wallet.support import send

Browse = Callable[[Person], Page]
CardOf = Callable[..., CardView]
MakePerson = Callable[..., Person]


@pytest.fixture
def mine(browse: Browse, person: Person) -> Page:
    """A browser signed in as `person`."""
    return browse(person)


def digits(card: CardView) -> str:
    """The number as its groups stand in the page."""
    groups = [card.number[place : place + 4] for place in range(0, 16, 4)]
    return " ".join(f"<span>{group}</span>" for group in groups)


def test_anothers_card_is_not_there(mine: Page, make_person: MakePerson, card_of: CardOf) -> None:
    path = f"/cards/{card_of(make_person()).id}"
    assert mine.get(path).status_code == 404
    for action in ("activate", "freeze", "close"):
        assert mine.post(f"{path}/{action}").status_code == 404


def test_a_card_too_many_is_refused(mine: Page, person: Person, card_of: CardOf) -> None:
    card_of(person)
    assert '/cards" >' not in mine.get("/cards").text
    refused = mine.post("/cards")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text


def test_opens_activates_freezes_and_closes(mine: Page) -> None:
    assert 'action="/cards"' in mine.get("/cards").text
    opened = mine.post("/cards")
    assert opened.status_code == 303
    path = opened.headers["Location"]
    for action, look, next_action in (
        ("", "bank-card-frozen", "activate"), ("activate", "bank-card-active", "freeze"),
        ("freeze", "bank-card-frozen", "activate"), ("close", "bank-card-closed", None),
    ):  # fmt: skip
        if action:
            answer = mine.post(f"{path}/{action}")
            assert (answer.status_code, answer.headers["Location"]) == (303, path)
        page = mine.get(path).text
        assert look in page
        assert (f'action="{path}/{next_action}"' in page) is (next_action is not None)
    listed = mine.get("/cards").text
    assert path in listed
    assert 'action="/cards"' in listed, "another may be opened"


def test_a_refused_change_says_why(mine: Page, person: Person, card_of: CardOf) -> None:
    card = card_of(person, "5000")
    refused = mine.post(f"/cards/{card.id}/close")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert "bank-card-active" in refused.text


def test_an_admins_freeze_is_told_and_offers_no_way_out(
    app: Flask, mine: Page, person: Person, card_of: CardOf, make_person: MakePerson
) -> None:
    card, admin = card_of(person), make_person(role="ADMIN")
    with app.app_context(), unit_of_work():
        operations.change_status_as_admin(actor_id=admin.id, card_id=card.id, status="FROZEN")
    assert f'action="/cards/{card.id}/activate"' not in mine.get(f"/cards/{card.id}").text
    assert mine.post(f"/cards/{card.id}/activate").status_code == 409


def test_draws_a_card_with_all_that_is_printed_on_one(
    browse: Browse, make_person: MakePerson, card_of: CardOf
) -> None:
    owner = make_person(full_name="Malika <Karimova>", role="PREMIUM")
    card = card_of(owner, "14250000.50")
    card_of(owner, "1000", "EXPIRED")
    page = browse(owner)
    listed = page.get("/cards").text
    for shown in (
        digits(card), "14\u202f250\u202f000.50", "Malika &lt;Karimova&gt;", "bank-card-expired",
        f"{card.expiry_date:%m/%y}", "14\u202f251\u202f000.50",
    ):  # fmt: skip
        assert shown in listed, shown
    shown = page.get(f"/cards/{card.id}").text
    assert f'data-copy="{card.number}"' in shown
    assert "data:image/svg+xml" in shown


def test_the_qr_code_opens_the_form_to_send_to_this_card(
    mine: Page, person: Person, card_of: CardOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, drawn, make = card_of(person), [], segno.make_qr

    def draw(text: str, **options: str) -> segno.QRCode:
        drawn.append(text)
        return make(text, **options)

    monkeypatch.setattr(segno, "make_qr", draw)
    mine.get(f"/cards/{card.id}")
    assert drawn == [f"http://localhost/send?to={card.number}"]


def test_pages_ask_little_of_the_database(
    browse: Browse, call: Callable[[Person], Api], make_person: MakePerson, card_of: CardOf,
    queries: QueryCounter,
) -> None:  # fmt: skip
    owner = make_person(role="PREMIUM")
    cards = [card_of(owner, "100000") for _ in range(5)]
    made = send(call(owner), cards[0], cards[1], "5000").get_json()["id"]
    page = browse(owner)
    for path in ("/cards", f"/cards/{cards[0].id}", "/send", f"/transfers/{made}"):
        queries.statements.clear()
        assert page.get(path).status_code == 200
        assert len(queries.statements) <= 10, path
