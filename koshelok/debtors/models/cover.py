"""What covers what of a debt, and what is late by day; both kept by triggers."""

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.debtors.models.book import REASON_LIMIT, Somebody, Sum
from koshelok.infra.columns import BigId, CreatedAt, Instant, MoneyColumn, WorkspaceId
from koshelok.infra.db import Base


class Kind(StrEnum):
    """What covers a part of a debt: a payment as it came, credit of an earlier one, or a
    write-off, for which no money came."""

    PAYMENT = "payment"
    CREDIT = "credit"
    WRITE_OFF = "write_off"


class Allocation(Base):
    """A part of a debt that a payment (or a write-off) covers; voided, never removed."""

    __tablename__ = "debt_allocations"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("kind IN ('payment', 'credit', 'write_off')", name="kind"),
        CheckConstraint("(kind = 'write_off') = (payment_id IS NULL)", name="payment"),
        CheckConstraint("(kind = 'write_off') = (reason IS NOT NULL)", name="reason"),
        ForeignKeyConstraint(
            ["debt_id", "debtor_id"], ["debts.id", "debts.debtor_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["payment_id", "debtor_id"], ["payments.id", "payments.debtor_id"], ondelete="CASCADE"
        ),
        Index(None, "debt_id"),
        Index(None, "payment_id"),
        Index(None, "debtor_id", "created_at", postgresql_where=text("kind = 'write_off'")),
        Index(None, "created_at", "id", postgresql_where=text("kind = 'write_off'")),
        Index(None, "created_by_id"),
        Index(None, "voided_by_id"),
    )

    id: Mapped[BigId]
    debtor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("debtors.id", ondelete="CASCADE"))
    debt_id: Mapped[int] = mapped_column(BigInteger)
    payment_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(9))
    amount: Mapped[MoneyColumn]
    reason: Mapped[str | None] = mapped_column(String(REASON_LIMIT))
    created_by_id: Mapped[Somebody]
    created_at: Mapped[CreatedAt]
    voided_at: Mapped[Instant | None]
    voided_by_id: Mapped[Somebody]


class Due(Base):
    """What of a workspace's open debts is late from a day on; written by triggers only."""

    __tablename__ = "debt_dues"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)

    workspace_id: Mapped[WorkspaceId] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[Sum]
