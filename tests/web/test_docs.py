"""The API's documents are served from here and ask nobody else."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from koshelok.web.schemas import Schema
from tests.conftest import Page


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_viewers_load_only_from_here(page: Page, path: str) -> None:
    html = page.get(path).get_data(as_text=True)
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert links
    for link in links:
        assert link.startswith("/")
        if not link.startswith("/static/"):
            assert page.client.get(link, buffered=True).status_code == 200


@pytest.mark.parametrize("name", ["../__init__.py", "nothing.js", "..%2f..%2fsecret"])
def test_only_the_viewers_files_are_served(page: Page, name: str) -> None:
    assert page.client.get(f"/docs/assets/swagger/{name}").status_code == 404
    assert page.client.get(f"/docs/assets/other/{name}").status_code == 404


def test_the_document_is_openapi_3_1(page: Page) -> None:
    document = page.client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def _shapes(base: type = Schema) -> Iterator[str]:
    for shape in base.__subclasses__():
        yield shape.__name__
        yield from _shapes(shape)


def test_no_two_shapes_have_one_name(page: Page) -> None:
    """The document knows them by their names alone; those of paths and queries lie flat in it."""
    named = [name for name in _shapes() if not name.endswith(("Path", "Query"))]
    assert [name for name, times in Counter(named).items() if times > 1] == []
