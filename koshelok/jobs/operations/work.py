"""What a task is given: its parameters, and how it tells of its progress and its file."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from koshelok.core.clock import now
from koshelok.infra.db import db
from koshelok.jobs import files
from koshelok.jobs.errors import Superseded
from koshelok.jobs.models import Job, Status

TOLD_EVERY = timedelta(milliseconds=500)
BEAT_SECONDS = 20
logger = logging.getLogger(__name__)


class Work:
    """One run of a job. A task may run again after a killed worker: what it writes must stand that.

    Plain values, so that a task's own transactions may come and go. Set `result` to what the
    page shall know at the end; it must be JSON.
    """

    def __init__(self, job: Job) -> None:
        self.id: UUID = job.id
        self.owner_id: int = job.owner_id
        self.kind: str = job.kind
        self.task: str = job.task
        self.params: dict[str, Any] = dict(job.params)
        self.attempt: int = job.attempts
        self.result: dict[str, Any] = {}
        self.done: int = 0
        self.total: int | None = None
        self.file: str | None = None
        self.file_name: str = ""
        self.content_type: str = ""
        self._engine = db.engine  # kept: the heart beats outside of an application context
        self._told_at = now() - TOLD_EVERY

    def advance(self, done: int, total: int | None = None) -> None:
        """Tell that `done` rows (of `total`) are through.

        Writes at most twice a second, in a transaction of its own, so that the page sees it
        while the task's own goes on. Raises Superseded where another worker took over.
        """
        self.done = done
        if total is not None:
            self.total = total
        if now() - self._told_at < TOLD_EVERY:
            return
        self._told_at = now()
        self.write(done=self.done, total=self.total, heartbeat_at=now())

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Show that this process lives while the body runs, however long one statement takes."""
        stopped = Event()
        thread = Thread(target=self._beat, args=(stopped,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def _beat(self, stopped: Event) -> None:
        while not stopped.wait(BEAT_SECONDS):
            try:
                self.write(heartbeat_at=now())
            except Superseded:
                return
            except SQLAlchemyError as error:
                logger.warning("job %s: no heartbeat: %s", self.id, error)

    def write(self, **values: Any) -> None:
        """Change the job's row at once; raises Superseded where another worker took over."""
        with self._engine.begin() as connection:
            written = connection.execute(
                update(Job)
                .where(
                    Job.id == self.id,
                    Job.status == Status.RUNNING,
                    Job.attempts == self.attempt,
                )
                .values(**values)
            )
        if written.rowcount == 0:
            raise Superseded

    @contextmanager
    def open_file(self, name: str, content_type: str) -> Iterator[Path]:
        """A path to write to; the person downloads it as `name`. Dropped if the body raises."""
        with files.new_file() as path:
            yield path
            kept = files.keep(path)
        if self.file is not None:
            files.remove(self.file)
        self.file, self.file_name, self.content_type = kept, name, content_type
