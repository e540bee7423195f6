"""Every template compiles, and every block of a page is a region that can stand alone."""

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    p.relative_to(ROOT / "templates").as_posix() for p in (ROOT / "templates").rglob("*.html")
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_compiles(wired: Flask, name: str) -> None:
    assert wired.jinja_env.get_template(name).name == name


@pytest.mark.parametrize("name", TEMPLATES)
def test_blocks_use_no_macro_imported_at_the_top(wired: Flask, name: str) -> None:
    """A block rendered alone does not run the template's imports: `ui` is a global instead."""
    if name.startswith("components/"):
        return
    source = wired.jinja_env.loader.get_source(wired.jinja_env, name)[0]  # type: ignore[union-attr]
    tree = wired.jinja_env.parse(source)
    assert not list(tree.find_all((nodes.FromImport, nodes.Import)))
