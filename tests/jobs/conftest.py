"""Starting the tasks of tests.jobs.work, and looking at what came of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import operations, tasks
from koshelok.jobs.models import Job
from tests.conftest import Person

Start = Callable[..., Job]
Run = Callable[[Job], Job]
Advance = Callable[[Job, int, int], None]


@pytest.fixture
def start(app: Flask, person: Person) -> Start:
    """Start a task for `person`, or for another `owner`."""

    def make(task: str, owner: Person = person, **params: Any) -> Job:
        with app.app_context(), unit_of_work():
            return operations.start_job(
                actor_id=owner.id, kind="test", task=f"tests.jobs.work.{task}", params=params
            )

    return make


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a job as the worker does; answers it as it is then."""

    def carry_out(job: Job) -> Job:
        with app.app_context():
            tasks.run(str(job.id))
            return session.get_one(Job, job.id)

    return carry_out


@pytest.fixture
def advance(app: Flask) -> Advance:
    """Begin a job and come so far with it."""

    def come(job: Job, done: int, total: int) -> None:
        with app.app_context():
            with unit_of_work():
                work = operations.claim_job(job_id=job.id)
            assert work is not None
            work.advance(done, total)

    return come


def fresh(job: Job) -> Job:
    """The job as the database has it now."""
    session.expire_all()
    session.rollback()
    return session.get_one(Job, job.id)


def age(job: Job, **columns: timedelta) -> None:
    """Set instants of the job so far back."""
    with unit_of_work():
        values = {name: now() - back for name, back in columns.items()}
        session.execute(update(Job).where(Job.id == job.id).values(**values))
