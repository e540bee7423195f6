"""What the database refuses, whoever sends it; each constraint and trigger by violating it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from koshelok.debtors.verification import verify
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person
from tests.debtors.books import Shop, open_shop, wrong

KEPT_DEBT, KEPT_PAYMENT = "debts are voided, not removed", "payments are voided, not removed"
DEBT_STAYS, PAYMENT_STAYS = "debt %(debt)s stays what it is", "payment %(payment)s stays what it is"
PART_STAYS = "stays what it is"


class Book:
    """Aziz owes 400 of two debts after a payment of 100; Laylo has 50 of credit."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        aziz, laylo = shop.person("Aziz"), shop.person("Laylo")
        self.names = {
            "workspace": shop.workspace_id,
            "aziz": aziz,
            "laylo": laylo,
            "debt": shop.debt(aziz, "300").id,
            "other_debt": shop.debt(aziz, "200").id,
            "payment": shop.pay(aziz, "100").id,
            "voided_debt": shop.debt(aziz, "10").id,
            "credit": shop.pay(laylo, "50").id,
            "voided_payment": shop.pay(laylo, "5").id,
        }
        shop.void_debt(self.names["voided_debt"])
        shop.void_payment(self.names["voided_payment"])

    def run(self, statement: str, **values: Any) -> None:
        """Send a statement and commit."""
        with unit_of_work():
            named = {k: v for k, v in {**self.names, **values}.items() if f":{k}" in statement}
            session.execute(text(statement), named)

    def refused(self, statement: str, **values: Any) -> str:
        """What the database says to a statement."""
        with pytest.raises(IntegrityError) as caught:
            self.run(statement, **values)
        assert wrong() == []
        return str(caught.value.orig)


@pytest.fixture
def book(context: Flask, person: Person) -> Book:
    return Book(open_shop(person))


