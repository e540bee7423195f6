"""Reads of the outbox."""

from collections.abc import Sequence

from sqlalchemy import select

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.messaging.models import Message, Status

INBOX_LIMIT = 100


def list_due() -> Sequence[int]:
    """Ids of the messages that should have left by now, the oldest first."""
    return session.scalars(
        select(Message.id)
        .where(Message.status == Status.QUEUED, Message.next_attempt_at <= now())
        .order_by(Message.next_attempt_at)
    ).all()


def find_due_locked(message_id: int) -> Message | None:
    """The message, if it is due and nobody else is delivering it; locked."""
    return session.scalar(
        select(Message)
        .where(
            Message.id == message_id,
            Message.status == Status.QUEUED,
            Message.next_attempt_at <= now(),
        )
        .with_for_update(skip_locked=True)
    )


def list_inbox() -> Sequence[Message]:
    """What the console gateway showed, newest first; for development."""
    return session.scalars(
        select(Message)
        .where(Message.gateway == "console", Message.status == Status.SENT)
        .order_by(Message.id.desc())
        .limit(INBOX_LIMIT)
    ).all()
