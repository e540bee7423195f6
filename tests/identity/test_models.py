"""Each constraint of identity's tables, by violating it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.core.ids import uuid7
from koshelok.identity.models import AuthSession, FailureCount, OneTimeCode, User
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work

USER: dict[str, Any] = {"username": "malika", "phone_number": "+998901234567", "email": "m@a.uz"}
CODE: dict[str, Any] = {"purpose": "register", "channel": "sms", "contact": "+998901234567",
                        "code_hash": "x", "attempts": 0, "expires_at": now(),
                        "resend_after": now()}  # fmt: skip


def add(model: Any, **values: Any) -> None:
    with unit_of_work():
        session.execute(insert(model).values(**values))


@pytest.mark.parametrize(
    "changes",
    [
        {"username": None, "phone_number": None, "email": None},
        {"role": "GOD"},
        {"language": "tj"},
        {"username": "1malika"},
        {"username": "ma lika"},
        {"username": "ml"},
        {"phone_number": "901234567"},
        {"phone_number": "+0901234567"},
        {"email": "M@a.uz"},
    ],
)
def test_users_refuse(context: Flask, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        add(User, **{**USER, **changes})


@pytest.mark.parametrize(
    "second",
    [{"username": "MALIKA"}, {"phone_number": "+998901234567"}, {"email": "m@a.uz"}],
)
def test_nobody_shares_a_login(context: Flask, second: dict[str, str]) -> None:
    add(User, **USER)
    with pytest.raises(IntegrityError):
        add(User, **second)


def test_a_session_belongs_to_somebody_and_is_of_a_kind(context: Flask) -> None:
    add(User, **USER)
    user_id = session.scalars(select(User.id)).one()
    fields = {"id": uuid7(), "user_agent": "", "last_seen_at": now(), "expires_at": now()}
    with pytest.raises(IntegrityError):
        add(AuthSession, user_id=user_id, kind="fax", **fields)
    with pytest.raises(IntegrityError):
        add(AuthSession, user_id=user_id + 1, kind="web", **fields)


@pytest.mark.parametrize("changes", [{"purpose": "fun"}, {"channel": "fax"}, {"attempts": -1}])
def test_codes_refuse(context: Flask, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        add(OneTimeCode, id=uuid7(), **{**CODE, **changes})


def test_a_failure_count_counts(context: Flask) -> None:
    with pytest.raises(IntegrityError):
        add(FailureCount, key="k", failures=0, last_at=now())


def test_what_was_stored_for_a_request_goes_with_its_user(context: Flask) -> None:
    add(User, **USER)
    with unit_of_work():
        session.execute(
            text(
                "INSERT INTO idempotency_keys SELECT id, 'k', 'f', 201, '{}', '', now() FROM users"
            )
        )
        session.execute(text("DELETE FROM users"))
    assert session.scalar(text("SELECT count(*) FROM idempotency_keys")) == 0


def test_a_person_is_called_by_what_is_known() -> None:
    user = User(first_name="Malika", last_name="", username="m", phone_number="+998901234567")
    assert (user.full_name, user.display_name, user.contact) == (
        "Malika", "Malika", "+998901234567",
    )  # fmt: skip
    nameless = User(first_name="", last_name="", email="m@a.uz")
    assert (nameless.full_name, nameless.display_name) == ("", "m@a.uz")
    assert (User(username="m").contact, User().contact) == ("m", "")
    assert (user.photo_url, user.has_password) == (None, False)
    assert User(avatar="x.webp").photo_url == "/avatars/x.webp"
