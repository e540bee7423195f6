"""The manifest, the service worker, and whose session this is."""

from collections.abc import Callable

import pytest

from tests.conftest import Api, Page, Person
from tests.web.test_assets import DIST

built = pytest.mark.skipif(not DIST.exists(), reason="assets are not built")
JSON = {"Accept": "application/json"}


@built
def test_the_worker_is_asked_for_anew_and_knows_the_files(page: Page) -> None:
    response = page.client.get("/sw.js")
    assert (response.status_code, response.mimetype) == (200, "text/javascript")
    assert response.headers["Cache-Control"] == "no-cache"
    assert f"/static/dist/{next(DIST.glob('app.*.css')).name}" in response.get_data(as_text=True)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_manifest_speaks_its_language(page: Page, language: str) -> None:
    response = page.client.get(f"/manifest-{language}.webmanifest")
    manifest = response.get_json(force=True)
    assert response.mimetype == "application/manifest+json"
    assert (manifest["lang"], manifest["start_url"], manifest["scope"]) == (
        language,
        "/debtors",
        "/",
    )
    for icon in manifest["icons"]:
        assert DIST.joinpath(icon["src"].rpartition("/")[2]).exists() or not DIST.exists()


def test_there_is_no_other_manifest(page: Page) -> None:
    assert page.client.get("/manifest-xx.webmanifest").status_code == 404


def test_pages_name_the_manifest_and_whose_they_are(
    page: Page, browse: Callable[[Person], Page], person: Person
) -> None:
    anonymous = page.get("/login").get_data(as_text=True)
    assert '<link rel="manifest" href="/manifest-uz.webmanifest">' in anonymous
    assert '<meta name="account" content="">' in anonymous
    mine = browse(person).get("/dashboard").get_data(as_text=True)
    assert f'<meta name="account" content="{person.id}:{person.workspace_id}">' in mine


def test_nobody_has_no_session(page: Page) -> None:
    response = page.client.get("/session", headers=JSON)
    assert (response.status_code, response.get_json()["code"]) == (401, "unauthenticated")
    assert page.client.get("/session").status_code == 303


def test_the_session_gives_a_token_that_works(
    browse: Callable[[Person], Page], person: Person
) -> None:
    client = browse(person).client
    found = client.get("/session", headers=JSON).get_json()
    assert (found["user"], found["workspace"]) == (person.id, person.workspace_id)
    sent = {"name": "Do'kon", "kind": "shop"}
    refused = client.post("/workspaces", data=sent, headers=JSON)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "stale_form")
    headers = {"X-CSRFToken": found["csrf"]}
    assert client.post("/workspaces", data=sent, headers=headers).status_code == 303


def test_a_page_may_name_its_workspace(
    browse: Callable[[Person], Page], api: Api, person: Person, make_person: Callable[..., Person]
) -> None:
    shop = api.post("/workspaces", {"name": "Do'kon", "kind": "shop"}).get_json()["id"]
    client = browse(person).client
    for asked, status in ((shop, 200), (make_person().workspace_id, 404), ("", 404), ("x", 404)):
        response = client.get("/session", headers=JSON | {"X-Workspace": str(asked)})
        assert response.status_code == status
        if status == 200:
            assert response.get_json()["workspace"] == asked
