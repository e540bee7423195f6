"""Jobs of the clock: settle what is pending."""

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations, queries


def fold() -> int:
    """Fold each account in a unit of work of its own; answers how many. Safe to run twice."""
    account_ids = queries.list_accounts_with_pending()
    for account_id in account_ids:
        with unit_of_work():
            operations.fold(account_id=account_id)
    return len(account_ids)
