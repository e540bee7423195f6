"""Taking a whole import back: what it entered is voided, whom it entered is put away."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select, union, update

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.debtors.models import Allocation, Debt, Debtor, Import, ImportStatus, Payment
from koshelok.debtors.operations.links import shut_links
from koshelok.debtors.operations.settlement import settle
from koshelok.debtors.queries.imports import get_import, is_stopped
from koshelok.infra.db import session
from koshelok.infra.imports import ImportMoved
from koshelok.jobs import operations as jobs

KIND = "debtors_import_revert"
TASK = "koshelok.debtors.import_tasks.revert_import"
AT_ONCE = 200


def start_revert(*, actor_id: int, workspace_id: int, import_id: UUID, reason: str) -> Import:
    """Begin to take an import back; `reason` is written at what it voids. What stopped halfway
    goes on, and an import that did is taken back as far as it came: its file may be gone.

    Raises ImportNotFound, ImportMoved, TooManyJobs.
    """
    found = get_import(workspace_id, import_id, lock=True)
    if found.status != ImportStatus.DONE and not is_stopped(found):
        raise ImportMoved
    found.status = ImportStatus.REVERTING
    params = {"workspace": workspace_id, "import": str(import_id), "reason": reason}
    found.job_id = jobs.start_job(actor_id=actor_id, kind=KIND, task=TASK, params=params).id
    session.flush()
    return found


def count_touched(*, workspace_id: int, import_id: UUID) -> int:
    """How many people an import entered or wrote an entry for."""
    touched = _select_touched(workspace_id, import_id).subquery()
    return session.scalar(select(func.count()).select_from(touched)) or 0


def revert_people(
    *, actor_id: int, workspace_id: int, import_id: UUID, after: int, reason: str
) -> Sequence[int]:
    """Void what an import entered for the next people, in the order of their ids, which it answers.

    Their other entries stand: money that is freed covers other debts, or becomes credit. Who came
    with the import and has nothing else is put away; who was put away before, settled, stays so.
    Raises ImportMoved.
    """
    found = get_import(workspace_id, import_id, lock=True)
    if found.status != ImportStatus.REVERTING:
        raise ImportMoved
    touched = _select_touched(workspace_id, import_id).subquery()
    ids = session.scalars(
        select(Debtor.id)
        .where(Debtor.id.in_(select(touched.c.id)), Debtor.id > after, Debtor.deleted_at.is_(None))
        .order_by(Debtor.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
    ).all()
    _void(actor_id, import_id, ids, reason)
    both = (Debtor.id.in_(ids), Debtor.debt_total > 0, Debtor.credit > 0)
    for debtor_id in session.scalars(select(Debtor.id).where(*both)).all():
        settle(actor_id=actor_id, debtor_id=debtor_id)
    gone = _put_away(import_id, ids)
    shut_links(actor_id=actor_id, workspace_id=workspace_id, debtors=gone)
    return ids


def finish_revert(*, actor_id: int, workspace_id: int, import_id: UUID) -> dict[str, Any]:
    """Note that it is taken back; a second time changes nothing. Answers how many stay."""
    found = get_import(workspace_id, import_id, lock=True)
    stay = session.scalar(
        select(func.count()).where(Debtor.import_id == import_id, Debtor.deleted_at.is_(None))
    )
    if found.status == ImportStatus.REVERTING:
        found.status, found.reverted_at = ImportStatus.REVERTED, now()
        found.counts = {**found.counts, "stay": stay or 0}
        audit.record(
            action="debtors.import_reverted",
            actor_id=actor_id,
            workspace_id=workspace_id,
            subject_type="import",
            subject_id=import_id,
            details={"file": found.file_name, "stay": stay or 0},
        )
    return {"stay": stay or 0}


def _select_touched(workspace_id: int, import_id: UUID) -> Any:
    def whose(id_: Any, model: Any) -> Select[tuple[int]]:
        return select(id_.label("id")).where(
            model.import_id == import_id, model.workspace_id == workspace_id
        )

    return union(
        whose(Debtor.id, Debtor), whose(Debt.debtor_id, Debt), whose(Payment.debtor_id, Payment)
    )


def _void(actor_id: int, import_id: UUID, ids: Sequence[int], reason: str) -> None:
    entered = {
        model: select(model.id).where(
            model.import_id == import_id, model.debtor_id.in_(ids), model.voided_at.is_(None)
        )
        for model in (Debt, Payment)
    }
    given = {"voided_at": now(), "voided_by_id": actor_id}
    session.execute(
        update(Allocation)
        .where(
            Allocation.voided_at.is_(None),
            or_(Allocation.debt_id.in_(entered[Debt]), Allocation.payment_id.in_(entered[Payment])),
        )
        .values(given)
        .execution_options(synchronize_session=False)
    )
    for model, those in entered.items():
        session.execute(
            update(model)
            .where(model.id.in_(those))
            .values(**given, void_reason=reason)
            .execution_options(synchronize_session=False)
        )


def _put_away(import_id: UUID, ids: Sequence[int]) -> Sequence[int]:
    live = [
        exists().where(model.debtor_id == Debtor.id, model.voided_at.is_(None))
        for model in (Debt, Payment)
    ]
    gone = session.scalars(
        update(Debtor)
        .where(
            Debtor.id.in_(ids),
            Debtor.import_id == import_id,
            Debtor.deleted_at.is_(None),
            *(~has for has in live),
        )
        .values(deleted_at=now())
        .returning(Debtor.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.expire_all()
    return gone
