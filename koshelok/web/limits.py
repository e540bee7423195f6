"""Rate limits in Redis, in memory while Redis is down; the numbers are settings."""

import logging
import time
from collections.abc import Callable
from functools import cache
from math import ceil
from typing import TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis.exceptions import RedisError

from koshelok.core.errors import TooManyRequests
from koshelok.infra.settings import Settings
from koshelok.web import auth


def _caller() -> str:
    actor = auth.peek_actor()
    return f"user:{actor.id}" if actor else f"address:{address()}"


def address() -> str:
    """The caller's address; proxies count only as far as the setting trusts them."""
    return request.remote_addr or "unknown"


def _default_limit() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.limit_default


RETRY_SECONDS = 5
logger = logging.getLogger(__name__)
F = TypeVar("F", bound=Callable[..., object])
_UNCOUNTED = "koshelok_uncounted"
limiter = Limiter(
    _caller,
    default_limits=[_default_limit],
    headers_enabled=False,
    # The request that finds Redis dead counts in memory; one that is under way just then is let
    # through uncounted, rather than refused for nothing.
    swallow_errors=True,
)


def uncounted(view: F) -> F:
    """Mark a view that the default limit leaves out: it has a limit of its own, or needs none."""
    setattr(view, _UNCOUNTED, True)
    return view


@limiter.request_filter
def _is_uncounted() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), _UNCOUNTED)


class _Memory:
    """Counts for us while Redis is down; after a failure Redis is let be for some seconds."""

    def __init__(self) -> None:
        self._failed: RateLimiter | None = None
        self._until = time.monotonic()
        self._counts = FixedWindowRateLimiter(MemoryStorage())

    def seconds_to_wait(self, item: RateLimitItem, identifiers: tuple[str, ...]) -> int:
        """0 for what is within the limit."""
        shared = limiter.limiter
        if shared is not self._failed or time.monotonic() >= self._until:
            try:
                return _seconds_to_wait(shared, item, identifiers)
            except RedisError as error:
                logger.warning("limits are counted in memory: %s", error)
                self._let_be(shared)
        return _seconds_to_wait(self._counts, item, identifiers)

    def _let_be(self, shared: RateLimiter) -> None:
        if shared is not self._failed:  # of another app: its counts are not ours
            self._counts = FixedWindowRateLimiter(MemoryStorage())
        self._failed, self._until = shared, time.monotonic() + RETRY_SECONDS


_memory = _Memory()


def _seconds_to_wait(counts: RateLimiter, item: RateLimitItem, identifiers: tuple[str, ...]) -> int:
    if counts.hit(item, *identifiers):
        return 0
    return max(1, ceil(counts.get_window_stats(item, *identifiers).reset_time - time.time()))


def hit(limit: str, *identifiers: str) -> None:
    """Count one use of a named limit ("5 per minute"); raises TooManyRequests when it is spent.

    For what the address alone cannot bound: an account, a contact.
    """
    if not limiter.enabled:
        return
    if seconds := _memory.seconds_to_wait(_parse(limit), identifiers):
        raise TooManyRequests(retry_after=seconds)


@cache
def _parse(limit: str) -> RateLimitItem:
    return parse(limit)


def seconds_left() -> int:
    """How long until the limit that this request broke lets it through again."""
    broken = limiter.current_limit
    return max(1, int(broken.reset_at - time.time())) if broken else 60


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the limiter; the RateLimitExceeded it raises becomes TooManyRequests' answer."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url,
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 1, "socket_timeout": 1},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_STRATEGY="fixed-window",
    )
    limiter.init_app(app)
