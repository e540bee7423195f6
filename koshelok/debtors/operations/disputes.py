"""What a debtor says is wrong, and the shop's having settled it."""

from sqlalchemy import select, update

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.text import clean
from koshelok.debtors.errors import DebtNotFound, PaymentNotFound
from koshelok.debtors.models import Debt, Dispute, Payment
from koshelok.debtors.queries import DisputeView, get_debtor, get_dispute
from koshelok.infra.db import session

DISPUTE_LIMIT = 500


def mark_wrong(
    *,
    workspace_id: int,
    debtor_id: int,
    note: str,
    debt_id: int | None = None,
    payment_id: int | None = None,
) -> DisputeView:
    """Mark one of a person's entries as wrong, and why; one marked already stays as it was
    marked. Nothing else changes: what to do about it is the shop's.

    Raises Invalid, DebtorNotFound, and DebtNotFound or PaymentNotFound, also for a voided one.
    """
    note = clean(note, limit=DISPUTE_LIMIT, field="note", required=True)
    get_debtor(workspace_id, debtor_id, lock=True)
    if debt_id is not None:
        _check_entry(Debt, debt_id, debtor_id, DebtNotFound)
    else:
        _check_entry(Payment, payment_id, debtor_id, PaymentNotFound)
    about = Dispute.debt_id == debt_id if debt_id is not None else Dispute.payment_id == payment_id
    marked = session.scalar(select(Dispute.id).where(about, Dispute.resolved_at.is_(None)))
    if marked is None:
        dispute = Dispute(
            workspace_id=workspace_id,
            debtor_id=debtor_id,
            debt_id=debt_id,
            payment_id=None if debt_id is not None else payment_id,
            note=note,
        )
        session.add(dispute)
        session.flush()
        marked = dispute.id
    return get_dispute(workspace_id, marked)


def resolve_dispute(*, actor_id: int, workspace_id: int, dispute_id: int) -> DisputeView:
    """Say that a marked entry is settled; a second time changes nothing. Raises DisputeNotFound."""
    resolved = session.scalar(
        update(Dispute)
        .where(
            Dispute.id == dispute_id,
            Dispute.workspace_id == workspace_id,
            Dispute.resolved_at.is_(None),
        )
        .values(resolved_at=now(), resolved_by_id=actor_id)
        .returning(Dispute.id)
    )
    dispute = get_dispute(workspace_id, dispute_id)
    if resolved is not None:
        audit.record(
            action="dispute.resolved",
            actor_id=actor_id,
            workspace_id=workspace_id,
            subject_type="debtor",
            subject_id=dispute.debtor,
            details={"dispute": str(dispute_id)},
        )
    return dispute


def _check_entry(
    table: type[Debt] | type[Payment],
    id_: int | None,
    debtor_id: int,
    missing: type[DebtNotFound] | type[PaymentNotFound],
) -> None:
    found = session.scalar(
        select(table.id).where(
            table.id == id_, table.debtor_id == debtor_id, table.voided_at.is_(None)
        )
    )
    if found is None:
        raise missing
