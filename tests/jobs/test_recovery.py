"""What is killed or cut off: a worker, Redis. Nothing is lost, nothing is done twice."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from koshelok.infra import queue
from koshelok.infra.settings import Settings
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import operations, tasks
from koshelok.worker import run_worker
from tests.conftest import Person
from tests.jobs.conftest import Start, age, fresh

ROOT = Path(__file__).resolve().parents[2]
LOST = timedelta(minutes=3)
pytestmark = pytest.mark.usefixtures("context")


def test_what_was_tried_too_often_is_given_up(start: Start) -> None:
    job = start("count", rows=1)
    for _ in range(3):
        with unit_of_work():
            assert operations.claim_job(job_id=job.id)
        age(job, heartbeat_at=LOST, created_at=LOST)
        tasks.sweep()
    assert (fresh(job).status, fresh(job).message) == ("failed", "worker_lost")


def test_a_living_worker_is_left_alone(start: Start) -> None:
    job = start("count", rows=1)
    with unit_of_work():
        assert operations.claim_job(job_id=job.id)
    age(job, heartbeat_at=timedelta(minutes=1), created_at=LOST)
    assert tasks.sweep() == 0
    assert fresh(job).status == "running"


def test_a_silent_task_still_has_a_heartbeat(
    start: Start, monkeypatch: pytest.MonkeyPatch, queries: Any
) -> None:
    monkeypatch.setattr("koshelok.jobs.operations.work.BEAT_SECONDS", 0.05)
    job = start("sleep")
    tasks.run(str(job.id))
    assert fresh(job).status == "done"
    assert len([s for s in queries.statements if s.startswith("UPDATE jobs SET heartbeat")]) > 2


def test_what_waits_in_the_queue_is_not_queued_again(start: Start) -> None:
    age(start("count", rows=1), created_at=LOST)
    assert tasks.sweep() == 0
    queue.queue().empty()
    assert tasks.sweep() == 1
    assert tasks.sweep() == 0
    assert len(queue.queue().job_ids) == 1


def test_a_dead_redis_delays_a_job_and_loses_none(
    app: Flask,
    another_app: Callable[..., Flask],
    settings: Settings,
    person: Person,
) -> None:
    with another_app(redis_url="redis://127.0.0.1:1/0").app_context(), unit_of_work():
        job = operations.start_job(
            actor_id=person.id, kind="test", task="tests.jobs.work.count", params={"rows": 2}
        )
    queue.configure(settings.redis_url)
    with app.app_context():
        age(job, created_at=timedelta(seconds=31))
        assert tasks.sweep() == 1
    run_worker(app, burst=True)
    with app.app_context():
        assert (fresh(job).status, fresh(job).attempts) == ("done", 1)


@contextmanager
def worker_process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "DATA": str(settings.data),
        "SECRET_KEY": settings.secret_key,
        "KOSHELOK_ENV": "test",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_killed_workers_job_is_done_once_by_the_next(
    app: Flask, start: Start, settings: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    job = start("linger", log=str(log))
    with worker_process(settings) as process:
        deadline = time.monotonic() + 30
        while fresh(job).done == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    assert fresh(job).status == "running"
    assert tasks.sweep() == 0
    age(job, heartbeat_at=LOST, created_at=LOST)
    assert tasks.sweep() == 1
    run_worker(app, burst=True)
    run_worker(app, burst=True)
    assert (fresh(job).status, fresh(job).done, fresh(job).attempts) == ("done", 2, 2)
    assert log.read_text().splitlines() == ["began 1", "began 2", "ended 2"]


@pytest.mark.parametrize("task", ["koshelok.jobs.tasks.sweep", "koshelok.jobs.tasks.forget_old"])
def test_the_clock_has_it(task: str) -> None:
    from koshelok.registry import SCHEDULE

    assert task in [scheduled.task for scheduled in SCHEDULE]
