"""Pages of long work: the owner's alone; they ask again only while there is something to see."""

import re
from collections.abc import Callable

import pytest

from koshelok.infra.settings import Settings
from tests.conftest import Page, Person, QueryCounter
from tests.jobs.conftest import Advance, Run, Start

POLL = 'hx-trigger="every 1s"'


@pytest.fixture
def mine(browse: Callable[[Person], Page], person: Person) -> Page:
    """The owner's browser."""
    return browse(person)


def test_a_stranger_finds_neither_page_nor_file(
    start: Start, run: Run, browse: Callable[[Person], Page], make_person: Callable[..., Person]
) -> None:
    job = start("export", rows=1)
    run(job)
    for stranger in (make_person(), make_person(role="ADMIN")):
        page = browse(stranger)
        assert page.get(f"/jobs/{job.id}").status_code == 404
        assert page.get(f"/jobs/{job.id}/file").status_code == 404
        assert str(job.id) not in page.get("/jobs").get_data(as_text=True)


def test_an_anonymous_reader_signs_in_first(start: Start, page: Page) -> None:
    job = start("export", rows=1)
    for path in ("/jobs", f"/jobs/{job.id}", f"/jobs/{job.id}/file"):
        assert page.get(path).status_code == 303


NOBODYS = "00000000-0000-7000-8000-000000000000"  # the same in every worker of a run


@pytest.mark.parametrize("path", ["/jobs/1", f"/jobs/{NOBODYS}", f"/jobs/{NOBODYS}/file"])
def test_what_is_not_there(mine: Page, path: str) -> None:
    assert mine.get(path).status_code == 404


def test_a_broken_cursor_is_refused(mine: Page) -> None:
    assert mine.get("/jobs?cursor=nonsense").status_code == 422
    assert mine.get("/jobs?cursor=WyJhIl0").status_code == 422


def test_there_is_no_file_before_the_end_and_after_the_week(
    start: Start, run: Run, mine: Page, settings: Settings
) -> None:
    job = start("export", rows=1)
    assert mine.get(f"/jobs/{job.id}/file").status_code == 404
    done = run(job)
    (settings.data / "files" / str(done.file)).unlink()
    assert mine.get(f"/jobs/{job.id}/file").status_code == 404


def test_it_waits_works_and_is_ready(start: Start, advance: Advance, mine: Page) -> None:
    job = start("export", rows=3)
    text = mine.get(f"/jobs/{job.id}?lang=en").get_data(as_text=True)
    assert POLL in text
    assert f'hx-get="/jobs/{job.id}"' in text
    advance(job, 12_000, 50_000)
    text = mine.get(f"/jobs/{job.id}").get_data(as_text=True)
    assert '<progress value="12000" max="50000"' in text
    assert "12\u202f000" in text
    assert POLL in text


def test_a_finished_one_asks_no_more_and_tells_the_page(start: Start, run: Run, mine: Page) -> None:
    job = start("export", rows=3)
    waiting = mine.htmx("GET", f"/jobs/{job.id}")
    assert "HX-Trigger" not in waiting.headers
    assert "<html" not in waiting.get_data(as_text=True)
    run(job)
    ready = mine.htmx("GET", f"/jobs/{job.id}")
    assert "job-finished" in ready.headers["HX-Trigger"]
    text = ready.get_data(as_text=True)
    assert POLL not in text
    assert f'href="/jobs/{job.id}/file"' in text
    assert text.strip().startswith(f'<div class="stack gap-4" id="job-{job.id}"')


def test_without_scripts_there_is_a_link_to_look_again(start: Start, mine: Page) -> None:
    job = start("export", rows=3)
    text = mine.get(f"/jobs/{job.id}").get_data(as_text=True)
    found = re.search(r"<noscript>(.*?)</noscript>", text, re.DOTALL)
    assert found
    assert f'href="/jobs/{job.id}"' in found.group(1)


@pytest.mark.parametrize("task", ["refuse", "crash"])
def test_a_failure_says_so_and_asks_no_more(start: Start, run: Run, mine: Page, task: str) -> None:
    job = start(task)
    run(job)
    text = mine.get(f"/jobs/{job.id}").get_data(as_text=True)
    assert 'role="alert"' in text
    assert POLL not in text
    assert ("5" in text) if task == "refuse" else True


def test_the_file_comes_as_an_attachment_of_its_type(start: Start, run: Run, mine: Page) -> None:
    job = start("export", rows=2)
    run(job)
    response = mine.client.get(f"/jobs/{job.id}/file")
    assert response.data == b"\xef\xbb\xbfn\r\n0\r\n1\r\n"
    headers = response.headers
    assert headers["Content-Type"].startswith("text/csv")
    assert headers["Content-Disposition"] == "attachment; filename=sonlar.csv"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    again = mine.client.get(f"/jobs/{job.id}/file", headers={"If-None-Match": headers["ETag"]})
    assert again.status_code == 304
    response.close()
    again.close()


def test_a_part_of_the_file_can_be_asked_for(start: Start, run: Run, mine: Page) -> None:
    job = start("export", rows=2)
    run(job)
    response = mine.client.get(f"/jobs/{job.id}/file", headers={"Range": "bytes=3-3"})
    assert (response.status_code, response.data) == (206, b"n")
    response.close()


def test_the_list_pages_newest_first(
    start: Start, run: Run, mine: Page, monkeypatch: pytest.MonkeyPatch, queries: QueryCounter
) -> None:
    jobs = [start("export", rows=1) for _ in range(3)]
    run(jobs[2])
    monkeypatch.setattr("koshelok.jobs.views.DEFAULT_LIMIT", 2)
    queries.statements.clear()
    text = mine.get("/jobs").get_data(as_text=True)
    assert len(queries.statements) <= 10
    assert re.findall(r'href="/jobs/([0-9a-f-]+)"', text) == [str(j.id) for j in (jobs[2], jobs[1])]
    assert f'href="/jobs/{jobs[2].id}/file"' in text
    more = re.search(r'href="(/jobs\?cursor=[^"]+)"', text)
    assert more
    rest = mine.htmx("GET", more.group(1)).get_data(as_text=True)
    assert re.findall(r'href="/jobs/([0-9a-f-]+)"', rest) == [str(jobs[0].id)]
    assert "<html" not in rest


def test_a_name_is_given_to_each_kind(
    start: Start, mine: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    from koshelok.jobs import views

    job = start("export", rows=1)
    assert "<h1>test</h1>" in mine.get(f"/jobs/{job.id}").get_data(as_text=True)
    monkeypatch.setitem(views.names, "test", "Kartalar tarixi")
    assert "<h1>Kartalar tarixi</h1>" in mine.get(f"/jobs/{job.id}").get_data(as_text=True)
