"""What the book keeps against the rows it stands for; the twin of sql/book.sql."""

from collections.abc import Iterator

from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.difference import Difference

DEBTS, PAYMENTS, PEOPLE, DUES = CHECKS = (
    "debtors.debts",
    "debtors.payments",
    "debtors.people",
    "debtors.dues",
)
_DIFFERENCES = {
    DEBTS: """
        WITH computed AS (
            SELECT coalesce(debts.id, debt_id) AS id, coalesce(remaining, 0) AS stored,
                   CASE WHEN voided_at IS NULL THEN coalesce(debts.amount, 0) ELSE 0 END
                   - coalesce(live.amount, 0) AS amount
            FROM debts FULL JOIN (
                SELECT debt_id, sum(amount) AS amount FROM debt_allocations
                WHERE voided_at IS NULL GROUP BY debt_id
            ) AS live ON live.debt_id = debts.id
        )
        SELECT 'debt ' || id || ', remaining', stored, amount FROM computed WHERE stored <> amount
    """,
    PAYMENTS: """
        WITH computed AS (
            SELECT coalesce(payments.id, payment_id) AS id, coalesce(credited, 0) AS stored,
                   CASE WHEN voided_at IS NULL THEN coalesce(payments.amount, 0) ELSE 0 END
                   - coalesce(live.amount, 0) AS amount
            FROM payments FULL JOIN (
                SELECT payment_id, sum(amount) AS amount FROM debt_allocations
                WHERE voided_at IS NULL AND payment_id IS NOT NULL GROUP BY payment_id
            ) AS live ON live.payment_id = payments.id
        )
        SELECT 'payment ' || id || ', credited', stored, amount FROM computed
        WHERE stored <> amount
    """,
    PEOPLE: """
        WITH computed AS (
            SELECT debtors.id, debt_total, credit,
                   coalesce(owed.amount, 0) AS owed, coalesce(held.amount, 0) AS held
            FROM debtors
            LEFT JOIN (SELECT debtor_id, sum(remaining) AS amount FROM debts GROUP BY debtor_id)
                AS owed ON owed.debtor_id = debtors.id
            LEFT JOIN (SELECT debtor_id, sum(credited) AS amount FROM payments GROUP BY debtor_id)
                AS held ON held.debtor_id = debtors.id
        )
        SELECT 'debtor ' || id || ', debt', debt_total, owed FROM computed WHERE debt_total <> owed
        UNION ALL
        SELECT 'debtor ' || id || ', credit', credit, held FROM computed WHERE credit <> held
        UNION ALL
        SELECT 'debtor ' || id || ', credit beside debt', credit, 0 FROM computed
        WHERE owed > 0 AND held > 0
    """,
    DUES: """
        SELECT 'workspace ' || workspace_id || ', late from ' || day,
               coalesce(stored.amount, 0), coalesce(computed.amount, 0)
        FROM debt_dues AS stored
        FULL JOIN (
            SELECT workspace_id, aged_from AS day, sum(remaining) AS amount
            FROM debts WHERE remaining > 0 GROUP BY workspace_id, aged_from
        ) AS computed USING (workspace_id, day)
        WHERE coalesce(stored.amount, 0) <> coalesce(computed.amount, 0)
    """,
}


def verify() -> Iterator[Difference]:
    """Recompute every sum of every book, one query a check, and name each that differs."""
    for check, query in _DIFFERENCES.items():
        for subject, stored, computed in session.execute(text(query)):
            yield Difference(check, subject, stored, computed)
