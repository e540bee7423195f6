"""The life of a job: begun after the commit, run once, told as it goes."""

import logging
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.identity.queries import get_user
from koshelok.infra.db import session
from koshelok.infra.queue import queue
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import files, operations, tasks
from koshelok.jobs.errors import Superseded, TooManyJobs
from koshelok.jobs.models import Job
from koshelok.jobs.operations import Work
from koshelok.jobs.operations.jobs import MAX_UNFINISHED
from koshelok.worker import run_worker
from tests.conftest import Person
from tests.jobs.conftest import Start, age, fresh

pytestmark = pytest.mark.usefixtures("context")


def claim(job: Job) -> Work:
    with unit_of_work():
        work = operations.claim_job(job_id=job.id)
    assert work is not None
    return work


@pytest.fixture(autouse=True)
def _no_files_left(app: Flask) -> None:
    with app.app_context():
        for path in files.folder().iterdir():
            path.unlink()


def test_refuses_more_than_one_person_may_have_waiting(
    start: Start, make_person: Any, person: Person
) -> None:
    for _ in range(MAX_UNFINISHED):
        start("count", rows=1)
    with pytest.raises(TooManyJobs):
        start("count", rows=1)
    start("count", owner=make_person(), rows=1)


def test_a_rolled_back_job_never_begins(context: Flask, person: Person) -> None:
    def fail() -> None:
        with unit_of_work():
            operations.start_job(actor_id=person.id, kind="test", task="x.y", params={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert queue().job_ids == []
    assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_refused_rule_keeps_its_code_and_sentence_and_no_file(start: Start) -> None:
    for task in ("refuse", "refuse_late"):
        job = start(task, rows=2)
        tasks.run(str(job.id))
        job = fresh(job)
        assert (job.status, job.message, job.file) == ("failed", "refused_here", None)
        assert job.result == {"message": "At most %(limit)s characters.", "params": {"limit": 5}}
    assert list(files.folder().iterdir()) == []


@pytest.mark.parametrize("task", ["crash", "unreadable", "nothing_like_this"])
def test_a_mistake_of_ours_is_logged_and_told_plainly(
    start: Start, task: str, caplog: pytest.LogCaptureFixture
) -> None:
    job = start(task, rows=2)
    with caplog.at_level(logging.ERROR, "koshelok.jobs.tasks"):
        tasks.run(str(job.id))
    job = fresh(job)
    assert (job.status, job.message, job.result) == ("failed", "internal_error", {})
    assert str(job.id) in caplog.text
    assert list(files.folder().iterdir()) == []


def test_an_unknown_job_is_nobodys_business(context: Flask) -> None:
    tasks.run(str(uuid4()))


def test_a_failed_task_takes_its_own_transaction_back_and_not_its_progress(
    start: Start, person: Person
) -> None:
    job = start("watch")
    tasks.run(str(job.id))
    assert (fresh(job).done, fresh(job).total) == (7, 9)
    assert get_user(person.id).first_name != "Changed"


def test_a_worker_that_was_thought_dead_writes_nothing_more(start: Start) -> None:
    job = start("count", rows=1)
    first = claim(job)
    age(job, heartbeat_at=timedelta(minutes=3), created_at=timedelta(minutes=3))
    assert tasks.sweep() == 0  # still in the queue since its start
    second = claim(job)
    with first.open_file("a.csv", "text/csv") as path:
        path.write_text("first")
    with pytest.raises(Superseded):
        first.advance(1)
    with pytest.raises(Superseded):
        operations.finish_job(work=first)
    assert list(files.folder().iterdir()) == []
    operations.finish_job(work=second)
    assert (fresh(job).status, fresh(job).attempts) == ("done", 2)


def test_a_superseded_run_leaves_the_job_to_the_other(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = start("count", rows=1)

    def lose(work: Work) -> None:
        age(job, heartbeat_at=timedelta(minutes=3))
        tasks.sweep()
        claim(job)

    monkeypatch.setattr("tests.jobs.work.count", lose)
    tasks.run(str(job.id))
    assert (fresh(job).status, fresh(job).attempts) == ("running", 2)
    assert "another worker" in caplog.text


def test_two_workers_at_once_run_it_once(app: Flask, start: Start) -> None:
    job = start("count", rows=1)
    ready, won = Barrier(4), []

    def take() -> None:
        with app.app_context():
            ready.wait()
            with unit_of_work():
                won.append(operations.claim_job(job_id=job.id))

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([work for work in won if work]) == 1


def test_a_finished_job_is_not_run_again(start: Start) -> None:
    job = start("count", rows=3)
    tasks.run(str(job.id))
    tasks.run(str(job.id))
    assert (fresh(job).status, fresh(job).attempts) == ("done", 1)


def test_a_worker_runs_it_and_keeps_its_result(app: Flask, start: Start) -> None:
    job = start("count", rows=3)
    assert queue().job_ids == [str(job.id)]
    run_worker(app, burst=True)
    job = fresh(job)
    assert (job.status, job.done, job.total, job.result) == ("done", 3, 3, {"counted": 3})
    assert job.started_at is not None
    assert job.finished_at is not None


def test_progress_is_seen_at_once_and_written_seldom(start: Start, queries: Any) -> None:
    job = start("count", rows=1)
    work = claim(job)
    queries.statements.clear()
    for done in range(1, 1001):
        work.advance(done, 1000)
    assert 1 <= len([s for s in queries.statements if s.startswith("UPDATE jobs")]) <= 3
    assert fresh(job).done >= 1
    assert fresh(job).total == 1000


def test_a_file_is_private_and_bears_a_random_name(start: Start) -> None:
    job = start("export", rows=3)
    tasks.run(str(job.id))
    job = fresh(job)
    (path,) = files.folder().iterdir()
    assert path.name == job.file
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.read_bytes() == b"\xef\xbb\xbfn\r\n0\r\n1\r\n2\r\n"
    assert (job.file_name, job.content_type) == ("sonlar.csv", "text/csv")


def test_the_last_of_several_files_is_kept(start: Start) -> None:
    work = claim(start("export", rows=1))
    for text in ("first", "second"):
        with work.open_file("a.csv", "text/csv") as path:
            path.write_text(text)
    assert [path.read_text() for path in files.folder().iterdir()] == ["second"]


def test_files_go_after_a_week_and_jobs_after_a_month(start: Start) -> None:
    import os

    old, older, recent = (start("export", rows=1) for _ in range(3))
    for job in (old, older, recent):
        tasks.run(str(job.id))
    age(old, finished_at=timedelta(days=8))
    age(older, finished_at=timedelta(days=31))
    week = (now() - timedelta(days=8)).timestamp()
    for job in (old, older):
        os.utime(files.folder() / str(fresh(job).file), (week, week))
    assert tasks.forget_old() == 1
    assert [path.name for path in files.folder().iterdir()] == [fresh(recent).file]
    assert fresh(old).file is None
    assert session.get(Job, older.id) is None


@pytest.mark.parametrize(
    "values",
    [
        {"status": "lost"},
        {"status": "done"},
        {"status": "running"},
        {"finished_at": now()},
        {"done": -1},
        {"total": -1},
        {"file": "a"},
    ],
)
def test_the_database_refuses(start: Start, values: dict[str, Any]) -> None:
    job = start("count", rows=1)
    with pytest.raises(IntegrityError), unit_of_work():
        session.execute(update(Job).where(Job.id == job.id).values(**values))
