"""Where the present request comes from, for the history; None outside of a request."""

from contextvars import ContextVar

address: ContextVar[str | None] = ContextVar("address", default=None)
