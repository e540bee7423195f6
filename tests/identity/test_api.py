"""Identity over JSON: every call of the contract, its refusals first."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from koshelok.core.clock import now
from koshelok.identity.models import OneTimeCode, User
from koshelok.infra.db import session
from koshelok.infra.settings import Settings
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import PASSWORD, Api, Person
from tests.identity.pictures import picture
from tests.inbox import code_for, messages_to

PHONE, MAIL = "+998901234567", "ali@example.uz"
NEW = "besh-nok-va-kofe"


def problem(response: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """The answer is this problem."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body = response.get_json()
    assert body["code"] == code, body
    if field:
        assert list(body["errors"]) == [field]
    return body


def sign_up(api: Api, app: Flask, contact: str = PHONE) -> dict[str, Any]:
    """Register by a code; the tokens are in use afterwards."""
    sent = api.post("/auth/register", {"contact": contact}).get_json()
    body = {"verification_id": sent["verification_id"], "code": code_for(app, contact)}
    tokens = api.post("/auth/verify", body).get_json()
    api.use(tokens)
    return tokens


# POST /auth/register


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"full_name": "Ali"},
        {"contact": PHONE, "username": "ali", "password": NEW},
        {"contact": PHONE, "password": NEW},
    ],
)
def test_registering_takes_a_contact_or_a_user_name(anonymous: Api, body: dict[str, str]) -> None:
    problem(anonymous.post("/auth/register", body), 422, "contact_or_username", "contact")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"contact": "nobody"}, "invalid_contact", "contact"),
        ({"contact": ""}, "invalid_contact", "contact"),
        ({"contact": 5}, "invalid", "contact"),
        ({"contact": "x" * 300}, "invalid", "contact"),
        ({"username": "ali"}, "required", "password"),
        ({"password": NEW}, "required", "username"),
        ({"username": "a", "password": NEW}, "invalid_username", "username"),
        ({"username": "ali", "password": "short"}, "password_too_short", "password"),
        ({"username": "ali", "password": "x" * 129}, "password_too_long", "password"),
        ({"username": "ali", "password": "password"}, "password_too_common", "password"),
        ({"username": "ali", "password": NEW, "full_name": "x" * 200}, "too_long", "full_name"),
        ({"username": "ali", "password": NEW, "role": "ADMIN"}, "invalid", "role"),
    ],
)
def test_registering_refuses(anonymous: Api, body: dict[str, Any], code: str, field: str) -> None:
    problem(anonymous.post("/auth/register", body), 422, code, field)


def test_registering_refuses_a_taken_user_name(anonymous: Api, person: Person) -> None:
    body = {"username": person.login.upper(), "password": NEW}
    problem(anonymous.post("/auth/register", body), 422, "username_taken", "username")


def test_registering_with_a_user_name(anonymous: Api) -> None:
    body = {"username": "malika", "password": NEW, "full_name": "Malika Karimova qizi"}
    response = anonymous.post("/auth/register", body)
    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/auth/me"
    made = response.get_json()
    assert set(made) == {"id", "username"}
    tokens = anonymous.post("/auth/login", {"login": "malika", "password": NEW}).get_json()
    user = tokens["user"]
    assert (user["id"], user["first_name"], user["last_name"]) == (
        made["id"], "Malika", "Karimova qizi",
    )  # fmt: skip


