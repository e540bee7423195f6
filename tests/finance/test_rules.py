""" "Always X for Y?": asked after two equal corrections, answered once; refusals first."""

from decimal import Decimal
from typing import Any

import pytest

from koshelok.core.errors import NotFound
from koshelok.finance import operations, queries
from koshelok.finance.models import Transaction
from koshelok.finance.queries import Question
from koshelok.infra.db import session
from tests.finance.conftest import Book

NOTE = "Korzinka Chilonzor"


def _correct(book: Book, comment: str = NOTE, code: str = "DATA") -> int:
    """Record as food and put right by hand."""
    made = book.record(comment=comment).id
    book.do(operations.edit_transaction, transaction_id=made, category_id=book.categories[code])
    return made


def _asked(book: Book, record: int) -> Question | None:
    return queries.find_question(book.workspace_id, record)


def _category(record: int) -> tuple[int, int | None]:
    row = session.get(Transaction, record, populate_existing=True)
    assert row is not None
    return row.category_id, row.rule_id


def _accept(book: Book, record: int, **more: Any) -> tuple[int, int]:
    count, change = book.do(operations.accept_rule, transaction_id=record, **more)
    return int(count), int(change)


def test_one_correction_asks_nothing(book: Book) -> None:
    record = _correct(book)
    assert _asked(book, record) is None
    with pytest.raises(NotFound):
        _accept(book, record)
    with pytest.raises(NotFound):
        book.do(operations.decline_rule, transaction_id=record)


def test_refuses_somebody_elses(book: Book, other_book: Book) -> None:
    _correct(book)
    record = _correct(book)
    with pytest.raises(NotFound):
        _accept(other_book, record)
    _accept(book, record)
    (rule,) = queries.list_rules(book.workspace_id)
    with pytest.raises(NotFound):
        other_book.do(operations.delete_rule, rule_id=rule.id)
    assert queries.list_rules(other_book.workspace_id) == []


def test_yes_makes_a_rule_and_moves_the_past_as_one(book: Book) -> None:
    past = [book.record(comment=NOTE).id for _ in range(12)]
    other = book.record(comment="Makro").id
    _correct(book)
    record = _correct(book)
    question = _asked(book, record)
    assert question is not None
    found = queries.preview_rule(book.workspace_id, question)
    assert (found.count, len(found.records)) == (12, 10)
    count, change = _accept(book, record)
    (rule,) = queries.list_rules(book.workspace_id)
    data = book.categories["DATA"]
    assert (count, rule.key, rule.category) == (12, "korzinka chilonzor", data)
    assert {_category(id_) for id_ in past} == {(data, rule.id)}
    assert _category(other) == (book.categories["FOOD"], None)
    book.do(operations.undo_change, change_id=change)
    assert {_category(id_) for id_ in past} == {(book.categories["FOOD"], None)}
    assert queries.list_rules(book.workspace_id) == []
    book.do(operations.redo_change, change_id=change)
    assert {_category(id_) for id_ in past} == {(data, rule.id)}


def test_yes_from_now_on_leaves_the_past(book: Book) -> None:
    past = book.record(comment=NOTE).id
    _correct(book)
    record = _correct(book)
    count, change = _accept(book, record, past=False)
    assert (count, _category(past)[0]) == (0, book.categories["FOOD"])
    assert _asked(book, record) is None
    book.do(operations.undo_change, change_id=change)
    assert queries.list_rules(book.workspace_id) == []


def test_the_shorter_name_is_asked_where_the_longer_ones_differ(book: Book) -> None:
    _correct(book, "Korzinka Chilonzor")
    record = _correct(book, "Korzinka Yunusobod")
    question = _asked(book, record)
    assert question is not None
    assert question.key == "korzinka"


def test_no_is_never_asked_again(book: Book) -> None:
    _correct(book)
    record = _correct(book)
    book.do(operations.decline_rule, transaction_id=record)
    assert [_asked(book, _correct(book)) for _ in range(3)] == [None] * 3
    for _ in range(2):
        other = _correct(book, code="TRANSPORT")
    assert _asked(book, other) is not None  # that is another pair


def test_the_rule_guesses_and_is_noted(book: Book) -> None:
    _correct(book)
    _accept(book, _correct(book))
    guess = queries.find_guess(book.workspace_id, "KORZINKA chilonzor 12")
    (rule,) = queries.list_rules(book.workspace_id)
    assert guess is not None
    assert (guess.category, guess.rule_id) == (book.categories["DATA"], rule.id)
    assert _category(book.record(comment=NOTE, code="DATA").id)[1] == rule.id
    assert _category(book.record(comment=NOTE, code="FOOD").id)[1] is None
    assert _category(book.record(comment="Makro", code="DATA").id)[1] is None


def test_parts_of_a_split_stay_where_they_were_put(book: Book) -> None:
    whole = book.record("100", comment=NOTE).id
    parts = [
        operations.Part(book.categories[code], Decimal(50), NOTE) for code in ("FOOD", "TRANSPORT")
    ]
    book.do(operations.split_transaction, transaction_id=whole, parts=parts)
    _correct(book)
    assert _accept(book, _correct(book))[0] == 0


def test_deleted_it_guesses_no_more_and_comes_back(book: Book) -> None:
    _correct(book)
    _accept(book, _correct(book))
    (rule,) = queries.list_rules(book.workspace_id)
    change = book.do(operations.delete_rule, rule_id=rule.id)
    assert queries.list_rules(book.workspace_id) == []
    book.do(operations.undo_change, change_id=change)
    assert queries.list_rules(book.workspace_id) == [rule]
