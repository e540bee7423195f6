"""Failed attempts: after ten a growing wait, which no stranger can make last.

Counted twice, for the address and for everyone together. Whoever signed in from an address
lately waits only for what was tried from there.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from koshelok.core.clock import now
from koshelok.core.errors import TooManyRequests
from koshelok.identity.models import FailureCount, User
from koshelok.identity.queries import is_known_address
from koshelok.infra import origin
from koshelok.infra.db import session
from koshelok.infra.settings import current

FREE = 10
FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 15 * 60
REMEMBERED = timedelta(hours=24)


def keyed_hash(*parts: str) -> str:
    """An HMAC by the house's secret: a copy of the database alone tells nothing."""
    message = "\0".join(parts).encode()
    return hmac.new(current().secret_key.encode(), message, hashlib.sha256).hexdigest()


def refuse_while_waiting(*, what: str, whose: str, user: User | None) -> None:
    """Raise TooManyRequests while a wait for this login or contact lasts."""
    until = session.scalar(
        select(func.max(FailureCount.blocked_until)).where(
            FailureCount.key.in_(_keys(what, whose, user))
        )
    )
    if until is not None and until > now():
        raise TooManyRequests(retry_after=int((until - now()).total_seconds()) + 1)


def count_failure(*, what: str, whose: str) -> None:
    """Count one more failure; the tenth starts a wait, each further one doubles it."""
    for key in sorted(_keys(what, whose, None)):
        forgotten = FailureCount.last_at < now() - REMEMBERED
        failures = session.scalars(
            insert(FailureCount)
            .values(key=key, failures=1, last_at=now())
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "failures": case((forgotten, 1), else_=FailureCount.failures + 1),
                    "last_at": now(),
                },
            )
            .returning(FailureCount),
            execution_options={"populate_existing": True},
        ).one()
        failures.blocked_until = _wait(failures.failures)
    session.flush()


def forget_failures(*, what: str, whose: str) -> None:
    """The right secret was given: start anew."""
    session.execute(delete(FailureCount).where(FailureCount.key.in_(_keys(what, whose, None))))


def _wait(failures: int) -> datetime | None:
    if failures < FREE:
        return None
    doubled = FIRST_WAIT_SECONDS * 2 ** min(failures - FREE, 10)
    return now() + timedelta(seconds=min(doubled, LONGEST_WAIT_SECONDS))


def _keys(what: str, whose: str, user: User | None) -> list[str]:
    ip = origin.address.get()
    here = keyed_hash("failures", what, whose, ip or "")
    if user is not None and is_known_address(user.id, ip):
        return [here]
    return [here, keyed_hash("failures", what, whose)]


def forget_old_failures() -> int:
    """Delete counts that are too old to matter; answers how many."""
    gone = session.scalars(
        delete(FailureCount)
        .where(FailureCount.last_at < now() - REMEMBERED)
        .returning(FailureCount.key)
    )
    return len(gone.all())