@pytest.mark.parametrize(("contact", "channel"), [(PHONE, "sms"), (MAIL, "email")])
def test_registering_with_a_contact(anonymous: Api, app: Flask, contact: str, channel: str) -> None:
    response = anonymous.post("/auth/register", {"contact": contact})
    assert response.status_code == 202
    sent = response.get_json()
    assert {k: v for k, v in sent.items() if k != "verification_id"} == {
        "channel": channel, "expires_in": 300, "resend_after": 60,
    }  # fmt: skip
    body = {"verification_id": sent["verification_id"], "code": code_for(app, contact)}
    answer = anonymous.post("/auth/verify", body)
    assert answer.status_code == 200
    tokens = answer.get_json()
    assert set(tokens) == {"access", "refresh", "token_type", "expires_in", "user"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    anonymous.use(tokens)
    assert anonymous.get("/auth/me").get_json() == tokens["user"]


def test_the_language_of_the_request_becomes_the_users(anonymous: Api, app: Flask) -> None:
    anonymous.headers["Accept-Language"] = "ru"
    assert sign_up(anonymous, app)["user"]["language"] == "ru"


# POST /auth/verify, /auth/resend


@pytest.mark.parametrize(
    "body",
    [
        {"verification_id": str(uuid4()), "code": "123456"},
        {"verification_id": str(uuid4()), "code": ""},
        {"verification_id": str(uuid4()), "code": "😀" * 100},
    ],
)
def test_verifying_refuses_an_unknown_code(anonymous: Api, body: dict[str, str]) -> None:
    problem(anonymous.post("/auth/verify", body), 422, "invalid_code", "code")


def test_verifying_refuses_what_is_no_id(anonymous: Api) -> None:
    body = {"verification_id": "1", "code": "123456"}
    problem(anonymous.post("/auth/verify", body), 422, "invalid", "verification_id")


def test_resending_refuses_an_unknown_id_and_too_early(anonymous: Api) -> None:
    problem(anonymous.post("/auth/resend", {"verification_id": str(uuid4())}), 404, "not_found")
    sent = anonymous.post("/auth/register", {"contact": PHONE}).get_json()
    response = anonymous.post("/auth/resend", {"verification_id": sent["verification_id"]})
    problem(response, 429, "too_many_requests")
    assert 0 < int(response.headers["Retry-After"]) <= 61


def test_resending_answers_as_registering(anonymous: Api, app: Flask) -> None:
    sent = anonymous.post("/auth/register", {"contact": PHONE}).get_json()
    with app.app_context(), unit_of_work():
        session.execute(update(OneTimeCode).values(resend_after=now()))
    response = anonymous.post("/auth/resend", {"verification_id": sent["verification_id"]})
    assert (response.status_code, response.get_json()) == (202, sent)
    assert len(messages_to(app, PHONE)) == 2


# POST /auth/login


@pytest.mark.parametrize(
    "body",
    [
        {"login": "nobody", "password": PASSWORD},
        {"login": "", "password": ""},
        {"login": "\0", "password": "\0"},
        {"login": "' OR 1=1 --", "password": "x"},
        {"login": "x" * 1000, "password": "y" * 1000},
    ],
)
def test_signing_in_refuses(anonymous: Api, body: dict[str, str]) -> None:
    problem(anonymous.post("/auth/login", body), 401, "invalid_credentials")


def test_signing_in_refuses_a_wrong_password(anonymous: Api, person: Person) -> None:
    body = {"login": person.login, "password": "wrong"}
    problem(anonymous.post("/auth/login", body), 401, "invalid_credentials")


def test_signing_in(anonymous: Api, make_person: Callable[..., Person]) -> None:
    person = make_person(contact=PHONE)
    for login in (person.login, person.login.upper(), PHONE, "90 123 45 67"):
        response = anonymous.post("/auth/login", {"login": login, "password": PASSWORD})
        assert response.status_code == 200
        assert response.get_json()["user"]["id"] == person.id


# POST /auth/refresh, /auth/logout


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])
@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_refuses_what_is_no_token(anonymous: Api, path: str, token: str) -> None:
    problem(anonymous.post(path, {"refresh": token}), 401, "token_invalid")


def test_refreshing_gives_a_new_pair(api: Api) -> None:
    response = api.post("/auth/refresh", {"refresh": api.tokens["refresh"]})
    assert response.status_code == 200
    fresh = response.get_json()
    assert set(fresh) == {"access", "refresh", "token_type", "expires_in"}
    assert fresh["refresh"] != api.tokens["refresh"]
    api.use(fresh)
    assert api.get("/auth/me").status_code == 200


def test_refreshing_works_beside_a_dead_access_token(api: Api) -> None:
    api.headers["Authorization"] = "Bearer dead"
    response = api.post("/auth/refresh", {"refresh": api.tokens["refresh"]})
    assert response.status_code == 200


