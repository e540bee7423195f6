"""Stored answers: the same key and body answer the same result again, kept 24 hours at least."""

from datetime import timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, String, delete, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.core.clock import now
from koshelok.core.errors import DomainError, Invalid
from koshelok.infra.columns import CreatedAt
from koshelok.infra.db import Base, session
from koshelok.infra.unit_of_work import unit_of_work

KEPT = timedelta(hours=25)
WAIT = "3s"


class IdempotencyKeyReused(Invalid):
    """The same key came with another request."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used for another request."


class RequestInProgress(DomainError):
    """The first request with this key has not answered yet."""

    code = "request_in_progress"
    message = "The same request is still being worked on. Ask again in a moment."


class StoredAnswer(Base):
    """What a keyed request answered; written in the transaction of what it did."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    body: Mapped[str] = mapped_column(default="")
    created_at: Mapped[CreatedAt]


def claim(user_id: int, key: str, fingerprint: str) -> bool:
    """Take the key, waiting for another transaction that holds it (3 seconds, then 55P03)."""
    session.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    taken = session.scalar(
        pg_insert(StoredAnswer)
        .values(user_id=user_id, key=key, fingerprint=fingerprint, created_at=now())
        .on_conflict_do_nothing()
        .returning(StoredAnswer.key)
    )
    session.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    return taken is not None


def release(user_id: int, key: str) -> None:
    """Give a claimed key back: its request may be tried again."""
    session.execute(delete(StoredAnswer).filter_by(user_id=user_id, key=key))


def find_answer(user_id: int, key: str) -> StoredAnswer | None:
    """The answer stored under a key."""
    return session.scalar(select(StoredAnswer).filter_by(user_id=user_id, key=key))


def store(user_id: int, key: str, status: int, body: str, headers: dict[str, str]) -> None:
    """Keep the answer for a claimed key."""
    session.execute(
        update(StoredAnswer)
        .filter_by(user_id=user_id, key=key)
        .values(status=status, body=body, headers=headers)
    )


def forget_old() -> int:
    """Delete answers past their keeping; returns how many. A job of the clock."""
    with unit_of_work():
        gone = session.scalars(
            delete(StoredAnswer)
            .where(StoredAnswer.created_at < now() - KEPT)
            .returning(StoredAnswer.key)
        ).all()
    return len(gone)
