"""The one place where money meets debts."""

from collections.abc import Collection

from sqlalchemy import text

from koshelok.core.clock import now
from koshelok.infra.db import session

# Debts in the order in which they are covered, and payments in the order in which they are spent,
# each laid end to end: where a debt and a payment overlap, the one covers the other.
_SETTLE = text("""
    WITH owed AS (
        SELECT id, sum(remaining) OVER line - remaining AS start, sum(remaining) OVER line AS stop
        FROM debts WHERE debtor_id = :debtor AND remaining > 0
        WINDOW line AS (ORDER BY id <> ALL (CAST(:first AS bigint[])), created_at, id)
    ), held AS (
        SELECT id, sum(credited) OVER line - credited AS start, sum(credited) OVER line AS stop
        FROM payments WHERE debtor_id = :debtor AND credited > 0
        WINDOW line AS (ORDER BY created_at, id)
    )
    INSERT INTO debt_allocations
        (debtor_id, debt_id, payment_id, kind, amount, created_by_id, created_at)
    SELECT :debtor, owed.id, held.id,
        CASE held.id WHEN CAST(:payment AS bigint) THEN 'payment' ELSE 'credit' END,
        least(owed.stop, held.stop) - greatest(owed.start, held.start), :actor, :now
    FROM owed JOIN held ON owed.start < held.stop AND held.start < owed.stop
    ORDER BY owed.start, held.start
""")


def settle(
    *,
    actor_id: int | None,
    debtor_id: int,
    first: Collection[int] = (),
    payment_id: int | None = None,
) -> None:
    """Cover open debts with what is held for the debtor until one of the two is used up.

    The oldest debt first, but those in `first` before; the oldest payment first. What
    `payment_id` covers is told apart from credit of earlier payments. The caller holds the
    debtor's lock. Exact to the tiyin: nothing is rounded.
    """
    session.flush()
    session.execute(
        _SETTLE,
        {
            "debtor": debtor_id,
            "first": list(first),
            "payment": payment_id,
            "actor": actor_id,
            "now": now(),
        },
    )
    session.expire_all()
