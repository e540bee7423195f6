"""Each constraint of the ledger's tables, by violating it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from koshelok.infra.db import session
from tests.ledger.books import move, open_account, reverse

ACCOUNT = """
    INSERT INTO ledger_accounts (id, kind, status, hot, balance, created_at)
    VALUES (:id, :kind, :status, :hot, 0, now())
"""
TRANSFER = """
    INSERT INTO ledger_transfers (
        id, type, status, from_account_id, to_account_id, amount, commission, actor_id,
        idempotency_key, fingerprint, description, failure_code, reverses_id,
        created_at, completed_at
    ) VALUES (
        gen_random_uuid(), :type, :status, :source, :target, :amount, :commission, 1,
        :key, '', '', :failure_code, :reverses, now(), now()
    )
"""
NOBODY = 99


def _refused(statement: str, **values: Any) -> str:
    """The constraint that refuses a statement."""
    with pytest.raises(IntegrityError) as caught:
        session.execute(text(statement), values)
    session.rollback()
    name: str = caught.value.orig.diag.constraint_name  # type: ignore[union-attr]  # psycopg's
    return name


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kind": "purse", "hot": True}, "kind"),
        ({"status": "ASLEEP"}, "status"),
        ({"kind": "platform", "hot": True}, "one_platform"),
        ({"kind": "issuer", "hot": True}, "one_issuer"),
    ],
)
def test_an_account_must_be_right(context: Flask, values: dict[str, Any], constraint: str) -> None:
    account = {"id": 1000, "kind": "card", "status": "ACTIVE", "hot": False, **values}
    assert _refused(ACCOUNT, **account) == f"ck_ledger_accounts_{constraint}"


@pytest.mark.parametrize("house", [1, 2])
def test_there_is_one_platform_and_one_issuer_for_good(context: Flask, house: int) -> None:
    kind = "platform" if house == 1 else "issuer"
    again = _refused(ACCOUNT, id=house, kind=kind, status="ACTIVE", hot=True)
    assert again == "pk_ledger_accounts"


def test_the_house_is_hot_whoever_would_cool_it(context: Flask) -> None:
    session.execute(text("SET LOCAL session_replication_role = replica"))
    refused = _refused("UPDATE ledger_accounts SET hot = false WHERE id = 1")
    assert refused == "ck_ledger_accounts_house_is_hot"


def test_no_balance_is_negative_not_even_inside_the_ledgers_functions(context: Flask) -> None:
    account = open_account(100)
    session.execute(text("SET LOCAL koshelok.ledger = 'on'"))
    refused = _refused("UPDATE ledger_accounts SET balance = -0.01 WHERE id = :id", id=account)
    assert refused == "ck_ledger_accounts_balance_not_negative"


def test_no_account_with_money_is_closed(context: Flask) -> None:
    close = "UPDATE ledger_accounts SET status = 'CLOSED' WHERE id = :id"
    refused = _refused(close, id=open_account("0.01"))
    assert refused == "ck_ledger_accounts_closed_is_empty"
    session.execute(text(close), {"id": open_account()})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"type": "gift"}, "ck_ledger_transfers_type"),
        ({"status": "pending"}, "ck_ledger_transfers_status"),
        ({"failure_code": "card_frozen"}, "ck_ledger_transfers_failure_code"),
        ({"status": "failed"}, "ck_ledger_transfers_failure_code"),
        ({"amount": 0}, "ck_ledger_transfers_amount_positive"),
        ({"amount": -1}, "ck_ledger_transfers_amount_positive"),
        ({"commission": -1}, "ck_ledger_transfers_commission_not_negative"),
        ({"commission": 1, "target": 1}, "ck_ledger_transfers_commission_of_others"),
        ({"commission": 1, "source": 1}, "ck_ledger_transfers_commission_of_others"),
        ({"type": "deposit"}, "ck_ledger_transfers_deposit_from_issuer"),
        ({"source": 2}, "ck_ledger_transfers_deposit_from_issuer"),
        ({"type": "reversal"}, "ck_ledger_transfers_reverses"),
        ({"key": ""}, "ck_ledger_transfers_idempotency_key"),
        ({"source": NOBODY}, "fk_ledger_transfers_from_account_id"),
        ({"target": NOBODY}, "fk_ledger_transfers_to_account_id"),
    ],
)
def test_a_transfer_must_be_right(context: Flask, values: dict[str, Any], constraint: str) -> None:
    source, target = open_account(100), open_account()
    assert _refused(TRANSFER, **_transfer(source, target, **values)) == constraint


def _transfer(source: int, target: int, /, **values: Any) -> dict[str, Any]:
    return {
        "type": "transfer", "status": "success", "source": source, "target": target, "amount": 10,
        "commission": 0, "key": "key", "failure_code": None, "reverses": None, **values,
    }  # fmt: skip


def test_a_transfer_has_two_accounts(context: Flask) -> None:
    account = open_account(100)
    assert _refused(TRANSFER, **_transfer(account, account)) == "ck_ledger_transfers_two_accounts"


def test_a_key_makes_one_transfer(context: Flask) -> None:
    source, target = open_account(100), open_account()
    session.execute(text(TRANSFER), _transfer(source, target))
    assert _refused(TRANSFER, **_transfer(source, target)) == "uq_ledger_transfers_key"


def test_a_transfer_is_reversed_once(context: Flask) -> None:
    source, target = open_account(100), open_account(100)
    moved = move(source, target, 10)
    reverse(moved)
    again = _transfer(target, source, type="reversal", reverses=moved)
    assert _refused(TRANSFER, **again) == "uq_ledger_transfers_reverses"
    none = again | {"reverses": "00000000-0000-0000-0000-000000000000"}
    assert _refused(TRANSFER, **none) == "fk_ledger_transfers_reverses_id"
    plain = _transfer(source, target, reverses=moved)
    assert _refused(TRANSFER, **plain) == "ck_ledger_transfers_reverses"


def test_a_posting_is_of_something_and_once_for_an_account(context: Flask) -> None:
    source, target = open_account(100), open_account()
    moved = move(source, target, 10)
    posting = """
        INSERT INTO ledger_postings (transfer_id, account_id, amount, created_at)
        VALUES (:id, :account, :amount, now())
    """
    zero = _refused(posting, id=moved, account=1, amount=0)
    assert zero == "ck_ledger_postings_amount_not_zero"
    again = _refused(posting, id=moved, account=source, amount=-10)
    assert again == "uq_ledger_postings_transfer"


def test_a_day_has_one_seal_and_one_set_of_figures(context: Flask) -> None:
    seal = "INSERT INTO ledger_seals VALUES ('2026-11-20', :postings, '', now())"
    assert _refused(seal, postings=-1) == "ck_ledger_seals_postings"
    session.execute(text(seal), {"postings": 0})
    assert _refused(seal, postings=0) == "pk_ledger_seals"
    figures = "INSERT INTO ledger_days VALUES ('2026-11-20', 0, 0, 0, 0)"
    session.execute(text(figures))
    assert _refused(figures) == "pk_ledger_days"
