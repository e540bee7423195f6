"""Jobs of the worker: deliver one message, find those a dead Redis left lying, forget old ones."""

from koshelok.infra.queue import enqueue
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.messaging import operations, queries


def deliver(message_id: int) -> None:
    """Deliver one message if it is due."""
    with unit_of_work():
        operations.deliver(message_id=message_id)


def sweep() -> int:
    """Enqueue every message that is due; answers how many. Safe to run twice."""
    with unit_of_work():
        due = queries.list_due()
    for message_id in due:
        enqueue("koshelok.messaging.tasks.deliver", message_id)
    return len(due)


def forget_old() -> int:
    """Delete what is past its keeping."""
    with unit_of_work():
        return operations.forget_old()
