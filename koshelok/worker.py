"""RQ entry points: the worker that drains the queue and the clock that fills it.

Both outlive Redis: when it is gone they wait and come back.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.cron import CronScheduler
from rq.job import Job

from koshelok.infra.settings import Settings
from koshelok.registry import SCHEDULE

RETRY_SECONDS = 2
logger = logging.getLogger(__name__)
for _chatty in ("rq.worker", "rq.cron"):  # three lines for every job that went well
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class AppWorker(SimpleWorker):
    """Runs each job in an application context of its own, so with a session of its own."""

    app: Flask

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """Run one job."""
        with self.app.app_context():
            return bool(super().perform_job(job, queue))

    @property
    def stopping(self) -> bool:
        """Whether a signal asked this process to end."""
        return self._shutdown_requested_date is not None


def _redis(app: Flask) -> Redis:
    settings: Settings = app.config["SETTINGS"]
    return Redis.from_url(settings.redis_url, socket_connect_timeout=5)


def run_worker(app: Flask, *, burst: bool = False) -> None:
    """Drain the queue until told to stop (or, with `burst`, until it is empty)."""
    while True:
        try:
            connection = _redis(app)
            worker = AppWorker([Queue("default", connection=connection)], connection=connection)
            worker.app = app
            worker.work(burst=burst, with_scheduler=not burst)
            if burst or worker.stopping:
                return
        except RedisError as error:
            logger.warning("worker waits for Redis: %s", error)
        time.sleep(RETRY_SECONDS)


def run_cron(app: Flask) -> None:
    """Enqueue the jobs of registry.SCHEDULE when they are due, until told to stop."""
    while True:
        try:
            scheduler = CronScheduler(connection=_redis(app))
            for job in SCHEDULE:
                scheduler.register(
                    _named(job.task),
                    "default",
                    cron=job.cron,
                    interval=job.interval,
                    job_timeout=job.timeout,
                )
            scheduler.start()
            return
        except RedisError as error:
            logger.warning("cron waits for Redis: %s", error)
            time.sleep(RETRY_SECONDS)


def _named(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    task: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)
    return task
