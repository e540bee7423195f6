"""Rate limits in Redis, in memory while Redis is down; the numbers are settings."""

import time
from math import ceil

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import parse

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


limiter = Limiter(
    _caller,
    default_limits=[_default_limit],
    headers_enabled=False,
    swallow_errors=False,
)


def hit(limit: str, *identifiers: str) -> None:
    """Count one use of a named limit ("5 per minute"); raises TooManyRequests when it is spent.

    For what the address alone cannot bound: an account, a contact. Falls back to memory with
    the limiter's own storage.
    """
    if not limiter.enabled:
        return
    item = parse(limit)
    if not limiter.limiter.hit(item, *identifiers):
        reset = limiter.limiter.get_window_stats(item, *identifiers).reset_time
        raise TooManyRequests(retry_after=ceil(reset - time.time()))


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
