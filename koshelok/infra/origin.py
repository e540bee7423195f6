"""Where the present request comes from, for the history; None in the worker and on the command line."""

from contextvars import ContextVar

address: ContextVar[str | None] = ContextVar("address", default=None)
