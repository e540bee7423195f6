"""The pages of long work: /jobs, one job with its progress, the file it made."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from koshelok.core.money import THOUSANDS_SPACE
from koshelok.core.page import DEFAULT_LIMIT
from koshelok.jobs import queries
from koshelok.jobs.downloads import send_file
from koshelok.jobs.models import Job
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import Event, render

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
names: dict[str, object] = {}  # what people call each kind; filled by registry


@bp.get("")
@access.signed_in
def index() -> Response:
    """My recent work, the newest first."""
    page = queries.list_jobs(
        current_actor().id, limit=DEFAULT_LIMIT, cursor=request.args.get("cursor")
    )
    more_url = url_for("jobs.index", cursor=page.next_cursor) if page.next_cursor else None
    return render("jobs/index.html", "rows", page=page, more_url=more_url)


@bp.get("/<uuid:id>")
@access.signed_in
def show(id: UUID) -> Response:
    """One job; a region that shows its progress asks here for itself."""
    job = queries.get_job(current_actor().id, id)
    event = None if job.unfinished else Event.JOB_FINISHED
    return render("jobs/show.html", "progress", event=event, job=job)


@bp.get("/<uuid:id>/file")
@access.signed_in
def download(id: UUID) -> Response:
    """What the job made."""
    return send_file(queries.get_job(current_actor().id, id))


@bp.app_template_global()
def job_name(job: Job) -> object:
    """What people call this work."""
    return names.get(job.kind) or job.file_name or job.kind


@bp.app_template_filter()
def grouped(number: int) -> str:
    """`12 000`, for people."""
    return f"{number:,}".replace(",", THOUSANDS_SPACE)
