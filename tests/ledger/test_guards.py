"""What the triggers refuse to whoever sends it: history, balances, postings that do not fit."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import tasks
from koshelok.ledger.errors import InsufficientFunds
from koshelok.ledger.models import Status
from tests.ledger.books import days_ago, move, open_account, reverse

POSTINGS = """
    INSERT INTO ledger_postings (transfer_id, account_id, amount, created_at)
    SELECT :id, account, amount, now()
    FROM unnest(CAST(:accounts AS bigint[]), CAST(:amounts AS numeric[])) AS row (account, amount)
"""
RECORDED = """
    INSERT INTO ledger_transfers (
        id, type, status, from_account_id, to_account_id, amount, commission, actor_id,
        idempotency_key, fingerprint, description, reverses_id, created_at, completed_at
    ) VALUES (
        gen_random_uuid(), 'transfer', 'success', :source, :target, 10, :commission, 1,
        'by hand', '', '', NULL, now(), now()
    ) RETURNING id
"""
APPEND_ONLY = "history is append-only"
KEPT = "accounts are never removed"


def _refused(statement: str, **values: Any) -> str:
    """What a trigger says to a statement."""
    with pytest.raises(IntegrityError) as caught:
        session.execute(text(statement), values)
    session.rollback()
    return str(caught.value.orig)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE ledger_transfers SET amount = amount + 1", APPEND_ONLY),
        ("UPDATE ledger_transfers SET description = 'another'", APPEND_ONLY),
        ("DELETE FROM ledger_transfers", APPEND_ONLY),
        ("TRUNCATE ledger_transfers CASCADE", APPEND_ONLY),
        ("UPDATE ledger_postings SET amount = amount + 1", APPEND_ONLY),
        ("UPDATE ledger_postings SET created_at = now()", APPEND_ONLY),
        ("DELETE FROM ledger_postings", APPEND_ONLY),
        ("TRUNCATE ledger_postings", APPEND_ONLY),
        ("UPDATE ledger_seals SET digest = ''", APPEND_ONLY),
        ("DELETE FROM ledger_seals", APPEND_ONLY),
        ("TRUNCATE ledger_seals", APPEND_ONLY),
        ("DELETE FROM ledger_accounts WHERE id > 2", KEPT),
        ("UPDATE ledger_accounts SET balance = balance + 1", "changes by a transfer only"),
        ("UPDATE ledger_accounts SET balance = 0", "changes by a transfer only"),
        ("UPDATE ledger_accounts SET kind = 'issuer' WHERE id > 2", "stays what it is"),
        ("UPDATE ledger_accounts SET id = 1000 WHERE id > 2", "stays what it is"),
        ("UPDATE ledger_accounts SET hot = false WHERE id = 1", "a hot account stays hot"),
        (
            "UPDATE ledger_accounts SET status = 'CLOSED' WHERE id = 1",
            "a hot account is not closed",
        ),
        ("INSERT INTO ledger_pending (account_id, amount) VALUES (1, 100)", "pending rows are"),
        ("UPDATE ledger_pending SET amount = amount + 1", "pending rows are"),
        ("DELETE FROM ledger_pending", "pending rows are"),
        ("TRUNCATE ledger_pending", "pending rows are"),
    ],
)
def test_a_hand_on_the_books_is_refused(context: Flask, statement: str, reason: str) -> None:
    move(open_account(100), open_account(), 10, 1)
    session.execute(text("INSERT INTO ledger_seals VALUES ('2026-11-01', 0, '', now())"))
    assert reason in _refused(statement)


def test_accounts_are_not_truncated_with_all_that_points_at_them(context: Flask) -> None:
    said = _refused("TRUNCATE ledger_accounts CASCADE")
    assert KEPT in said or APPEND_ONLY in said


def test_an_account_opens_empty(context: Flask) -> None:
    assert "an account opens empty" in _refused(
        "INSERT INTO ledger_accounts (kind, status, hot, balance, created_at) "
        "VALUES ('card', 'ACTIVE', false, 0.01, now())"
    )


@pytest.mark.parametrize("status", ["ACTIVE", "FROZEN", "EXPIRED"])
def test_a_closed_account_stays_closed(context: Flask, status: str) -> None:
    account = open_account(status=Status.CLOSED)
    reopen = "UPDATE ledger_accounts SET status = :status WHERE id = :id"
    assert "a closed account stays closed" in _refused(reopen, status=status, id=account)


@pytest.mark.parametrize(
    ("parties", "amounts", "commission"),
    [
        ("source target", [-10, 11], 0),  # not zero
        ("source target", [-11, 11], 0),  # zero, of another amount
        ("source target", [10, -10], 0),  # backwards
        ("source", [-10], 0),
        ("source other", [-10, 10], 0),  # somebody else gets it
        ("other target", [-10, 10], 0),  # somebody else pays
        ("source target other", [-10, 9, 1], 0),  # a third is in it
        ("source target", [-10, 10], 1),  # the commission is left out
        ("source target other", [-11, 10, 1], 1),  # somebody else earns it
        ("source target platform", [-10, 9, 1], 1),  # the receiver pays it
    ],
)
def test_postings_fit_their_transfer(
    context: Flask, parties: str, amounts: list[int], commission: int
) -> None:
    accounts = {
        "source": open_account(100), "target": open_account(), "other": open_account(),
        "platform": 1,
    }  # fmt: skip
    ends = {name: accounts[name] for name in ("source", "target")}
    made = session.scalar(text(RECORDED), {**ends, "commission": commission})
    chosen = [accounts[name] for name in parties.split()]
    said = _refused(POSTINGS, id=made, accounts=chosen, amounts=amounts)
    assert f"the postings of transfer {made} do not fit it" in said


def test_a_posting_belongs_to_a_transfer_that_succeeded(context: Flask) -> None:
    source, target = open_account(5), open_account()
    with pytest.raises(InsufficientFunds) as refusal:
        move(source, target, 10)
    values = {"accounts": [source, target], "amounts": [-10, 10]}
    for made in (refusal.value.transfer_id, "00000000-0000-0000-0000-000000000000"):
        assert "do not fit it" in _refused(POSTINGS, id=made, **values)


def test_a_transfer_is_posted_once(context: Flask) -> None:
    source, target, other, another = (open_account(100) for _ in range(4))
    moved = move(source, target, 10)
    again = _refused(POSTINGS, id=moved, accounts=[source, target], amounts=[-10, 10])
    assert "uq_ledger_postings_transfer" in again
    more = _refused(POSTINGS, id=moved, accounts=[other, another], amounts=[-10, 10])
    assert "do not fit it" in more


def test_a_reversal_gives_the_commission_back_and_nothing_else_fits(context: Flask) -> None:
    source, target = open_account(100), open_account()
    moved = reverse(move(source, target, 10, 1))
    posted = session.execute(
        text("SELECT account_id, amount FROM ledger_postings WHERE transfer_id = :id"),
        {"id": moved},
    )
    assert {row.account_id: row.amount for row in posted} == {target: -10, source: 11, 1: -1}


def test_a_sealed_day_takes_no_more_transfers(context: Flask) -> None:
    source, target = open_account(100), open_account()
    move(source, target, 10, at=days_ago(2))
    assert tasks.seal_due() == 2
    for days in (1, 2, 30):
        with pytest.raises(IntegrityError, match="is sealed"):
            move(source, target, 10, at=days_ago(days))
    move(source, target, 10, at=days_ago(0))


def test_the_guards_let_the_ledger_itself_pass(context: Flask) -> None:
    source, target = open_account(100), open_account()
    with unit_of_work():
        session.execute(
            text("UPDATE ledger_accounts SET hot = true WHERE id = :id"), {"id": target}
        )
    move(source, target, 10, 1)
    assert tasks.fold() == 3
