"""Every change has a way back, which has one too; what was changed since stays as it is."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.errors import DomainError, NotFound
from koshelok.finance import operations
from koshelok.finance.errors import ChangedSince
from koshelok.finance.operations import Part
from koshelok.finance.queries import get_record, list_changes
from koshelok.finance.verification import verify
from koshelok.infra.db import session
from tests.conftest import Page, Person
from tests.finance.conftest import Book, open_book

_STATE = text("""
    SELECT id, category_id, type, amount, comment, date, split_id, rule_id, transfer_id
    FROM transactions WHERE workspace_id = :workspace_id AND deleted_at IS NULL ORDER BY id
""")
Step = Callable[[Book], int]


def state(book: Book) -> list[Any]:
    """The live records, and proof that the totals are theirs."""
    rows = session.execute(_STATE, {"workspace_id": book.workspace_id}).all()
    assert list(verify()) == []
    session.rollback()
    return [tuple(row) for row in rows]


def undo(book: Book, change: int) -> int:
    return int(book.do(operations.undo_change, change_id=change))


def redo(book: Book, change: int) -> int:
    return int(book.do(operations.redo_change, change_id=change))


def refused(book: Book, operation: Callable[..., Any], **values: Any) -> type[DomainError]:
    """How an operation was refused, after which all is as before."""
    before = state(book)
    with pytest.raises(DomainError) as caught:
        book.do(operation, **values)
    assert state(book) == before
    return caught.type


def _edit(**changes: Any) -> Step:
    def step(book: Book) -> int:
        values = {**changes}
        if "code" in values:
            values["category_id"] = book.categories[values.pop("code")]
        id_ = book.record("100", comment="Non").id
        return int(book.do(operations.edit_transaction, transaction_id=id_, **values).change_id)

    return step


def _delete(book: Book) -> int:
    return int(book.do(operations.delete_transaction, transaction_id=book.record().id))


def _restore(book: Book) -> int:
    id_ = book.record().id
    book.do(operations.delete_transaction, transaction_id=id_)
    return int(book.do(operations.restore_transaction, transaction_id=id_).change_id)


def _split(book: Book) -> int:
    parts = [
        Part(book.categories["DATA"], Decimal("0.01")),
        Part(book.categories["FOOD"], Decimal("99.98"), "Non"),
        Part(book.categories["DATA"], Decimal("0.01")),
    ]
    whole = book.record("100", comment="Korzinka")
    _, change = book.do(operations.split_transaction, transaction_id=whole.id, parts=parts)
    return int(change)


def _recategorise(book: Book) -> int:
    ids = [book.record(str(amount)).id for amount in (1, 2, 3)]
    values = {"chosen": ids, "category_id": book.categories["DATA"]}
    return int(book.do(operations.recategorise, **values)[1])


def _delete_many(book: Book) -> int:
    ids = [book.record(str(amount)).id for amount in (1, 2, 3)]
    return int(book.do(operations.delete_transactions, chosen=ids)[1])


STEPS = {
    "amount": _edit(amount=Decimal("9999999999999999.99")),
    "comment": _edit(comment="Go'sht 🍖"),
    "day": _edit(day=date(2200, 12, 31)),
    "category": _edit(code="DATA"),
    "type": _edit(code="SALARY"),
    "all": _edit(code="SALARY", amount=Decimal("0.01"), comment="", day=date(1970, 1, 1)),
    "delete": _delete,
    "restore": _restore,
    "split": _split,
    "recategorise": _recategorise,
    "delete many": _delete_many,
}


def test_a_change_goes_back_once(book: Book) -> None:
    change = _delete(book)
    assert refused(book, operations.redo_change, change_id=change) is ChangedSince
    undo(book, change)
    assert refused(book, operations.undo_change, change_id=change) is ChangedSince
    redo(book, change)
    assert refused(book, operations.redo_change, change_id=change) is ChangedSince


def test_anothers_change_is_not_here(book: Book, other_book: Book) -> None:
    change = _delete(book)
    for operation in (operations.undo_change, operations.redo_change):
        with pytest.raises(NotFound):
            other_book.do(operation, change_id=change)
        with pytest.raises(NotFound):
            book.do(operation, change_id=change + 1000)
    undo(book, change)


@pytest.mark.parametrize("later", STEPS)
def test_what_was_changed_since_stays(book: Book, later: str) -> None:
    """Each later step over the same record keeps an earlier one from going back, until it does."""
    record = book.record("100", comment="Korzinka")
    earlier = book.do(operations.edit_transaction, transaction_id=record.id, comment="Nonvoy")
    change = int(earlier.change_id)
    book_of_one = _Same(book, record.id)
    since = STEPS[later](book_of_one)
    assert refused(book, operations.undo_change, change_id=change) is ChangedSince
    undo(book, since)
    if later == "restore":  # it was deleted before
        assert refused(book, operations.undo_change, change_id=change) is ChangedSince
        return
    assert undo(book, change) == 1
    assert refused(book, operations.redo_change, change_id=since) is ChangedSince
    redo(book, change)
    redo(book, since)


class _Same(Book):
    """The same book, where to record something answers the record that is there."""

    def __init__(self, book: Book, id_: int) -> None:
        super().__init__(book.actor_id, book.workspace_id, book.categories)
        self.id_ = id_

    def record(self, amount: str = "1000", code: str = "FOOD", **more: Any) -> Any:
        return get_record(self.workspace_id, self.id_)


@pytest.mark.parametrize("part", [0, 1])
def test_a_split_goes_back_whole_or_not(book: Book, part: int) -> None:
    """Else what a part was changed to would be counted beside the whole, or be missing."""
    whole = book.record("100")
    parts = [Part(book.categories["FOOD"], Decimal(60)), Part(book.categories["DATA"], Decimal(40))]
    made, change = book.do(operations.split_transaction, transaction_id=whole.id, parts=parts)
    edited = book.do(operations.edit_transaction, transaction_id=made[part].id, comment="x")
    assert refused(book, operations.undo_change, change_id=change) is ChangedSince
    undo(book, edited.change_id)
    assert undo(book, change) == 2
    assert [(row[0], row[3]) for row in state(book)] == [(whole.id, 100)]
    book.do(operations.delete_transaction, transaction_id=whole.id)
    assert refused(book, operations.redo_change, change_id=change) is ChangedSince


def test_of_many_the_others_go_back(book: Book) -> None:
    ids = [book.record(str(amount)).id for amount in (1, 2, 3)]
    _, change = book.do(operations.delete_transactions, chosen=ids)
    book.do(operations.restore_transaction, transaction_id=ids[0])
    book.do(operations.edit_transaction, transaction_id=ids[0], amount=Decimal(7))
    assert undo(book, change) == 2
    assert [row[3] for row in state(book)] == [7, 2, 3]
    assert redo(book, change) == 2
    assert [row[3] for row in state(book)] == [7]


@pytest.mark.parametrize("name", STEPS)
def test_there_and_back(book: Book, name: str) -> None:
    book.record("5", "SALARY")
    change = STEPS[name](book)
    after = state(book)
    count = undo(book, change)
    before = state(book)
    assert before != after
    for _ in range(2):
        assert redo(book, change) == count
        assert state(book) == after
        assert undo(book, change) == count
        assert state(book) == before
    row = list_changes(book.workspace_id, limit=1).items[0]
    assert (row.id, row.count, row.undone_at is None) == (change, count, False)


def test_all_of_it_goes_back_step_by_step(book: Book) -> None:
    states, changes = [], []
    for step in STEPS.values():
        changes.append(step(book))
        states.append(state(book))
    for change in reversed(changes):
        undo(book, change)
    start = state(book)
    for change in changes:
        redo(book, change)
    assert state(book) == states[-1]
    assert start != states[-1]


def test_what_changed_nothing_is_no_change(book: Book) -> None:
    record = book.record("100", comment="Non")
    values = {"amount": Decimal(100), "comment": " Non ", "day": record.date}
    edited = book.do(operations.edit_transaction, transaction_id=record.id, **values)
    assert edited.change_id is None
    food = book.categories["FOOD"]
    moved = book.do(operations.recategorise, chosen=[record.id], category_id=food)
    assert moved == (0, None)
    assert list_changes(book.workspace_id, limit=9).items == []


def test_bulk_changes_keep_to_the_workspace_and_the_type(book: Book, other_book: Book) -> None:
    mine, theirs = book.record("1"), other_book.record("2")
    income = book.record("3", "SALARY")
    chosen = [mine.id, theirs.id, income.id]
    data = book.categories["DATA"]
    assert book.do(operations.recategorise, chosen=chosen, category_id=data)[0] == 1
    with pytest.raises(NotFound):
        book.do(operations.recategorise, chosen=chosen, category_id=other_book.categories["FOOD"])
    assert book.do(operations.delete_transactions, chosen=chosen)[0] == 2
    assert [row[0] for row in state(other_book)] == [theirs.id]


def test_as_many_as_a_form_can_name(book: Book) -> None:
    mine = book.record("1").id
    chosen = range(mine, mine + 66_000)
    assert book.do(operations.delete_transactions, chosen=chosen)[0] == 1
    assert book.do(operations.restore_transactions, chosen=chosen)[0] == 1


def test_a_put_away_category_takes_its_records_back(book: Book) -> None:
    record = book.record("100")
    edited = book.do(
        operations.edit_transaction, transaction_id=record.id, category_id=book.categories["DATA"]
    )
    book.do(operations.remove_category, category_id=book.categories["FOOD"])
    assert undo(book, edited.change_id) == 1
    assert [row[1] for row in state(book)] == [book.categories["FOOD"]]


def test_a_type_goes_back_only_where_no_record_would_lose_it(book: Book) -> None:
    fruit = book.do(operations.create_category, name="Meva", type="income").id
    book.do(operations.edit_category, category_id=fruit, type="expense")
    (turned,) = list_changes(book.workspace_id, limit=1).items
    record = book.record(category_id=fruit)
    food = book.categories["FOOD"]
    moved = book.do(operations.edit_transaction, transaction_id=record.id, category_id=food)
    assert refused(book, operations.undo_change, change_id=turned.id) is ChangedSince
    assert undo(book, moved.change_id) == 1
    assert get_record(book.workspace_id, record.id).type == "expense"


def test_by_pages(
    app: Flask, person: Person, browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
) -> None:  # fmt: skip
    with app.app_context():
        book = open_book(person)
        path = f"/changes/{_delete(book)}"
    assert browse(make_person()).post(f"{path}/undo").status_code == 404
    mine = browse(person)
    for step, live in (("undo", 1), ("redo", 0)):
        assert mine.post(f"{path}/{step}").status_code == 303
        with app.app_context():
            assert len(state(book)) == live


class TestCategories:
    def test_go_there_and_back(self, book: Book) -> None:
        made = book.do(operations.create_category, name="Meva", type="expense")
        id_ = made.id
        book.do(operations.rename_category, category_id=id_, name="Meva-sabzavot")
        book.do(operations.remove_category, category_id=id_)
        steps = [row.id for row in list_changes(book.workspace_id, limit=9).items]
        assert [undo(book, step) for step in steps] == [1, 1, 1]
        assert _names(book) == []
        assert [redo(book, step) for step in reversed(steps)] == [1, 1, 1]
        assert _names(book) == []
        undo(book, steps[0])
        assert _names(book) == [(id_, "Meva-sabzavot")]

    def test_one_that_took_a_record_since_stays(self, book: Book) -> None:
        made = book.do(operations.create_category, name="Meva", type="expense")
        record = book.record(category_id=made.id)
        change = list_changes(book.workspace_id, limit=1).items[0].id
        assert refused(book, operations.undo_change, change_id=change) is ChangedSince
        book.do(
            operations.edit_transaction, transaction_id=record.id,
            category_id=book.categories["FOOD"],
        )  # fmt: skip
        assert refused(book, operations.undo_change, change_id=change) is ChangedSince

    def test_an_archived_one_comes_back(self, book: Book) -> None:
        food = book.categories["FOOD"]
        book.do(operations.remove_category, category_id=food)
        change = list_changes(book.workspace_id, limit=1).items[0].id
        undo(book, change)
        assert book.record(category_id=food).category == food
        assert redo(book, change) == 1


def _names(book: Book) -> list[Any]:
    rows = session.execute(
        text("SELECT id, name FROM categories WHERE workspace_id = :id AND code IS NULL"),
        {"id": book.workspace_id},
    ).all()
    session.rollback()
    return [tuple(row) for row in rows]
