"""What is brought as an archive is looked at as if it were made to harm: it is refused with a
sentence, quickly, and nothing of it is left."""

import io
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from flask import Flask
from sqlalchemy import func, select

from koshelok.archive import documents, operations
from koshelok.archive.incoming import open_archive
from koshelok.core.errors import DomainError
from koshelok.finance import operations as finance
from koshelok.finance.models import Category, Receipt, Transaction
from koshelok.finance.receipts import receipts_folder
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import files
from koshelok.jobs.models import Job
from koshelok.wallet import operations as wallet
from koshelok.wallet.models import Wallet
from tests.archive.filled import PDF
from tests.archive.test_round_trip import brought, data_of, run, taken
from tests.conftest import Page, Person
from tests.finance.conftest import open_book
from tests.identity.pictures import picture

HEAD: dict[str, Any] = {
    "format": "koshelok",
    "version": 1,
    "exported_at": "2026-11-21T10:00:00+00:00",
    "workspace": {
        "name": "x",
        "kind": "personal",
        "time_zone": "Asia/Tashkent",
        "month_start": 1,
    },
}
AT = "2026-11-21T10:00:00+00:00"
FOOD = {
    "name": "Oziq", "type": "expense", "code": "FOOD", "archived_at": None, "last_used_at": None,
    "created_at": AT,
}  # fmt: skip
RECORD = {
    "category": 1, "amount": "5.00", "comment": "", "date": "2026-11-21", "created_at": AT,
    "updated_at": AT, "deleted_at": None, "split": None, "external_id": None, "rule": None,
    "recurrence": None, "occurs_on": None, "receipts": [],
}  # fmt: skip
Bring = Callable[[bytes], tuple[str, dict[str, Any]]]
NAMES = (
    "categories", "rules", "recurrences", "records", "learned", "bank_messages", "plans",
    "budgets", "moves", "earmarks",
)  # fmt: skip


def document(head: Any = None, **tables: list[Any]) -> str:
    """data.json with these rows; a text among them stands as it is."""
    lines = [json.dumps(HEAD | (head or {}))[:-1]]
    for name in NAMES:
        rows = [row if isinstance(row, str) else json.dumps(row) for row in tables.get(name, [])]
        lines.append(f',\n"{name}":[' + ",".join("\n" + row for row in rows) + "\n]")
    return "".join(lines) + "\n}\n"


def zipped(data: str | bytes | None = None, how: int = ZIP_DEFLATED, **more: bytes) -> bytes:
    """An archive with this data.json and these receipts."""
    out = io.BytesIO()
    with ZipFile(out, "w", how) as archive:
        if data is not None:
            archive.writestr("data.json", data)
        for name, content in more.items():
            archive.writestr(f"receipts/{name.lstrip('_')}.webp", content)
    return out.getvalue()


@pytest.fixture
def page(browse: Callable[[Person], Page], person: Person) -> Page:
    """A browser of somebody whose workspace is empty."""
    return browse(person)


@pytest.fixture
def rows(app: Flask) -> Callable[[], tuple[int, ...]]:
    """How much there is of what an archive could leave."""

    def count() -> tuple[int, ...]:
        with app.app_context():
            counts = [session.scalar(select(func.count()).select_from(model)) or 0
                      for model in (Category, Transaction, Receipt)]  # fmt: skip
            kept = len(list(receipts_folder().glob("*"))), len(list(files.folder().glob("*")))
            session.remove()
        return (*counts, *kept)

    return count


def send(page: Page, content: bytes) -> Any:
    """Bring a file."""
    return page.post("/settings/data/import", {"file": (io.BytesIO(content), "a.zip")},
                     content_type="multipart/form-data")  # fmt: skip


def said(answer: Any) -> str:
    """What is wrong with the file."""
    found = re.search(r'id="file-error">.*?<span>(.*?)</span>', answer.get_data(as_text=True))
    return found.group(1) if found else ""


def _with_a_list_of(size: int) -> bytes:
    content = bytearray(zipped(document()))
    struct.pack_into("<I", content, len(content) - 10, size)
    return bytes(content)


def _encrypted() -> bytes:
    content = bytearray(zipped(document()))
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


REFUSED_AT_ONCE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no zip": lambda: b"Sana;Summa\n" * 50,
    "cut": lambda: zipped(document())[:-30],
    "with something behind": lambda: zipped(document()) + b"x",
    "no data": lambda: zipped(),
    "a huge list": lambda: _with_a_list_of(2**31),
    "encrypted": _encrypted,
    "another method": lambda: zipped(document(), ZIP_BZIP2),
    "a bomb": lambda: zipped(document(categories=[" " * 40_000_000])),
    "no JSON": lambda: zipped("[1, 2"),
    "JSON of another": lambda: zipped('{"format":"firefly"}\n'),
    "deep": lambda: zipped("[" * 60_000 + "\n"),
    "without an end of line": lambda: zipped("x" * 300_000, ZIP_STORED),
    "newer": lambda: zipped(document({"version": 2})),
    "no version": lambda: zipped(document({"version": "1"})),
    "binary": lambda: zipped(b"\xff\xfe\x00"),
}


