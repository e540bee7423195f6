"""The workspace pages without JavaScript."""

from collections.abc import Callable

import pytest

from tests.conftest import Page, Person


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    return browse(person)


def _open_shop(page: Page, name: str = "Malika do'koni") -> str:
    response = page.post("/workspaces", {"name": name, "kind": "shop"})
    assert response.status_code == 303
    return str(response.location)


def test_sends_an_anonymous_reader_to_sign_in(page: Page) -> None:
    response = page.get("/workspaces")
    assert response.status_code == 303
    assert response.location == "/login?next=/workspaces"


def test_keeps_what_was_typed_when_the_name_is_too_long(mine: Page) -> None:
    response = mine.post("/workspaces", {"name": "x" * 81, "kind": "shop"})
    assert response.status_code == 422
    assert "x" * 81 in response.get_data(as_text=True)


def test_refuses_a_blank_name(mine: Page) -> None:
    assert mine.post("/workspaces", {"name": " \u200e ", "kind": "shop"}).status_code in {422, 303}
    assert mine.post("/workspaces", {"name": "   ", "kind": "shop"}).status_code == 422


def test_opens_a_shop_and_acts_in_it(mine: Page) -> None:
    where = _open_shop(mine)
    shown = mine.get(where)
    assert shown.status_code == 200
    assert "Malika do&#39;koni" in shown.get_data(as_text=True)


def test_a_stranger_sees_404(
    mine: Page, browse: Callable[[Person], Page], make_person: Callable[..., Person]
) -> None:
    where = _open_shop(mine)
    stranger = browse(make_person())
    assert stranger.get(where).status_code == 404
    assert stranger.post(where, {"name": "mine"}).status_code == 404
    assert (
        stranger.post(f"{where}/members", {"contact": "a@b.uz", "role": "viewer"}).status_code
        == 404
    )
    shop_id = where.rsplit("/", 1)[1]
    assert stranger.post("/workspaces/switch", {"workspace_id": shop_id}).status_code == 404
    assert stranger.post("/workspaces/switch", {"workspace_id": "x"}).status_code == 404


def test_switches_between_workspaces(mine: Page, person: Person) -> None:
    shop_id = _open_shop(mine).rsplit("/", 1)[1]
    response = mine.post(
        "/workspaces/switch", {"workspace_id": str(person.workspace_id), "next": "/workspaces"}
    )
    assert response.location == "/workspaces"
    with mine.client.session_transaction() as cookie:
        assert cookie["workspace_id"] == person.workspace_id
    response = mine.post(
        "/workspaces/switch", {"workspace_id": shop_id, "next": "https://evil.example"}
    )
    assert response.location == "/dashboard"


def test_invites_changes_and_removes_a_member(
    mine: Page, make_person: Callable[..., Person]
) -> None:
    where = _open_shop(mine)
    unknown = mine.post(f"{where}/members", {"contact": "nobody@example.uz", "role": "viewer"})
    assert unknown.status_code == 422
    assert "nobody@example.uz" in unknown.get_data(as_text=True)
    friend = make_person(contact="friend@example.uz", full_name="Aziz Rahimov")
    assert (
        mine.post(
            f"{where}/members", {"contact": "friend@example.uz", "role": "viewer"}
        ).status_code
        == 303
    )
    assert "Aziz Rahimov" in mine.get(where).get_data(as_text=True)
    doubled = mine.post(f"{where}/members", {"contact": "friend@example.uz", "role": "viewer"})
    assert doubled.status_code == 409
    changed = mine.post(f"{where}/members/{friend.id}/role", {"role": "editor"})
    assert changed.status_code == 303
    assert mine.post(f"{where}/members/{friend.id}/role", {"role": "king"}).status_code == 422
    assert mine.post(f"{where}/members/{friend.id}/remove").status_code == 303
    assert "Aziz Rahimov" not in mine.get(where).get_data(as_text=True)


def test_the_last_owner_is_told_why_they_stay(mine: Page, person: Person) -> None:
    where = _open_shop(mine)
    assert mine.post(f"{where}/members/{person.id}/remove").status_code == 409
    assert mine.post(f"{where}/members/{person.id}/role", {"role": "viewer"}).status_code == 409


def test_a_member_who_leaves_goes_home(
    mine: Page, browse: Callable[[Person], Page], make_person: Callable[..., Person]
) -> None:
    where = _open_shop(mine)
    friend = make_person(contact="friend@example.uz")
    mine.post(f"{where}/members", {"contact": "friend@example.uz", "role": "viewer"})
    theirs = browse(friend)
    assert theirs.post(where, {"name": "ours"}).status_code == 403
    assert theirs.post(f"{where}/members/{friend.id}/remove").location == "/workspaces"
    assert theirs.get(where).status_code == 404


def test_an_owner_renames(mine: Page) -> None:
    where = _open_shop(mine)
    assert mine.post(where, {"name": ""}).status_code == 422
    assert mine.post(where, {"name": "Yangi"}).status_code == 303
    assert "Yangi" in mine.get(where).get_data(as_text=True)
