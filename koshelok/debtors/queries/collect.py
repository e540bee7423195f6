"""Whom to ask for money today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from koshelok.core.page import BadCursor, Page, decode_cursor, encode_cursor
from koshelok.infra.db import session


@dataclass(frozen=True, slots=True)
class Late:
    """A person with something late, due today or promised for today; so'm. `weight` is what is
    late times the days for which it is, in tiyin and days."""

    id: int
    full_name: str
    phone_number: str
    total: Decimal
    reminders: bool
    promised_on: date | None
    since: date | None
    late: Decimal
    weight: int


# One walk along ix_debts_due, which holds all that is summed.
_LATE = """
    WITH late AS (
        SELECT debtor_id, min(aged_from) AS since, sum(remaining) AS amount,
            trunc(sum(remaining * (:today - aged_from)) * 100) AS weight
        FROM debts
        WHERE workspace_id = :workspace AND remaining > 0 AND aged_from <= :today
        GROUP BY debtor_id
    )
    SELECT debtors.id, full_name, phone_number, debt_total, reminders, promised_on, since,
        coalesce(amount, 0) AS amount, coalesce(weight, 0) AS weight
    FROM debtors LEFT JOIN late ON late.debtor_id = debtors.id
    WHERE workspace_id = :workspace AND deleted_at IS NULL AND debt_total > 0
        AND (promised_on IS NULL OR promised_on <= :today)
        AND (late.debtor_id IS NOT NULL OR promised_on = :today)
        {after}
    ORDER BY coalesce(weight, 0) DESC, coalesce(amount, 0) DESC, debtors.id DESC
    LIMIT :limit
"""
_AFTER = """
        AND (coalesce(weight, 0), coalesce(amount, 0), debtors.id)
            < (CAST(:weight AS numeric), CAST(:amount AS numeric) / 100, CAST(:id AS bigint))
"""
_FIRST = text(_LATE.format(after=""))
_NEXT = text(_LATE.format(after=_AFTER))


def list_late(
    workspace_id: int, today: date, *, limit: int, cursor: str | None = None
) -> Page[Late]:
    """Where most money is latest comes first; a promise for a later day hides until then."""
    asked: dict[str, Any] = {"workspace": workspace_id, "today": today, "limit": limit + 1}
    found = (
        session.execute(_NEXT, asked | _after(cursor)) if cursor else session.execute(_FIRST, asked)
    )
    rows = [Late(*row) for row in found]
    more, rows = len(rows) > limit, rows[:limit]
    return Page(rows, _cursor(rows[-1]) if more else None)


def _cursor(last: Late) -> str:
    # too large for the numbers of a cursor, so as text
    return encode_cursor(f"{last.weight:f}", f"{last.late * 100:.0f}", last.id)


def _after(cursor: str) -> dict[str, Any]:
    weight, amount, id_ = decode_cursor(cursor, str, str, int)
    try:
        return {"weight": int(str(weight)), "amount": int(str(amount)), "id": id_}
    except ValueError as error:
        raise BadCursor from error