def test_what_is_no_archive_is_refused_at_once(
    app: Flask, page: Page, rows: Callable[[], tuple[int, ...]]
) -> None:
    before, wrong = rows(), {}
    for kind, make in REFUSED_AT_ONCE.items():
        answer = send(page, make())
        if answer.status_code != 422 or not said(answer) or rows() != before:
            wrong[kind] = answer.status_code
    assert wrong == {}
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def _receipt(name: str = "receipts/000001.webp") -> dict[str, Any]:
    receipt = {"kind": "image", "name": "a", "file": name, "created_at": AT}
    return RECORD | {"receipts": [receipt]}


REFUSED_BY_ROWS: dict[str, dict[str, Any]] = {
    "an unknown field": {"categories": [FOOD | {"id": 1}]},
    "a missing field": {"categories": [{"name": "x"}]},
    "a row that is no row": {"categories": [[1]]},
    "a line that is no JSON": {"categories": [FOOD, '{"name": "x'], "row": 2},
    "a deep row": {"categories": ["[" * 30_000]},
    "a long line": {"categories": [FOOD | {"name": "x" * 100_000}]},
    "NUL": {"categories": [FOOD | {"name": "a\0b"}]},
    "half a character": {"categories": ['{"name": "\\ud800"}']},
    "a blank name": {"categories": [FOOD | {"name": " "}]},
    "two of a code": {"categories": [FOOD, FOOD | {"name": "y"}]},
    "a category that is not there": {"categories": [FOOD], "records": [RECORD | {"category": 2}]},
    "a category zero": {"categories": [FOOD], "records": [RECORD | {"category": 0}]},
    "a rule that is not there": {"categories": [FOOD], "records": [RECORD | {"rule": 1}]},
    "less than nothing": {"categories": [FOOD], "records": [RECORD | {"amount": "-5.00"}]},
    "nothing": {"categories": [FOOD], "records": [RECORD | {"amount": "0.00"}]},
    "a number for a sum": {"categories": [FOOD], "records": [RECORD | {"amount": 5.01}]},
    "no number": {"categories": [FOOD], "records": [RECORD | {"amount": "NaN"}]},
    "three decimals": {"categories": [FOOD], "records": [RECORD | {"amount": "5.001"}]},
    "too much": {"categories": [FOOD], "records": [RECORD | {"amount": "1" * 17 + ".00"}]},
    "a day before all": {"categories": [FOOD], "records": [RECORD | {"date": "1969-12-31"}]},
    "no day": {"categories": [FOOD], "records": [RECORD | {"date": "2026-02-30"}]},
    "an instant without a zone": {
        "categories": [FOOD | {"created_at": "2026-11-21T10:00:00"}],
    },
    "a record of savings": {
        "categories": [FOOD | {"type": "saving"}],
        "records": [RECORD],
    },
    "a path": {"categories": [FOOD], "records": [_receipt("receipts/../../data.json")]},
    "another's file": {"categories": [FOOD], "records": [_receipt("/etc/passwd")]},
    "savings below nothing": {
        "categories": [FOOD | {"type": "saving"}],
        "earmarks": [
            {"category": 1, "amount": "-1.00", "date": "2026-11-21", "note": "", "created_at": AT}
        ],
    },
    "half a recurrence": {"categories": [FOOD], "records": [RECORD | {"occurs_on": "2026-11-21"}]},
}


@pytest.fixture
def bring(app: Flask, person: Person, tmp_path: Path) -> Bring:
    """Bring an archive below the edge; the code of its refusal, and what that says."""

    def bring(content: bytes) -> tuple[str, dict[str, Any]]:
        (tmp_path / "a.zip").write_bytes(content)
        try:
            with app.app_context(), open_archive(tmp_path / "a.zip") as archive, unit_of_work():
                operations.bring_archive(
                    actor_id=person.id, workspace_id=person.workspace_id, archive=archive,
                    language="uz", progress=lambda _: None,
                )  # fmt: skip
        except DomainError as error:
            return error.code, error.params
        return "", {}

    return bring


def test_rows_that_cannot_be_are_told_and_nothing_is_brought(
    rows: Callable[[], tuple[int, ...]], bring: Bring
) -> None:
    before, wrong = rows(), {}
    for kind, case in REFUSED_BY_ROWS.items():
        tables = dict(case)
        told = {"row": tables.pop("row", 1), "part": list(tables)[-1]}
        code, params = bring(zipped(document(**tables)))
        if (code, params) != ("archive_broken", told) or rows() != before:
            wrong[kind] = (code, params)
    assert wrong == {}


