"""A job's file as an answer, the same for pages and API."""

from flask import Response, send_from_directory

from koshelok.core.errors import NotFound
from koshelok.jobs import files
from koshelok.jobs.models import Job


def send_file(job: Job) -> Response:
    """As an attachment, of the type that its task gave; raises NotFound where it is gone."""
    if job.file is None or not (files.folder() / job.file).exists():
        raise NotFound
    response = send_from_directory(
        files.folder(),
        job.file,
        mimetype=job.content_type,
        as_attachment=True,
        download_name=job.file_name,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
