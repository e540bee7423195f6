"""Finding people by a part of what they are called, new people by day, the history by time."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "admin"
down_revision = "wallet"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[2] / "koshelok" / "identity" / "sql"
KEPT_BY_TIME = ("actor_id", "action")


def upgrade() -> None:
    op.execute((SQL / "search.sql").read_text())
    op.add_column(
        "users",
        sa.Column(
            "search",
            TSVECTOR(),
            sa.Computed(
                "user_search(first_name, last_name, username, email, phone_number)", persisted=True
            ),
            nullable=False,
        ),
    )
    op.create_index(
        "ix_users_search",
        "users",
        ["search"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(op.f("ix_users_created_at"), "users", ["created_at"])
    op.create_index(op.f("ix_audit_events_at_id"), "audit_events", ["at", "id"])
    for column in KEPT_BY_TIME:
        op.drop_index(op.f(f"ix_audit_events_{column}_id"), "audit_events")
        op.create_index(
            op.f(f"ix_audit_events_{column}_at_id"), "audit_events", [column, "at", "id"]
        )


def downgrade() -> None:
    for column in KEPT_BY_TIME:
        op.drop_index(op.f(f"ix_audit_events_{column}_at_id"), "audit_events")
        op.create_index(op.f(f"ix_audit_events_{column}_id"), "audit_events", [column, "id"])
    op.drop_index(op.f("ix_audit_events_at_id"), "audit_events")
    op.drop_index(op.f("ix_users_created_at"), "users")
    op.drop_column("users", "search")
    op.execute("DROP FUNCTION user_query")
    op.execute("DROP FUNCTION user_search")
