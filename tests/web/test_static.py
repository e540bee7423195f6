"""Built files: served for ever under their names, and not there once a newer build removed them."""

from pathlib import Path

from werkzeug.test import Client
from werkzeug.wrappers import Response

from koshelok.web.static import HASHED_NAME, StaticFiles

NAME = "app.0123456789.css"


def make(folder: Path) -> Client:
    (folder / NAME).write_text("body{}")
    files = StaticFiles(
        Response("the app"), root=str(folder), prefix="static/", immutable_file_test=HASHED_NAME
    )
    return Client(files)


def test_what_a_newer_build_removed_is_not_there(tmp_path: Path) -> None:
    client = make(tmp_path)
    (tmp_path / NAME).unlink()
    answer = client.get(f"/static/{NAME}")
    assert (answer.status_code, answer.data) == (404, b"")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_built_file_is_kept_for_ever(tmp_path: Path) -> None:
    with make(tmp_path).get(f"/static/{NAME}") as answer:
        assert (answer.status_code, answer.data) == (200, b"body{}")
        assert "immutable" in answer.headers["Cache-Control"]
