"""The job queue: RQ on Redis. Enqueue only from `after_commit`, never inside a transaction."""

from functools import cache
from typing import Any

from redis import Redis
from rq import Queue, Retry

_url = ""


def configure(url: str) -> None:
    """Say which Redis holds the queue; called once by `create_app`."""
    global _url  # noqa: PLW0603  # one queue a process, known only after the settings are read
    _url = url
    connection.cache_clear()


@cache
def connection() -> "Redis":
    """One pooled Redis client a process, quick to give up so that a dead Redis delays nobody."""
    return Redis.from_url(_url, socket_connect_timeout=1, socket_timeout=5)


def queue() -> Queue:
    """The one queue that `worker` drains."""
    return Queue("default", connection=connection())


def enqueue(task: str, *args: Any, retry: Retry | None = None) -> None:
    """Run the function at this dotted path in the worker; raises redis errors if Redis is down."""
    queue().enqueue(task, *args, retry=retry)
