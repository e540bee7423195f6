"""Operations below the edge: refusals first, then what they do, then the way back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from koshelok.core.errors import NotFound
from koshelok.core.money import AmountOutOfRange, AmountTooPrecise, InvalidAmount
from koshelok.core.text import TextMissing, TextTooLong
from koshelok.finance import operations, queries
from koshelok.finance.errors import (
    CategoryArchived,
    CategoryHasRecords,
    CategoryNameTaken,
    DayOutOfRange,
    UnknownType,
)
from koshelok.finance.models import Category, Transaction, TransactionVersion
from koshelok.finance.verification import verify
from koshelok.infra.db import session
from koshelok.workspaces.events import WorkspaceCreated
from tests.finance.conftest import DAY, Book


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"amount": "0"}, AmountOutOfRange),
        ({"amount": "-1"}, AmountOutOfRange),
        ({"amount": "1e20"}, AmountOutOfRange),
        ({"amount": "NaN"}, InvalidAmount),
        ({"amount": "0.001"}, AmountTooPrecise),
        ({"comment": "x" * 1001}, TextTooLong),
        ({"day": date(1969, 12, 31)}, DayOutOfRange),
        ({"day": date(2201, 1, 1)}, DayOutOfRange),
        ({"category_id": 0}, NotFound),
    ],
)
def test_refuses_to_record(book: Book, wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        book.record(**wrong)
    assert session.scalar(select(func.count()).select_from(Transaction)) == 0


def test_refuses_anothers_category_everywhere(book: Book, other_book: Book) -> None:
    theirs, mine = other_book.categories["FOOD"], book.record()
    with pytest.raises(NotFound):
        book.record(category_id=theirs)
    with pytest.raises(NotFound):
        book.do(operations.edit_transaction, transaction_id=mine.id, category_id=theirs)
    for operation in (operations.remove_category, operations.restore_category):
        with pytest.raises(NotFound):
            book.do(operation, category_id=theirs)
    with pytest.raises(NotFound):
        book.do(operations.rename_category, category_id=theirs, name="Mine")


def test_refuses_anothers_record_everywhere(book: Book, other_book: Book) -> None:
    theirs = other_book.record()
    edited = other_book.do(operations.edit_transaction, transaction_id=theirs.id, amount=Decimal(2))
    for operation in (operations.delete_transaction, operations.restore_transaction):
        with pytest.raises(NotFound):
            book.do(operation, transaction_id=theirs.id)
    with pytest.raises(NotFound):
        book.do(operations.edit_transaction, transaction_id=theirs.id, amount=Decimal(1))
    with pytest.raises(NotFound):
        book.do(operations.undo_change, change_id=edited.change_id)


def test_a_deleted_record_cannot_be_changed_nor_deleted_again(book: Book) -> None:
    record = book.record()
    book.do(operations.delete_transaction, transaction_id=record.id)
    with pytest.raises(NotFound):
        book.do(operations.delete_transaction, transaction_id=record.id)
    with pytest.raises(NotFound):
        book.do(operations.edit_transaction, transaction_id=record.id, amount=Decimal(1))
    book.do(operations.restore_transaction, transaction_id=record.id)
    with pytest.raises(NotFound):
        book.do(operations.restore_transaction, transaction_id=record.id)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", TextMissing),
        (" \n ", TextMissing),
        ("x" * 61, TextTooLong),
        ("oziq-OVQAT", CategoryNameTaken),
    ],
)
def test_refuses_a_category_name(book: Book, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        book.do(operations.create_category, name=name, type="expense")
    with pytest.raises(error):
        book.do(operations.rename_category, category_id=book.categories["DATA"], name=name)


def test_refuses_an_unknown_type(book: Book) -> None:
    with pytest.raises(UnknownType):
        book.do(operations.create_category, name="Meva", type="debt")


def test_refuses_to_turn_the_type_of_one_with_records(book: Book) -> None:
    record = book.record()
    book.do(operations.delete_transaction, transaction_id=record.id)
    with pytest.raises(CategoryHasRecords):
        book.do(operations.edit_category, category_id=book.categories["FOOD"], type="income")


def test_refuses_to_turn_the_type_of_one_that_undo_brings_records_back_to(book: Book) -> None:
    fruit = book.do(operations.create_category, name="Meva", type="expense").id
    record = book.record(category_id=fruit)
    food = book.categories["FOOD"]
    edited = book.do(operations.edit_transaction, transaction_id=record.id, category_id=food)
    with pytest.raises(CategoryHasRecords):
        book.do(operations.edit_category, category_id=fruit, type="income")
    book.do(operations.undo_change, change_id=edited.change_id)
    assert queries.get_record(book.workspace_id, record.id).type == "expense"


def test_refuses_to_restore_over_a_namesake(book: Book) -> None:
    food = book.categories["FOOD"]
    book.do(operations.remove_category, category_id=food)
    book.do(operations.create_category, name="Oziq-ovqat", type="expense")
    with pytest.raises(CategoryNameTaken):
        book.do(operations.restore_category, category_id=food)


def test_an_archived_category_keeps_its_records_and_takes_none(book: Book) -> None:
    food, data = book.categories["FOOD"], book.categories["DATA"]
    kept, moved = book.record(), book.record(code="DATA")
    assert book.do(operations.remove_category, category_id=food) is True
    with pytest.raises(CategoryArchived):
        book.record()
    with pytest.raises(CategoryArchived):
        book.do(operations.edit_transaction, transaction_id=moved.id, category_id=food)
    edited = book.do(operations.edit_transaction, transaction_id=kept.id, amount=Decimal(7))
    assert edited.record.amount == 7
    out = book.do(operations.edit_transaction, transaction_id=kept.id, category_id=data)
    assert book.do(operations.undo_change, change_id=out.change_id) == 1
    assert queries.get_record(book.workspace_id, kept.id).category == food


def test_removes_what_has_no_past_and_archives_the_rest(book: Book) -> None:
    empty, left = (
        book.do(operations.create_category, name=name, type="expense").id
        for name in ("Bo'sh", "Tark")
    )
    assert book.do(operations.remove_category, category_id=empty) is False
    assert session.get(Category, empty) is None
    record = book.record(category_id=left)
    assert book.do(operations.remove_category, category_id=left) is True
    book.do(operations.restore_category, category_id=left)
    book.do(
        operations.edit_transaction, transaction_id=record.id, category_id=book.categories["FOOD"]
    )
    assert book.do(operations.remove_category, category_id=left) is True
    assert book.do(operations.remove_category, category_id=left) is True
    assert book.do(operations.restore_category, category_id=left).archived_at is None


def test_an_edit_keeps_what_it_replaced_and_undo_puts_it_back(book: Book) -> None:
    record = book.record("1000", comment="Non")
    edited = book.do(
        operations.edit_transaction,
        transaction_id=record.id,
        category_id=book.categories["SALARY"],
        amount=Decimal("2500.5"),
        comment="  Oylik  ",
        day=date(2026, 1, 1),
    )
    assert (edited.record.type, edited.record.comment) == ("income", "Oylik")
    assert edited.record.amount == Decimal("2500.50")
    book.do(operations.undo_change, change_id=edited.change_id)
    assert queries.get_record(book.workspace_id, record.id) == record
    book.do(operations.redo_change, change_id=edited.change_id)
    assert queries.get_record(book.workspace_id, record.id) == edited.record
    assert list(verify()) == []


def test_an_edit_that_changes_nothing_keeps_no_version(book: Book) -> None:
    record = book.record("1000", comment="Non")
    same = book.do(
        operations.edit_transaction,
        transaction_id=record.id,
        amount=Decimal("1000.00"),
        comment="Non",
    )
    assert same.change_id is None
    assert session.scalar(select(func.count()).select_from(TransactionVersion)) == 0


def test_restores_whole(book: Book) -> None:
    record = book.record("1000", comment="Non 🍞")
    book.do(operations.delete_transaction, transaction_id=record.id)
    assert book.do(operations.restore_transaction, transaction_id=record.id).record == record


def test_notes_who_and_the_last_use(book: Book) -> None:
    record = book.record(code="TRANSPORT")
    assert session.get_one(Transaction, record.id).created_by_id == book.actor_id
    first = queries.list_categories(book.workspace_id, recent_first=True)[0]
    assert first.code == "TRANSPORT"


@pytest.mark.parametrize(
    ("language", "name"),
    [("uz", "Oziq-ovqat"), ("ru", "Продукты"), ("en", "Food"), ("fr", "Oziq-ovqat")],
)
def test_a_new_workspace_has_categories_in_its_owners_language(
    book: Book, language: str, name: str
) -> None:
    session.query(Category).delete()
    operations.add_default_categories(WorkspaceCreated(book.workspace_id, "personal", language))
    session.commit()
    found = queries.list_categories(book.workspace_id)
    assert [c.code for c in found] == ["FOOD", "DATA", "TRANSPORT", "MISCELLANEOUS", "SALARY"]
    assert found[0].name == name


def test_future_days_are_allowed(book: Book) -> None:
    assert book.record(day=date(2200, 12, 31)).date == date(2200, 12, 31)
    assert date(2200, 12, 31) > DAY
