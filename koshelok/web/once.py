"""What is counted and happens once: money that moves under a key."""

from collections.abc import Callable
from typing import TypeVar

from koshelok.core.errors import TooManyRequests
from koshelok.infra.unit_of_work import retried
from koshelok.web.limits import hit

T = TypeVar("T")


def once(limit: str, *identifiers: str, find: Callable[[], T | None], act: Callable[[], T]) -> T:
    """Do `act` within a limit; when that is spent, `find` may have what was done before, so that
    a retry is never refused. Raises TooManyRequests, and as the two do."""
    try:
        hit(limit, *identifiers)
    except TooManyRequests:
        made = retried(find)
        if made is None:
            raise
        return made
    return retried(act)
