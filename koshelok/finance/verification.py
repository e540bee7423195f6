"""The kept totals against the records they stand for; the twin of sql/totals.sql."""

from collections.abc import Iterator

from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.difference import Difference

CHECK = "finance.totals"
_DIFFERENCES = text("""
    WITH computed AS (
        SELECT workspace_id, grain, period_start, category_id,
               sum(amount) AS amount, count(*) AS count
        FROM transactions
        CROSS JOIN LATERAL (VALUES
            ('day', date),
            ('month', date_trunc('month', date::timestamp)::date),
            ('all', DATE '0001-01-01')
        ) AS period (grain, period_start)
        WHERE deleted_at IS NULL
        GROUP BY workspace_id, grain, period_start, category_id
    )
    SELECT workspace_id, category_id, grain, period_start,
           coalesce(stored.amount, 0), coalesce(computed.amount, 0),
           coalesce(stored.count, 0), coalesce(computed.count, 0)
    FROM category_totals AS stored
    FULL JOIN computed USING (workspace_id, grain, period_start, category_id)
    WHERE coalesce(stored.amount, 0) <> coalesce(computed.amount, 0)
       OR coalesce(stored.count, 0) <> coalesce(computed.count, 0)
    ORDER BY workspace_id, category_id, grain, period_start
""")


def verify() -> Iterator[Difference]:
    """Recompute every total from the records in one query, and name each that differs."""
    for workspace_id, category_id, grain, start, *figures in session.execute(_DIFFERENCES):
        span = "all time" if grain == "all" else f"{grain} {start}"
        subject = f"workspace {workspace_id}, category {category_id}, {span}"
        amount, computed_amount, count, computed_count = figures
        if amount != computed_amount:
            yield Difference(CHECK, f"{subject}, amount", amount, computed_amount)
        if count != computed_count:
            yield Difference(CHECK, f"{subject}, records", count, computed_count)
