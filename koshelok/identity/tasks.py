"""Jobs of the clock."""

from koshelok.identity import operations
from koshelok.infra.unit_of_work import unit_of_work


def forget_old() -> int:
    """Delete codes, counts, sessions and waiting secrets long over; answers how many."""
    with unit_of_work():
        return (
            operations.forget_old_codes()
            + operations.forget_old_failures()
            + operations.forget_old_sessions()
            + operations.forget_old_totp()
        )
