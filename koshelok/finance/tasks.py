"""Jobs of the clock for records."""

from collections.abc import Callable

from koshelok.finance.operations import forget_receipts, trash
from koshelok.infra.unit_of_work import unit_of_work


def forget_old() -> int:
    """Empty the trash of what was deleted 30 days ago, and forget as old changes, a batch a
    transaction; answers how many rows."""
    return sum(_all(step) for step in (trash.forget_records, trash.forget_changes, forget_receipts))


def _all(step: Callable[[], int]) -> int:
    done = 0
    while True:
        with unit_of_work():
            some = step()
        if not some:
            return done
        done += some
