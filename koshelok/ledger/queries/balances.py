"""Balances (stored and pending in one statement) and transfers.

`ACCOUNTS` and `TRANSFERS` are what the features above join their own rows with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, SQLColumnExpression, case, exists, func, select

from koshelok.core.errors import NotFound
from koshelok.infra.db import session
from koshelok.ledger.models import ESCROW, ISSUER, PLATFORM, Account, Pending, Posting, Transfer

ZERO = Decimal("0.00")
_PENDING = (
    select(func.coalesce(func.sum(Pending.amount), 0))
    .where(Pending.account_id == Account.id)
    .correlate(Account)
    .scalar_subquery()
)
ACCOUNTS = select(
    Account.id,
    Account.kind,
    Account.status,
    Account.hot,
    Account.created_at,
    (Account.balance + case((Account.hot, _PENDING), else_=0)).label("balance"),
).subquery("accounts")
TRANSFERS = Transfer.__table__


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer as the ledger keeps it; amounts in so'm."""

    id: UUID
    type: str
    status: str
    from_account_id: int
    to_account_id: int
    amount: Decimal
    commission: Decimal
    actor_id: int
    idempotency_key: str
    fingerprint: str
    description: str
    failure_code: str | None
    reverses_id: UUID | None
    created_at: datetime
    completed_at: datetime


def moved(row: Row[*tuple[object, ...]]) -> Moved:
    """A row of ledger_transfers, its columns in their order."""
    return Moved(*row)  # type: ignore[arg-type]  # the columns are those of the dataclass


def get_transfer(transfer_id: UUID) -> Moved:
    """A transfer by id; raises NotFound."""
    row = session.execute(select(*TRANSFERS.c).where(TRANSFERS.c.id == transfer_id)).first()
    if row is None:
        raise NotFound
    return moved(row)


def find_by_key(actor_id: int, key: str) -> Moved | None:
    """What this actor's key answered before."""
    row = session.execute(
        select(*TRANSFERS.c).where(
            TRANSFERS.c.actor_id == actor_id, TRANSFERS.c.idempotency_key == key
        )
    ).first()
    return None if row is None else moved(row)


def find_reversal(transfer_id: UUID) -> Moved | None:
    """The successful reversal of a transfer."""
    row = session.execute(
        select(*TRANSFERS.c).where(
            TRANSFERS.c.reverses_id == transfer_id, TRANSFERS.c.status == "success"
        )
    ).first()
    return None if row is None else moved(row)


def reversal_of(transfer_id: SQLColumnExpression[UUID | None]) -> ColumnElement[bool]:
    """Whether the transfer that a row of another feature names was taken back."""
    return exists().where(TRANSFERS.c.reverses_id == transfer_id, TRANSFERS.c.status == "success")


def list_balances(account_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """Stored and pending money of accounts, exact at this instant."""
    rows = session.execute(
        select(ACCOUNTS.c.id, ACCOUNTS.c.balance).where(ACCOUNTS.c.id.in_(account_ids))
    )
    return {id_: balance for id_, balance in rows}  # noqa: C416  # rows are typed loosely


def get_balance(account_id: int) -> Decimal:
    """Stored and pending money of an account; raises NotFound."""
    balances = list_balances([account_id])
    if account_id not in balances:
        raise NotFound
    return balances[account_id]


def get_platform_balance() -> Decimal:
    """What the platform has earned and holds."""
    return get_balance(PLATFORM)


def sum_card_balances() -> Decimal:
    """All money on cards: what was issued less what the house holds, at the cost of three rows."""
    return -sum(list_balances([PLATFORM, ISSUER, ESCROW]).values(), ZERO)


def list_postings(transfer_id: UUID) -> Sequence[Posting]:
    """What a transfer did to each account, in the order of the entries; a refused one has none."""
    return session.scalars(
        select(Posting).where(Posting.transfer_id == transfer_id).order_by(Posting.id)
    ).all()


def list_accounts_with_pending() -> Sequence[int]:
    """Accounts that a fold would change."""
    return session.scalars(select(Pending.account_id).distinct().order_by(Pending.account_id)).all()
