"""Saved cards: what is refused first, then finding, changing, forgetting, on both faces."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from koshelok.core.errors import Invalid, NotFound
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations
from koshelok.wallet.errors import AlreadySaved, CardNotFound, InvalidCardNumber, OwnCard
from koshelok.wallet.numbers import check_digit, dashed
from koshelok.wallet.queries import CardView, list_saved
from tests.conftest import Api, Page, Person

CardOf = Callable[..., CardView]
UNKNOWN = "777712345678901" + check_digit("777712345678901")


@pytest.fixture
def malika(make_person: Callable[..., Person]) -> Person:
    """Somebody whose cards are saved."""
    return make_person(full_name="Malika Karimova")


@pytest.fixture
def hers(malika: Person, card_of: CardOf) -> CardView:
    """Her card."""
    return card_of(malika)


@pytest.fixture
def save(context: Flask, person: Person) -> Callable[..., Any]:
    """Save a card of somebody's for `person`."""

    def make(card: CardView, alias: str = "Onam") -> Any:
        with unit_of_work():
            return operations.save_card(actor_id=person.id, card_number=card.number, alias=alias)

    return make


@pytest.mark.parametrize("number", ["", "7777", "8600" + "0" * 12, UNKNOWN[:-1] + "x", "1" * 17])
def test_refuses_what_is_not_a_number(context: Flask, person: Person, number: str) -> None:
    with pytest.raises(InvalidCardNumber) as refusal, unit_of_work():
        operations.save_card(actor_id=person.id, card_number=number, alias="Onam")
    assert refusal.value.field == "card_number"


def test_refuses_a_mistyped_digit(context: Flask, person: Person, hers: CardView) -> None:
    wrong = hers.number[:-1] + str((int(hers.number[-1]) + 1) % 10)
    with pytest.raises(InvalidCardNumber), unit_of_work():
        operations.save_card(actor_id=person.id, card_number=wrong, alias="Onam")


def test_refuses_a_card_that_is_not_there(context: Flask, person: Person) -> None:
    with pytest.raises(CardNotFound) as refusal, unit_of_work():
        operations.save_card(actor_id=person.id, card_number=UNKNOWN, alias="Onam")
    assert refusal.value.field == "card_number"
    with pytest.raises(CardNotFound), unit_of_work():
        operations.restore_saved(actor_id=person.id, card_id=uuid4(), alias="Onam")


def test_refuses_ones_own(
    context: Flask, person: Person, card_of: CardOf, save: Callable[..., Any]
) -> None:
    mine = card_of(person)
    with pytest.raises(OwnCard):
        save(mine)
    with pytest.raises(OwnCard), unit_of_work():
        operations.restore_saved(actor_id=person.id, card_id=mine.id, alias="Men")


@pytest.mark.parametrize("alias", ["", " \t", "x" * 61])
def test_refuses_an_alias_that_is_none(
    hers: CardView, save: Callable[..., Any], alias: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        save(hers, alias)
    assert refusal.value.field == "alias"


def test_saves_a_card_once(hers: CardView, save: Callable[..., Any]) -> None:
    save(hers)
    with pytest.raises(AlreadySaved):
        save(hers, "Boshqa nom")


def test_two_people_save_the_same_card(
    hers: CardView, save: Callable[..., Any], make_person: Callable[..., Person]
) -> None:
    save(hers)
    with unit_of_work():
        operations.save_card(
            actor_id=make_person().id, card_number=dashed(hers.number), alias="Qo'shni"
        )


def test_anothers_is_absent(
    hers: CardView, save: Callable[..., Any], make_person: Callable[..., Person]
) -> None:
    saved, stranger = save(hers), make_person()
    with pytest.raises(NotFound), unit_of_work():
        operations.edit_saved(actor_id=stranger.id, saved_id=saved.id, alias="Meniki")
    with pytest.raises(NotFound), unit_of_work():
        operations.delete_saved(actor_id=stranger.id, saved_id=saved.id)
    assert list_saved(stranger.id, limit=10).items == []


def test_the_holder_is_masked(hers: CardView, save: Callable[..., Any]) -> None:
    saved = save(hers, "  Mening\n onam ")
    assert (saved.number, saved.alias) == (hers.number, "Mening onam")
    assert saved.card_holder == "M***a K."


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("qoshni", True),
        ("QO‘SHNI AKA", True),
        ("қўшни", True),
        ("shn", True),
        ("%", False),
        ("_", False),
        ("begona", False),
        ("\\", False),
    ],
)
def test_finds_by_a_part_of_the_alias_in_any_spelling(
    hers: CardView, save: Callable[..., Any], person: Person, query: str, found: bool
) -> None:
    save(hers, "Qo'shni aka")
    assert bool(list_saved(person.id, query, limit=10).items) is found


