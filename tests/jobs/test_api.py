"""Long work over JSON."""

from collections.abc import Callable

from tests.conftest import Api, Person
from tests.jobs.conftest import Advance, Run, Start


def test_anothers_job_is_absent(
    start: Start, run: Run, call: Callable[[Person], Api], make_person: Callable[..., Person]
) -> None:
    job = start("export", rows=1)
    run(job)
    stranger = call(make_person())
    for path in (f"/jobs/{job.id}", f"/jobs/{job.id}/file"):
        response = stranger.get(path)
        assert (response.status_code, response.get_json()["code"]) == (404, "not_found")
    assert stranger.get("/jobs").get_json() == {"items": [], "next_cursor": None}


def test_needs_a_token(start: Start, anonymous: Api) -> None:
    job = start("export", rows=1)
    for path in ("/jobs", f"/jobs/{job.id}", f"/jobs/{job.id}/file"):
        assert anonymous.get(path).status_code == 401


def test_no_file_no_answer(start: Start, run: Run, api: Api) -> None:
    job = start("count", rows=1)
    run(job)
    assert api.get(f"/jobs/{job.id}/file").status_code == 404
    assert api.get("/jobs/nonsense").status_code == 404
    assert api.get("/jobs?cursor=nonsense").get_json()["code"] == "bad_cursor"


def test_shows_progress_and_then_the_file(start: Start, run: Run, api: Api) -> None:
    job = start("export", rows=2)
    waiting = api.get(f"/jobs/{job.id}").get_json()
    assert waiting == {
        "id": str(job.id), "kind": "test", "status": "queued", "done": 0, "total": None,
        "message": "", "result": None, "file_url": None, "created_at": waiting["created_at"],
        "finished_at": None,
    }  # fmt: skip
    run(job)
    ready = api.get(f"/jobs/{job.id}").get_json()
    assert (ready["status"], ready["done"], ready["result"]) == ("done", 2, {})
    file = api.get(ready["file_url"].removeprefix("/api/v1"))
    assert (file.status_code, file.data) == (200, b"\xef\xbb\xbfn\r\n0\r\n1\r\n")
    assert file.headers["Content-Disposition"] == "attachment; filename=sonlar.csv"
    file.close()


def test_tells_a_failure_by_its_code(start: Start, run: Run, api: Api) -> None:
    job = start("refuse")
    run(job)
    failed = api.get(f"/jobs/{job.id}").get_json()
    assert (failed["status"], failed["message"]) == ("failed", "refused_here")
    assert (failed["result"], failed["file_url"]) == (None, None)


def test_shows_how_far_it_is(start: Start, advance: Advance, api: Api) -> None:
    job = start("count", rows=1)
    advance(job, 3, 9)
    body = api.get(f"/jobs/{job.id}").get_json()
    assert (body["status"], body["done"], body["total"]) == ("running", 3, 9)


def test_lists_the_newest_first_page_by_page(start: Start, api: Api) -> None:
    ids = [str(start("count", rows=1).id) for _ in range(3)]
    first = api.get("/jobs?limit=2").get_json()
    assert [item["id"] for item in first["items"]] == [ids[2], ids[1]]
    second = api.get(f"/jobs?limit=2&cursor={first['next_cursor']}").get_json()
    assert [item["id"] for item in second["items"]] == [ids[0]]
    assert second["next_cursor"] is None
