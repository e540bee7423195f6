"""Forgiving what is left of a debt, which only an owner of the book may, and going back on it."""

from decimal import Decimal

from sqlalchemy import update

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.text import clean
from koshelok.debtors.errors import NothingLeftToWriteOff, NotWrittenOff
from koshelok.debtors.models import REASON_LIMIT, Allocation, Kind
from koshelok.debtors.operations.debts import get_debt_row
from koshelok.debtors.operations.settlement import settle
from koshelok.debtors.queries import DebtView, get_debt
from koshelok.infra.db import session


def write_off(*, actor_id: int, workspace_id: int, debt_id: int, reason: str) -> DebtView:
    """Forgive what remains of a debt; nothing was collected.

    Raises Invalid, DebtNotFound, DebtorPutAway, NothingLeftToWriteOff.
    """
    reason = clean(reason, limit=REASON_LIMIT, field="reason", required=True)
    debt = get_debt_row(workspace_id=workspace_id, debt_id=debt_id)
    if debt.remaining == 0:
        raise NothingLeftToWriteOff
    remaining = debt.remaining
    session.add(
        Allocation(
            debtor_id=debt.debtor_id,
            debt_id=debt_id,
            kind=Kind.WRITE_OFF,
            amount=remaining,
            reason=reason,
            created_by_id=actor_id,
        )
    )
    session.flush()
    session.expire_all()
    _log("debt.written_off", actor_id, workspace_id, debt_id, remaining, reason)
    return get_debt(workspace_id, debt_id)


def undo_write_off(*, actor_id: int, workspace_id: int, debt_id: int) -> DebtView:
    """Let a forgiven debt stand again; credit covers it.

    Raises DebtNotFound, DebtorPutAway, NotWrittenOff.
    """
    debt = get_debt_row(workspace_id=workspace_id, debt_id=debt_id)
    debtor_id = debt.debtor_id
    amounts = session.scalars(
        update(Allocation)
        .where(
            Allocation.debt_id == debt_id,
            Allocation.kind == Kind.WRITE_OFF,
            Allocation.voided_at.is_(None),
        )
        .values(voided_at=now(), voided_by_id=actor_id)
        .returning(Allocation.amount)
    ).all()
    if not amounts:
        raise NotWrittenOff
    _log("debt.write_off_undone", actor_id, workspace_id, debt_id, sum(amounts, Decimal(0)))
    settle(actor_id=actor_id, debtor_id=debtor_id)
    return get_debt(workspace_id, debt_id)


def _log(
    action: str,
    actor_id: int,
    workspace_id: int,
    debt_id: int,
    amount: Decimal,
    reason: str = "",
) -> None:
    audit.record(
        action=action,
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="debt",
        subject_id=debt_id,
        details={"amount": str(amount), "reason": reason},
    )