def test_signing_out_twice(api: Api) -> None:
    body = {"refresh": api.tokens["refresh"]}
    assert api.post("/auth/logout", body).status_code == 204
    problem(api.post("/auth/logout", body), 401, "session_ended")


# Passwords


def test_a_forgotten_password_is_set_anew(
    anonymous: Api, app: Flask, make_person: Callable[..., Person]
) -> None:
    make_person(contact=MAIL)
    response = anonymous.post("/auth/forgot-password", {"contact": "ALI@example.uz"})
    assert response.status_code == 202
    sent = response.get_json()
    assert sent["channel"] == "email"
    body = {
        "verification_id": sent["verification_id"],
        "code": code_for(app, MAIL),
        "password": "short",
    }
    problem(anonymous.post("/auth/reset-password", body), 422, "password_too_short", "password")
    body["password"] = NEW
    assert anonymous.post("/auth/reset-password", body).status_code == 204
    problem(anonymous.post("/auth/reset-password", body), 422, "invalid_code", "code")
    signed_in = anonymous.post("/auth/login", {"login": MAIL, "password": NEW})
    assert signed_in.status_code == 200


def test_a_forgotten_password_needs_a_contact(anonymous: Api) -> None:
    problem(
        anonymous.post("/auth/forgot-password", {"contact": "malika"}),
        422, "invalid_contact", "contact",
    )  # fmt: skip


def test_a_first_password(anonymous: Api, app: Flask) -> None:
    assert sign_up(anonymous, app)["user"]["has_password"] is False
    problem(
        anonymous.put("/auth/password", {"password": "12345678"}),
        422, "password_too_common", "password",
    )  # fmt: skip
    assert anonymous.put("/auth/password", {"password": NEW}).status_code == 204
    assert anonymous.get("/auth/me").get_json()["has_password"] is True
    problem(
        anonymous.put("/auth/password", {"password": NEW}), 409, "password_already_set", "password"
    )


def test_changing_the_password(api: Api, person: Person, call: Callable[[Person], Api]) -> None:
    other = call(person)
    wrong = {"old_password": "wrong", "new_password": NEW}
    problem(api.post("/auth/change-password", wrong), 422, "wrong_password", "old_password")
    weak = {"old_password": PASSWORD, "new_password": "password"}
    problem(api.post("/auth/change-password", weak), 422, "password_too_common", "new_password")
    body = {"old_password": PASSWORD, "new_password": NEW}
    assert api.post("/auth/change-password", body).status_code == 204
    assert api.get("/auth/me").status_code == 200
    assert other.get("/auth/me").status_code == 401


# Me


SIGNED_IN = [
    ("GET", "/auth/me"),
    ("PATCH", "/auth/me"),
    ("PUT", "/auth/me/avatar"),
    ("DELETE", "/auth/me/avatar"),
    ("PUT", "/auth/password"),
    ("POST", "/auth/change-password"),
    ("GET", "/auth/sessions"),
    ("DELETE", "/auth/sessions/00000000-0000-7000-8000-000000000000"),
]


@pytest.mark.parametrize(("method", "path"), SIGNED_IN)
def test_refuses_the_anonymous(anonymous: Api, method: str, path: str) -> None:
    problem(anonymous.open(method, path), 401, "unauthenticated")
    anonymous.headers["Authorization"] = "Bearer nonsense"
    problem(anonymous.open(method, path), 401, "token_invalid")


def test_me(api: Api, person: Person) -> None:
    me = api.get("/auth/me").get_json()
    assert set(me) == {
        "id", "username", "phone_number", "email", "first_name", "last_name", "full_name",
        "has_password", "totp", "role", "language", "avatar_url", "created_at",
    }  # fmt: skip
    assert (me["id"], me["username"], me["role"]) == (person.id, person.login, "USER")
    assert (me["has_password"], me["totp"], me["avatar_url"]) == (True, False, None)
    assert me["created_at"].endswith(("Z", "+00:00"))


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"first_name": "x" * 81}, "too_long", "first_name"),
        ({"last_name": "x" * 10_000}, "invalid", "last_name"),
        ({"username": "9"}, "invalid_username", "username"),
        ({"username": "aziz"}, "username_taken", "username"),
        ({"language": "tj"}, "invalid", "language"),
        ({"role": "ADMIN"}, "invalid", "role"),
        ({"id": 1}, "invalid", "id"),
    ],
)
def test_changing_me_refuses(
    api: Api, make_person: Callable[..., Person], body: dict[str, Any], code: str, field: str
) -> None:
    make_person("aziz")
    problem(api.patch("/auth/me", body), 422, code, field)


