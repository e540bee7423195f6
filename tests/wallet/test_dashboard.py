"""What the dashboard tells of a person's cards."""

from collections.abc import Callable

from koshelok.wallet.queries import CardView
from tests.conftest import Api, Page, Person, QueryCounter


def test_without_a_card_it_invites(browse: Callable[[Person], Page], person: Person) -> None:
    region = browse(person).htmx("GET", "/dashboard").get_data(as_text=True)
    assert region.count('href="/cards"') == 1
    assert "#credit-card" in region


def test_all_cards_in_use_are_added_up(
    browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
    card_of: Callable[..., CardView],
    queries: QueryCounter,
) -> None:
    rich = make_person(role="PREMIUM")
    card_of(rich, "1250000.50")
    card_of(rich, "500000", "FROZEN")
    card_of(rich, "0", "CLOSED")
    page = browse(rich)
    queries.statements.clear()
    text = page.get("/dashboard").get_data(as_text=True)
    assert len(queries.statements) <= 10
    assert "1\u202f750\u202f000.50" in text


def test_anothers_book_tells_nothing_of_ones_cards(
    api: Api,
    browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
    card_of: Callable[..., CardView],
    person: Person,
) -> None:
    guest = make_person(contact="+998907654321")
    card_of(guest, "777000")
    card_of(person, "999000")
    api.post(
        f"/workspaces/{person.workspace_id}/members", {"contact": "+998907654321", "role": "viewer"}
    )
    page = browse(guest)
    page.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
    text = page.get("/dashboard").get_data(as_text=True)
    assert "777\u202f000" not in text
    assert "999\u202f000" not in text
