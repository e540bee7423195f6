"""Opening accounts, changing their status, moving money: each inside the caller's unit of work."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from koshelok.core.errors import NotFound
from koshelok.core.ids import uuid7
from koshelok.core.money import positive
from koshelok.core.text import clean
from koshelok.infra.db import Prepared, session
from koshelok.infra.idempotency import IdempotencyKeyReused, RequestInProgress
from koshelok.ledger.errors import AccountNotEmpty, NotReversible, failure
from koshelok.ledger.models import DESCRIPTION_LIMIT, ESCROW, ISSUER, Account, Kind, Status, Type
from koshelok.ledger.queries import ZERO, Moved, find_by_key, get_transfer, moved

LOCK_NOT_AVAILABLE = "55P03"
_REVERSIBLE = {Type.TRANSFER, Type.DEPOSIT, Type.DEBT_PAYMENT}


@dataclass(frozen=True, slots=True)
class Made:
    """A transfer made now, or (`replayed`) the one that its key made before."""

    transfer: Moved
    replayed: bool


_TRANSFER = Prepared(
    text("""
    SELECT * FROM ledger_transfer(
        :id, :type, :from, :to, :amount, :commission, :actor, :key, :fingerprint,
        :description, :refusal, :reverses, :at)
""")
)


def open_account(*, status: Status = Status.FROZEN) -> int:
    """Open an empty account for a card; answers its id."""
    account = Account(kind=Kind.CARD, status=status, hot=False, balance=ZERO)
    session.add(account)
    session.flush()
    return account.id


def set_status(*, account_id: int, status: str) -> str:
    """Change what an account may do; answers what it was. Raises AccountNotEmpty on closing.

    The row is locked, so that a transfer sees the status before or after, never between. What
    is still pending is folded first: an account is closed only when nothing is on its way.
    """
    if status == Status.CLOSED:
        fold(account_id=account_id)
    account = session.scalar(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise NotFound
    if status == Status.CLOSED and account.balance != 0:
        raise AccountNotEmpty
    before = account.status
    account.status = Status(status)
    session.flush()
    return before


def transfer(
    *,
    actor_id: int,
    key: str,
    fingerprint: str,
    source: int,
    target: int,
    amount: Decimal,
    commission: Decimal = ZERO,
    type: str = Type.TRANSFER,
    description: str = "",
    refusal: str | None = None,
    at: datetime | None = None,
) -> Made:
    """Move `amount` so'm from one account to another, the commission paid by the sender on top.

    One call of one SQL function, once for each actor and key: the same key answers the same
    row again. `refusal` is a failure code that policy has decided: it is recorded.
    Raises a Refused (the failed transfer is kept), IdempotencyKeyReused for another request
    under the key, RequestInProgress after 3 seconds of waiting for a lock.
    """
    return _move(
        id=uuid7(), type=type, source=source, target=target, amount=positive(amount),
        commission=commission, actor=actor_id, key=key, fingerprint=fingerprint,
        description=clean(description, limit=DESCRIPTION_LIMIT, field="description"),
        refusal=refusal, reverses=None, at=at,
    )  # fmt: skip


def deposit(
    *, actor_id: int, key: str, fingerprint: str, target: int, amount: Decimal,
    description: str = "", at: datetime | None = None,
) -> Made:  # fmt: skip
    """Issue money onto an account; raises as transfer does."""
    return transfer(
        actor_id=actor_id, key=key, fingerprint=fingerprint, source=ISSUER, target=target,
        amount=amount, type=Type.DEPOSIT, description=description, at=at,
    )  # fmt: skip


def take_into_escrow(
    *, actor_id: int, key: str, source: int, amount: Decimal, description: str
) -> Made:
    """Keep what a buyer pays until the goods arrive; raises as transfer does."""
    return transfer(
        actor_id=actor_id, key=key, fingerprint=key, source=source, target=ESCROW,
        amount=amount, type=Type.PURCHASE, description=description,
    )  # fmt: skip


def pay_from_escrow(
    *, actor_id: int, key: str, target: int, amount: Decimal, description: str
) -> Made:
    """Send what was kept on to the seller; raises as transfer does."""
    return transfer(
        actor_id=actor_id, key=key, fingerprint=key, source=ESCROW, target=target,
        amount=amount, type=Type.PAYOUT, description=description,
    )  # fmt: skip


def reverse_purchase(
    *,
    actor_id: int,
    purchase_id: UUID,
    buyer: int,
    payout_id: UUID | None = None,
    seller: int | None = None,
    reason: str,
) -> None:
    """Give a buyer what goods cost, at most once: from escrow, or, where it was paid out, from
    the seller through escrow. `buyer` and `seller` are the accounts of today: those that paid and
    were paid may be closed by now.

    Raises as reverse does: InsufficientFunds where the seller has not got it.
    """
    _lock(ESCROW, buyer, *([seller] if seller else []))
    if payout_id is not None:
        _undo(actor_id, payout_id, Type.PAYOUT, reason, source=seller)
    _undo(actor_id, purchase_id, Type.PURCHASE, reason, target=buyer)


def reverse(*, actor_id: int, key: str, fingerprint: str, transfer_id: UUID, reason: str) -> Made:
    """Give a transfer back whole, amount and commission, at most once; never what goods cost,
    which an order counts on.

    Raises NotFound, NotReversible, and as transfer does: AlreadyReversed, InsufficientFunds
    where the receiver has not got it.
    """
    original = get_transfer(transfer_id)
    if original.status != "success" or original.type not in _REVERSIBLE:
        raise NotReversible
    return _give_back(actor_id, original, reason, key=key, fingerprint=fingerprint)


def _undo(actor_id: int, transfer_id: UUID, type_: Type, reason: str, **ends: int | None) -> None:
    original, key = get_transfer(transfer_id), str(uuid7())  # a refusal today is none tomorrow
    if original.status != "success" or original.type != type_:
        raise NotReversible
    _give_back(actor_id, original, reason, key=key, fingerprint=key, **ends)


def _give_back(
    actor_id: int,
    original: Moved,
    reason: str,
    *,
    key: str,
    fingerprint: str,
    source: int | None = None,
    target: int | None = None,
) -> Made:
    return _move(
        id=uuid7(), type=Type.REVERSAL, source=source or original.to_account_id,
        target=target or original.from_account_id, amount=original.amount,
        commission=original.commission, actor=actor_id, key=key, fingerprint=fingerprint,
        description=clean(reason, limit=DESCRIPTION_LIMIT, field="reason", required=True),
        refusal=None, reverses=original.id, at=None,
    )  # fmt: skip


def _move(*, source: int, target: int, **values: Any) -> Made:
    try:
        row = _TRANSFER(**values, **{"from": source, "to": target})[0]
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise RequestInProgress from error
        raise
    result = moved(row)
    if result.fingerprint != values["fingerprint"]:
        raise IdempotencyKeyReused
    made = Made(result, replayed=result.id != values["id"])
    return checked(made)


def checked(made: Made) -> Made:
    """What was made, if money moved; raises the Refused that a failed transfer stands for."""
    if made.transfer.failure_code is None:
        return made
    error = failure(made.transfer.failure_code)
    error.transfer_id, error.replayed = made.transfer.id, made.replayed
    raise error


def find_made(*, actor_id: int, key: str, fingerprint: str) -> Made | None:
    """What this actor's key made before, or None.

    Raises the Refused it was answered with, IdempotencyKeyReused for another request.
    """
    stored = find_by_key(actor_id, key)
    if stored is None:
        return None
    if stored.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return checked(Made(stored, replayed=True))


def _lock(*account_ids: int) -> None:
    """Take accounts in their one order, before several transfers among them in one transaction:
    each of those takes its own two only."""
    session.execute(
        select(Account.id)
        .where(Account.id.in_(account_ids))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    ).all()


def fold(*, account_id: int) -> Decimal:
    """Add what is pending on a hot account to its stored balance; answers how much."""
    folded: Decimal = session.execute(
        text("SELECT ledger_fold(:id)"), {"id": account_id}
    ).scalar_one()
    return folded
