"""A seal over each past day's postings and the seal before it, so that edited history shows.

A digest is SHA-256 over the digest before it and the day, then a line for each posting in the
order of ids: `id|transfer|account|amount|balance_after|created_at in microseconds`. The first
seal takes in whatever lies before its day, and every later day has one, postings or not.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Connection, select, text

from koshelok.core.clock import TASHKENT, midnight, now, today
from koshelok.infra.db import session
from koshelok.infra.difference import Difference
from koshelok.ledger.models import Day, Seal, Transfer
from koshelok.ledger.queries import select_figures
from koshelok.ledger.queries.days import DAY_OF, ONE_DAY

CHECK = "ledger.seals"
ORIGIN = "0" * 64
SPAN = 31
logger = logging.getLogger(__name__)

_DAY = len("2026-11-21")
_LINES = f"""
    COPY (
        SELECT
            to_char(greatest((created_at AT TIME ZONE '{TASHKENT}')::date, %(first)s::date), 'YYYY-MM-DD'),
            id, transfer_id, account_id, amount, balance_after,
            trunc(extract(epoch FROM created_at) * 1000000)
        FROM ledger_postings
        WHERE created_at >= %(start)s::timestamptz AND created_at < %(end)s::timestamptz
        ORDER BY 1, id, account_id
    ) TO STDOUT (DELIMITER '|', NULL '')
"""  # noqa: S608, E501  # a constant

# What a transaction writes is stamped after it began: once all that began on the day have ended,
# nothing more comes. Backdating ones and this module exclude each other by a lock (transfer.sql).
_OPEN = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND backend_xid IS NOT NULL AND xact_start < :end
""")


def seal_next() -> Seal | None:
    """Seal the earliest past day that has no seal, and keep its figures; one caller at a time.

    None when no day is due, or a transaction that began on it is still open.
    """
    session.execute(text("LOCK TABLE ledger_seals IN SHARE ROW EXCLUSIVE MODE"))
    last = session.scalar(select(Seal).order_by(Seal.day.desc()).limit(1))
    day = last.day + ONE_DAY if last else _first_day()
    if day is None or day >= today():
        return None
    if session.scalar(_OPEN, {"end": midnight(day + ONE_DAY)}):
        logger.warning("%s is not sealed: a transaction of that day is still open", day)
        return None
    before = {day: last.digest if last else ORIGIN}
    ((count, digest),) = _digest_days(_read(session.connection(), [day], last is None), before)
    seal = Seal(day=day, postings=count, digest=digest, created_at=now())
    session.add(seal)
    _keep_figures(day)
    session.flush()
    logger.info("sealed %s: %s postings, digest %s", day, count, digest)
    return seal


def _first_day() -> date | None:
    return session.scalar(select(DAY_OF).order_by(Transfer.created_at, Transfer.id).limit(1))


def _keep_figures(day: date) -> None:
    of_day = (
        Transfer.created_at >= midnight(day),
        Transfer.created_at < midnight(day + ONE_DAY),
    )
    figures = session.execute(select_figures().where(*of_day)).mappings().first()
    nothing = {"succeeded": 0, "failed": 0, "turnover": Decimal(0), "commission": Decimal(0)}
    session.merge(Day(**(figures or {"day": day, **nothing})))


def find_differences(
    connection: Connection, step: Callable[[int], object], batch: int
) -> Iterator[Difference]:
    """Recompute every seal from the postings and the seal stored before it, a month at a time.

    So each day that was changed is named, and no other; a day without a seal is named too.
    """
    seals = connection.execute(
        select(Seal.day, Seal.postings, Seal.digest).order_by(Seal.day)
    ).all()
    before = [ORIGIN, *(seal.digest for seal in seals)]
    for at in range(0, len(seals), SPAN):
        span = seals[at : at + SPAN]
        days = [seal.day for seal in span]
        lines = _counted(_read(connection, days, opening=at == 0), step, batch)
        computed = _digest_days(lines, dict(zip(days, before[at:], strict=False)))
        for seal, (count, digest) in zip(span, computed, strict=True):
            if count != seal.postings:
                yield Difference(CHECK, f"day {seal.day}, postings", seal.postings, count)
            if digest != seal.digest:
                yield Difference(CHECK, f"day {seal.day}, digest", seal.digest, digest)
    yield from _missing([seal.day for seal in seals])


def _missing(days: Sequence[date]) -> Iterator[Difference]:
    for earlier, later in pairwise(days):
        for n in range(1, (later - earlier).days):
            yield Difference(CHECK, f"day {earlier + n * ONE_DAY}, seals", 0, 1)


def _read(connection: Connection, days: Sequence[date], opening: bool) -> Iterator[bytes]:
    """A line for each posting of these days, its day first; with `opening`, of all before too."""
    values = {
        "first": days[0],
        "start": "-infinity" if opening else midnight(days[0]),
        "end": midnight(days[-1] + ONE_DAY),
    }
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(_LINES, values) as lines:
        yield from lines


def _counted(lines: Iterable[bytes], step: Callable[[int], object], batch: int) -> Iterator[bytes]:
    for number, line in enumerate(lines, 1):
        yield line
        if number % batch == 0:
            step(batch)


def _digest_days(lines: Iterable[bytes], before: Mapping[date, str]) -> Sequence[tuple[int, str]]:
    """How many postings each day of `before` has, and their digest after the one before it."""
    computed = {}
    for label, of_day in groupby(lines, key=lambda line: bytes(line[:_DAY])):
        day = date.fromisoformat(label.decode())
        computed[day] = _digest(before.get(day, ""), day, of_day)
    return [computed.get(day) or _digest(digest, day, ()) for day, digest in before.items()]


def _digest(previous: str, day: date, lines: Iterable[bytes]) -> tuple[int, str]:
    digest, count = hashlib.sha256(f"{previous}|{day}\n".encode()), 0
    for line in lines:
        digest.update(line[_DAY + 1 :])
        count += 1
    return count, digest.hexdigest()
