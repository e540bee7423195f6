"""Budgets of months, money moved between them, how a category carries on, and what is put aside."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import BigId, CreatedAt, MoneyColumn, WorkspaceId
from koshelok.infra.db import Base

DESCRIPTION_LIMIT = 200
NOTE_LIMIT = 200
_MONTH = "extract(day FROM month) = 1 AND month BETWEEN '1970-01-01' AND '2200-12-01'"


class Carry(StrEnum):
    """What of a month's rest goes into the next: nothing, what is left over, or debts too."""

    NONE = "none"
    SURPLUS = "surplus"
    BOTH = "both"


def _category() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["category_id", "workspace_id", "type"],
        ["categories.id", "categories.workspace_id", "categories.type"],
    )


class Budget(Base):
    """What a category may take in a month, which is named by its first; 0 where all of it was
    moved here from others."""

    __tablename__ = "budgets"
    __table_args__ = (
        CheckConstraint("type IN ('expense', 'saving')", name="type"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint(_MONTH, name="month"),
        _category(),
        UniqueConstraint("category_id", "month"),
        Index(None, "workspace_id", "month", "id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    category_id: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(7))
    month: Mapped[date]
    amount: Mapped[MoneyColumn]
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LIMIT), default="")
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]


class BudgetMove(Base):
    """Money that one category gave another within a month."""

    __tablename__ = "budget_moves"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("from_id <> to_id", name="two_categories"),
        CheckConstraint(_MONTH, name="month"),
        ForeignKeyConstraint(
            ["from_id", "workspace_id", "from_type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
        ),
        ForeignKeyConstraint(
            ["to_id", "workspace_id", "to_type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
        ),
        CheckConstraint("from_type IN ('expense', 'saving')", name="from_type"),
        CheckConstraint("to_type IN ('expense', 'saving')", name="to_type"),
        Index(None, "workspace_id", "month"),
        Index(None, "from_id"),
        Index(None, "to_id"),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    month: Mapped[date]
    from_id: Mapped[int] = mapped_column(BigInteger)
    from_type: Mapped[str] = mapped_column(String(7))
    to_id: Mapped[int] = mapped_column(BigInteger)
    to_type: Mapped[str] = mapped_column(String(7))
    amount: Mapped[MoneyColumn]
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]


class BudgetPlan(Base):
    """What holds for a category in all months: how it carries on and, of savings, what for, until
    when, and how much there is (`saved`, kept by sql/savings.sql, never below nothing)."""

    __tablename__ = "budget_plans"
    __table_args__ = (
        CheckConstraint("type IN ('expense', 'saving')", name="type"),
        CheckConstraint("carry IN ('none', 'surplus', 'both')", name="carry"),
        CheckConstraint("goal > 0", name="goal_positive"),
        CheckConstraint("goal IS NOT NULL OR goal_on IS NULL", name="date_of_goal"),
        CheckConstraint(
            "type = 'saving' OR goal IS NULL AND saved = 0", name="only_savings_have_goals"
        ),
        CheckConstraint("goal_on BETWEEN '1970-01-01' AND '2200-12-31'", name="goal_on"),
        CheckConstraint("saved >= 0", name="saved_not_negative"),
        _category(),
        Index(None, "workspace_id"),
    )

    category_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    workspace_id: Mapped[WorkspaceId]
    type: Mapped[str] = mapped_column(String(7))
    carry: Mapped[str] = mapped_column(String(7), default=Carry.NONE)
    goal: Mapped[MoneyColumn | None]
    goal_on: Mapped[date | None]
    saved: Mapped[MoneyColumn] = mapped_column(server_default="0", default=0)


class Earmark(Base):
    """Money put aside (above zero) or taken back (below), for one saving category."""

    __tablename__ = "earmarks"
    __table_args__ = (
        CheckConstraint("type = 'saving'", name="type"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("date BETWEEN '1970-01-01' AND '2200-12-31'", name="date_range"),
        _category(),
        Index("ix_earmarks_list", "category_id", text("date DESC"), text("id DESC")),
        Index(None, "workspace_id", "date"),
        Index(
            "uq_earmarks_client",
            "workspace_id",
            "client_id",
            unique=True,
            postgresql_where=text("client_id IS NOT NULL"),
        ),
        Index(None, "created_by_id"),
    )

    id: Mapped[BigId]
    workspace_id: Mapped[WorkspaceId]
    category_id: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(7), default="saving")
    amount: Mapped[MoneyColumn]
    date: Mapped[date]
    note: Mapped[str] = mapped_column(String(NOTE_LIMIT), default="")
    client_id: Mapped[UUID | None]
    created_by_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="SET NULL")
    )
    created_at: Mapped[CreatedAt]
