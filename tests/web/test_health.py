"""Alive, ready, measured."""

from flask import Flask
from sqlalchemy import text

from koshelok.infra.db import session
from tests.conftest import Page


def test_is_alive_and_ready(page: Page) -> None:
    assert page.client.get("/healthz").get_data() == b"ok\n"
    response = page.client.get("/readyz")
    assert (response.status_code, response.get_json()) == (
        200, {"database": True, "migrations": True, "redis": True},
    )  # fmt: skip


def test_is_not_ready_behind_its_migrations(app: Flask, page: Page) -> None:
    with app.app_context():
        head = session.scalar(text("SELECT version_num FROM alembic_version"))
        try:
            session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
            session.commit()
            response = page.client.get("/readyz")
        finally:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
            session.commit()
    assert (response.status_code, response.get_json()["migrations"]) == (503, False)


def test_measures_requests(page: Page) -> None:
    page.get("/login")
    metrics = page.client.get("/metrics").get_data(as_text=True)
    assert 'koshelok_requests_total{endpoint="identity.login",method="GET",status="200"}' in metrics
    assert "koshelok_request_seconds_bucket" in metrics
    assert "koshelok_db_connections_in_use" in metrics
    assert "koshelok_queue_depth 0.0" in metrics
