"""The life of a job: begun after the commit, run once, found again when lost."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import operations, tasks
from koshelok.jobs.models import Job
from koshelok.worker import run_worker
from tests.conftest import Person


@pytest.fixture
def start(context: Flask, person: Person) -> Callable[..., Job]:
    """Start a task of tests.jobs.work for `person`."""

    def make(task: str, owner: Person = person, **params: Any) -> Job:
        with unit_of_work():
            return operations.start_job(
                actor_id=owner.id, kind="test", task=f"tests.jobs.work.{task}", params=params
            )

    return make


def fresh(job: Job) -> Job:
    session.expire_all()
    return session.get_one(Job, job.id)


def test_a_worker_runs_it(app: Flask, start: Callable[..., Job]) -> None:
    job = start("count", rows=3)
    run_worker(app, burst=True)
    job = fresh(job)
    assert (job.status, job.done, job.total, job.result) == ("done", 3, 3, {"counted": 3})


def test_a_file(app: Flask, start: Callable[..., Job]) -> None:
    job = start("export", rows=3)
    tasks.run(str(job.id))
    assert fresh(job).file
