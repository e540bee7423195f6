""" "Always this category for these words": yes, no, and no more."""

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.core.errors import NotFound
from koshelok.finance.errors import RuleExists
from koshelok.finance.models import CategoryMemory, CategoryRule, Change, Transaction
from koshelok.finance.operations.bulk import recategorise
from koshelok.finance.operations.changes import (
    WAYS_BACK,
    Tracked,
    note_change,
    tracked,
    turn_records,
    turn_rows,
)
from koshelok.finance.operations.transactions import check_category
from koshelok.finance.queries import Question, find_question, get_change, get_rule
from koshelok.finance.queries.rules import select_changed_by
from koshelok.infra.db import session


def accept_rule(
    *, actor_id: int, workspace_id: int, transaction_id: int, past: bool = True
) -> tuple[int, int]:
    """Say yes to what is asked of a corrected record: a rule, and with `past` the records that it
    would have moved, as one change. Answers how many moved, and the change.

    Raises NotFound where nothing is asked, RuleExists, CategoryArchived.
    """
    question = _asked(workspace_id, transaction_id)
    check_category(workspace_id=workspace_id, category_id=question.category)
    rule = CategoryRule(
        workspace_id=workspace_id, key=question.key, category_id=question.category,
        type=question.type, created_by_id=actor_id, created_at=now(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(rule)
            session.flush()
    except IntegrityError as error:
        raise RuleExists from error
    step, rule_id, count, change_id = Tracked(), rule.id, 0, None
    step.made(CategoryRule, rule_id)
    details = {"key": question.key, "category": question.category_name, "rows": step.rows()}
    if past:
        count, change_id = recategorise(
            actor_id=actor_id, workspace_id=workspace_id, rule_id=rule_id,
            chosen=select_changed_by(workspace_id, question), category_id=question.category,
        )  # fmt: skip
    change = get_change(workspace_id, change_id) if change_id else None
    change = change or note_change(
        actor_id=actor_id, workspace_id=workspace_id, kind="rule_made", count=0
    )
    change.kind, change.details = "rule_made", details
    session.flush()
    return count, change.id


def decline_rule(*, actor_id: int, workspace_id: int, transaction_id: int) -> None:
    """Say no: for none of the ways this note is known by is its category asked about again."""
    _asked(workspace_id, transaction_id)
    record = (Transaction.id == transaction_id, Transaction.workspace_id == workspace_id)
    session.execute(
        update(CategoryMemory)
        .where(
            *record,
            CategoryMemory.workspace_id == workspace_id,
            CategoryMemory.category_id == Transaction.category_id,
            _known_by(),
        )
        .values(asked_at=now())
        .execution_options(synchronize_session=False)
    )


def delete_rule(*, actor_id: int, workspace_id: int, rule_id: int) -> int:
    """Follow a rule no more; what it moved stays. Answers the change."""
    rule = get_rule(workspace_id, rule_id, lock=True)
    with tracked(actor_id=actor_id, workspace_id=workspace_id, kind="rule_deleted",
                 details={"key": rule.key}) as step:  # fmt: skip
        step.watch(CategoryRule, rule.id)
        session.delete(rule)
    assert step.change is not None  # noqa: S101  # a row is gone
    return step.change.id


def _asked(workspace_id: int, transaction_id: int) -> Question:
    question = find_question(workspace_id, transaction_id)
    if question is None:
        raise NotFound
    return question


def _known_by() -> ColumnElement[bool]:
    return CategoryMemory.key == func.any(func.note_keys(Transaction.comment))


def _turn_made(change: Change, redo: bool) -> int:
    """The rule is there before the records that name it."""
    if redo:
        return turn_rows(change=change, redo=True) + turn_records(change=change, redo=True)
    return turn_records(change=change, redo=False) + turn_rows(change=change, redo=False)


WAYS_BACK["rule_made"] = _turn_made
