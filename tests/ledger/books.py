"""Books made in a line: small ones by the operations, large ones by SQL, and a hand unguarded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from koshelok.core.clock import now
from koshelok.core.ids import uuid7
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations
from koshelok.ledger.models import Status

_STATEMENTS = """
    INSERT INTO ledger_accounts (id, kind, status, hot, balance, created_at)
    SELECT 99 + n, 'card', 'ACTIVE', false, 0, now() FROM generate_series(1, :cards) AS n;

    INSERT INTO ledger_transfers (
        id, type, status, from_account_id, to_account_id, amount, commission, actor_id,
        idempotency_key, fingerprint, description, created_at, completed_at
    )
    SELECT
        ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        CASE WHEN n <= :cards THEN 'deposit' ELSE 'transfer' END, 'success',
        CASE WHEN n <= :cards THEN 2 ELSE 100 + n % :cards END,
        100 + CASE WHEN n <= :cards THEN n - 1 ELSE (n + 1 + n * 7 % (:cards - 1)) % :cards END,
        CASE WHEN n <= :cards THEN 1000000000 ELSE 2000 + n % 977 END,
        CASE WHEN n <= :cards THEN 0 ELSE 20 END,
        1, 'made-' || n, '', '', at, at
    FROM generate_series(1, :transfers) AS n
    CROSS JOIN LATERAL (SELECT
        now() - make_interval(days => :days) * (:transfers - n) / :transfers AS at
    ) AS moment;

    INSERT INTO ledger_postings (account_id, id, transfer_id, amount, balance_after, created_at)
    SELECT account_id, number, transfer_id, amount,
        CASE WHEN account_id >= 100
            THEN sum(amount) OVER (PARTITION BY account_id ORDER BY number) END,
        created_at
    FROM (
        SELECT row_number() OVER (ORDER BY id, side) AS number, id AS transfer_id, account_id,
            posting.amount, created_at
        FROM ledger_transfers CROSS JOIN LATERAL (VALUES
            (1, from_account_id, -amount - commission), (2, to_account_id, amount),
            (3, 1, commission)
        ) AS posting (side, account_id, amount)
        WHERE posting.amount <> 0
    ) AS posting;

    UPDATE ledger_accounts SET balance = sums.amount
    FROM (SELECT account_id, sum(amount) AS amount FROM ledger_postings GROUP BY account_id) AS sums
    WHERE id = account_id;
"""


def fill(*, cards: int, transfers: int, days: int) -> None:
    """Make a ledger whose transfers lie evenly over the last days; three postings each."""
    values = {"cards": cards, "transfers": transfers, "days": days}
    with unguarded():
        for statement in _STATEMENTS.split(";"):
            if statement.strip():
                session.execute(text(statement), values)


@contextmanager
def unguarded() -> Iterator[None]:
    """Let the body write what no guard would let pass, as a superuser can."""
    with unit_of_work():
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield


def open_account(balance: str | int = 0, *, status: Status = Status.ACTIVE) -> int:
    """An account for a card, with this much issued onto it."""
    with unit_of_work():
        account_id = operations.open_account(status=Status.ACTIVE)
        if Decimal(balance):
            operations.deposit(
                actor_id=1, key=str(uuid7()), fingerprint="", target=account_id,
                amount=Decimal(balance),
            )  # fmt: skip
        if status != Status.ACTIVE:
            operations.set_status(account_id=account_id, status=status)
    return account_id


def move(
    source: int, target: int, amount: str | int, commission: str | int = 0, **how: Any
) -> UUID:
    """A transfer; the id of what was made."""
    with unit_of_work():
        made = operations.transfer(
            actor_id=1, key=str(uuid7()), fingerprint="", source=source, target=target,
            amount=Decimal(amount), commission=Decimal(commission), **how,
        )  # fmt: skip
    return made.transfer.id


def reverse(transfer_id: UUID) -> UUID:
    """Give a transfer back."""
    with unit_of_work():
        made = operations.reverse(
            actor_id=1, key=str(uuid7()), fingerprint="", transfer_id=transfer_id, reason="Error"
        )
    return made.transfer.id


def days_ago(days: int) -> datetime:
    """An instant so many days back."""
    return now() - timedelta(days=days)
