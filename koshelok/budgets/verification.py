"""What is put aside against the earmarks themselves; the twin of sql/savings.sql."""

from collections.abc import Iterator

from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.difference import Difference

CHECK = "budgets.saved"
_DIFFERENCES = text("""
    WITH computed AS (
        SELECT category_id, sum(amount) AS saved FROM earmarks GROUP BY category_id
    )
    SELECT category_id, coalesce(plan.saved, 0), coalesce(computed.saved, 0)
    FROM budget_plans AS plan
    FULL JOIN computed USING (category_id)
    WHERE coalesce(plan.saved, 0) <> coalesce(computed.saved, 0)
    ORDER BY category_id
""")


def verify() -> Iterator[Difference]:
    """Recompute what every saving category holds, and name each that differs."""
    for category_id, saved, computed in session.execute(_DIFFERENCES):
        yield Difference(CHECK, f"savings {category_id}", saved, computed)
