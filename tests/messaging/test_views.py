"""/dev/inbox, and that production has none."""

from datetime import datetime

from flask import Flask
from sqlalchemy import select

from koshelok.app import create_app
from koshelok.infra.db import session
from koshelok.infra.settings import Settings
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.messaging import operations, tasks
from koshelok.messaging.models import Message


def _deliver(app: Flask, code: str) -> None:
    with app.app_context():
        with unit_of_work():
            operations.send(
                to="+998901234567", channel="sms", kind="code", language="en",
                purpose="register", code=code, minutes=5,
            )  # fmt: skip
        for message_id in session.scalars(select(Message.id)).all():
            tasks.deliver(message_id)


def test_production_has_no_inbox(app: Flask, settings: Settings) -> None:
    changes = {"env": "production", "secret_key": "p" * 40}
    production = create_app(settings.model_copy(update=changes))
    endpoints = {rule.endpoint for rule in production.url_map.iter_rules()}
    assert not any(endpoint.startswith("dev") for endpoint in endpoints)


def test_shows_what_was_sent_newest_first(app: Flask) -> None:
    _deliver(app, "111111")
    _deliver(app, "222222")
    entries = app.test_client().get("/dev/inbox.json").get_json()
    assert [entry["to"] for entry in entries] == ["+998901234567"] * 2
    assert "222222" in entries[0]["text"]
    assert "111111" in entries[1]["text"]
    assert set(entries[0]) == {"to", "text", "created_at"}
    assert datetime.fromisoformat(entries[0]["created_at"]).tzinfo is not None
    page = app.test_client().get("/dev/inbox")
    assert page.status_code == 200
    assert "222222" in page.text


def test_shows_an_empty_inbox(app: Flask) -> None:
    assert app.test_client().get("/dev/inbox.json").get_json() == []
    assert app.test_client().get("/dev/inbox").status_code == 200
