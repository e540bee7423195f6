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
from tests.conftest import Api, Person

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