def test_a_receipt_that_is_none_is_told_and_files_go_too(
    rows: Callable[[], tuple[int, ...]], bring: Bring
) -> None:
    before = rows()
    data = document(categories=[FOOD], records=[_receipt(), _receipt("receipts/000002.webp")])
    good = {"_000001": picture("PNG")}
    for content in (b"no picture", PDF[:20], picture("PNG")[:40], bytes(1000)):
        assert bring(zipped(data, **good, _000002=content))[0] == "archive_broken"
    for more in (good, {**good, "_000002": bytes(10_500_000)}):
        assert bring(zipped(data, **more)) == (
            "archive_receipt_missing",
            {"file": "receipts/000002.webp"},
        )
    assert rows() == before


def test_no_more_receipts_come_out_than_such_a_file_holds(
    rows: Callable[[], tuple[int, ...]], bring: Bring
) -> None:
    """Neither by naming one again and again, nor by files of nothing but zeros."""
    before, photo = rows(), picture("PNG")
    again = document(categories=[FOOD], records=[_receipt()] * 100)
    empty = document(categories=[FOOD], records=[_receipt("receipts/000001.webp")])
    zeros = PDF + bytes(5_000_000) + PDF
    for data, content in ((again, photo), (empty, zeros)):
        assert bring(zipped(data, _000001=content)) == (
            "archive_receipt_missing",
            {"file": "receipts/000001.webp"},
        )
    assert rows() == before


def test_a_document_of_another_shape_is_refused(
    rows: Callable[[], tuple[int, ...]], bring: Bring
) -> None:
    before, data = rows(), document(categories=[FOOD], records=[RECORD])
    for mended in (
        data.replace('"records":[', '"recordz":['),
        data.replace('"rules":[\n],\n', ""),
        data + "{}",
        data.removesuffix("}\n"),
    ):
        assert mended != data
        assert bring(zipped(mended))[0] == "archive_broken"
    assert rows() == before


def test_the_page_of_the_work_says_why(app: Flask, page: Page) -> None:
    with app.app_context():
        before = set(files.folder().glob("*"))
    job = brought(app, page, zipped(document(categories=[FOOD, FOOD])))
    assert (job.status, job.message) == ("failed", "archive_broken")
    assert "data.json" in page.get(f"/jobs/{job.id}").get_data(as_text=True)
    with app.app_context():
        assert set(files.folder().glob("*")) == before


def test_it_is_as_many_rows_as_a_workspace_may_have(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_ROWS", 3)
    _code, params = bring(zipped(document(categories=[FOOD], records=[RECORD] * 3)))
    assert params == {"part": "records", "row": 3}


def test_a_workspace_with_records_takes_none(app: Flask, page: Page, person: Person) -> None:
    with app.app_context():
        book = open_book(person)
        book.do(finance.delete_transaction, transaction_id=book.record().id)  # also in the trash
    answer = send(page, zipped(document(categories=[FOOD], records=[RECORD])))
    assert answer.status_code == 409
    assert said(answer)


def test_what_is_written_meanwhile_is_not_mixed_in(app: Flask, page: Page, person: Person) -> None:
    content = zipped(document(categories=[FOOD], records=[RECORD]))
    assert send(page, content).status_code == 303
    with app.app_context():
        open_book(person).record()
    job = run(app)
    assert (job.status, job.message) == ("failed", "workspace_not_empty")


def test_a_file_that_is_too_large_is_not_read(
    app: Flask, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "max_archive_bytes", 1000)
    assert send(page, bytes(200_000)).status_code == 413


def test_whoever_has_cards_keeps_them(app: Flask, page: Page, person: Person) -> None:
    with app.app_context(), unit_of_work():
        card = wallet.open_card(actor_id=person.id)
        wallet.change_status(actor_id=person.id, card_id=card.id, status="ACTIVE")
    job = brought(app, page, zipped(document(categories=[FOOD], records=[RECORD])))
    assert job.status == "done"
    with app.app_context():
        found = session.scalars(select(Wallet).filter_by(user_id=person.id)).one()
        category = session.scalars(select(Category).filter_by(id=found.income_category_id)).one()
        assert (category.code, category.archived_at) == ("TRANSFER_IN", None)


def test_an_empty_archive_is_brought_too(app: Flask, page: Page) -> None:
    job = brought(app, page, zipped(document(categories=[FOOD])))
    assert job.status == "done"
    assert [row["name"] for row in data_of(taken(app, page))["categories"]] == ["Oziq"]
