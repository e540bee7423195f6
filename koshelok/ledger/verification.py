"""The books proved from their rows, in batches and from one snapshot, while transfers go on.

Memory is bounded by a batch, whatever the size of the ledger; each difference is named.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from itertools import chain
from uuid import UUID

from sqlalchemy import Connection, Row, Text, cast, func, select, text

from koshelok.infra.db import db
from koshelok.infra.difference import Difference, Progress
from koshelok.ledger import seals
from koshelok.ledger.models import Day, Posting, Seal, Transfer
from koshelok.ledger.queries import ZERO, select_figures
from koshelok.ledger.queries.days import DAY_OF

BALANCES, TRANSFERS, DAYS = "ledger.balances", "ledger.transfers", "ledger.days"
CHECKS = (BALANCES, TRANSFERS, DAYS, seals.CHECK)
BATCH = 20_000
_FIRST, _LAST = -(2**63), 2**63 - 1
_LAST_ID = UUID(int=2**128 - 1)

# The postings that do not continue the balance before them, and the last one of each account
# with the account's sum so far. What the batch before left of the first account is carried in.
_POSTINGS = text("""
    WITH batch AS (
        SELECT account_id, id, transfer_id, amount, balance_after FROM ledger_postings
        WHERE (account_id, id) > (:account, :posting)
        ORDER BY account_id, id LIMIT :batch
    ), continued AS (
        SELECT *,
            CASE
                WHEN lag(id) OVER postings IS NOT NULL THEN lag(balance_after) OVER postings
                WHEN account_id = :account THEN CAST(:balance AS numeric)
                ELSE 0
            END + amount AS computed,
            count(*) OVER postings AS number,
            sum(amount) OVER postings
                + CASE WHEN account_id = :account THEN CAST(:total AS numeric) ELSE 0 END AS total,
            lead(id) OVER postings IS NULL AS last
        FROM batch
        WINDOW postings AS (
            PARTITION BY account_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    ), judged AS (
        SELECT continued.*,
            CASE
                WHEN balance_after IS NULL THEN hot IS NOT TRUE
                ELSE balance_after IS DISTINCT FROM computed
            END AS wrong
        FROM continued LEFT JOIN ledger_accounts AS account ON account.id = account_id
    )
    SELECT account_id, id, transfer_id, balance_after, computed, number, total, last, wrong
    FROM judged WHERE wrong OR last ORDER BY account_id, id
""")

# Every account of a range, whether it has postings or not, against the sums of its postings.
_ACCOUNTS = text("""
    WITH waiting AS (
        SELECT account_id AS id, sum(amount) AS amount FROM ledger_pending
        WHERE account_id BETWEEN :first AND :last GROUP BY account_id
    ), stored AS (
        SELECT id, coalesce(balance, 0) + coalesce(waiting.amount, 0) AS amount
        FROM (SELECT id, balance FROM ledger_accounts WHERE id BETWEEN :first AND :last) AS account
        FULL JOIN waiting USING (id)
    )
    SELECT id, stored.amount AS stored, coalesce(computed.amount, 0) AS computed
    FROM stored
    FULL JOIN unnest(CAST(:ids AS bigint[]), CAST(:sums AS numeric[])) AS computed (id, amount)
        USING (id)
    WHERE stored.amount IS DISTINCT FROM coalesce(computed.amount, 0)
    ORDER BY id
""")

_UP_TO = text("""
    SELECT id, number FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS number FROM ledger_transfers
        WHERE id >= :first ORDER BY id LIMIT :batch
    ) AS batch
    ORDER BY id DESC LIMIT 1
""")

# What the transfers of a range of ids call for, against all the postings of that range.
_TRANSFERS = text("""
    WITH due AS (
        SELECT id AS transfer_id, account_id, posting.amount, created_at
        FROM ledger_transfers CROSS JOIN LATERAL (VALUES
            (from_account_id, -amount - CASE WHEN type = 'reversal' THEN 0 ELSE commission END),
            (to_account_id, amount + CASE WHEN type = 'reversal' THEN commission ELSE 0 END),
            (1, CASE WHEN type = 'reversal' THEN -commission ELSE commission END)
        ) AS posting (account_id, amount)
        WHERE id BETWEEN :first AND :last AND status = 'success' AND posting.amount <> 0
    ), posted AS (
        SELECT transfer_id, account_id, id, amount, created_at FROM ledger_postings
        WHERE transfer_id BETWEEN :first AND :last
    )
    SELECT transfer_id, account_id, posted.id, posted.amount AS stored, due.amount AS computed,
        CAST(posted.created_at AS text) AS stored_at, CAST(due.created_at AS text) AS computed_at
    FROM posted FULL JOIN due USING (transfer_id, account_id)
    WHERE (posted.amount, posted.created_at) IS DISTINCT FROM (due.amount, due.created_at)
    ORDER BY transfer_id, account_id
