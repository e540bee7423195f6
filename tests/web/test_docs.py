"""The API's documents are served from here and ask nobody else."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

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


def test_what_is_sent_has_an_example(page: Page) -> None:
    """Every body but those of switches alone; the library leaves examples out by itself."""
    document = page.client.get("/openapi.json").get_json()
    shapes = document["components"]["schemas"]
    without = []
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            for content in call.get("requestBody", {}).get("content", {}).values():
                fields = shapes[content["schema"]["$ref"].rpartition("/")[2]]["properties"]
                if fields and not any(_is_exemplified(field) for field in fields.values()):
                    without.append(f"{method} {path}")
    assert without == []


def _is_exemplified(field: dict[str, Any]) -> bool:
    said_by_its_type = field.get("type") == "boolean" or field.get("format") == "binary"
    return bool(field.get("examples") or field.get("enum") or said_by_its_type)
