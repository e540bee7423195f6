"""Real services for the suite: one PostgreSQL and one Redis a run, and a real Chromium.

Whichever process needs the services first starts them and the last one stops them, so a run
that needs none starts none. Migrations are applied once, to a template database that each
worker process copies.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from koshelok.infra import embedded

FOLDER = "KOSHELOK_TEST_SERVICES"  # handed to the worker processes through the environment
PREFIX = "koshelok-tests-"
TEMPLATE = "koshelok_template"


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, unless this is a worker process of a run that has one."""
    if hasattr(config, "workerinput"):
        return
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)  # the database's account passes through; secrets inside are closed
    config.stash[_own] = folder
    os.environ[FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder, its services stopped."""
    folder = config.stash.get(_own, None)
    if folder is not None:
        _remove(folder)


_own = pytest.StashKey[Path]()


def _remove_leftovers() -> None:
    """Stop and remove what killed runs left; a run that goes on holds a lock and is let be."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.stat().st_uid == os.geteuid() and _unused(folder):
            _remove(folder)


def _unused(folder: Path) -> bool:
    if not (folder / "run" / "users").exists():
        return False  # perhaps just made by another run
    with (folder / "run" / "users").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _remove(folder: Path) -> None:
    if (folder / "postgres").exists():
        embedded.stop(folder)
        shutil.rmtree(embedded.cluster_home(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def services() -> Iterator[embedded.Endpoints]:
    """The run's PostgreSQL and Redis, without fsync."""
    folder = Path(os.environ[FOLDER])
    yield embedded.attach(folder, durable=False)
    embedded.detach(folder)


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """0 for a run in one process, else 1, 2, ... for each worker of pytest-xdist."""
    return 0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1


@pytest.fixture(scope="session")
def database_url(services: embedded.Endpoints, worker_number: int) -> str:
    """An own database with every migration applied."""
    base = services.database_url.rsplit("/", 1)[0]
    with _administration(services) as connection:
        _ensure_template(connection, f"{base}/{TEMPLATE}", services)
        name = f"koshelok_test_{worker_number}"
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return f"{base}/{name}"


@pytest.fixture(scope="session")
def empty_database_url(services: embedded.Endpoints, worker_number: int) -> str:
    """An own database with nothing in it, for tests of the migrations themselves."""
    name = f"koshelok_empty_{worker_number}"
    with _administration(services) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return f"{services.database_url.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(scope="session")
def redis_url(services: embedded.Endpoints, worker_number: int) -> str:
    """An own Redis database."""
    return f"{services.redis_url.rsplit('/', 1)[0]}/{worker_number}"


@contextmanager
def _administration(services: embedded.Endpoints) -> Iterator[psycopg.Connection]:
    """A connection for making databases; one process of the run at a time."""
    address = services.database_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        yield connection


def _ensure_template(
    connection: psycopg.Connection, url: str, services: embedded.Endpoints
) -> None:
    """Make the template database, unless a worker process of this run already has."""
    finished = connection.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [TEMPLATE]
    ).fetchone()
    if finished:
        return
    connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
    connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    _migrate(url, services.redis_url)
    connection.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")


def _migrate(database_url: str, redis_url: str) -> None:
    from flask_migrate import upgrade

    from koshelok.app import create_app
    from koshelok.infra.db import db
    from koshelok.infra.settings import Settings

    app = create_app(Settings(KOSHELOK_ENV="test", database_url=database_url, redis_url=redis_url))
    with app.app_context():
        upgrade()
        db.engine.dispose()  # a template is copied only while nobody is connected


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A real Chromium: the machine's, Playwright's, or one installed now.

    On CI its absence is a failure, elsewhere the tests that need it are skipped.
    """
    found = _chromium_on_path() or _chromium_of_playwright()
    if found is None:
        with (Path(os.environ[FOLDER]) / "chromium.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one worker process installs, the others wait
            found = _chromium_on_path() or _installed_chromium()
    if found is None and os.environ.get("CI"):
        pytest.fail("CI needs Chromium, and it could not be installed")
    if found is None:
        pytest.skip("no Chromium here, and it could not be installed")
    return found


# The first has no windows to draw, and takes half as long.
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable",
    "google-chrome",
)  # fmt: skip


def _chromium_on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _apt(*command: str) -> None:
    subprocess.run(["apt-get", *command], capture_output=True, timeout=600, check=False)


def _chromium_of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None


def _installed_chromium() -> str | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _apt("update")
        for name in NAMES[:2]:
            _apt("install", "-y", "--no-install-recommends", name)
            if found := _chromium_on_path():
                return found
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, capture_output=True, timeout=600, check=False)
    return _chromium_of_playwright()
