"""Functions that the worker runs in these tests, named by their dotted paths."""

from koshelok.core.errors import DomainError
from koshelok.infra.tables import write_csv
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
    """A mistake of ours."""
    work.advance(1 // 0)


def export(work: Work) -> None:
    """Write a file of so many rows."""
    rows = ([number] for number in range(work.params["rows"]))
    with work.open_file("rows.csv", "text/csv") as path:
        write_csv(path, ["n"], rows, progress=work.advance)
