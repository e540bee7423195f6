"""Workspaces over JSON: strangers see nothing, viewers change nothing, an owner remains."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Api, Person


@pytest.fixture
def shop(api: Api) -> dict[str, Any]:
    response = api.post("/workspaces", {"name": "Do'kon", "kind": "shop"})
    assert response.status_code == 201
    body: dict[str, Any] = response.get_json()
    assert response.headers["Location"] == f"/api/v1/workspaces/{body['id']}"
    return body


@pytest.fixture
def friend(make_person: Callable[..., Person]) -> Person:
    return make_person(contact="+998901112233")


def test_refuses_an_anonymous_caller(anonymous: Api) -> None:
    response = anonymous.get("/workspaces")
    assert (response.status_code, response.get_json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x"}, "kind"),
        ({"name": "   ", "kind": "shop"}, "name"),
        ({"name": "x" * 81, "kind": "shop"}, "name"),
        ({"name": "x", "kind": "bank"}, "kind"),
        ({"name": "x", "kind": "shop", "owner": 1}, "owner"),
        ({"name": "x", "kind": "shop", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": 5, "kind": "shop"}, "name"),
    ],
)
def test_refuses_a_workspace_that_is_not_valid(api: Api, body: dict[str, Any], field: str) -> None:
    response = api.post("/workspaces", body)
    assert response.status_code == 422
    assert field in response.get_json()["errors"]


def test_everyone_has_a_personal_workspace_first(api: Api, shop: dict[str, Any]) -> None:
    items = api.get("/workspaces").get_json()["items"]
    assert [item["kind"] for item in items] == ["personal", "shop"]
    assert {item["role"] for item in items} == {"owner"}


def test_a_stranger_gets_404_on_every_call(
    call: Callable[[Person], Api], friend: Person, shop: dict[str, Any]
) -> None:
    stranger = call(friend)
    path = f"/workspaces/{shop['id']}"
    member = {"contact": "+998901112233", "role": "owner"}
    assert stranger.get(path).status_code == 404
    assert stranger.patch(path, {"name": "mine"}).status_code == 404
    assert stranger.get(f"{path}/members").status_code == 404
    assert stranger.post(f"{path}/members", member).status_code == 404
    assert stranger.patch(f"{path}/members/{friend.id}", {"role": "owner"}).status_code == 404
    assert stranger.delete(f"{path}/members/{friend.id}").status_code == 404
    assert stranger.get("/workspaces/999999999").status_code == 404
    assert (
        stranger.get("/finance/categories", headers={"X-Workspace": str(shop["id"])}).status_code
        == 404
    )
    for broken in ("0", "-1", "x", "", "9" * 40):
        answer = stranger.get("/finance/categories", headers={"X-Workspace": broken})
        assert answer.status_code == 404


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_an_owner_manages(
    api: Api, call: Callable[[Person], Api], friend: Person, shop: dict[str, Any], role: str
) -> None:
    path = f"/workspaces/{shop['id']}"
    added = api.post(f"{path}/members", {"contact": "90 111-22-33", "role": role})
    assert added.status_code == 201, added.get_json()
    member = call(friend)
    assert member.get(path).get_json()["role"] == role
    assert member.patch(path, {"name": "mine"}).status_code == 403
    assert member.post(f"{path}/members", {"contact": "a@b.uz", "role": role}).status_code == 403
    assert member.patch(f"{path}/members/{friend.id}", {"role": "owner"}).status_code == 403


def test_a_viewer_changes_nothing_and_an_editor_writes(
    api: Api, call: Callable[[Person], Api], friend: Person, shop: dict[str, Any]
) -> None:
    members = f"/workspaces/{shop['id']}/members"
    api.post(members, {"contact": "+998901112233", "role": "viewer"})
    there = {"X-Workspace": str(shop["id"])}
    body = {"name": "Ijara", "type": "expense"}
    member = call(friend)
    assert member.get("/finance/categories", headers=there).status_code == 200
    refused = member.post("/finance/categories", body, headers=there)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert api.patch(f"{members}/{friend.id}", {"role": "editor"}).get_json()["role"] == "editor"
    assert member.post("/finance/categories", body, headers=there).status_code == 201


def test_refuses_an_unknown_or_doubled_member(
    api: Api, friend: Person, shop: dict[str, Any]
) -> None:
    members = f"/workspaces/{shop['id']}/members"
    unknown = api.post(members, {"contact": "nobody@example.uz", "role": "viewer"})
    assert (unknown.status_code, unknown.get_json()["code"]) == (422, "unknown_contact")
    nonsense = api.post(members, {"contact": "what?", "role": "viewer"})
    assert (nonsense.status_code, list(nonsense.get_json()["errors"])) == (422, ["contact"])
    body = {"contact": "+998901112233", "role": "viewer"}
    assert api.post(members, body).status_code == 201
    again = api.post(members, body)
    assert (again.status_code, again.get_json()["code"]) == (409, "already_member")


def test_the_last_owner_stays(
    api: Api, person: Person, friend: Person, shop: dict[str, Any]
) -> None:
    members = f"/workspaces/{shop['id']}/members"
    for refused in (
        api.patch(f"{members}/{person.id}", {"role": "viewer"}),
        api.delete(f"{members}/{person.id}"),
    ):
        assert (refused.status_code, refused.get_json()["code"]) == (409, "last_owner")
    api.post(members, {"contact": "+998901112233", "role": "owner"})
    assert api.delete(f"{members}/{person.id}").status_code == 204
    assert api.get(f"/workspaces/{shop['id']}").status_code == 404


def test_a_person_stays_the_owner_of_their_own(api: Api, person: Person) -> None:
    own = f"/workspaces/{person.workspace_id}/members/{person.id}"
    refused = api.delete(own)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "personal_workspace_owner")


def test_members_leave_by_themselves(
    api: Api, call: Callable[[Person], Api], friend: Person, shop: dict[str, Any]
) -> None:
    members = f"/workspaces/{shop['id']}/members"
    api.post(members, {"contact": "+998901112233", "role": "viewer"})
    assert [m["role"] for m in api.get(members).get_json()["items"]] == ["owner", "viewer"]
    assert call(friend).delete(f"{members}/{friend.id}").status_code == 204
    assert len(api.get(members).get_json()["items"]) == 1
    assert api.delete(f"{members}/{friend.id}").status_code == 404


def test_an_owner_renames_and_moves_the_zone(api: Api, shop: dict[str, Any]) -> None:
    path = f"/workspaces/{shop['id']}"
    changed = api.patch(path, {"name": "Yangi do'kon", "time_zone": "Asia/Samarkand"}).get_json()
    assert (changed["name"], changed["time_zone"]) == ("Yangi do'kon", "Asia/Samarkand")


def test_the_same_key_opens_one_workspace(api: Api) -> None:
    body, headers = {"name": "Bir", "kind": "shop"}, {"Idempotency-Key": "k1"}
    first = api.post("/workspaces", body, headers=headers)
    second = api.post("/workspaces", body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    other = api.post("/workspaces", {**body, "name": "Ikki"}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert len(api.get("/workspaces").get_json()["items"]) == 2
