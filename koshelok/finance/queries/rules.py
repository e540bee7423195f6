"""Rules, and what of the past one would change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select

from koshelok.core.errors import NotFound
from koshelok.finance.models import Category, CategoryRule, Transaction
from koshelok.finance.queries.learning import Question
from koshelok.finance.queries.transactions import Record, select_records
from koshelok.infra.db import session

SHOWN = 10
MAX_RULES = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the list shows it."""

    id: int
    key: str
    category: int
    category_name: str
    code: str | None
    type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """How many records of the past a rule would move, and the newest of them."""

    count: int
    records: Sequence[Record]


def get_rule(workspace_id: int, rule_id: int, *, lock: bool = False) -> CategoryRule:
    """One rule; raises NotFound."""
    query = select(CategoryRule).filter_by(id=rule_id, workspace_id=workspace_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def list_rules(workspace_id: int) -> list[Rule]:
    """The rules of a workspace, by their words."""
    rows: Iterable[Any] = session.execute(
        select(
            CategoryRule.id, CategoryRule.key, CategoryRule.category_id, Category.name,
            Category.code, CategoryRule.type, CategoryRule.created_at,
        )
        .join(Category, Category.id == CategoryRule.category_id)
        .where(CategoryRule.workspace_id == workspace_id)
        .order_by(CategoryRule.key, CategoryRule.type)
        .limit(MAX_RULES)
    )  # fmt: skip
    return [Rule(*row) for row in rows]


def select_changed_by(workspace_id: int, question: Question) -> Select[int]:
    """The ids of past records that say what a rule says, but lie elsewhere. Those that a transfer
    made and the parts of a split stay: somebody has said more of them than their note."""
    named = (
        select(Transaction.id, Transaction.comment)
        .where(
            Transaction.workspace_id == workspace_id,
            Transaction.deleted_at.is_(None),
            Transaction.type == question.type,
            Transaction.category_id != question.category,
            Transaction.transfer_id.is_(None),
            Transaction.split_id.is_(None),
            Transaction.search.op("@@", is_comparison=True)(
                select(func.search_query(workspace_id, question.key)).scalar_subquery()
            ),
        )
        .cte("named")
        .prefix_with("MATERIALIZED")
    )  # found by their words first: only of those the key is worked out
    return select(named.c.id).where(
        literal(question.key) == func.any(func.note_keys(named.c.comment))
    )


def preview_rule(workspace_id: int, question: Question) -> Preview:
    """What accepting a question would move now."""
    changed = select_changed_by(workspace_id, question)
    count = session.scalar(select(func.count()).select_from(changed.subquery())) or 0
    newest = (
        select_records()
        .where(Transaction.id.in_(changed))
        .order_by(Transaction.date.desc(), Transaction.id.desc())
        .limit(SHOWN)
    )
    rows: Iterable[Any] = session.execute(newest) if count else ()
    return Preview(count, [Record(*row) for row in rows])
