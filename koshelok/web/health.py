"""Whether it lives and whether it can work, and its figures for Prometheus."""

import time
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from redis.exceptions import RedisError
from sqlalchemy import QueuePool, text
from sqlalchemy.exc import SQLAlchemyError

from koshelok.infra.db import db, session
from koshelok.infra.difference import last_figures
from koshelok.infra.queue import connection, queue
from koshelok.web import access
from koshelok.web.limits import uncounted

bp = Blueprint("health", __name__)
registry = CollectorRegistry()
requests_total = Counter(
    "koshelok_requests_total",
    "Requests answered",
    ["method", "endpoint", "status"],
    registry=registry,
)
latency = Histogram(
    "koshelok_request_seconds", "Time to answer", ["endpoint"], registry=registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
pool_in_use = Gauge(
    "koshelok_db_connections_in_use", "Database connections in use", registry=registry
)
queue_depth = Gauge("koshelok_queue_depth", "Jobs waiting", registry=registry)
verification_differences = Gauge(
    "koshelok_verification_differences", "Differences the last verification found", ["check"],
    registry=registry,
)  # fmt: skip


@bp.get("/healthz")
@access.public
@uncounted
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain")


@bp.get("/readyz")
@access.public
@uncounted
def ready() -> tuple[Response, int]:
    """The database, Redis and the migrations are as the code needs them."""
    checks = {"database": _database(), "migrations": _migrations(), "redis": _redis()}
    return jsonify(checks), 200 if all(checks.values()) else 503


@bp.get("/metrics")
@access.public
@uncounted
def metrics() -> Response:
    """Prometheus text."""
    pool = db.engine.pool
    pool_in_use.set(pool.checkedout() if isinstance(pool, QueuePool) else 0)
    try:
        queue_depth.set(queue().count)
        for check, count in last_figures().items():
            verification_differences.labels(check).set(count)
    except RedisError:
        queue_depth.set(-1)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    try:
        return bool(session.scalar(text("SELECT 1")) == 1)
    except SQLAlchemyError:
        session.rollback()
        return False


def _migrations() -> bool:
    directory = current_app.extensions["migrate"].directory
    head = ScriptDirectory(directory).get_current_head()
    try:
        return MigrationContext.configure(session.connection()).get_current_revision() == head
    except SQLAlchemyError:
        session.rollback()
        return False


def _redis() -> bool:
    try:
        return bool(connection().ping())
    except RedisError:
        return False


def _started() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    counter, histogram = _figures(request.method, endpoint, response.status_code)
    counter.inc()
    histogram.observe(time.perf_counter() - g.get("started", time.perf_counter()))
    return response


@cache
def _figures(method: str, endpoint: str, status: int) -> tuple[Counter, Histogram]:
    return requests_total.labels(method, endpoint, status), latency.labels(endpoint)


def init_app(app: Flask) -> None:
    """Time every request and mount the routes."""
    app.before_request(_started)
    app.after_request(_count)
    app.register_blueprint(bp)