def test_finds_by_digits(hers: CardView, save: Callable[..., Any], person: Person) -> None:
    save(hers)
    for query in (hers.number[-4:], dashed(hers.number), f" {hers.number[4:8]} "):
        assert list_saved(person.id, query, limit=10).items, query
    assert not list_saved(person.id, UNKNOWN, limit=10).items


def test_pages_follow_the_alias(
    save: Callable[..., Any],
    person: Person,
    card_of: CardOf,
    make_person: Callable[..., Person],
) -> None:
    for alias in ("Vali", "Akmal", "Akmal", "Zuhra"):
        save(card_of(make_person()), alias)
    seen, cursor = [], None
    while True:
        page = list_saved(person.id, limit=1, cursor=cursor)
        seen += [item.alias for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == ["Akmal", "Akmal", "Vali", "Zuhra"]
    with pytest.raises(Invalid):
        list_saved(person.id, limit=1, cursor="nonsense")


def test_edits_and_forgets(
    hers: CardView,
    save: Callable[..., Any],
    person: Person,
    card_of: CardOf,
    make_person: Callable[..., Person],
) -> None:
    saved, other = save(hers), card_of(make_person())
    with unit_of_work():
        changed = operations.edit_saved(
            actor_id=person.id, saved_id=saved.id, card_number=other.number
        )
    assert (changed.id, changed.number, changed.alias) == (saved.id, other.number, "Onam")
    save(hers, "Eski")
    with pytest.raises(AlreadySaved), unit_of_work():
        operations.edit_saved(actor_id=person.id, saved_id=saved.id, card_number=hers.number)
    with unit_of_work():
        gone = operations.delete_saved(actor_id=person.id, saved_id=saved.id)
    assert [item.alias for item in list_saved(person.id, limit=10).items] == ["Eski"]
    with unit_of_work():
        back = operations.restore_saved(actor_id=person.id, card_id=gone.card_id, alias=gone.alias)
    assert (back.number, back.alias) == (other.number, "Onam")


def test_over_json(api: Api, hers: CardView, call: Callable[[Person], Api], malika: Person) -> None:
    body = {"card_number": dashed(hers.number), "alias": "Onam"}
    made = api.post("/saved-cards", body)
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/saved-cards/{made.get_json()['id']}"
    assert made.get_json() | {"id": 1, "created_at": 1} == {
        "id": 1, "created_at": 1, "card_holder": "M***a K.", **body,
    }  # fmt: skip
    again = api.post("/saved-cards", body)
    assert (again.status_code, again.get_json()["code"]) == (422, "card_already_saved")
    unknown = api.post("/saved-cards", {**body, "card_number": UNKNOWN})
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "card_not_found")
    wrong = api.post("/saved-cards", {**body, "card_number": "7777-0000-1111-2222"})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["card_number"])
    own = call(malika).post("/saved-cards", body)
    assert (own.status_code, own.get_json()["code"]) == (422, "own_card")
    place = f"/saved-cards/{made.get_json()['id']}"
    assert call(malika).get(place).status_code == 404
    assert api.patch(place, {"alias": "Onajon"}).get_json()["alias"] == "Onajon"
    assert api.get("/saved-cards?query=onajon").get_json()["items"] == [api.get(place).get_json()]
    assert api.get("/saved-cards?query=zzz").get_json() == {"items": [], "next_cursor": None}
    assert api.delete(place).status_code == 204
    assert api.get(place).status_code == api.delete(place).status_code == 404


