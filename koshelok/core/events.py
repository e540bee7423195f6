"""One synchronous list of handlers, so that a lower feature can let an upper one react.

The lower feature declares a typed event in its `events.py` and publishes it inside its
transaction; `registry` connects the handlers, so that all of them stand in one place.
"""

from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_handlers: dict[type, list[Callable[[Any], None]]] = {}


def subscribe(event_type: type[E], handler: Callable[[E], None]) -> None:
    """Call `handler` for each event of exactly this type; twice the same is once."""
    handlers = _handlers.setdefault(event_type, [])
    if handler not in handlers:
        handlers.append(handler)


def publish(event: object) -> None:
    """Call each handler in the order of subscription, in the caller's transaction."""
    for handler in _handlers.get(type(event), ()):
        handler(event)
