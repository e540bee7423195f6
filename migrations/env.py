"""Alembic's environment: the app's own engine and every feature's models."""

from alembic import context
from flask import current_app

target = current_app.extensions["migrate"].db


def run() -> None:
    """Migrate on one connection of the app's engine, in one transaction a migration."""
    with target.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target.metadata,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
