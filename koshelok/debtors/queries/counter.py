"""Reads of the counter: who is meant, and what stands on their sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from koshelok.debtors.errors import DebtorNotFound
from koshelok.debtors.models import Debt, Debtor
from koshelok.debtors.queries.cached import OPEN_KEPT, Cached, as_cached
from koshelok.debtors.queries.people import Person, search_words, select_people
from koshelok.infra.db import session

RECENT = 8
SHOWN = 30
QUERY_LIMIT = 100


@dataclass(frozen=True, slots=True)
class People:
    """Who the counter offers: whom the words find, else who was here last and who owes most."""

    query: str
    found: list[Person]
    recent: list[Person]
    largest: list[Person]


@dataclass(frozen=True, slots=True)
class Open:
    """A debt of which something remains; so'm."""

    id: int
    remaining: Decimal
    created_at: datetime
    due_date: date | None
    description: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A person with the oldest open debts, and the same as a device keeps it; so'm."""

    person: Person
    debts: Sequence[Open]
    cached: Cached

    @property
    def unlisted(self) -> Decimal:
        """What remains of debts beyond those listed."""
        return self.person.debt_total - sum((debt.remaining for debt in self.debts), Decimal(0))


def find_people(workspace_id: int, query: str = "") -> People:
    """At most SHOWN people, whom a cashier most likely means first."""
    query = search_words(query)[:QUERY_LIMIT]
    kept = select_people().where(Debtor.workspace_id == workspace_id, Debtor.deleted_at.is_(None))
    latest = kept.order_by(Debtor.last_entry_at.desc(), Debtor.id.desc())
    if query:
        words = func.debtor_query(workspace_id, query)
        matches: ColumnElement[bool] = Debtor.search.op("@@", is_comparison=True)(words)
        return People(query, _people(latest.where(matches).limit(SHOWN)), [], [])
    recent = _people(latest.limit(RECENT))
    owing = kept.where(Debtor.debt_total > 0).order_by(Debtor.debt_total.desc(), Debtor.id.desc())
    known = {person.id for person in recent}
    largest = [person for person in _people(owing.limit(SHOWN)) if person.id not in known]
    return People("", [], recent, largest[: SHOWN - RECENT])


def find_sheet(workspace_id: int, debtor_id: int) -> Sheet:
    """What stands on a person's sheet; raises DebtorNotFound."""
    row = session.execute(
        select_people()
        .add_columns(Debtor.client_id)
        .where(
            Debtor.id == debtor_id,
            Debtor.workspace_id == workspace_id,
            Debtor.deleted_at.is_(None),
        )
    ).first()
    if row is None:
        raise DebtorNotFound
    debts = _open_debts(debtor_id)
    return Sheet(Person(*row[:-1]), debts, as_cached(row, debts))


def _open_debts(debtor_id: int) -> list[Open]:
    rows = session.execute(
        select(Debt.id, Debt.remaining, Debt.created_at, Debt.due_date, Debt.description)
        .where(Debt.debtor_id == debtor_id, Debt.remaining > 0)
        .order_by(Debt.created_at, Debt.id)
        .limit(OPEN_KEPT)
    )
    return [Open(*row) for row in rows]


def _people(query: Select[*tuple[Any, ...]]) -> list[Person]:
    return [Person(*row) for row in session.execute(query)]
