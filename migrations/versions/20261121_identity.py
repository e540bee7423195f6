"""People, their sessions and codes, the outbox, the history, stored answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "identity"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "idempotency_keys",
    "audit_events",
    "delivery_attempts",
    "messages",
    "failure_counts",
    "one_time_codes",
    "auth_sessions",
    "users",
)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _user_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    _people()
    _sessions_and_codes()
    _outbox()
    _history()
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JSONB(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        _user_key("idempotency_keys"),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"])


def _people() -> None:
    op.create_table(
        "users",
        _id(),
        sa.Column("username", sa.String(30)),
        sa.Column("phone_number", sa.String(16)),
        sa.Column("email", sa.String(254)),
        sa.Column("first_name", sa.String(80), nullable=False),
        sa.Column("last_name", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("avatar", sa.String(60)),
        sa.Column("created_at", INSTANT, nullable=False),
        _check("users", "reachable", "num_nonnulls(username, phone_number, email) >= 1"),
        _check("users", "role", "role IN ('USER', 'PREMIUM', 'ADMIN')"),
        _check("users", "language", "language IN ('uz', 'ru', 'en')"),
        _check("users", "username", r"username ~ '^[A-Za-z][A-Za-z0-9._-]{2,29}$'"),
        _check("users", "phone_number", r"phone_number ~ '^\+[1-9][0-9]{6,14}$'"),
        _check("users", "email", "email = lower(email)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("phone_number", name=op.f("uq_users_phone_number")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_index("uq_users_username", "users", [sa.text("lower(username)")], unique=True)


def _sessions_and_codes() -> None:
    op.create_table(
        "auth_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(3), nullable=False),
        sa.Column("user_agent", sa.String(300), nullable=False),
        sa.Column("ip", sa.String(45)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("refresh_hash", sa.String(64)),
        _check("auth_sessions", "kind", "kind IN ('web', 'api')"),
        _user_key("auth_sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_sessions")),
    )
    op.create_index(op.f("ix_auth_sessions_user_id"), "auth_sessions", ["user_id"])
    op.create_index(op.f("ix_auth_sessions_expires_at"), "auth_sessions", ["expires_at"])
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("channel", sa.String(5), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("resend_after", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        _check("one_time_codes", "purpose", "purpose IN ('register', 'reset')"),
        _check("one_time_codes", "channel", "channel IN ('sms', 'email')"),
        _check("one_time_codes", "attempts", "attempts >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    op.create_index(op.f("ix_one_time_codes_created_at"), "one_time_codes", ["created_at"])
    op.create_table(
        "failure_counts",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("blocked_until", INSTANT),
        _check("failure_counts", "failures", "failures > 0"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_failure_counts")),
    )
    op.create_index(op.f("ix_failure_counts_last_at"), "failure_counts", ["last_at"])


def _outbox() -> None:
    op.create_table(
        "messages",
        _id(),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("channel", sa.String(5), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("valid_until", INSTANT),
        sa.Column("gateway", sa.String(20)),
        sa.Column("error", sa.String(300)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        _check("messages", "channel", "channel IN ('sms', 'email')"),
        _check("messages", "status", "status IN ('queued', 'sent', 'failed', 'withheld')"),
        _check("messages", "sent_at", "(status = 'sent') = (sent_at IS NOT NULL)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_due",
        "messages",
        ["next_attempt_at"],
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index(op.f("ix_messages_created_at"), "messages", ["created_at"])
    op.create_table(
        "delivery_attempts",
        _id(),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("gateway", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(6), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
        _check("delivery_attempts", "outcome", "outcome IN ('sent', 'retry', 'failed')"),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_delivery_attempts_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
    )
    op.create_index(op.f("ix_delivery_attempts_message_id"), "delivery_attempts", ["message_id"])


def _history() -> None:
    op.create_table(
        "audit_events",
        _id(),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("actor_id", sa.BigInteger()),
        sa.Column("subject_type", sa.String(30)),
        sa.Column("subject_id", sa.String(40)),
        sa.Column("workspace_id", sa.BigInteger()),
        sa.Column("ip", sa.String(45)),
        sa.Column("details", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    for column in ("actor_id", "workspace_id", "action"):
        op.create_index(op.f(f"ix_audit_events_{column}_id"), "audit_events", [column, "id"])
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the history is append-only' USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
        """
    )
    op.execute(
        """
        CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()
        """
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_history()")
