"""JSON shapes of long work."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from koshelok.jobs.models import Job, Status
from koshelok.web.request import API_PREFIX
from koshelok.web.schemas import PageOut, Schema

_EXAMPLE_ID = "01940000-0000-7000-8000-000000000000"


class JobPath(Schema):
    """`/{id}`."""

    id: UUID


class JobOut(Schema):
    """A job: how far it is, and what came of it. `total` is null while nobody knows it,
    `message` the code of a failure."""

    id: UUID = Field(examples=[_EXAMPLE_ID])
    kind: str = Field(examples=["export"])
    status: Literal["queued", "running", "done", "failed"] = Field(examples=["done"])
    done: int = Field(examples=[50000])
    total: int | None = Field(examples=[50000])
    message: str = Field(examples=[""])
    result: dict[str, Any] | None = Field(examples=[{"rows": 50000}])
    file_url: str | None = Field(examples=[f"{API_PREFIX}/jobs/{_EXAMPLE_ID}/file"])
    created_at: datetime
    finished_at: datetime | None


class JobPage(PageOut[JobOut]):
    """A page of jobs."""


def job_out(job: Job) -> JobOut:
    """The row as JSON."""
    return JobOut.model_construct(
        id=job.id,
        kind=job.kind,
        status=job.status,  # type: ignore[arg-type]  # the database holds one of the four
        done=job.done,
        total=job.total,
        message=job.message,
        result=job.result if job.status == Status.DONE else None,
        file_url=job_file_url(job) if job.file else None,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )


def job_url(job: Job) -> str:
    """Where a program asks for it."""
    return f"{API_PREFIX}/jobs/{job.id}"


def job_file_url(job: Job) -> str:
    """Where a program gets its file."""
    return f"{job_url(job)}/file"
