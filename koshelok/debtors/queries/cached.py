"""What a device keeps of the book, to search, write down and reckon without a connection.

One shape for the whole book and for the person whose entry was just written, so that the
counter works with either; sums are strings, as everywhere in JSON.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, literal, select, text

from koshelok.core.money import to_json
from koshelok.debtors.errors import DebtorNotFound
from koshelok.debtors.models import Debt, Debtor
from koshelok.infra.db import session

OPEN_KEPT = 100

Cached = dict[str, Any]

# A row that changes gets a new xmin, the number of the transaction that wrote it: the book is
# the same as long as as many rows of people and of open debts sum up to the same. Of how the
# book is run, a device keeps its usual due days.
_VERSION = text("""
    SELECT p.count || '.' || p.sum || '.' || d.count || '.' || d.sum || '.' || coalesce(
        (SELECT due_days FROM debt_books WHERE workspace_id = :workspace)::text, ''
    )
    FROM (
        SELECT count(*), coalesce(sum(xmin::text::bigint), 0) AS sum FROM debtors
        WHERE workspace_id = :workspace AND deleted_at IS NULL
    ) AS p, (
        SELECT count(*), coalesce(sum(xmin::text::bigint), 0) AS sum FROM debts
        WHERE workspace_id = :workspace AND remaining > 0
    ) AS d
""")


def get_version(workspace_id: int) -> str:
    """What changes whenever anything that devices keep of this book does."""
    found: str = session.scalar(_VERSION, {"workspace": workspace_id})
    return found


def get_cached(workspace_id: int, debtor_id: int) -> Cached:
    """One person as devices keep them; raises DebtorNotFound."""
    person = session.execute(_people(workspace_id).where(Debtor.id == debtor_id)).first()
    if person is None:
        raise DebtorNotFound
    return as_cached(person, session.execute(_open_debts(literal(debtor_id))))


def list_cached(workspace_id: int) -> list[Cached]:
    """Everybody in the book, in two queries."""
    debts: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    owing = (
        select(Debtor.id)
        .where(
            Debtor.workspace_id == workspace_id,
            Debtor.deleted_at.is_(None),
            Debtor.debt_total > 0,
        )
        .subquery()
    )
    oldest = _open_debts(owing.c.id).lateral()
    for debt in session.execute(select(oldest).select_from(owing.join(oldest, literal(True)))):
        debts.setdefault(debt.debtor_id, []).append(debt)
    people = session.execute(_people(workspace_id).order_by(Debtor.id))
    return [as_cached(person, debts.get(person.id, ())) for person in people]


def as_cached(person: Any, debts: Iterable[Any]) -> Cached:
    """A person with what they owe, the oldest debt first."""
    limit = person.credit_limit
    return {
        "id": person.id,
        "client_id": person.client_id and str(person.client_id),
        "name": person.full_name,
        "phone": person.phone_number,
        "debt": to_json(person.debt_total),
        "credit": to_json(person.credit),
        "limit": None if limit is None else to_json(limit),
        "last": person.last_entry_at.isoformat(timespec="seconds"),
        "open": [
            {
                "id": debt.id,
                "remaining": to_json(debt.remaining),
                "created": debt.created_at.isoformat(timespec="seconds"),
                "due": debt.due_date and debt.due_date.isoformat(),
                "description": debt.description,
            }
            for debt in debts
        ],
    }


def _people(workspace_id: int) -> Select[*tuple[Any, ...]]:
    return select(
        Debtor.id, Debtor.client_id, Debtor.full_name, Debtor.phone_number, Debtor.debt_total,
        Debtor.credit, Debtor.credit_limit, Debtor.last_entry_at,
    ).where(Debtor.workspace_id == workspace_id, Debtor.deleted_at.is_(None))  # fmt: skip


def _open_debts(debtor_id: Any) -> Select[*tuple[Any, ...]]:
    """The oldest open debts of a person, as many as a device keeps."""
    return (
        select(
            Debt.debtor_id, Debt.id, Debt.remaining, Debt.created_at, Debt.due_date,
            Debt.description,
        )
        .where(Debt.debtor_id == debtor_id, Debt.remaining > 0)
        .order_by(Debt.created_at, Debt.id)
        .limit(OPEN_KEPT)
    )  # fmt: skip
