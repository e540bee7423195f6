"""Sending: written in the caller's transaction, delivered after it, retried while of use."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.infra.queue import enqueue
from koshelok.infra.unit_of_work import after_commit
from koshelok.messaging.gateways import GatewayRefused, GatewayUnavailable, gateway_for
from koshelok.messaging.models import Channel, DeliveryAttempt, Message, Status
from koshelok.messaging.queries import find_due_locked
from koshelok.messaging.rendering import compose

BACKOFF_SECONDS = (10, 30, 60, 300, 900, 3600)
MAX_ATTEMPTS = len(BACKOFF_SECONDS) + 1
KEPT = timedelta(days=90)
ERROR_LIMIT = 300
_TASK = "koshelok.messaging.tasks.deliver"

logger = logging.getLogger(__name__)


def send(
    *,
    to: str,
    channel: str,
    kind: str,
    language: str,
    valid_until: datetime | None = None,
    withheld: bool = False,
    **params: Any,
) -> int:
    """Write a message to be delivered once this transaction has committed; answers its id.

    `valid_until` is when it is of no more use. A `withheld` one takes the same time and the
    same path and never leaves: whoever asks cannot tell a known contact from an unknown one.
    """
    subject, text = compose(Channel(channel), kind, language, params)
    message = Message(
        kind=kind,
        channel=channel,
        recipient=to,
        subject=subject,
        text=text,
        status=Status.WITHHELD if withheld else Status.QUEUED,
        next_attempt_at=now(),
        valid_until=valid_until,
    )
    session.add(message)
    session.flush()
    if withheld:
        _blank(message)
    message_id = message.id
    after_commit(lambda: enqueue(_TASK, message_id))
    return message_id


def deliver(*, message_id: int) -> None:
    """Hand a due message to its gateway, and write down what came of it.

    The row is locked meanwhile, so that no other worker sends it too.
    """
    message = find_due_locked(message_id)
    if message is None:
        return
    gateway = gateway_for(message.channel)
    message.gateway = gateway.name
    message.attempts += 1
    if message.valid_until is not None and message.valid_until <= now():
        _fail(message, "too late to be of use")
        return
    try:
        reference = gateway.send(message)
    except GatewayRefused as error:
        _fail(message, str(error))
    except GatewayUnavailable as error:
        _retry(message, str(error))
    except Exception as error:  # a mistake of ours must not send the same message round for ever
        logger.exception("gateway %s failed", gateway.name)
        _retry(message, type(error).__name__)
    else:
        message.status, message.sent_at, message.error = Status.SENT, now(), None
        _log(message, "sent", reference)
        if gateway.name != "console":
            _blank(message)


def _retry(message: Message, error: str) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        _fail(message, error)
        return
    wait = BACKOFF_SECONDS[message.attempts - 1]
    message.next_attempt_at = now() + timedelta(seconds=wait)
    message.error = error[:ERROR_LIMIT]
    _log(message, "retry", error)


def _fail(message: Message, error: str) -> None:
    message.status, message.error = Status.FAILED, error[:ERROR_LIMIT]
    _log(message, "failed", error)
    _blank(message)


def _log(message: Message, outcome: str, detail: str) -> None:
    session.add(
        DeliveryAttempt(
            message_id=message.id,
            gateway=message.gateway,
            outcome=outcome,
            detail=detail[:ERROR_LIMIT],
        )
    )
    session.flush()
    if outcome != "sent":
        logger.warning("message %s by %s: %s: %s", message.id, message.gateway, outcome, detail)


def _blank(message: Message) -> None:
    """Nobody needs the text any more, and it may hold a code."""
    message.text = ""
    session.flush()


def forget_recipient(*, to: str) -> None:
    """Delete all that was sent to a phone or e-mail: nobody is there any more."""
    session.execute(delete(Message).where(Message.recipient == to))


def forget_old() -> int:
    """Delete messages past their keeping, with their log; answers how many."""
    gone = session.scalars(
        delete(Message).where(Message.created_at < now() - KEPT).returning(Message.id)
    )
    return len(gone.all())