def test_changing_me(api: Api) -> None:
    body = {"first_name": " Malika ", "last_name": "", "username": "Malika.K", "language": "en"}
    me = api.patch("/auth/me", body).get_json()
    assert (me["first_name"], me["full_name"], me["username"]) == ("Malika", "Malika", "Malika.K")
    assert api.patch("/auth/me", {}).get_json() == me


def test_messages_speak_the_language_asked_for(api: Api) -> None:
    texts = set()
    for language in ("uz", "ru", "en"):
        headers = {"Accept-Language": language}
        body = api.patch("/auth/me", {"username": "9"}, headers=headers).get_json()
        texts.add(body["errors"]["username"][0])
    assert "A user name has 3 to 30" in " ".join(texts)


# Photo


def upload(api: Api, data: bytes, name: str = "photo", filename: str = "me.png") -> Any:
    return api.put("/auth/me/avatar", data={name: (BytesIO(data), filename)})


def test_a_photo_refuses_what_is_no_picture(api: Api) -> None:
    problem(upload(api, b"<svg/>", filename="me.jpg"), 422, "photo_invalid", "photo")


def test_a_photo_refuses_another_content_type(api: Api) -> None:
    problem(api.put("/auth/me/avatar", {"photo": "x"}), 415, "unsupported_media_type")
    raw = api.put("/auth/me/avatar", data=picture(), content_type="image/png")
    problem(raw, 415, "unsupported_media_type")


def test_a_photo_must_be_there(api: Api) -> None:
    problem(upload(api, picture(), name="picture"), 422, "invalid")


def test_a_photo_may_have_five_megabytes(settings: Settings, app: Flask) -> None:
    assert settings.max_upload_bytes == 5 * 1024 * 1024
    assert app.config["MAX_CONTENT_LENGTH"] <= settings.max_upload_bytes + 64 * 1024


def test_a_photo_too_large_is_refused_before_it_is_read(
    api: Api, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2_000)
    problem(upload(api, b"x" * 3_000), 413, "too_large")


def test_a_photo_just_too_large_is_refused(
    api: Api, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "max_upload_bytes", 1_000)
    problem(upload(api, b"x" * 1_001), 413, "too_large", "photo")


def test_a_photo_is_served_with_a_fixed_type(api: Api, app: Flask) -> None:
    response = upload(api, picture(), filename="../../evil.html")
    assert response.status_code == 200
    url = response.get_json()["avatar_url"]
    served = app.test_client().get(url)
    assert (served.status_code, served.mimetype) == (200, "image/webp")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"] == "default-src 'none'"
    with Image.open(BytesIO(served.data)) as image:
        assert image.size == (512, 512)
    served.close()


def test_a_new_photo_replaces_the_former_file(api: Api, app: Flask) -> None:
    former = upload(api, picture()).get_json()["avatar_url"]
    current = upload(api, picture("JPEG")).get_json()["avatar_url"]
    assert former != current
    assert app.test_client().get(former).status_code == 404
    assert api.delete("/auth/me/avatar").status_code == 204
    assert app.test_client().get(current).status_code == 404
    assert api.get("/auth/me").get_json()["avatar_url"] is None
    assert api.delete("/auth/me/avatar").status_code == 204


