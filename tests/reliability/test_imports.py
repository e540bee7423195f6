"""A worker that is killed in the middle of an import: another goes on, and nothing is doubled."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from koshelok.finance import import_tasks
from koshelok.finance.models import Import, Transaction
from koshelok.finance.operations import imports
from koshelok.finance.verification import verify
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import tasks
from koshelok.jobs.operations.jobs import LOST_AFTER
from koshelok.worker import run_worker
from tests.conftest import Page, Person
from tests.finance.test_imports import brought

ROWS = "Sana;Summa;Izoh\n" + "".join(f"01.11.2026;-5000;Korzinka {n % 3}\n" for n in range(40))


def _killed(app: Flask, job_id: str, at: int) -> None:
    """Run a job in a process that is killed once it has saved so many batches and a half."""
    session.remove()
    db.engine.dispose()  # nothing of this process may be used by the other
    child = os.fork()
    if not child:
        try:
            left, real = iter(range(at)), imports.import_rows.save_batch

            def save(**given: Any) -> tuple[int, int]:
                done = real(**given)
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                return done

            imports.import_rows.save_batch = save
            with app.app_context():
                tasks.run(job_id)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.fixture
def page(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser, signed in outside of an application context."""
    return browse(person)


def test_an_import_goes_on_after_its_worker_was_killed(
    app: Flask, page: Page, context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks, "AT_ONCE", 10)
    place = brought(app, page, ROWS)
    assert page.post(f"{place}/start").status_code == 303
    id_ = UUID(place.rsplit("/", 1)[1])
    _killed(app, str(session.get_one(Import, id_, populate_existing=True).job_id), at=2)
    count = select(func.count()).select_from(Transaction)
    assert session.scalar(count) == 20
    with unit_of_work():
        session.execute(text("UPDATE jobs SET heartbeat_at = heartbeat_at - :long"),
                        {"long": LOST_AFTER + timedelta(seconds=1)})  # fmt: skip
    tasks.sweep()
    run_worker(app, burst=True)
    session.rollback()
    found = session.get_one(Import, id_, populate_existing=True)
    assert (found.status, found.counts["new"], session.scalar(count)) == ("done", 40, 40)
    assert list(verify()) == []
