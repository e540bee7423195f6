"""Cards, cards saved under a name, and where a person's transfers are written down."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import CreatedAt, PublicId, UserId, WorkspaceId
from koshelok.infra.db import Base

NUMBER_PATTERN = r"^7777[0-9]{12}$"
ALIAS_LIMIT = 60


class Card(Base):
    """A person's card; its balance and status are its account's (ledger.queries.ACCOUNTS)."""

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint(f"number ~ '{NUMBER_PATTERN}'", name="number"),
        Index(None, "owner_id", "created_at", "id"),
        Index(None, "expiry_date"),
        Index("ix_cards_list", "created_at", "id"),
    )

    id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(String(16), unique=True)
    owner_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="RESTRICT"))
    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ledger_accounts.id", ondelete="RESTRICT"), unique=True
    )
    expiry_date: Mapped[date]
    frozen_by_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[CreatedAt]


class SavedCard(Base):
    """Somebody's card under a name of one's own; a card is saved once."""

    __tablename__ = "saved_cards"
    __table_args__ = (
        CheckConstraint("btrim(alias) <> ''", name="alias_not_blank"),
        Index("uq_saved_cards_card", "owner_id", "card_id", unique=True),
        Index(None, "owner_id", "alias", "id"),
        Index(None, "card_id"),
    )

    id: Mapped[PublicId]
    owner_id: Mapped[UserId]
    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id", ondelete="RESTRICT"))
    alias: Mapped[str] = mapped_column(String(ALIAS_LIMIT))
    created_at: Mapped[CreatedAt]


class Wallet(Base):
    """Where a person's transfers become records, and whether they do (sql/records.sql)."""

    __tablename__ = "wallets"
    __table_args__ = (
        Index(None, "workspace_id"),
        Index(None, "expense_category_id"),
        Index(None, "income_category_id"),
    )

    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    records: Mapped[bool] = mapped_column(default=True)
    workspace_id: Mapped[WorkspaceId]
    expense_category_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="CASCADE")
    )
    income_category_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("categories.id", ondelete="CASCADE")
    )
