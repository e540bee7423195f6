"""Books made by hand: a large ledger by SQL alone, and a hand that the guards do not see."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work

FIRST_CARD = 100
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