""")


def verify(progress: Progress | None = None, *, batch: int = BATCH) -> Iterator[Difference]:
    """Name everything that does not agree; nothing comes where all does.

    Balances and pending amounts against postings, each `balance_after` against the one before
    it, all postings against zero, postings against transfers, figures and seals of past days.
    `progress` is told rows after each batch. It reads on a connection of its own.
    """
    with _snapshot() as connection:
        step = _Steps(connection, progress)
        yield from _verify_balances(connection, step, batch)
        yield from _verify_transfers(connection, step, batch)
        yield from _verify_days(connection)
        yield from seals.find_differences(connection, step, batch)
        step.finish()


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """Everything as of one instant, on a connection that only reads."""
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.execute(text("SET LOCAL jit = off"))
        yield connection


class _Steps:
    """How many rows are through, of how many, as a callable that adds some."""

    def __init__(self, connection: Connection, progress: Progress | None) -> None:
        self.done, self.total, self.progress = 0, 0, progress
        if progress is not None:
            counts = (
                select(func.count()).select_from(Posting),
                select(func.count()).select_from(Transfer),
                select(func.coalesce(func.sum(Seal.postings), 0)),
            )
            self.total = sum(int(connection.scalar(count) or 0) for count in counts)
            progress(0, self.total)

    def __call__(self, rows: int) -> None:
        done = min(self.done + rows, self.total)
        if self.progress is not None and done > self.done:
            self.done = done
            self.progress(done, self.total)

    def finish(self) -> None:
        """All are through, whatever a seal said of their number."""
        self(self.total)


def _verify_balances(
    connection: Connection, step: Callable[[int], None], batch: int
) -> Iterator[Difference]:
    at: dict[str, object] = {"account": _FIRST, "posting": _FIRST, "balance": 0, "total": 0}
    first, sums, total = _FIRST, dict[int, Decimal](), ZERO
    while rows := connection.execute(_POSTINGS, {**at, "batch": batch}).all():
        yield from (_not_continued(row) for row in rows if row.wrong)
        ends = {row.account_id: row for row in rows if row.last}
        sums |= {account: row.total for account, row in ends.items()}
        last = rows[-1]
        unfinished = sums.pop(last.account_id)
        yield from _compare(connection, first, last.account_id - 1, sums)
        total += sum(sums.values())
        first, sums = last.account_id, {last.account_id: unfinished}
        at = {
            "account": last.account_id,
            "posting": last.id,
            "balance": last.balance_after,
            "total": unfinished,
        }
        step(sum(row.number for row in ends.values()))
    yield from _compare(connection, first, _LAST, sums)
    total += sum(sums.values())
    if total != 0:
        yield Difference(BALANCES, "sum of all postings", total, ZERO)


def _not_continued(row: Row[*tuple[object, ...]]) -> Difference:
    subject = f"posting {row.id} of account {row.account_id} (transfer {row.transfer_id})"
    return Difference(BALANCES, f"{subject}, balance after", row.balance_after, row.computed)


def _compare(
    connection: Connection, first: int, last: int, sums: Mapping[int, Decimal]
) -> Iterator[Difference]:
    if first > last:
        return
    values = {"first": first, "last": last, "ids": list(sums), "sums": list(sums.values())}
    for account_id, stored, computed in connection.execute(_ACCOUNTS, values):
        yield Difference(BALANCES, f"account {account_id}, balance", stored, computed)


def _verify_transfers(
    connection: Connection, step: Callable[[int], None], batch: int
) -> Iterator[Difference]:
    first: UUID | None = UUID(int=0)
    while first is not None:
        values = {"first": first, "batch": batch}
        last, number = connection.execute(_UP_TO, values).first() or (_LAST_ID, 0)
        if number < batch:
            last = _LAST_ID
        for row in connection.execute(_TRANSFERS, {"first": first, "last": last}):
            yield _not_posted(row)
        step(number)
        first = None if last == _LAST_ID else UUID(int=last.int + 1)


def _not_posted(row: Row[*tuple[object, ...]]) -> Difference:
    number = "posting" if row.id is None else f"posting {row.id}"
    subject = f"transfer {row.transfer_id}, {number} of account {row.account_id}"
    if row.stored != row.computed:
        return Difference(TRANSFERS, f"{subject}, amount", row.stored, row.computed)
    return Difference(TRANSFERS, f"{subject}, time", row.stored_at, row.computed_at)


def _verify_days(connection: Connection) -> Iterator[Difference]:
    """Figures kept of past days against the transfers; a day that has none counts as zeros."""
    last = select(func.max(Seal.day)).scalar_subquery()
    computed = select_figures().where(last >= DAY_OF).subquery("computed")
    names = ("succeeded", "failed", "turnover", "commission")
    figures = [
        (func.coalesce(getattr(Day, name), 0), func.coalesce(computed.c[name], 0)) for name in names
    ]
    rows = connection.execute(
        select(cast(func.coalesce(Day.day, computed.c.day), Text), *chain.from_iterable(figures))
        .join_from(Day, computed, Day.day == computed.c.day, full=True)
        .order_by(text("1"))
    )
    for day, *values in rows:
        for name, stored, found in zip(names, values[::2], values[1::2], strict=True):
            if stored != found:
                yield Difference(DAYS, f"day {day}, {name}", stored, found)
