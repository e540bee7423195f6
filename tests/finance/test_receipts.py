"""Receipts of records: what is refused, who sees them, and what comes back with what."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import delete, select, update

from koshelok.core.clock import now
from koshelok.core.errors import DomainError, NotFound
from koshelok.finance import operations, queries
from koshelok.finance.errors import (
    ChangedSince,
    ReceiptInvalid,
    ReceiptTooLarge,
    TooManyReceipts,
)
from koshelok.finance.models import Receipt, Transaction
from koshelok.finance.operations import Brought
from koshelok.finance.receipts import (
    MAX_BYTES,
    MAX_FILES,
    SIDE,
    is_our_picture,
    keep_receipt,
    receipts_folder,
)
from koshelok.infra.db import session
from koshelok.infra.pictures import Unreadable
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Page, Person
from tests.finance.conftest import Book, open_book
from tests.identity.pictures import photo_with_metadata, picture

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PHOTO = picture("JPEG")


@pytest.fixture
def own(book: Book) -> Book:
    """A book; nothing is on its disk yet."""
    for path in _files():
        path.unlink()
    return book


def _files() -> list[Path]:
    return sorted(receipts_folder().glob("*")) if receipts_folder().exists() else []


def attach(book: Book, record: int, *data: bytes, name: str = "chek.jpg") -> int:
    """Attach and commit; the change."""
    files = [Brought(name, each) for each in data]
    return int(book.do(operations.attach_receipts, transaction_id=record, files=files))


def shown(book: Book, record: int) -> list[queries.ReceiptView]:
    """What the record shows."""
    return list(queries.list_receipts(book.workspace_id, record))


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", ReceiptInvalid),
        (b"<script>alert(1)</script>", ReceiptInvalid),
        (b"GIF89a" + bytes(50), ReceiptInvalid),
        (b"%PDF-1.7 without an end", ReceiptInvalid),
        (b"junk before" + PDF, ReceiptInvalid),
        (PHOTO[:200], ReceiptInvalid),
        (bytes(MAX_BYTES + 1), ReceiptTooLarge),
    ],
)
def test_what_is_neither_picture_nor_pdf_is_refused(
    own: Book, data: bytes, refusal: type[DomainError]
) -> None:
    record = own.record().id
    with pytest.raises(refusal):
        attach(own, record, PHOTO, data)
    assert shown(own, record) == []
    assert _files() == []


def test_a_record_has_so_many(own: Book) -> None:
    record = own.record().id
    attach(own, record, *[PDF] * MAX_FILES)
    with pytest.raises(TooManyReceipts):
        attach(own, record, PDF)
    assert len(_files()) == MAX_FILES


def test_of_another_nothing_is_found(own: Book, other_book: Book) -> None:
    record = own.record().id
    attach(own, record, PDF)
    receipt = shown(own, record)[0].id
    with pytest.raises(NotFound):
        attach(other_book, record, PDF)
    with pytest.raises(NotFound):
        other_book.do(operations.remove_receipt, receipt_id=receipt)
    assert shown(other_book, record) == []


def test_a_photo_is_made_anew_and_a_pdf_stays(own: Book) -> None:
    record = own.record().id
    attach(own, record, photo_with_metadata(), PDF, name="C:\\fakepath\\chek.jpg")
    image, paper = shown(own, record)
    assert (image.kind, paper.kind, image.name) == ("image", "pdf", "chek.jpg")
    with Image.open(receipts_folder() / image.file) as made:
        assert made.format == "WEBP"
        assert made.size == (100, 200)
        assert not made.getexif()
    assert (receipts_folder() / paper.file).read_bytes() == PDF
    assert b"Secret" not in (receipts_folder() / image.file).read_bytes()
    assert queries.count_receipts(own.workspace_id, [record]) == {record: 2}


def test_what_was_exported_is_kept_to_the_byte_and_nothing_else_is(own: Book) -> None:
    record = own.record().id
    attach(own, record, picture("PNG", (3000, 100)))
    written = (receipts_folder() / shown(own, record)[0].file).read_bytes()
    assert is_our_picture(written)
    assert (receipts_folder() / keep_receipt(written).file).read_bytes() == written
    out = BytesIO()
    Image.new("RGB", (SIDE + 1, 10)).save(out, "WEBP")
    for other in (written + b"<script>", out.getvalue(), PHOTO):
        assert not is_our_picture(other)
    with pytest.raises(Unreadable):
        keep_receipt(written[:-20])


def test_taking_away_and_attaching_have_a_way_back(own: Book) -> None:
    record = own.record().id
    added = attach(own, record, PHOTO, PDF)
    image, _pdf = shown(own, record)
    removed = own.do(operations.remove_receipt, receipt_id=image.id)
    assert [receipt.kind for receipt in shown(own, record)] == ["pdf"]
    with pytest.raises(NotFound):
        own.do(operations.remove_receipt, receipt_id=image.id)
    own.do(operations.undo_change, change_id=removed)
    assert len(shown(own, record)) == 2
    own.do(operations.redo_change, change_id=removed)
    own.do(operations.undo_change, change_id=removed)
    own.do(operations.undo_change, change_id=added)
    assert shown(own, record) == []
    own.do(operations.redo_change, change_id=added)
    assert len(shown(own, record)) == 2


def test_undo_passes_no_limit(own: Book) -> None:
    record = own.record().id
    attach(own, record, *[PDF] * MAX_FILES)
    removed = own.do(operations.remove_receipt, receipt_id=shown(own, record)[0].id)
    attach(own, record, PDF)
    with pytest.raises(TooManyReceipts):
        own.do(operations.undo_change, change_id=removed)
    assert len(shown(own, record)) == MAX_FILES


def test_the_trash_keeps_them_and_the_end_of_a_record_takes_them_along(own: Book) -> None:
    record, kept = own.record().id, own.record().id
    attach(own, record, PHOTO, PDF)
    attach(own, kept, PDF)
    own.do(operations.delete_transaction, transaction_id=record)
    own.do(operations.restore_transaction, transaction_id=record)
    assert len(shown(own, record)) == 2
    with unit_of_work():
        operations.drop_receipt_files(
            transactions=select(Transaction.id).where(Transaction.id == record)
        )
        session.execute(delete(Transaction).where(Transaction.id == record))
    assert [path.name for path in _files()] == [shown(own, kept)[0].file]


def test_at_night_what_is_past_its_keeping_goes_and_what_nobody_names(own: Book) -> None:
    record = own.record().id
    removed = attach(own, record, PDF)
    attach(own, record, PHOTO)
    old = shown(own, record)[0]
    own.do(operations.remove_receipt, receipt_id=old.id)
    orphan = receipts_folder() / "orphan.pdf"
    orphan.write_bytes(PDF)
    before = (now() - timedelta(days=2)).timestamp()
    for path in _files():
        os.utime(path, (before, before))
    with unit_of_work():
        assert operations.forget_receipts() == 1
    assert not orphan.exists()
    assert len(_files()) == 3
    with unit_of_work():
        session.execute(
            update(Receipt).where(Receipt.id == old.id).values(deleted_at=now() - timedelta(31))
        )
        assert operations.forget_receipts() == 1
    assert len(_files()) == 2
    with pytest.raises(ChangedSince):
        own.do(operations.undo_change, change_id=removed)


# --- by page


@pytest.fixture
def recorded(app: Flask, person: Person) -> int:
    """A record of `person`."""
    with app.app_context():
        return open_book(person).record().id


def send(page: Page, record: int, *files: tuple[str, bytes]) -> Any:
    """Attach by the page."""
    data = {"receipts": [(BytesIO(content), name) for name, content in files]}
    return page.post(f"/transactions/{record}/receipts", data, content_type="multipart/form-data")


def test_pages_refuse_and_say_why(
    app: Flask, browse: Callable[[Person], Page], person: Person, recorded: int
) -> None:
    page = browse(person)
    for files in ((), (("a.exe", b"MZ"),)):
        answer = send(page, recorded, *files)
        assert answer.status_code == 422
        assert 'id="receipts-error"' in answer.get_data(as_text=True)
    assert send(page, 999999, ("a.pdf", PDF)).status_code == 404


def test_only_members_see_what_is_shown_as_nothing_else(
    app: Flask,
    browse: Callable[[Person], Page],
    person: Person,
    make_person: Callable[..., Person],
    recorded: int,
    queries: Any,
) -> None:
    page, stranger = browse(person), browse(make_person())
    big = picture("PNG", (1200, 1600))
    assert send(page, recorded, ("chek.png", big), ("hisob.HTML", PDF)).status_code == 303
    queries.statements.clear()
    html = page.get(f"/transactions/{recorded}/edit").get_data(as_text=True)
    assert len(queries.statements) <= 10
    shown = re.findall(r'href="(/receipts/[0-9a-f-]+)"', html)
    assert len(shown) == 2
    assert "hisob.HTML" in html
    image, paper = (page.get(url) for url in shown)
    assert image.mimetype == "image/webp"
    assert "attachment" not in str(image.headers)
    assert paper.mimetype == "application/pdf"
    assert paper.data == PDF
    assert paper.headers["Content-Disposition"] == "attachment; filename=hisob.HTML.pdf"
    small = page.get(f"{shown[0]}/small")
    assert len(small.data) < len(image.data)
    for answer in (image, paper, small):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        answer.close()
    assert page.get(f"{shown[1]}/small").status_code == 404
    for url in (*shown, f"{shown[0]}/small", f"/transactions/{recorded}/receipts"):
        assert stranger.get(url).status_code == 404
    assert stranger.post(f"{shown[0]}/delete").status_code == 404


def test_taken_away_in_place_with_undo(
    app: Flask, browse: Callable[[Person], Page], person: Person, recorded: int
) -> None:
    page = browse(person)
    send(page, recorded, ("chek.png", PHOTO))
    html = page.get(f"/transactions/{recorded}/receipts").get_data(as_text=True)
    (url,) = re.findall(r'action="(/receipts/[0-9a-f-]+/delete)"', html)
    answer = page.htmx("POST", url)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert url not in text
    (undo,) = re.findall(r'action="(/changes/\d+/undo)"', text)
    assert page.htmx("POST", undo).status_code == 200
    assert url in page.htmx("GET", f"/transactions/{recorded}/receipts").get_data(as_text=True)
