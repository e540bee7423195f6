"""The migrations' head equals the models, and they go up and down."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from koshelok.cli.seed import seed_demo
from koshelok.infra.db import Base, db, session
from koshelok.infra.unit_of_work import unit_of_work


def test_there_is_one_head(wired: Flask) -> None:
    directory = ScriptDirectory(wired.extensions["migrate"].directory)
    assert len(directory.get_heads()) == 1


def test_the_head_equals_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_they_go_up_and_down_with_data(
    another_app: Callable[..., Flask], empty_database_url: str
) -> None:
    with another_app(database_url=empty_database_url).app_context():
        upgrade()
        with unit_of_work():
            assert seed_demo()
        session.remove()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert "transactions" in inspect(db.engine).get_table_names()
