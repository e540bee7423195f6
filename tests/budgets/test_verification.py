"""Verification agrees with honest savings and names exactly what somebody changed in others."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok import verification as house
from koshelok.budgets import operations
from koshelok.budgets.verification import CHECK, verify
from koshelok.finance.queries import find_category_by_code
from koshelok.infra.db import session
from tests.finance.conftest import DAY, Book
from tests.ledger.books import unguarded


@pytest.fixture
def savings(book: Book) -> int:
    """A saving category that holds 60: 100 put aside, 40 taken back."""
    found = find_category_by_code(book.workspace_id, "SAVINGS")
    assert found is not None
    for operation, amount in ((operations.put_aside, 100), (operations.take_back, 40)):
        book.do(operation, category_id=found.id, amount=Decimal(amount), day=DAY)
    return found.id


def test_honest_savings_agree(savings: int) -> None:
    assert list(verify()) == []
    assert house.verify_all() == []


@pytest.mark.parametrize(
    ("planted", "stored", "computed"),
    [
        ("UPDATE budget_plans SET saved = 60.01", "60.01", "60.00"),
        ("UPDATE earmarks SET amount = -39.99 WHERE amount < 0", "60.00", "60.01"),
        ("DELETE FROM earmarks WHERE amount < 0", "60.00", "100.00"),
        ("DELETE FROM earmarks", "60.00", "0"),
        ("DELETE FROM budget_plans", "0", "60.00"),
        ("INSERT INTO earmarks (workspace_id, category_id, type, amount, date, note, created_at)"
         " SELECT workspace_id, category_id, type, 1, date, '', now() FROM earmarks LIMIT 1",
         "60.00", "61.00"),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(
    app: Flask, savings: int, planted: str, stored: str, computed: str
) -> None:
    with unguarded():
        session.execute(text(planted))
    (found,) = verify()
    assert (found.check, found.subject) == (CHECK, f"savings {savings}")
    assert (str(found.stored), str(found.computed)) == (stored, computed)
    session.rollback()
    said = app.test_cli_runner().invoke(args=["verify"])
    assert said.exit_code != 0
    assert f"{CHECK}: savings {savings}: stored {stored}, computed {computed}" in said.output
