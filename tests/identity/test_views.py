"""The pages of identity, without JavaScript: refusals first."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from koshelok.core.clock import now
from koshelok.identity.models import AuthSession, OneTimeCode, User
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import PASSWORD, Page, Person
from tests.identity.pictures import picture
from tests.inbox import code_for, messages_to

PHONE, MAIL = "+998901234567", "ali@example.uz"
NEW = "besh-nok-va-kofe"


def goes_to(response: Any, path: str) -> None:
    assert response.status_code == 303, response.text
    assert response.headers["Location"] == path


def refuses(response: Any, status: int, words: str = "") -> None:
    assert response.status_code == status, response.text
    assert "field-error" in response.text or "notice-error" in response.text
    assert words in response.text


def ask_for_code(page: Page, contact: str = PHONE) -> None:
    page.get("/signup")
    goes_to(page.post("/signup", {"contact": contact}), "/verify")


def stored(app: Flask, person_id: int) -> User:
    with app.app_context():
        return session.get_one(User, person_id)


@pytest.fixture(autouse=True)
def _english(page: Page) -> None:
    page.client.set_cookie("language", "en")


# Signing up


@pytest.mark.parametrize("contact", ["", " ", "nobody", "12", "x" * 300, "<script>"])
def test_signing_up_refuses(page: Page, contact: str) -> None:
    response = page.post("/signup", {"contact": contact})
    refuses(response, 422)
    assert "<script>" not in response.text


def test_signing_up_keeps_what_was_typed(page: Page) -> None:
    response = page.post("/signup", {"contact": "90 12"})
    assert 'value="90 12"' in response.text


def test_without_a_code_on_its_way_there_is_nothing_to_verify(page: Page) -> None:
    goes_to(page.get("/verify"), "/signup")
    goes_to(page.post("/verify", {"code": "123456"}), "/signup")
    goes_to(page.post("/resend"), "/signup")
    goes_to(page.get("/reset"), "/forgot")
    goes_to(page.post("/reset", {"code": "123456", "password": NEW}), "/forgot")


def test_a_wrong_code_is_refused_at_its_field(page: Page, app: Flask) -> None:
    ask_for_code(page)
    assert "+998 90 123 45 67" in page.get("/verify").text
    refuses(page.post("/verify", {"code": ""}), 422, "Fill this in.")
    refuses(page.post("/verify", {"code": "no"}), 422, "This code is wrong or too old.")


def test_signing_up_by_phone_and_setting_a_password(page: Page, app: Flask) -> None:
    ask_for_code(page, "90 123 45 67")
    goes_to(page.post("/verify", {"code": code_for(app, PHONE)}), "/welcome")
    assert page.get("/welcome").status_code == 200
    refuses(page.post("/welcome", {"password": ""}), 422)
    refuses(page.post("/welcome", {"password": "password"}), 422, "easy to guess")
    goes_to(page.post("/welcome", {"password": NEW}), "/dashboard")
    assert page.get("/dashboard").status_code == 200
    refuses(page.post("/welcome", {"password": NEW}), 409, "You have a password already")
    goes_to(page.get("/welcome"), "/dashboard")


def test_signing_up_by_e_mail_speaks_the_language_of_the_page(page: Page, app: Flask) -> None:
    page.client.set_cookie("language", "ru")
    ask_for_code(page, MAIL)
    page.post("/verify", {"code": code_for(app, MAIL)})
    with app.app_context():
        assert session.scalars(select(User.language)).one() == "ru"


def test_who_has_a_password_goes_on_after_the_code(
    page: Page, app: Flask, make_person: Callable[..., Person]
) -> None:
    make_person(contact=PHONE)
    page.get("/signup?next=/settings")
    page.post("/signup", {"contact": PHONE, "next": "/settings"})
    goes_to(page.post("/verify", {"code": code_for(app, PHONE)}), "/settings")


def test_where_to_go_survives_the_code_and_the_password(page: Page, app: Flask) -> None:
    page.post("/signup", {"contact": PHONE, "next": "/settings"})
    goes_to(page.post("/verify", {"code": code_for(app, PHONE)}), "/welcome")
    assert 'href="/settings"' in page.get("/welcome").text
    goes_to(page.post("/welcome", {"password": NEW}), "/settings")


def test_another_code_may_be_asked_for_after_a_while(page: Page, app: Flask) -> None:
    ask_for_code(page)
    response = page.post("/resend")
    refuses(response, 429)
    assert int(response.headers["Retry-After"]) <= 61
    with app.app_context(), unit_of_work():
        session.execute(update(OneTimeCode).values(resend_after=now()))
    goes_to(page.post("/resend"), "/verify")
    assert "A new code is on its way." in page.get("/verify").text
    assert len(messages_to(app, PHONE)) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": ""}, "Fill this in."),
        ({"username": "9"}, "A user name has"),
        ({"password": ""}, "Fill this in."),
        ({"password": "short"}, "at least 8"),
        ({"full_name": "x" * 200}, "At most"),
    ],
)
def test_signing_up_with_a_user_name_refuses(
    page: Page, changes: dict[str, str], words: str
) -> None:
    body = {"username": "malika", "password": NEW, **changes}
    refuses(page.post("/signup/username", body), 422, words)


def test_signing_up_with_a_taken_user_name_is_refused_at_its_field(
    page: Page, person: Person
) -> None:
    body = {"username": person.login, "password": NEW}
    refuses(page.post("/signup/username", body), 422, "This user name is taken.")


def test_signing_up_with_a_user_name(page: Page, app: Flask) -> None:
    page.get("/signup/username?next=/profile")
    body = {"username": "malika", "password": NEW, "full_name": "Malika K", "next": "/profile"}
    goes_to(page.post("/signup/username", body), "/profile")
    assert "Malika K" in page.get("/profile").text


# Signing in and out


@pytest.mark.parametrize(
    "body", [{}, {"login": "malika"}, {"password": "x"}, {"login": "", "password": ""}]
)
def test_signing_in_refuses_an_empty_form(page: Page, body: dict[str, str]) -> None:
    refuses(page.post("/login", body), 422, "Fill this in.")


def test_signing_in_refuses_a_wrong_password_and_keeps_the_login(
    page: Page, person: Person
) -> None:
    response = page.post("/login", {"login": person.login, "password": "wrong-one"})
    refuses(response, 422, "The login or the password is wrong.")
    assert f'value="{person.login}"' in response.text
    assert "wrong-one" not in response.text


def test_signing_in_waits_after_many_failures(page: Page, person: Person) -> None:
    for _ in range(10):
        page.post("/login", {"login": person.login, "password": "wrong"})
    response = page.post("/login", {"login": person.login, "password": PASSWORD})
    refuses(response, 429, "Too many attempts")
    assert int(response.headers["Retry-After"]) > 0


def test_who_is_signed_in_is_not_asked_again(
    browse: Callable[[Person], Page], person: Person
) -> None:
    page = browse(person)
    for path in ("/login", "/signup", "/signup/username"):
        goes_to(page.get(path), "/dashboard")
        goes_to(page.get(f"{path}?next=/settings"), "/settings")


@pytest.mark.parametrize("path", ["/profile", "/settings", "/welcome"])
def test_the_anonymous_are_asked_to_sign_in_and_come_back(page: Page, path: str) -> None:
    goes_to(page.get(path), f"/login?next={path}")


def test_htmx_leaves_the_page_to_sign_in(page: Page) -> None:
    response = page.htmx("GET", "/settings")
    assert response.headers["HX-Redirect"].startswith("/login")


def test_signing_out(browse: Callable[[Person], Page], person: Person) -> None:
    page = browse(person)
    goes_to(page.post("/logout"), "/")
    goes_to(page.get("/profile"), "/login?next=/profile")


# Forgotten passwords


def test_a_forgotten_password_refuses_what_is_no_contact(page: Page) -> None:
    page.get("/forgot")
    refuses(page.post("/forgot", {"contact": ""}), 422)
    refuses(page.post("/forgot", {"contact": "malika"}), 422)


def test_a_forgotten_password_is_set_anew(
    page: Page, app: Flask, make_person: Callable[..., Person]
) -> None:
    person = make_person(contact=MAIL)
    goes_to(page.post("/forgot", {"contact": MAIL}), "/reset")
    assert MAIL in page.get("/reset").text
    refuses(page.post("/resend"), 429)
    refuses(page.post("/reset", {"code": "", "password": NEW}), 422)
    refuses(page.post("/reset", {"code": "nope", "password": NEW}), 422, "This code is wrong")
    code = code_for(app, MAIL)
    refuses(page.post("/reset", {"code": code, "password": "short"}), 422, "at least 8")
    goes_to(page.post("/reset", {"code": code, "password": NEW}), "/login")
    assert "Your new password is set." in page.get("/login").text
    person.password = NEW
    page.login(person)


def test_a_reset_code_may_be_sent_again(
    page: Page, app: Flask, make_person: Callable[..., Person]
) -> None:
    make_person(contact=MAIL)
    page.post("/forgot", {"contact": MAIL})
    with app.app_context(), unit_of_work():
        session.execute(update(OneTimeCode).values(resend_after=now()))
    goes_to(page.post("/resend"), "/reset")


def test_an_unknown_contact_sees_the_same_pages(page: Page, app: Flask) -> None:
    goes_to(page.post("/forgot", {"contact": MAIL}), "/reset")
    refuses(page.post("/reset", {"code": "123456", "password": NEW}), 422, "This code is wrong")


# Profile


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person, app: Flask) -> Page:
    with app.app_context(), unit_of_work():
        session.execute(update(User).values(language="en"))
    return browse(person)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"first_name": "x" * 100}, "At most"),
        ({"username": "9"}, "A user name has"),
        ({"username": "aziz"}, "This user name is taken."),
    ],
)
def test_a_profile_refuses(
    mine: Page, make_person: Callable[..., Person], body: dict[str, str], words: str
) -> None:
    make_person("aziz")
    response = mine.post("/profile", body)
    refuses(response, 422, words)
    (typed,) = body.values()
    assert f'value="{typed}"' in response.text


def test_a_profile_is_saved(mine: Page, person: Person, app: Flask) -> None:
    names = {"first_name": "Ma'lika <b>", "last_name": "علي", "username": ""}
    goes_to(mine.post("/profile", names), "/profile")
    page = mine.get("/profile").text
    assert "Saved" in page
    assert "<b>" not in page.replace("<b>Koshelok", "")
    user = stored(app, person.id)
    assert (user.first_name, user.last_name, user.username) == ("Ma'lika <b>", "علي", person.login)


def test_a_photo_refuses(mine: Page, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    refuses(mine.post("/profile/photo", {}), 422)
    text = {"photo": (BytesIO(b"no picture"), "me.png")}
    refuses(mine.post("/profile/photo", text), 422, "Choose a JPEG, PNG or WebP picture.")
    monkeypatch.setattr(app.config["SETTINGS"], "max_upload_bytes", 10)
    large = {"photo": (BytesIO(picture()), "me.png")}
    refuses(mine.post("/profile/photo", large), 413, "at most 5 MB")


def test_a_photo_beyond_all_bounds_is_an_error_page(
    mine: Page, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100)
    response = mine.post("/profile/photo", {"photo": (BytesIO(b"x" * 1000), "me.png")})
    assert response.status_code == 413
    assert response.mimetype == "text/html"


def test_a_photo_is_shown_and_taken_away(mine: Page, person: Person, app: Flask) -> None:
    body = {"photo": (BytesIO(picture()), "me.png")}
    goes_to(mine.post("/profile/photo", body), "/profile")
    url = stored(app, person.id).photo_url
    assert f'src="{url}"' in mine.get("/profile").text
    goes_to(mine.post("/profile/photo/remove"), "/profile")
    assert stored(app, person.id).photo_url is None


# Settings


def test_a_language_is_chosen(mine: Page, person: Person, app: Flask) -> None:
    refuses(mine.post("/settings/language", {"language": "tj"}), 422)
    goes_to(mine.post("/settings/language", {"language": "ru"}), "/settings")
    assert stored(app, person.id).language == "ru"
    assert '<html lang="ru"' in mine.get("/settings").text


def test_the_top_bar_changes_the_language_of_the_account(
    mine: Page, person: Person, app: Flask
) -> None:
    goes_to(mine.post("/language", {"language": "uz", "next": "/settings"}), "/settings")
    assert stored(app, person.id).language == "uz"
    mine.post("/language", {"language": "tj"})
    assert stored(app, person.id).language == "uz"


def test_a_password_change_refuses(mine: Page) -> None:
    refuses(mine.post("/settings/password", {}), 422)
    wrong = {"old_password": "wrong", "new_password": NEW}
    refuses(mine.post("/settings/password", wrong), 422, "This is not your present password.")
    weak = {"old_password": PASSWORD, "new_password": "12345678"}
    refuses(mine.post("/settings/password", weak), 422, "easy to guess")


def test_a_password_is_changed(mine: Page, person: Person) -> None:
    body = {"old_password": PASSWORD, "new_password": NEW}
    goes_to(mine.post("/settings/password", body), "/settings")
    assert "Your password is changed." in mine.get("/settings").text


def test_a_first_password_is_set_in_the_settings(page: Page, app: Flask) -> None:
    ask_for_code(page)
    page.post("/verify", {"code": code_for(app, PHONE)})
    page.get("/settings")
    refuses(page.post("/settings/password", {"password": "short"}), 422, "at least 8")
    goes_to(page.post("/settings/password", {"password": NEW}), "/settings")
    assert "Your password is set." in page.get("/settings").text


def test_devices_are_listed_and_signed_out(
    mine: Page, browse: Callable[[Person], Page], person: Person, app: Flask
) -> None:
    other = browse(person)
    with app.app_context():
        ids = session.scalars(select(AuthSession.id).order_by(AuthSession.created_at)).all()
    page = mine.get("/settings").text
    assert "This device" in page
    assert f"/settings/sessions/{ids[0]}/end" not in page
    assert mine.post(f"/settings/sessions/{uuid4()}/end").status_code == 404
    goes_to(mine.post(f"/settings/sessions/{ids[1]}/end"), "/settings")
    assert other.get("/profile").status_code == 303
    goes_to(mine.post(f"/settings/sessions/{ids[0]}/end"), "/")
    assert mine.get("/profile").status_code == 303


def test_a_strangers_device_is_not_found(
    mine: Page, browse: Callable[[Person], Page], make_person: Callable[..., Person], app: Flask
) -> None:
    stranger = make_person()
    theirs = browse(stranger)
    with app.app_context():
        query = select(AuthSession.id).where(AuthSession.user_id == stranger.id)
        session_id = session.scalars(query).one()
    assert mine.post(f"/settings/sessions/{session_id}/end").status_code == 404
    assert theirs.get("/profile").status_code == 200


@pytest.mark.parametrize("path", ["/profile", "/settings", "/dashboard"])
def test_a_page_makes_few_queries(mine: Page, queries: Any, path: str) -> None:
    mine.get(path)
    queries.statements.clear()
    assert mine.get(path).status_code == 200
    assert len(queries.statements) <= 10


def test_both_faces_register_alike(page: Page, anonymous: Any, app: Flask) -> None:
    page.post("/signup/username", {"username": "one", "password": NEW, "full_name": "A B C"})
    anonymous.post(
        "/auth/register", {"username": "two", "password": NEW, "full_name": "A B C"},
        headers={"Accept-Language": "en"},
    )  # fmt: skip
    with app.app_context():
        one, two = session.scalars(select(User).order_by(User.username)).all()
    for name in ("first_name", "last_name", "language", "role", "email", "phone_number"):
        assert getattr(one, name) == getattr(two, name), name
