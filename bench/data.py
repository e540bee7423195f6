"""Books of different sizes for people of their own, on one database."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from koshelok.core.clock import today
from koshelok.finance import operations as finance
from koshelok.finance.queries import Filters, list_categories, list_transactions
from koshelok.identity import operations as identity
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.workspaces.queries import list_memberships

SIZES = (1_000, 100_000, 1_000_000)
PASSWORD = "a-bench-passphrase-1"
YEARS = 3

# A common word (a tenth of the records), and rare ones, in sixty records spread over the years,
# in one, in none: each book answers each word with as many rows.
SEARCHES = ("taksi", "anor", "chek500", "yoqbunaqa")
RARE = 60

_FILL = text("""
    INSERT INTO transactions
        (workspace_id, category_id, type, amount, comment, date, created_at, updated_at)
    SELECT category.workspace_id, category.id, category.type, (1 + number % 500) * 1000,
           CASE number % 10
               WHEN 0 THEN 'Taksi' WHEN 1 THEN 'Bozorlik' WHEN 2 THEN 'Korzinka'
               WHEN 3 THEN 'Non va sut' WHEN 4 THEN 'Metro' ELSE 'Har xil'
           END
           || CASE WHEN number % (:size / :rare) = 7 THEN ' anor #toy' ELSE '' END
           || ' chek' || number,
           CURRENT_DATE - (number::bigint * :days / :size)::int, now(), now()
    FROM generate_series(1, :size) AS number
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM categories) AS category
      ON category.workspace_id = :workspace_id
     AND category.place - (SELECT min(place) FROM (
             SELECT workspace_id, row_number() OVER (ORDER BY id) AS place FROM categories
         ) AS every WHERE workspace_id = :workspace_id) = number % 5
""")

# The same in every book: two years of budgets that carry on, and a trash of two hundred.
_AROUND = (
    text("""
        INSERT INTO budgets
            (workspace_id, category_id, type, month, amount, description, created_at)
        SELECT workspace_id, id, type,
               (date_trunc('month', CURRENT_DATE) - month * interval '1 month')::date,
               5000000, '', now()
        FROM categories CROSS JOIN generate_series(0, 23) AS month
        WHERE workspace_id = :workspace_id AND type = 'expense'
    """),
    text("""
        INSERT INTO budget_plans (category_id, workspace_id, type, carry)
        SELECT id, workspace_id, type, 'both' FROM categories
        WHERE workspace_id = :workspace_id AND type = 'expense'
    """),
    text("""
        UPDATE transactions SET deleted_at = now() - interval '3 days' WHERE id IN (
            SELECT id FROM transactions WHERE workspace_id = :workspace_id ORDER BY id LIMIT 200
        )
    """),
)


@dataclass(frozen=True)
class Book:
    """A person's workspace with so many records."""

    size: int
    login: str
    category_id: int
    workspace_id: int = 0
    user_id: int = 0


def make_books(app: Flask) -> list[Book]:
    """Migrate an empty database and fill a book of each size."""
    with app.app_context():
        upgrade()
        books = [_make_book(size) for size in SIZES]
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
        db.engine.dispose()
    return books


def fill(workspace_id: int, size: int) -> None:
    """Give a workspace so many records."""
    session.execute(
        _FILL, {"size": size, "rare": RARE, "days": YEARS * 365, "workspace_id": workspace_id}
    )


def _make_book(size: int) -> Book:
    with unit_of_work():
        user = identity.register_with_password(
            username=f"bench{size}", password=PASSWORD, full_name="Bench", language="uz"
        )
        workspace_id = list_memberships(user.id)[0].workspace_id
        fill(workspace_id, size)
        for statement in _AROUND:
            session.execute(statement, {"workspace_id": workspace_id})
        first = text("SELECT min(id) FROM categories WHERE workspace_id = :id")
        _expect(user.id, workspace_id)
        found = session.scalar(first, {"id": workspace_id}) or 0
        return Book(size, f"bench{size}", found, workspace_id, user.id)


def _expect(user_id: int, workspace_id: int) -> None:
    """Five records that come again, and a history of fifty steps."""
    by_code = {item.code: item.id for item in list_categories(workspace_id)}
    whose: dict[str, Any] = {"actor_id": user_id, "workspace_id": workspace_id}
    for day in range(1, 6):
        finance.make_recurrence(
            **whose, category_id=by_code["FOOD"], amount=Decimal(100_000), comment=f"Ijara {day}",
            unit="month", starts_on=today() - timedelta(days=40 + day),
        )  # fmt: skip
    for record in list_transactions(workspace_id, Filters(), limit=50).items:
        finance.edit_transaction(**whose, transaction_id=record.id, comment="Tuzatildi")
