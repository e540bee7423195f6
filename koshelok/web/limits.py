"""Rate limits in Redis, in memory while Redis is down; the numbers are settings."""

import logging
import time
from math import ceil

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
limiter = Limiter(
    _caller,
    default_limits=[_default_limit],
    headers_enabled=False,
    # The request that finds Redis dead counts in memory; one that is under way just then is let
    # through uncounted, rather than refused for nothing.
    swallow_errors=True,
)


class _Memory:
    """Counts for us while Redis is down; after a failure Redis is let be for some seconds."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._until = time.monotonic()

    def seconds_to_wait(self, item: RateLimitItem, identifiers: tuple[str, ...]) -> int:
        """0 for what is within the limit."""
        if time.monotonic() >= self._until:
            try:
                return _seconds_to_wait(limiter.limiter, item, identifiers)
            except RedisError as error:
                self._until = time.monotonic() + RETRY_SECONDS
                logger.warning("limits are counted in memory: %s", error)
        return _seconds_to_wait(self._limiter, item, identifiers)


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
    if seconds := _memory.seconds_to_wait(parse(limit), identifiers):
        raise TooManyRequests(retry_after=seconds)


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
