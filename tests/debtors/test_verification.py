"""Verification agrees with an honest book and names exactly what somebody changed in another."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok import verification as house
from koshelok.debtors.verification import CHECKS, DEBTS, DUES, PAYMENTS, PEOPLE, verify
from koshelok.infra.db import session
from tests.conftest import Page, Person
from tests.debtors.books import Shop, open_shop
from tests.ledger.books import unguarded


@pytest.fixture
def book(context: Flask, person: Person) -> dict[str, int]:
    """Aziz owes 400 of two debts after a payment of 100; Laylo has 50 of credit."""
    shop = open_shop(person)
    aziz, laylo = shop.person("Aziz"), shop.person("Laylo")
    return {
        "workspace": shop.workspace_id,
        "aziz": aziz,
        "laylo": laylo,
        "debt": shop.debt(aziz, "300", due_date=date(2026, 12, 1)).id,
        "other": shop.debt(aziz, "200", due_date=date(2026, 12, 2)).id,
        "payment": shop.pay(aziz, "100").id,
        "credit": shop.pay(laylo, "50").id,
        "voided": _voided(shop, aziz),
        "settled": shop.write_off(shop.debt(aziz, "7").id).id,
        "given_back": shop.void_payment(shop.pay(laylo, "5").id).id,
    }


def _voided(shop: Shop, debtor: int) -> int:
    return shop.void_debt(shop.debt(debtor, "10").id).id


def test_an_honest_book_agrees(book: dict[str, int]) -> None:
    assert list(verify()) == []
    assert house.verify_all() == []


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        (
            "UPDATE debts SET remaining = 199 WHERE id = :debt",
            {
                (DEBTS, "debt :debt, remaining", "199.00", "200.00"),
                (PEOPLE, "debtor :aziz, debt", "400.00", "399.00"),
                (DUES, "workspace :workspace, late from 2026-12-01", "200.00", "199.00"),
            },
        ),
        (
            "UPDATE payments SET credited = 1 WHERE id = :payment",
            {
                (PAYMENTS, "payment :payment, credited", "1.00", "0.00"),
                (PEOPLE, "debtor :aziz, credit", "0.00", "1.00"),
                (PEOPLE, "debtor :aziz, credit beside debt", "0.00", "0"),
            },
        ),
        (
            "UPDATE debtors SET debt_total = 0 WHERE id = :aziz",
            {(PEOPLE, "debtor :aziz, debt", "0.00", "400.00")},
        ),
        (
            "UPDATE debtors SET credit = 51 WHERE id = :laylo",
            {(PEOPLE, "debtor :laylo, credit", "51.00", "50.00")},
        ),
        (
            "UPDATE debt_dues SET amount = 201 WHERE day = '2026-12-01'",
            {(DUES, "workspace :workspace, late from 2026-12-01", "201.00", "200.00")},
        ),
        (
            "DELETE FROM debt_dues WHERE day = '2026-12-02'",
            {(DUES, "workspace :workspace, late from 2026-12-02", "0", "200.00")},
        ),
        (
            "INSERT INTO debt_dues VALUES (:workspace, '2000-01-01', 3)",
            {(DUES, "workspace :workspace, late from 2000-01-01", "3.00", "0")},
        ),
        (
            "UPDATE debts SET due_date = '2026-12-02' WHERE id = :debt",
            {
                (DUES, "workspace :workspace, late from 2026-12-01", "200.00", "0"),
                (DUES, "workspace :workspace, late from 2026-12-02", "200.00", "400.00"),
            },
        ),
        (
            "DELETE FROM debt_allocations WHERE payment_id IS NOT NULL",
            {
                (DEBTS, "debt :debt, remaining", "200.00", "300.00"),
                (PAYMENTS, "payment :payment, credited", "0.00", "100.00"),
            },
        ),
        (
            "UPDATE debt_allocations SET amount = 99 WHERE debt_id = :debt",
            {
                (DEBTS, "debt :debt, remaining", "200.00", "201.00"),
                (PAYMENTS, "payment :payment, credited", "0.00", "1.00"),
            },
        ),
        (
            "UPDATE debt_allocations SET voided_at = now() WHERE debt_id = :debt",
            {
                (DEBTS, "debt :debt, remaining", "200.00", "300.00"),
                (PAYMENTS, "payment :payment, credited", "0.00", "100.00"),
            },
        ),
        (
            "UPDATE debts SET amount = 301 WHERE id = :debt",
            {(DEBTS, "debt :debt, remaining", "200.00", "201.00")},
        ),
        (
            "UPDATE debts SET voided_at = now(), void_reason = 'x', remaining = 0"
            " WHERE id = :other",
            {
                (PEOPLE, "debtor :aziz, debt", "400.00", "200.00"),
                (DUES, "workspace :workspace, late from 2026-12-02", "200.00", "0"),
            },
        ),
        (
            "UPDATE debts SET voided_at = NULL, void_reason = NULL WHERE id = :voided",
            {(DEBTS, "debt :voided, remaining", "0.00", "10.00")},
        ),
        (
            "UPDATE payments SET voided_at = NULL, void_reason = NULL WHERE id = :given_back",
            {(PAYMENTS, "payment :given_back, credited", "0.00", "5.00")},
        ),
        (
            "INSERT INTO debt_allocations (debtor_id, debt_id, kind, amount, reason, created_at)"
            " VALUES (:aziz, :voided, 'write_off', 1, 'x', now())",
            {(DEBTS, "debt :voided, remaining", "0.00", "-1.00")},
        ),
        (
            "DELETE FROM payments WHERE id = :credit",
            {(PEOPLE, "debtor :laylo, credit", "50.00", "0.00")},
        ),
        (
            "DELETE FROM debts WHERE id = :other",
            {
                (PEOPLE, "debtor :aziz, debt", "400.00", "200.00"),
                (DUES, "workspace :workspace, late from 2026-12-02", "200.00", "0"),
            },
        ),
        (
            "DELETE FROM debts WHERE id = :settled",
            {(DEBTS, "debt :settled, remaining", "0", "-7.00")},
        ),
        (
            "DELETE FROM payments WHERE id = :payment",
            {(PAYMENTS, "payment :payment, credited", "0", "-100.00")},
        ),
    ],
)
def test_what_was_changed_is_named(
    book: dict[str, int], planted: str, named: set[tuple[str, str, str, str]]
) -> None:
    _plant(book, planted)
    expected = set()
    for check, subject, stored, computed in named:
        for name, value in book.items():
            subject = subject.replace(f":{name},", f"{value},")
        expected.add((check, subject, stored, computed))
    found = [(one.check, one.subject, str(one.stored), str(one.computed)) for one in verify()]
    assert len(found) == len(expected)
    assert set(found) == expected


def _plant(book: dict[str, int], statement: str) -> None:
    """Change what no guard would let pass, as a superuser can."""
    with unguarded():
        named = {name: id_ for name, id_ in book.items() if f":{name}" in statement}
        session.execute(text(statement), named)


def test_the_house_verifies_every_book(
    app: Flask, book: dict[str, int], make_person: Callable[..., Person],
    browse: Callable[[Person], Page],
) -> None:  # fmt: skip
    assert set(CHECKS) <= set(house.CHECKS)
    run = app.test_cli_runner()
    assert run.invoke(args=["verify"]).exit_code == 0
    _plant(book, "UPDATE debtors SET debt_total = 1 WHERE id = :aziz")
    result = run.invoke(args=["verify"])
    assert result.exit_code != 0
    said = f"debtors.people: debtor {book['aziz']}, debt: stored 1.00, computed 400.00"
    assert said in result.output
    metrics = app.test_client().get("/metrics").get_data(as_text=True)
    figures = {check: line for check in CHECKS for line in metrics.splitlines() if check in line}
    assert {check: line.rsplit(" ", 1)[1] for check, line in figures.items()} == {
        DEBTS: "0.0", PAYMENTS: "0.0", PEOPLE: "1.0", DUES: "0.0",
    }  # fmt: skip