def test_pages_refuse_in_place(
    app: Flask,
    browse: Callable[[Person], Page],
    person: Person,
    hers: CardView,
    make_person: Callable[..., Person],
) -> None:
    page = browse(person)
    unknown = page.post("/saved-cards", {"card_number": UNKNOWN, "alias": "Onam"})
    assert unknown.status_code == 422
    text = unknown.get_data(as_text=True)
    assert 'id="card_number-error"' in text
    assert UNKNOWN in text
    assert page.post("/saved-cards", {"alias": "x" * 61}).status_code == 422
    with app.app_context(), unit_of_work():
        saved = operations.save_card(actor_id=person.id, card_number=hers.number, alias="Onam")
    wrong = page.post(f"/saved-cards/{saved.id}/edit", {f"{saved.id}-alias": "Onam"})
    assert wrong.status_code == 422
    assert f'id="{saved.id}-card_number-error"' in wrong.get_data(as_text=True)
    again = page.post("/saved-cards", {"card_number": hers.number, "alias": "Yana"})
    assert again.status_code == 422
    stranger = browse(make_person())
    for path in ("", "/edit"):
        assert stranger.get(f"/saved-cards/{saved.id}{path}").status_code == 404
    for path in ("/edit", "/delete"):
        assert stranger.post(f"/saved-cards/{saved.id}{path}").status_code == 404


def test_saves_edits_forgets_and_takes_back_without_scripts(
    browse: Callable[[Person], Page], person: Person, hers: CardView
) -> None:
    page = browse(person)
    made = page.post("/saved-cards", {"card_number": dashed(hers.number), "alias": "Onam"})
    assert (made.status_code, made.headers["Location"]) == (303, "/saved-cards")
    text = page.get("/saved-cards").get_data(as_text=True)
    assert f"/send?to={hers.number}" in text
    assert "M***a K." in text
    saved = text.split('id="saved-')[1].split('"')[0]
    values = {f"{saved}-alias": "Onajon", f"{saved}-card_number": hers.number}
    assert page.post(f"/saved-cards/{saved}/edit", values).status_code == 303
    assert "Onajon" in page.get("/saved-cards?query=ONAJ").get_data(as_text=True)
    assert "Onajon" not in page.get("/saved-cards?query=zzz").get_data(as_text=True)
    assert page.post(f"/saved-cards/{saved}/delete").status_code == 303
    text = page.get("/saved-cards").get_data(as_text=True)
    assert 'id="saved-' not in text
    undo = text.split('class="toast"')[1].split('action="')[1].split('"')[0]
    assert hers.number not in undo
    assert page.post(undo.replace("&amp;", "&")).status_code == 303
    assert "Onajon" in page.get("/saved-cards").get_data(as_text=True)


def test_regions_change_in_place(
    browse: Callable[[Person], Page], person: Person, hers: CardView
) -> None:
    page = browse(person)
    found = page.htmx("GET", "/saved-cards?query=ona")
    assert found.headers["HX-Push-Url"] == "/saved-cards?query=ona"
    assert 'id="saved"' in found.get_data(as_text=True)
    assert 'id="content"' not in found.get_data(as_text=True)
    made = page.htmx("POST", "/saved-cards", data={"card_number": hers.number, "alias": "Onam"})
    text = made.get_data(as_text=True)
    assert 'id="content"' in text
    assert "hx-swap-oob" in text
    saved = text.split('id="saved-')[1].split('"')[0]
    row = page.htmx("GET", f"/saved-cards/{saved}").get_data(as_text=True)
    assert row.strip().startswith("<li")
    form = page.htmx("GET", f"/saved-cards/{saved}/edit").get_data(as_text=True)
    assert f'name="{saved}-alias"' in form
    assert "<html" not in form
    values = {f"{saved}-alias": "Onajon", f"{saved}-card_number": hers.number}
    changed = page.htmx("POST", f"/saved-cards/{saved}/edit", data=values)
    assert "saved-card-changed" in changed.headers["HX-Trigger"]
    gone = page.htmx("POST", f"/saved-cards/{saved}/delete")
    assert "saved-card-changed" in gone.headers["HX-Trigger"]
    assert "hx-swap-oob" in gone.get_data(as_text=True)


def test_a_number_in_the_address_is_ready_to_be_saved(
    browse: Callable[[Person], Page], person: Person, hers: CardView
) -> None:
    text = browse(person).get(f"/saved-cards?number={hers.number}").get_data(as_text=True)
    assert f'value="{hers.number}"' in text
