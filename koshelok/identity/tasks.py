"""Jobs of the clock."""

import logging

from koshelok.core.errors import DomainError
from koshelok.identity import operations
from koshelok.infra.unit_of_work import unit_of_work

logger = logging.getLogger(__name__)


def erase_closed() -> int:
    """Erase the accounts whose grace is over, each by itself; answers how many. One that may not
    go yet, since money or an order came meanwhile, is asked again the next night."""
    erased = 0
    for user_id in operations.list_due_to_close():
        try:
            with unit_of_work():
                erased += operations.erase_account(user_id=user_id)
        except DomainError as error:
            logger.warning("account %s is not erased yet: %s", user_id, error.code)
    return erased


def forget_old() -> int:
    """Delete codes, counts, sessions and waiting secrets long over; answers how many."""
    with unit_of_work():
        return (
            operations.forget_old_codes()
            + operations.forget_old_failures()
            + operations.forget_old_sessions()
            + operations.forget_old_totp()
        )
