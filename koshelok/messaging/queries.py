"""Reads of the outbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.messaging.models import Channel, Message, Status
from koshelok.messaging.rendering import compose

INBOX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of a message: queued, sent, failed or withheld, and why it did not go."""

    status: str
    error: str | None


def preview_sms(kind: str, language: str, **params: Any) -> str:
    """The text that `operations.send` would send."""
    return compose(Channel.SMS, kind, language, params)[1]


def find_deliveries(ids: Collection[int]) -> dict[int, Delivery]:
    """What came of these messages, as far as they are still kept."""
    if not ids:
        return {}
    rows = session.execute(
        select(Message.id, Message.status, Message.error).where(Message.id.in_(ids))
    )
    return {id_: Delivery(status, error) for id_, status, error in rows}


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
