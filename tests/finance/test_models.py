"""The database itself refuses what must not be; each constraint by violating it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from koshelok.infra.db import session
from tests.finance.conftest import Book

RECORD = """
    INSERT INTO transactions
        (workspace_id, category_id, type, amount, comment, date, created_at, updated_at)
    VALUES (:workspace, :category, '{type}', {amount}, '', '{date}', now(), now())
"""
CATEGORY = """
    INSERT INTO categories (workspace_id, name, type, code, created_at)
    VALUES (:workspace, '{name}', '{type}', {code}, now())
"""


def _refused(book: Book, statement: str, workspace: int | None = None) -> str:
    values = {"workspace": workspace or book.workspace_id, "category": book.categories["FOOD"]}
    with pytest.raises(IntegrityError) as caught:
        session.execute(text(statement), values)
    session.rollback()
    return str(caught.value.orig)


@pytest.mark.parametrize(
    ("type_", "amount", "date", "constraint"),
    [
        ("expense", "0", "2026-01-01", "ck_transactions_amount_positive"),
        ("expense", "-1", "2026-01-01", "ck_transactions_amount_positive"),
        ("expense", "1", "1969-12-31", "ck_transactions_date_range"),
        ("expense", "1", "2201-01-01", "ck_transactions_date_range"),
        ("income", "1", "2026-01-01", "fk_transactions_category_id_workspace_id_type"),
    ],
)
def test_a_record_must_be_right(
    book: Book, type_: str, amount: str, date: str, constraint: str
) -> None:
    assert constraint in _refused(book, RECORD.format(type=type_, amount=amount, date=date))


def test_a_record_and_its_category_share_a_workspace(book: Book, other_book: Book) -> None:
    statement = RECORD.format(type="expense", amount=1, date="2026-01-01")
    refused = _refused(book, statement, workspace=other_book.workspace_id)
    assert "fk_transactions_category_id_workspace_id_type" in refused


@pytest.mark.parametrize(
    ("name", "type_", "code", "constraint"),
    [
        ("  ", "expense", "NULL", "ck_categories_name_not_blank"),
        ("A", "debt", "NULL", "ck_categories_type"),
        ("OZIQ-ovqat", "expense", "NULL", "uq_categories_name"),
        ("A", "expense", "'FOOD'", "uq_categories_code"),
    ],
)
def test_a_category_must_be_right(
    book: Book, name: str, type_: str, code: str, constraint: str
) -> None:
    assert constraint in _refused(book, CATEGORY.format(name=name, type=type_, code=code))


def test_a_category_with_records_stays(book: Book) -> None:
    book.record()
    assert "fk_transactions" in _refused(book, "DELETE FROM categories WHERE id = :category")


def test_a_total_has_a_known_grain(book: Book) -> None:
    statement = (
        "INSERT INTO category_totals VALUES (:workspace, 'week', '2026-01-01', :category, 1, 1)"
    )
    assert "ck_category_totals_grain" in _refused(book, statement)
