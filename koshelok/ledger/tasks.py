"""Jobs of the clock: settle what is pending, seal the past days."""

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations, queries, seals


def fold() -> int:
    """Fold each account in a unit of work of its own; answers how many. Safe to run twice."""
    account_ids = queries.list_accounts_with_pending()
    for account_id in account_ids:
        with unit_of_work():
            operations.fold(account_id=account_id)
    return len(account_ids)


def seal_due() -> int:
    """Seal every past day that has no seal yet and keep its figures; answers how many days.

    Each day in a unit of work of its own: what a night missed, the next one catches up.
    """
    days = 0
    while _seal_one():
        days += 1
    return days


def _seal_one() -> bool:
    with unit_of_work():
        return seals.seal_next() is not None