@pytest.mark.parametrize("name", ["nothing.webp", "..%2F..%2Fsettings.py", "../../../etc/passwd"])
def test_no_other_file_is_served(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/avatars/{name}").status_code == 404


# Devices


def test_ending_a_session_refuses_what_is_not_mine(
    api: Api, call: Callable[[Person], Api], make_person: Callable[..., Person]
) -> None:
    stranger = call(make_person())
    (theirs,) = stranger.get("/auth/sessions").get_json()["items"]
    problem(api.delete(f"/auth/sessions/{theirs['id']}"), 404, "not_found")
    problem(api.delete(f"/auth/sessions/{uuid4()}"), 404, "not_found")
    assert api.delete("/auth/sessions/nonsense").status_code == 404
    assert stranger.get("/auth/me").status_code == 200


def test_devices_are_listed_and_ended(
    api: Api, call: Callable[[Person], Api], person: Person
) -> None:
    other = call(person)
    listed = api.get("/auth/sessions").get_json()
    assert listed["next_cursor"] is None
    assert len(listed["items"]) == 2
    here = [item for item in listed["items"] if item["current"]]
    assert len(here) == 1
    assert set(here[0]) == {
        "id", "kind", "device", "ip", "current", "created_at", "last_seen_at",
    }  # fmt: skip
    assert (here[0]["kind"], here[0]["ip"]) == ("api", "127.0.0.1")
    there = next(item["id"] for item in listed["items"] if not item["current"])
    assert api.delete(f"/auth/sessions/{there}").status_code == 204
    assert other.get("/auth/me").status_code == 401
    assert api.delete(f"/auth/sessions/{here[0]['id']}").status_code == 204
    assert api.get("/auth/me").status_code == 401


# Limits


def limit(app: Flask, monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setattr(app.config["SETTINGS"], name, value)


def test_sign_in_is_limited_for_an_account_and_for_an_address(
    limits: None, app: Flask, anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(app, monkeypatch, limit_login_account="2 per minute", limit_login_address="5 per minute")
    body = {"login": "Nobody", "password": "x"}
    statuses = [anonymous.post("/auth/login", body).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    for number in range(2):
        other = {"login": f"other{number}", "password": "x"}
        assert anonymous.post("/auth/login", other).status_code == 401
    response = anonymous.post("/auth/login", {"login": "third", "password": "x"})
    problem(response, 429, "too_many_requests")
    assert int(response.headers["Retry-After"]) <= 61


def test_a_stranger_does_not_use_up_the_owners_tries(
    limits: None, app: Flask, api: Api, person: Person, anonymous: Api,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    limit(app, monkeypatch, limit_login_account="2 per minute")
    right = {"login": person.login, "password": PASSWORD}
    there = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.9"}}
    wrong = {"login": person.login, "password": "x"}
    statuses = [anonymous.post("/auth/login", wrong, **there).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert anonymous.post("/auth/login", right).status_code == 200


@pytest.mark.parametrize("path", ["/auth/register", "/auth/forgot-password"])
def test_codes_are_limited_for_a_contact_and_for_an_address(
    limits: None, app: Flask, anonymous: Api, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    limit(app, monkeypatch, limit_code_contact="2 per 10 minutes", limit_code_address="4 per hour")
    spellings = (PHONE, "90 123 45 67", "998901234567")
    statuses = [anonymous.post(path, {"contact": s}).status_code for s in spellings]
    assert statuses == [202, 202, 429]
    assert anonymous.post(path, {"contact": MAIL}).status_code == 202
    problem(anonymous.post(path, {"contact": "b@c.uz"}), 429, "too_many_requests")


def test_registration_photos_and_tries_are_limited(
    limits: None, app: Flask, api: Api, anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(app, monkeypatch, limit_register="1 per minute", limit_photo="1 per hour",
          limit_login_address="1 per minute")  # fmt: skip
    bodies = [{"username": name, "password": NEW} for name in ("first", "second")]
    assert [anonymous.post("/auth/register", b).status_code for b in bodies] == [201, 429]
    assert [upload(api, picture()).status_code for _ in range(2)] == [200, 429]
    tries = {"verification_id": str(uuid4()), "code": "1"}
    assert anonymous.post("/auth/verify", tries).status_code in {422, 429}
    assert anonymous.post("/auth/verify", tries).status_code == 429


def test_the_user_is_stored_as_answered(api: Api, app: Flask, person: Person) -> None:
    api.patch("/auth/me", {"first_name": "علي 😀 <b>"})
    with app.app_context():
        stored = session.scalars(select(User.first_name).where(User.id == person.id)).one()
    assert stored == "علي 😀 <b>" == api.get("/auth/me").get_json()["first_name"]