ALLOCATE = """
    INSERT INTO debt_allocations
        (debtor_id, debt_id, payment_id, kind, amount, reason, created_at)
    VALUES ({}, {}, {}, {}, {}, {}, now())
"""


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((":aziz", ":debt", ":payment", "'payment'", "0", "NULL"), "amount_positive"),
        ((":aziz", ":debt", ":payment", "'payment'", "-1", "NULL"), "amount_positive"),
        ((":aziz", ":debt", ":payment", "'gift'", "1", "NULL"), "ck_debt_allocations_kind"),
        ((":aziz", ":debt", "NULL", "'payment'", "1", "NULL"), "ck_debt_allocations_payment"),
        ((":aziz", ":debt", ":payment", "'write_off'", "1", "'x'"), "ck_debt_allocations_payment"),
        ((":aziz", ":debt", "NULL", "'write_off'", "1", "NULL"), "ck_debt_allocations_reason"),
        ((":aziz", ":debt", ":payment", "'payment'", "1", "'x'"), "ck_debt_allocations_reason"),
        # More of a debt than is open, more of a payment than is left.
        ((":aziz", ":debt", "NULL", "'write_off'", "200.01", "'x'"), "ck_debts_remaining"),
        ((":aziz", ":voided_debt", "NULL", "'write_off'", "0.01", "'x'"), "ck_debts_remaining"),
        ((":aziz", ":debt", ":payment", "'payment'", "0.01", "NULL"), "ck_payments_credited"),
        # Across people.
        ((":aziz", ":debt", ":credit", "'credit'", "1", "NULL"), "payment_id_debtor_id"),
        ((":laylo", ":debt", ":credit", "'credit'", "1", "NULL"), "debt_id_debtor_id"),
        (("0", ":debt", "NULL", "'write_off'", "1", "'x'"), "fk_debt_allocations"),
    ],
)
def test_an_allocation_fits_its_debt_and_its_payment(
    book: Book, values: tuple[str, ...], reason: str
) -> None:
    assert reason in book.refused(ALLOCATE.format(*values))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DELETE FROM debtors", "people are put away, not removed"),
        ("DELETE FROM debts", KEPT_DEBT),
        ("DELETE FROM payments", KEPT_PAYMENT),
        ("DELETE FROM debt_allocations", "allocations are voided, not removed"),
        ("DELETE FROM debt_dues", "sums follow debts"),
        ("TRUNCATE debtors CASCADE", "debtors: TRUNCATE of"),
        ("TRUNCATE debts CASCADE", "debtors: TRUNCATE of"),
        ("TRUNCATE payments CASCADE", "debtors: TRUNCATE of"),
        ("TRUNCATE debt_allocations", "allocations are voided, not removed"),
        ("TRUNCATE debt_dues", "sums follow debts"),
        ("UPDATE debtors SET debt_total = debt_total + 1", "sums follow debts and payments"),
        ("UPDATE debtors SET credit = 0", "sums follow debts and payments"),
        ("UPDATE debtors SET credit = credit - 100 WHERE id = :aziz", "sums follow"),
        ("UPDATE debt_dues SET amount = amount + 1", "sums follow debts"),
        (
            "INSERT INTO debt_dues (workspace_id, day, amount)"
            " VALUES (:workspace, '2026-01-01', 1)",
            "sums follow debts",
        ),
        ("UPDATE debts SET amount = amount + 1", "stays what it is"),
        ("UPDATE debts SET remaining = remaining - 1 WHERE id = :debt", "stays what it is"),
        ("UPDATE debts SET debtor_id = :laylo WHERE id = :debt", "stays what it is"),
        ("UPDATE debts SET id = id + 1000", "stays what it is"),
        ("UPDATE debts SET created_at = now() - interval '1 day'", "stays what it is"),
        ("UPDATE payments SET amount = amount - 1", "stays what it is"),
        ("UPDATE payments SET credited = credited + 1 WHERE id = :payment", "stays what it is"),
        ("UPDATE payments SET debtor_id = :laylo WHERE id = :payment", "stays what it is"),
        ("UPDATE payments SET created_at = now()", "stays what it is"),
        # A void is for good, and of what covers nothing.
        ("UPDATE debts SET voided_at = now(), void_reason = 'x' WHERE id = :debt", "allocated to"),
        (
            "UPDATE payments SET voided_at = now(), void_reason = 'x' WHERE id = :payment",
            "is allocated",
        ),
        (
            "UPDATE debts SET voided_at = NULL, void_reason = NULL WHERE id = :voided_debt",
            "stays what it is",
        ),
        (
            "UPDATE payments SET voided_at = NULL, void_reason = NULL WHERE id = :voided_payment",
            "stays what it is",
        ),
        ("UPDATE debts SET voided_at = now() WHERE id = :voided_debt", "stays what it is"),
        ("UPDATE debts SET voided_at = now() WHERE id = :other_debt", "ck_debts_void_reason"),
        ("UPDATE debts SET void_reason = 'x' WHERE id = :other_debt", "ck_debts_void_reason"),
        ("UPDATE payments SET voided_at = now() WHERE id = :credit", "ck_payments_void_reason"),
        ("UPDATE payments SET void_reason = 'x' WHERE id = :credit", "ck_payments_void_reason"),
        # So is what happened to an allocation.
        ("UPDATE debt_allocations SET amount = amount + 1", PART_STAYS),
        ("UPDATE debt_allocations SET debt_id = :other_debt", PART_STAYS),
        ("UPDATE debt_allocations SET kind = 'credit' WHERE kind = 'payment'", PART_STAYS),
        ("UPDATE debt_allocations SET payment_id = NULL", PART_STAYS),
        # Nothing is owed both ways.
        (
            "UPDATE debt_allocations SET voided_at = now() WHERE payment_id = :payment",
            "has credit beside open debts",
        ),
        # Who is put away is settled.
        ("UPDATE debtors SET deleted_at = now() WHERE id = :aziz", "ck_debtors_put_away"),
        ("UPDATE debtors SET deleted_at = now() WHERE id = :laylo", "ck_debtors_put_away"),
        # Fields.
        ("UPDATE debtors SET full_name = ' '", "ck_debtors_name_not_blank"),
        ("UPDATE debtors SET phone_number = '998901234567'", "ck_debtors_phone"),
        ("UPDATE debtors SET phone_number = '+0901234567'", "ck_debtors_phone"),
        ("UPDATE debtors SET phone_number = '+998901234567'", "uq_debtors_phone"),
        ("UPDATE debtors SET credit_limit = 0", "ck_debtors_credit_limit"),
        ("UPDATE debts SET due_date = '1969-12-31'", "ck_debts_due_date"),
        ("UPDATE debts SET due_date = '2201-01-01'", "ck_debts_due_date"),
        ("UPDATE payments SET method = 'gold'", "ck_payments_method"),
        ("UPDATE payments SET method = 'koshelok'", "ck_payments_transfer"),
        ("UPDATE debts SET client_id = gen_random_uuid(), import_id = gen_random_uuid()", "import"),
        (
            "UPDATE debts SET client_id = '00000000-0000-4000-8000-000000000000'",
            "uq_debts_client",
        ),
        (
            "UPDATE payments SET client_id = '00000000-0000-4000-8000-000000000000'",
            "uq_payments_client",
        ),
        (
            "UPDATE debtors SET client_id = '00000000-0000-4000-8000-000000000000'",
            "uq_debtors_client",
        ),
        (
            "INSERT INTO debt_books (workspace_id, reminders, receipts, due_days, language)"
            " VALUES (:workspace, false, false, -1, 'uz')",
            "ck_debt_books_due_days",
        ),
        (
            "INSERT INTO debt_books (workspace_id, reminders, receipts, language)"
            " VALUES (:workspace, false, false, 'xx')",
            "ck_debt_books_language",
        ),
    ],
)
def test_a_hand_on_the_book_is_refused(book: Book, statement: str, reason: str) -> None:
    assert reason in book.refused(statement)


