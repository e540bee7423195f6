"""Workspaces and their members."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koshelok.core.clock import TASHKENT
from koshelok.infra.columns import BigId, CreatedAt
from koshelok.infra.db import Base

NAME_LIMIT = 80
MONTH_STARTS = range(1, 29)


class Kind(StrEnum):
    """What a workspace is for."""

    PERSONAL = "personal"
    SHOP = "shop"


class Role(StrEnum):
    """What a member may do: a viewer reads, an editor writes, an owner also manages."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Workspace(Base):
    """The tenant of every row; its days, weeks and months are cut in `time_zone`, and its months
    begin on the day `month_start`."""

    __tablename__ = "workspaces"
    __table_args__ = (
        CheckConstraint("kind IN ('personal', 'shop')", name="kind"),
        CheckConstraint("btrim(name) <> ''", name="name_not_blank"),
        CheckConstraint("month_start BETWEEN 1 AND 28", name="month_start"),
        Index(
            "uq_workspaces_personal_of",
            "personal_of_id",
            unique=True,
            postgresql_where=text("personal_of_id IS NOT NULL"),
        ),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    kind: Mapped[str] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(60), default=TASHKENT)
    month_start: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    personal_of_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="CASCADE")
    )
    created_at: Mapped[CreatedAt]


class Membership(Base):
    """A user's place in a workspace."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'editor', 'viewer')", name="role"),
        Index(None, "user_id"),
    )

    workspace_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[CreatedAt]

    workspace: Mapped[Workspace] = relationship(lazy="raise_on_sql")
