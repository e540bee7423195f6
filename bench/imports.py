"""A file of 100,000 rows brought into a book of 100,000 records: read, weighed, saved, taken back;
beside it COPY of the same rows into a bare table, in the same run. The worker's memory must not
grow with the file.
"""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask_migrate import upgrade
from sqlalchemy import text
from xlsxwriter import Workbook

from bench.data import PASSWORD, fill
from bench.server import ROOT, services
from bench.wallets import vacuum
from koshelok.app import create_app
from koshelok.core.clock import today
from koshelok.finance.import_words import field_labels, import_words
from koshelok.finance.models import Import
from koshelok.finance.operations import imports, undo_change
from koshelok.finance.verification import verify
from koshelok.identity import operations as identity
from koshelok.infra.db import db, session
from koshelok.infra.settings import Settings
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.workspaces.queries import list_memberships

ROWS, FEW, HELD = 100_000, 10_000, 100_000
SECONDS, GROWTH = 30, 32  # the bars: of both jobs together; MB, of a file ten times as long
HEADER = ("Sana", "Summa", "Toifa", "Izoh")
PLACES = ("Korzinka", "Makro", "Havas", "Yandex taksi", "Beeline", "Choyxona", "Dorixona", "Metro")
STREETS = 5000
_WORK = """
import json, resource, sys, time
from uuid import UUID
from koshelok.app import create_app
from koshelok.infra.settings import Settings
from koshelok.jobs import tasks
app = create_app(Settings(_env_file=None))
with app.app_context():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    tasks.run(sys.argv[1])
    print(json.dumps([time.perf_counter() - started, before / 1024,
                      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def run() -> list[str]:
    """Measure and print; answers the bars that are not held."""
    with services() as settings:
        app = create_app(settings)
        with app.app_context(), app.test_request_context():
            upgrade()
            user_id, workspace_id = _make_person()
            vacuum()
            place = {"actor_id": user_id, "workspace_id": workspace_id}
            small = _import(settings, place, _csv(settings.data / "few.csv", FEW, seed=1))
            large = _import(settings, place, _csv(settings.data / "many.csv", ROWS, seed=2))
            sheet = _import(settings, place, _xlsx(settings.data / "many.xlsx", ROWS, seed=3))
            copied = _copy(settings.data / "many.csv")
            reverted = _revert(place, large["import"])
            wrong = [f"imports: {one}" for one in verify()]
            session.remove()
            db.engine.dispose()
    return wrong + _report(small, large, sheet, copied, reverted)


def _make_person() -> tuple[int, int]:
    with unit_of_work():
        user = identity.register_with_password(
            username="importer", password=PASSWORD, full_name="Bench", language="uz"
        )
        workspace_id = list_memberships(user.id)[0].workspace_id
        fill(workspace_id, HELD)
    return user.id, workspace_id


def _rows(count: int, seed: int) -> Iterator[tuple[str, str, str, str]]:
    """Three years of purchases; each fourth says no category, each hundredth cannot be read."""
    day = today()
    for n in range(count):
        place = f"{PLACES[n % len(PLACES)]} {n * 7 % STREETS} {seed}"
        amount = "?" if n % 100 == 99 else f"{-(1000 + n * 37 % 900_000)}.{n % 100:02}"
        category = "" if n % 4 == 0 else ("Oziq-ovqat", "Transport", "Ko'ngilochar")[n % 3]
        yield (day - timedelta(days=n % 1000)).isoformat(), amount, category, place


def _csv(path: Path, count: int, seed: int) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *_rows(count, seed)])
    return path


def _xlsx(path: Path, count: int, seed: int) -> Path:
    """As spreadsheets save it: each text once, and numbers of texts in the cells."""
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADER, *_rows(count, seed))):
            sheet.write_row(number, 0, row)
    return path


def _import(settings: Settings, place: dict[str, int], path: Path) -> dict[str, Any]:
    """Seconds to read and to save, MB at the most of each, and what came of it."""
    with unit_of_work(), path.open("rb") as stream:
        brought = imports.bring_file(
            **place, stream=stream, file_name=path.name, labels=field_labels(),
            words=import_words(),
        )  # fmt: skip
        id_, job_id = brought.id, brought.job_id
    read = _work(settings, str(job_id))
    with unit_of_work():
        begun = imports.start_import(**place, import_id=id_, words=import_words(path.name))
        job_id = begun.job_id
    save = _work(settings, str(job_id))
    with unit_of_work():
        found = session.get_one(Import, id_, populate_existing=True)
        told = dict(found.counts)
    return {"import": found, "read": read, "save": save, "counts": told}


def _work(settings: Settings, job_id: str) -> tuple[float, float, float]:
    environment = {**os.environ, "KOSHELOK_ENV": settings.env, "SECRET_KEY": settings.secret_key,
                   "DATA": str(settings.data), "DATABASE_URL": settings.database_url,
                   "REDIS_URL": settings.redis_url}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", _WORK, job_id], cwd=ROOT, env=environment,
                          check=True, capture_output=True, text=True)  # fmt: skip
    seconds, before, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, before, peak


def _copy(path: Path) -> float:
    """Seconds to COPY the rows of a file, as they stand in it, into a table without anything."""
    connection = session.connection().connection
    driver: psycopg.Connection[Any] = connection.driver_connection
    driver.execute("CREATE TABLE bare (day text, amount text, category text, note text)")
    started = time.perf_counter()
    with path.open(newline="") as file, driver.cursor() as cursor:
        rows = csv.reader(file)
        next(rows)
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    seconds = time.perf_counter() - started
    session.rollback()
    return seconds


def _revert(place: dict[str, int], found: Import) -> float:
    started = time.perf_counter()
    with unit_of_work():
        undo_change(**place, change_id=found.change_id or 0)
    seconds = time.perf_counter() - started
    left = text("SELECT count(*) FROM transactions WHERE import_id = :id AND deleted_at IS NULL")
    assert session.scalar(left, {"id": found.id}) == 0
    return seconds


def _report(
    small: dict[str, Any], large: dict[str, Any], sheet: dict[str, Any], copied: float,
    reverted: float,
) -> list[str]:  # fmt: skip
    failed = []
    names = (("rows", 10), ("read s", 9), ("save s", 9), ("rows/s", 10), ("MB", 7))
    print(f"{'':12}" + "".join(f"{name:>{width}}" for name, width in names))
    for name, one in (("CSV", small), ("CSV", large), ("XLSX", sheet)):
        rows, seconds = one["counts"]["rows"], one["read"][0] + one["save"][0]
        peak = max(one["read"][2], one["save"][2])
        print(f"{name:12}{rows:10,}{one['read'][0]:9.1f}{one['save'][0]:9.1f}"
              f"{rows / seconds:10,.0f}{peak:7.0f}   {one['counts']['new']:,} new,"
              f" {one['counts']['wrong']:,} wrong")  # fmt: skip
    ours, theirs = (one["read"][0] + one["save"][0] for one in (large, sheet))
    print(f"{'COPY':12}{ROWS:10,}{'':18}{ROWS / copied:10,.0f}   a bare table: {copied:.2f} s, "
          f"the import takes {ours / copied:.0f} times as long")  # fmt: skip
    print(f"Taken back in {reverted:.1f} s.")
    failed += [f"imports: {ROWS:,} rows take {seconds:.1f} s"
               for seconds in (ours, theirs) if seconds > SECONDS]  # fmt: skip
    growth = max(large[job][2] - small[job][2] for job in ("read", "save"))
    print(f"Ten times the rows take {growth:.0f} MB more.\nBars: {SECONDS} s, {GROWTH} MB more.")
    if growth > GROWTH:
        failed.append(f"imports: the worker grows by {growth:.0f} MB with the file")
    return failed
