"""Long work as a person sees it: the page moves by itself, and ends with a file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import operations, tasks
from koshelok.jobs.models import Job
from tests.conftest import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def job(app: Flask, person: Person) -> Job:
    """An export that waits."""
    with app.app_context(), unit_of_work():
        return operations.start_job(
            actor_id=person.id, kind="test", task="tests.jobs.work.export", params={"rows": 3}
        )


def _download(page: Page) -> bytes:
    with page.expect_download() as waiting:
        page.click("a[download]")
    assert waiting.value.suggested_filename == "sonlar.csv"
    return Path(waiting.value.path()).read_bytes()


def test_the_page_follows_the_work_by_itself(app: Flask, seat: Page, job: Job) -> None:
    seat.goto(f"/jobs/{job.id}")
    expect(seat.locator(f"#job-{job.id}[aria-busy]")).to_be_visible()
    with app.app_context():
        with unit_of_work():
            work = operations.claim_job(job_id=job.id)
        assert work is not None
        work.advance(12_000, 50_000)
        expect(seat.locator("progress")).to_have_attribute("value", "12000")
        expect(seat.get_by_text("12\u202f000")).to_be_visible()
        work.done = work.total = 50_000
        with work.open_file("sonlar.csv", "text/csv") as path:
            path.write_bytes(b"n\r\n1\r\n")
        operations.finish_job(work=work)
    expect(seat.get_by_role("status").filter(has_text="50\u202f000")).to_be_visible()
    assert _download(seat) == b"n\r\n1\r\n"
    asked: list[str] = []
    seat.on("request", lambda request: asked.append(request.url))
    seat.wait_for_timeout(1500)
    assert asked == []


def test_without_scripts_one_looks_again(
    app: Flask,
    open_tab: Callable[..., Page],
    sign_in: Callable[[Page, Person], Page],
    person: Person,
    job: Job,
) -> None:
    page = sign_in(open_tab(javascript=False), person)
    page.goto(f"/jobs/{job.id}")
    with app.app_context():
        tasks.run(str(job.id))
    page.click(f"noscript a[href='/jobs/{job.id}'], a[href='/jobs/{job.id}']")
    assert _download(page).startswith(b"\xef\xbb\xbfn")