def test_a_voided_allocation_stays_voided(book: Book) -> None:
    book.shop.void_payment(book.names["payment"])
    for change in ("voided_at = NULL", "voided_at = now()", "reason = 'x'", "amount = 1"):
        assert PART_STAYS in book.refused(
            f"UPDATE debt_allocations SET {change}"  # noqa: S608  # our own names
        )


def test_people_start_with_nothing(book: Book) -> None:
    insert = (
        "INSERT INTO debtors (workspace_id, full_name, phone_number, note, debt_total, credit,"
        " reminders, last_entry_at, created_at) VALUES"
        " (:workspace, 'X', '+998900000009', '', {}, {}, true, now(), now())"
    )
    assert "starts without debt" in book.refused(insert.format(1, 0))
    assert "starts without debt" in book.refused(insert.format(0, 1))


@pytest.mark.parametrize("table", ["debts", "payments"])
@pytest.mark.parametrize("amount", ["0", "-1"])
def test_amounts_are_positive(book: Book, table: str, amount: str) -> None:
    rest = "remaining" if table == "debts" else "method, credited"
    value = "0" if table == "debts" else "'cash', 0"
    said = book.refused(
        f"INSERT INTO {table}"  # noqa: S608  # our own names
        f" (workspace_id, debtor_id, amount, description, created_at, {rest})"
        f" VALUES (:workspace, :aziz, {amount}, '', now(), {value})"
    )
    assert f"ck_{table}_amount_positive" in said or "ck_debts_remaining" in said


def test_an_entry_is_written_in_the_book_of_its_person(book: Book, make_person: Any) -> None:
    elsewhere = make_person().workspace_id
    for table, extra in (("debts", "remaining"), ("payments", "credited, method")):
        value = "1" if table == "debts" else "1, 'cash'"
        assert f"fk_{table}_debtor_id_workspace_id" in book.refused(
            f"INSERT INTO {table}"  # noqa: S608  # our own names
            f" (workspace_id, debtor_id, amount, description, created_at, {extra})"
            f" VALUES (:elsewhere, :laylo, 1, '', now(), {value})",
            elsewhere=elsewhere,
        )


def test_what_a_statement_says_of_the_sums_is_not_believed(book: Book) -> None:
    book.run(
        "INSERT INTO debts (workspace_id, debtor_id, amount, remaining, description, created_at)"
        " VALUES (:workspace, :aziz, 70, 3, '', now())"
    )
    assert book.shop.sums(book.names["aziz"]) == ("470.00", "0.00")
    assert wrong() == []


def test_credit_beside_open_debts_is_refused_when_it_commits(book: Book) -> None:
    said = book.refused(
        "INSERT INTO payments (workspace_id, debtor_id, amount, credited, method, description,"
        " created_at) VALUES (:workspace, :aziz, 1, 1, 'cash', '', now())"
    )
    assert "has credit beside open debts" in said


def test_a_removed_worker_changes_no_sum(book: Book, make_person: Any) -> None:
    """Their name goes from what they wrote and voided; what they wrote stands."""
    worker = make_person().id
    shop = Shop(worker, book.shop.workspace_id)
    aziz = book.names["aziz"]
    debt, payment = shop.debt(aziz, "30"), shop.pay(aziz, "450")
    shop.void_payment(payment.id)
    shop.write_off(debt.id)
    before = shop.sums(aziz)
    book.run("DELETE FROM memberships WHERE user_id = :worker", worker=worker)
    book.run("DELETE FROM users WHERE id = :worker", worker=worker)
    assert shop.sums(aziz) == before
    assert wrong() == []
    assert list(verify()) == []


def test_a_removed_workspace_takes_its_book_along(book: Book, make_person: Any) -> None:
    other = open_shop(make_person())
    kept = other.debt(other.person(), "7").id
    book.run(
        "INSERT INTO debt_imports (id, workspace_id, created_at, file, file_name, mapping, status,"
        " counts) VALUES (gen_random_uuid(), :workspace, now(), 'f', 'f', '{}', 'done', '{}')"
    )
    book.run("UPDATE debts SET import_id = (SELECT id FROM debt_imports)"
             " WHERE workspace_id = :workspace")  # fmt: skip
    book.run("DELETE FROM workspaces WHERE id = :workspace")
    left = session.execute(text("SELECT (SELECT count(*) FROM debtors), (SELECT count(*) FROM"
                                " payments), (SELECT count(*) FROM debt_allocations),"
                                " (SELECT count(*) FROM debt_dues)")).one()  # fmt: skip
    assert tuple(left) == (1, 0, 0, 1)
    assert session.scalars(text("SELECT id FROM debts")).all() == [kept]
    assert list(verify()) == []
