"""/admin/verification: every kept figure against its rows, with live progress."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.admin import operations, queries
from koshelok.admin.operations import VERIFICATION
from koshelok.admin.views.blueprint import bp
from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.queries import list_jobs_of_kind
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other
from koshelok.web.problems import message_of

RUNS = 10


@bp.get("/verification", endpoint="verification")
@access.admin
def show() -> Response:
    """The latest run, or the one that the address names, and those before."""
    runs = list_jobs_of_kind(VERIFICATION, limit=RUNS)
    asked = request.args.get("run")
    run = next((job for job in runs if str(job.id) == asked), runs[0] if runs else None)
    return render(
        "admin/verification.html",
        "run",
        runs=runs,
        run=run,
        mine=run is not None and run.owner_id == current_actor().id,
        people=queries.list_people(job.owner_id for job in runs),
    )


@bp.post("/verification", endpoint="start_verification")
@access.admin
def start() -> Response:
    """Let the worker begin; the page shows how far it is."""
    try:
        with unit_of_work():
            operations.start_verification(actor_id=current_actor().id)
    except DomainError as error:
        flash(message_of(error), "error")
    else:
        flash(_("The verification has begun."), "info")
    return see_other(url_for("admin.verification"))
