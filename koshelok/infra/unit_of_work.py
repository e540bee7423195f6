"""The only commit. The edge opens one unit of work a request; operations flush, never commit.

Jobs and other effects that must not happen unless the rows are there are given to
`after_commit`: they run once, after the commit, in order. What was done outside the database
beforehand (a file) is undone by `after_rollback`.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from koshelok.core.errors import DomainError
from koshelok.infra.db import session

T = TypeVar("T")

_HOOKS = "after_commit_hooks"
_UNDOING = "after_rollback_hooks"
_LOST_A_RACE = {"40001", "40P01"}  # serialization failure, deadlock
RETRIES = 3
logger = logging.getLogger(__name__)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit what the body did, or roll all of it back and raise.

    A refusal that `keeps` is raised after a commit: what it counted must stand.
    """
    refusal: DomainError | None = None
    try:
        try:
            yield
        except DomainError as error:
            if not error.keeps:
                raise
            refusal = error
        session.info.pop(_UNDOING, None)  # a commit whose answer is lost may stand
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop(_HOOKS, None)
        for hook in session.info.pop(_UNDOING, ()):
            _run(hook)
        raise
    for hook in session.info.pop(_HOOKS, ()):
        _run(hook)
    if refusal is not None:
        raise refusal


def retried(body: Callable[[], T]) -> T:
    """Run `body` in its own unit of work, up to three times more where the database ended it
    to let another go first; `body` must find what an earlier try may have left (a key)."""
    for attempt in range(RETRIES):
        try:
            with unit_of_work():
                return body()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _LOST_A_RACE:
                raise
        time.sleep(secrets.randbelow(20 << attempt) / 1000)
    with unit_of_work():
        return body()


def after_commit(hook: Callable[[], object]) -> None:
    """Call `hook` once this unit of work has committed; drop it on rollback.

    A failing hook is logged and changes nothing: what it would have done must also be
    findable from the committed rows (an outbox that cron sweeps).
    """
    session.info.setdefault(_HOOKS, []).append(hook)


def after_rollback(hook: Callable[[], object]) -> None:
    """Call `hook` if this unit of work is rolled back; drop it once it commits.

    What a killed process leaves must be findable too.
    """
    session.info.setdefault(_UNDOING, []).append(hook)


def _run(hook: Callable[[], object]) -> None:
    try:
        hook()
    except Exception:  # the transaction is over: its answer must stand
        logger.exception("hook after the transaction failed")
