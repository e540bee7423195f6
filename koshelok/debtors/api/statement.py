"""Statements over JSON, and as files."""

from flask import Response, request

from koshelok.debtors import operations, queries
from koshelok.debtors.api.blueprint import api, whose
from koshelok.debtors.downloads import send_paper
from koshelok.debtors.papers import TYPES
from koshelok.debtors.queries import Statement
from koshelok.debtors.schemas import IdPath
from koshelok.debtors.schemas_statement import (
    StatementIn,
    StatementOut,
    StatementQuery,
    statement_out,
)
from koshelok.debtors.statement_words import statement_words
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.schemas import JobOut, job_out, job_url
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, ok
from koshelok.web.auth import current_workspace

_FORMATS = {type_.partition(";")[0]: format_ for format_, type_ in TYPES.items()}
_JSON = "application/json"


@api.get("/debtors/<int:id>/statement", summary="Show a statement",
         responses=answers({200: StatementOut}, errors=(*READ, 409)))  # fmt: skip
@access.viewer
def show_statement(path: IdPath, query: StatementQuery) -> Response:
    """What was owed at first, every entry with the balance after it, what is owed at the end and
    how late. `Accept` may ask for PDF, CSV or XLSX. Above 1000 entries: 409 `statement_too_long`;
    choose fewer days, or have it made as a file."""
    statement = queries.get_statement(
        current_workspace().id, path.id, query.start_date, query.end_date
    )
    asked = request.accept_mimetypes.best_match([_JSON, *_FORMATS], default=_JSON)
    if asked == _JSON:
        return ok(statement_out(statement))
    return _file(statement, _FORMATS[asked])


@api.post("/debtors/<int:id>/statement/export", summary="Export a statement",
          responses=answers({202: JobOut}, errors=WRITE))  # fmt: skip
@access.viewer
def export_statement(path: IdPath, body: StatementIn) -> Response:
    """Of any length. Answers the job that writes the file: its `Location` tells how far it is,
    and where the file is once it is done. The file's words are in this request's language."""

    def produce() -> Response:
        job = operations.start_statement(
            **whose(), debtor_id=path.id, format=body.format, start=body.start_date,
            end=body.end_date, words=statement_words(current_workspace().name),
        )  # fmt: skip
        return ok(job_out(job), 202, location=job_url(job))

    return create_once(produce)


def _file(statement: Statement, format: str) -> Response:
    with unit_of_work():
        operations.note_statement(
            **whose(), debtor_id=statement.person.id, format=format, start=statement.start,
            end=statement.end,
        )  # fmt: skip
    return send_paper(statement, format, statement_words(current_workspace().name))
