"""Long work over JSON: its progress and its file."""

from flask import Response

from koshelok.jobs import queries
from koshelok.jobs.downloads import send_file
from koshelok.jobs.schemas import JobOut, JobPage, JobPath, job_out
from koshelok.web import access
from koshelok.web.api import READ, answers, api_blueprint, ok
from koshelok.web.auth import current_actor
from koshelok.web.schemas import PageQuery

api = api_blueprint("jobs", "Jobs", "Long work: how far it is, and the file it made.")


@api.get("/jobs", summary="List my jobs",
         responses=answers({200: JobPage}, errors=(401, 422)))  # fmt: skip
@access.signed_in
def list_jobs(query: PageQuery) -> Response:
    """The newest first."""
    page = queries.list_jobs(current_actor().id, limit=query.limit, cursor=query.cursor)
    items = [job_out(job) for job in page.items]
    return ok(JobPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.get("/jobs/<uuid:id>", summary="Show a job",
         responses=answers({200: JobOut}, errors=READ))  # fmt: skip
@access.signed_in
def show_job(path: JobPath) -> Response:
    """Ask again while it is queued or running, once a second at most."""
    return ok(job_out(queries.get_job(current_actor().id, path.id)))


@api.get("/jobs/<uuid:id>/file", summary="Download a job's file",
         responses=answers({200: None}, errors=READ))  # fmt: skip
@access.signed_in
def download_file(path: JobPath) -> Response:
    """Kept for a week; 404 where there is none."""
    return send_file(queries.get_job(current_actor().id, path.id))
