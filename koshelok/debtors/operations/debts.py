"""Writing debts down, correcting what is said of them, and taking them back."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.money import format_amount, positive
from koshelok.core.text import clean
from koshelok.debtors.errors import (
    CreditLimitExceeded,
    DebtNotFound,
    DebtorNotFound,
    DebtorPutAway,
    DueDateTooEarly,
    EntryKeyReused,
)
from koshelok.debtors.models import (
    DESCRIPTION_LIMIT,
    REASON_LIMIT,
    Allocation,
    Debt,
    Debtor,
    Payment,
)
from koshelok.debtors.operations.receipts import send_receipt
from koshelok.debtors.operations.settlement import settle
from koshelok.debtors.queries import DebtView, find_debt_by_client, get_debt, get_debtor
from koshelok.infra.db import session

FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2200, 12, 31)


def record_debt(
    *,
    actor_id: int,
    workspace_id: int,
    debtor_id: int,
    amount: Decimal,
    description: str = "",
    due_date: date | None = None,
    override_limit: bool = False,
    client_id: UUID | None = None,
    at: datetime | None = None,
) -> DebtView:
    """Write down what a debtor took, in so'm; credit pays it at once.

    The same `client_id` answers the same debt again. Raises Invalid, DebtorNotFound,
    CreditLimitExceeded unless an owner overrides it (which is logged), EntryKeyReused for
    another entry under the identifier.
    """
    amount, due_date = positive(amount), check_due_date(due_date)
    description = clean(description, limit=DESCRIPTION_LIMIT, field="description")
    debtor = get_debtor(workspace_id, debtor_id, deleted=None, lock=True)
    if client_id and (made := find_debt_by_client(workspace_id, client_id)):
        if (made.debtor, made.amount) != (debtor_id, amount):
            raise EntryKeyReused
        return made
    if debtor.deleted_at is not None:
        raise DebtorNotFound
    exceeded = _exceeded(debtor, amount)
    if exceeded and not override_limit:
        raise exceeded
    debt = Debt(
        workspace_id=workspace_id,
        debtor_id=debtor_id,
        amount=amount,
        remaining=amount,
        description=description,
        due_date=due_date,
        client_id=client_id,
        created_by_id=actor_id,
        created_at=at or now(),
    )
    debtor.last_entry_at = now()
    write_entry(debt)
    debt_id = debt.id
    if exceeded:
        _log("debt.limit_overridden", actor_id, workspace_id, debt_id, **exceeded.params)
    settle(actor_id=actor_id, debtor_id=debtor_id)
    send_receipt(
        actor_id=actor_id,
        workspace_id=workspace_id,
        debtor_id=debtor_id,
        entry="debt",
        amount=amount,
        at=at or now(),
    )
    return get_debt(workspace_id, debt_id)


def edit_debt(
    *,
    actor_id: int,
    workspace_id: int,
    debt_id: int,
    description: str | None = None,
    due_date: date | None = None,
    clear_due_date: bool = False,
) -> DebtView:
    """Change what is said of a debt; its amount never changes.

    Raises Invalid, DebtNotFound, DebtorPutAway.
    """
    debt = get_debt_row(workspace_id=workspace_id, debt_id=debt_id)
    if description is not None:
        debt.description = clean(description, limit=DESCRIPTION_LIMIT, field="description")
    if due_date is not None or clear_due_date:
        debt.due_date = check_due_date(due_date)
    session.flush()
    return get_debt(workspace_id, debt_id)


def void_debt(*, actor_id: int, workspace_id: int, debt_id: int, reason: str) -> DebtView:
    """Take a debt back, for good. What had paid it pays the next oldest, or becomes credit;
    a write-off of it goes with it. A second time changes nothing.

    Raises Invalid, DebtNotFound, DebtorPutAway.
    """
    reason = clean(reason, limit=REASON_LIMIT, field="reason", required=True)
    debt = get_debt_row(workspace_id=workspace_id, debt_id=debt_id)
    if debt.voided_at is not None:
        return get_debt(workspace_id, debt_id)
    debtor_id = debt.debtor_id
    void_allocations(actor_id=actor_id, debt_id=debt_id)
    session.execute(
        update(Debt)
        .where(Debt.id == debt_id)
        .values(voided_at=now(), voided_by_id=actor_id, void_reason=reason)
    )
    _log("debt.voided", actor_id, workspace_id, debt_id, reason=reason)
    settle(actor_id=actor_id, debtor_id=debtor_id)
    return get_debt(workspace_id, debt_id)


def write_entry(entry: Debt | Payment) -> None:
    """Write a debt or a payment; raises EntryKeyReused, and the transaction is over, where its
    identifier went to somebody else's entry at this very moment."""
    session.add(entry)
    try:
        session.flush()
    except IntegrityError as error:
        if f"uq_{entry.__tablename__}_client" not in str(error.orig):
            raise
        raise EntryKeyReused from error


def get_debt_row(*, workspace_id: int, debt_id: int) -> Debt:
    """A debt to change, its debtor locked; raises DebtNotFound, DebtorPutAway."""
    debtor_id = session.scalar(
        select(Debt.debtor_id).where(Debt.id == debt_id, Debt.workspace_id == workspace_id)
    )
    if debtor_id is None:
        raise DebtNotFound
    hold(debtor_id)
    return session.get_one(Debt, debt_id, populate_existing=True)


def hold(debtor_id: int) -> None:
    """Lock a person until the end of the transaction; raises DebtorPutAway."""
    deleted_at = session.scalar(
        select(Debtor.deleted_at).where(Debtor.id == debtor_id).with_for_update(key_share=True)
    )
    if deleted_at is not None:
        raise DebtorPutAway


def void_allocations(
    *, actor_id: int, debt_id: int | None = None, payment_id: int | None = None
) -> None:
    """Take back every live allocation to a debt, or of a payment."""
    whose = (
        Allocation.payment_id == payment_id if debt_id is None else Allocation.debt_id == debt_id
    )
    session.execute(
        update(Allocation)
        .where(whose, Allocation.voided_at.is_(None))
        .values(voided_at=now(), voided_by_id=actor_id)
    )


def check_due_date(day: date | None) -> date | None:
    """A day that a debt may be due on; raises DueDateTooEarly."""
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise DueDateTooEarly
    return day


def _exceeded(debtor: Debtor, amount: Decimal) -> CreditLimitExceeded | None:
    total = debtor.debt_total - debtor.credit + amount
    if debtor.credit_limit is None or total <= debtor.credit_limit:
        return None
    return CreditLimitExceeded(limit=format_amount(debtor.credit_limit), total=format_amount(total))


def _log(action: str, actor_id: int, workspace_id: int, debt_id: int, **details: str) -> None:
    audit.record(
        action=action,
        actor_id=actor_id,
        workspace_id=workspace_id,
        subject_type="debt",
        subject_id=debt_id,
        details=details,
    )
