"""The database itself refuses what the rules forbid: each constraint broken by direct SQL."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from koshelok.infra.db import session
from tests.conftest import Person

INSERT = """
    INSERT INTO transactions
        (workspace_id, category_id, type, amount, comment, date, created_at, updated_at)
    SELECT workspace_id, id, {type}, {amount}, '', {date}, now(), now()
    FROM categories WHERE workspace_id = :workspace AND code = 'FOOD'
"""


@pytest.fixture
def run(app: Flask, person: Person) -> Iterator[Callable[[str], None]]:
    with app.app_context():
        yield lambda sql: session.execute(text(sql), {"workspace": person.workspace_id}) and None
        session.rollback()


@pytest.mark.parametrize(
    ("constraint", "sql"),
    [
        ("ck_transactions_amount_positive", INSERT.format(type="type", amount="0", date="now()")),
        ("ck_transactions_amount_positive", INSERT.format(type="type", amount="-1", date="now()")),
        ("numeric field overflow", INSERT.format(type="type", amount="1e16", date="now()")),
        ("ck_transactions_date_range",
         INSERT.format(type="type", amount="1", date="'1969-12-31'")),
        ("ck_transactions_date_range",
         INSERT.format(type="type", amount="1", date="'2201-01-01'")),
        ("fk_transactions_category_id",
         INSERT.format(type="'income'", amount="1", date="now()")),
        ("ck_categories_type",
         "UPDATE categories SET type = 'gift' WHERE workspace_id = :workspace"),
        ("ck_categories_name_not_blank",
         "UPDATE categories SET name = ' ' WHERE workspace_id = :workspace"),
        ("uq_categories_name",
         "UPDATE categories SET name = 'x' WHERE workspace_id = :workspace AND type = 'expense'"),
        ("uq_categories_code",
         "UPDATE categories SET code = 'FOOD' WHERE workspace_id = :workspace"),
        ("ck_category_totals_grain",
         "INSERT INTO category_totals SELECT :workspace, 'week', now(), id, 1, 1 FROM categories"
         " WHERE workspace_id = :workspace"),
    ],
)  # fmt: skip
def test_refuses(run: Callable[[str], None], constraint: str, sql: str) -> None:
    with pytest.raises(DBAPIError, match=constraint):
        run(sql)


def test_accepts_what_the_rules_allow(run: Callable[[str], None]) -> None:
    run(INSERT.format(type="type", amount="9999999999999999.99", date="'2200-12-31'"))
    run(INSERT.format(type="type", amount="0.01", date="'1970-01-01'"))


def test_a_workspace_takes_its_records_along(run: Callable[[str], None]) -> None:
    run(INSERT.format(type="type", amount="5", date="now()"))
    run("DELETE FROM transactions WHERE workspace_id = :workspace")
    run("DELETE FROM workspaces WHERE id = :workspace")
    left = session.scalar(text("SELECT count(*) FROM category_totals"))
    assert left == 0
