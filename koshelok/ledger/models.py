"""Accounts, transfers, postings, what waits to be folded, the seals and figures of past days.

Written by the functions of sql/ only; triggers there refuse every other way.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import BigId, CreatedAt, Instant, MoneyColumn
from koshelok.infra.db import Base

PLATFORM = 1
ISSUER = 2
ESCROW = 3
KEY_LIMIT = 200
DESCRIPTION_LIMIT = 200
SUCCEEDED = text("status = 'success'")


class Kind(StrEnum):
    """Whose money an account holds; the house has one account of each other kind."""

    CARD = "card"
    PLATFORM = "platform"
    ISSUER = "issuer"
    ESCROW = "escrow"


class Status(StrEnum):
    """Only an ACTIVE account sends and receives; CLOSED is for good."""

    FROZEN = "FROZEN"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    CLOSED = "CLOSED"


class Type(StrEnum):
    """Why money moved."""

    TRANSFER = "transfer"
    DEPOSIT = "deposit"
    PURCHASE = "purchase"
    PAYOUT = "payout"
    REFUND = "refund"
    DEBT_PAYMENT = "debt_payment"
    REVERSAL = "reversal"


TURNOVER = (Type.TRANSFER, Type.PURCHASE, Type.DEBT_PAYMENT)
"""Of these, the amounts are what people paid each other."""


class Outcome(StrEnum):
    """Whether money moved; a refusal is kept too, so that refusals can be counted."""

    SUCCESS = "success"
    FAILED = "failed"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class Account(Base):
    """A place where money is. A hot account is credited through LedgerPending, never locked.

    Its balance is `balance` and what is pending, read in one statement (queries.ACCOUNTS).
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        CheckConstraint(_one_of("kind", Kind), name="kind"),
        CheckConstraint(_one_of("status", Status), name="status"),
        CheckConstraint(f"(id = {PLATFORM}) = (kind = 'platform')", name="one_platform"),
        CheckConstraint(f"(id = {ISSUER}) = (kind = 'issuer')", name="one_issuer"),
        CheckConstraint(f"(id = {ESCROW}) = (kind = 'escrow')", name="one_escrow"),
        CheckConstraint("balance >= 0 OR kind = 'issuer'", name="balance_not_negative"),
        CheckConstraint("status <> 'CLOSED' OR balance = 0", name="closed_is_empty"),
        CheckConstraint("hot OR kind = 'card'", name="house_is_hot"),
        Index(None, "kind", "status"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[BigId]
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10))
    hot: Mapped[bool] = mapped_column(default=False)
    balance: Mapped[MoneyColumn]
    created_at: Mapped[CreatedAt]


class Transfer(Base):
    """One movement of money between two accounts, or its refusal; never changed, never removed.

    `amount` reaches the receiver; the sender pays it and the commission, which goes to the
    platform. A reversal gives the commission of what it reverses back to who had paid it.
    """

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        CheckConstraint(_one_of("type", Type), name="type"),
        CheckConstraint(_one_of("status", Outcome), name="status"),
        CheckConstraint("(status = 'failed') = (failure_code IS NOT NULL)", name="failure_code"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("commission >= 0", name="commission_not_negative"),
        CheckConstraint("from_account_id <> to_account_id", name="two_accounts"),
        CheckConstraint(
            f"commission = 0 OR {PLATFORM} NOT IN (from_account_id, to_account_id)",
            name="commission_of_others",
        ),
        CheckConstraint(
            f"type = 'reversal' OR (type = 'deposit') = (from_account_id = {ISSUER})",
            name="deposit_from_issuer",
        ),
        CheckConstraint(
            f"type = 'reversal' OR (type = 'purchase') = (to_account_id = {ESCROW})",
            name="purchase_to_escrow",
        ),
        CheckConstraint(
            f"type = 'reversal' OR (type = 'payout') = (from_account_id = {ESCROW})",
            name="payout_from_escrow",
        ),
        CheckConstraint("(type = 'reversal') = (reverses_id IS NOT NULL)", name="reverses"),
        CheckConstraint("idempotency_key <> ''", name="idempotency_key"),
        Index("uq_ledger_transfers_key", "actor_id", "idempotency_key", unique=True),
        Index(
            "uq_ledger_transfers_reverses",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL AND status = 'success'"),
        ),
        Index("ix_ledger_transfers_from", "from_account_id", "created_at", "id"),
        Index("ix_ledger_transfers_to", "to_account_id", "created_at", "id"),
        Index("ix_ledger_transfers_list", "created_at", "id"),
        # The few that are not plain transfers are found among a million of those.
        Index(
            "ix_ledger_transfers_failed",
            "actor_id",
            "created_at",
            "id",
            postgresql_where=text("status = 'failed'"),
        ),
        Index(
            "ix_ledger_transfers_other_from",
            "from_account_id",
            "created_at",
            "id",
            postgresql_where=text("type <> 'transfer'"),
        ),
        Index(
            "ix_ledger_transfers_other_to",
            "to_account_id",
            "created_at",
            "id",
            postgresql_where=text("type <> 'transfer'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(7))
    from_account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ledger_accounts.id"))
    to_account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ledger_accounts.id"))
    amount: Mapped[MoneyColumn]
    commission: Mapped[MoneyColumn]
    actor_id: Mapped[int] = mapped_column(BigInteger)
    idempotency_key: Mapped[str] = mapped_column(String(KEY_LIMIT))
    fingerprint: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LIMIT))
    failure_code: Mapped[str | None] = mapped_column(String(40))
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    created_at: Mapped[Instant]
    completed_at: Mapped[Instant]


class Posting(Base):
    """What a transfer did to one account. `balance_after` is unknown (NULL) on a hot one.

    Ids of one account's postings run in the order in which they happened: each is drawn while
    the account is locked. That transfer, account and amount fit is a trigger's business, which
    asks more than foreign keys would and locks nothing.
    """

    __tablename__ = "ledger_postings"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("uq_ledger_postings_transfer", "transfer_id", "account_id", unique=True),
        Index("ix_ledger_postings_created_at", "created_at", postgresql_using="brin"),
    )

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    transfer_id: Mapped[UUID]
    amount: Mapped[MoneyColumn]
    balance_after: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    created_at: Mapped[Instant]


class Pending(Base):
    """A posting to a hot account that its stored balance does not hold yet."""

    __tablename__ = "ledger_pending"

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    amount: Mapped[MoneyColumn]


class Seal(Base):
    """A digest over a past day's postings and the seal before it: history cannot be edited."""

    __tablename__ = "ledger_seals"
    __table_args__ = (CheckConstraint("postings >= 0", name="postings"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    postings: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Day(Base):
    """The figures of a past day; the present one is summed as it is asked for."""

    __tablename__ = "ledger_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    succeeded: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    turnover: Mapped[Decimal] = mapped_column(Numeric(24, 2))
    commission: Mapped[Decimal] = mapped_column(Numeric(24, 2))
