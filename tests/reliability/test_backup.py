"""What is backed up comes back: the database and the photos."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from koshelok.cli.backup import BackupFailed, backup, restore
from koshelok.infra.db import db
from koshelok.infra.settings import Settings
from tests.conftest import Api, Person


def test_backup_and_restore_round_trip(
    app: Flask, api: Api, settings: Settings, make_person: Callable[..., Person], tmp_path: Path
) -> None:
    category = api.get("/finance/categories").get_json()["items"][0]["id"]
    api.post("/finance/transactions", {"category": category, "amount": "12.34", "comment": "o'zi"})
    settings.uploads.mkdir(parents=True, exist_ok=True)
    (settings.uploads / "photo.webp").write_bytes(b"photo")
    before = api.get("/finance/transactions").get_data()
    backup(settings, tmp_path / "all.tar.gz")

    api.post("/finance/transactions", {"category": category, "amount": "99"})
    make_person("after")
    (settings.uploads / "photo.webp").unlink()
    with app.app_context():
        db.engine.dispose()
    restore(settings, tmp_path / "all.tar.gz")

    assert api.get("/finance/transactions").get_data() == before
    assert (settings.uploads / "photo.webp").read_bytes() == b"photo"
    assert api.post("/auth/login", {"login": "after", "password": "x" * 12}).status_code == 401
    assert app.test_cli_runner().invoke(args=["verify"]).exit_code in {0, 2}


def test_refuses_a_file_that_is_not_a_backup(
    settings: Settings, app: Flask, tmp_path: Path
) -> None:
    (tmp_path / "database.dump").write_bytes(b"not a dump")
    with tarfile.open(tmp_path / "broken.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "database.dump", "database.dump")
    with pytest.raises(BackupFailed):
        restore(settings, tmp_path / "broken.tar.gz")


def test_never_writes_over_a_backup(settings: Settings, app: Flask, tmp_path: Path) -> None:
    (tmp_path / "there.tar.gz").touch()
    with pytest.raises(FileExistsError):
        backup(settings, tmp_path / "there.tar.gz")
