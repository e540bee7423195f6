"""Functions that the worker runs in these tests, named by their dotted paths."""

import time
from pathlib import Path

from sqlalchemy import text

from koshelok.core.errors import DomainError
from koshelok.infra.db import session
from koshelok.infra.tables import write_csv
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.operations import Work


class Refused(DomainError):
    """A rule of the test's."""

    code = "refused_here"
    message = "At most %(limit)s characters."


def count(work: Work) -> None:
    """Answer how far it was told to count."""
    for done in range(work.params["rows"]):
        work.advance(done + 1, work.params["rows"])
    work.result = {"counted": work.params["rows"]}


def refuse(work: Work) -> None:
    """Break a rule, a file half made."""
    with work.open_file("half.csv", "text/csv") as path:
        path.write_text("half")
        raise Refused(limit=5)


def refuse_late(work: Work) -> None:
    """Break a rule, a file already made."""
    export(work)
    raise Refused(limit=5)


def crash(work: Work) -> None:
    """A mistake of ours, in the middle of a transaction."""
    session.execute(text("SELECT 1"))
    session.execute(text("SELECT nothing_like_this"))


def unreadable(work: Work) -> None:
    """A result that is not JSON."""
    export(work)
    work.result = {"what": object()}


def export(work: Work) -> None:
    """Write a file of so many rows."""
    rows = ([number] for number in range(work.params["rows"]))
    with work.open_file("sonlar.csv", "text/csv") as path:
        write_csv(path, ["n"], rows, progress=work.advance)


def linger(work: Work) -> None:
    """Say that it began; the first time, go on until killed."""
    log = Path(work.params["log"])
    with log.open("a") as file:
        file.write(f"began {work.attempt}\n")
    work.advance(1, 2)
    if work.attempt == 1:
        time.sleep(60)
    work.advance(2)
    with log.open("a") as file:
        file.write(f"ended {work.attempt}\n")


def sleep(work: Work) -> None:
    """Say nothing for a while."""
    time.sleep(0.5)


def watch(work: Work) -> None:
    """Advance inside an open transaction that then fails."""
    with unit_of_work():
        session.execute(text("UPDATE users SET first_name = 'Changed'"))
        work.advance(7, 9)
        raise Refused(limit=5)
