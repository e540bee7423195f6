"""The history as a file, over JSON."""

from flask import Response

from koshelok.jobs.schemas import JobOut, job_out, job_url
from koshelok.wallet import operations
from koshelok.wallet.api.blueprint import api
from koshelok.wallet.schemas import ExportIn
from koshelok.wallet.words import export_words
from koshelok.web import access
from koshelok.web.api import WRITE, answers, create_once, ok
from koshelok.web.auth import current_actor


@api.post("/transfers/export", summary="Export my transfers",
          responses=answers({202: JobOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def create_export(body: ExportIn) -> Response:
    """Answers the job that writes the file: its `Location` tells how far it is, and where the
    file is once it is done. The file's words are in the language of this request."""

    def produce() -> Response:
        job = operations.start_export(
            actor_id=current_actor().id, format=body.format, filters=body.filters(),
            words=export_words(),
        )  # fmt: skip
        return ok(job_out(job), 202, location=job_url(job))

    return create_once(produce)
