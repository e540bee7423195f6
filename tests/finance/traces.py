"""What a walk over all addresses finds in somebody's book."""

from datetime import timedelta
from decimal import Decimal

from koshelok.core.clock import today
from koshelok.finance import operations, queries
from tests.conftest import Person
from tests.finance.conftest import open_book


def leave_habits(person: Person) -> dict[str, int]:
    """Something expected, something suggested, a question and a rule, by their addresses."""
    book, day = open_book(person), today()
    made, _ = book.do(
        operations.make_recurrence, category_id=book.categories["FOOD"], amount=Decimal(5),
        unit="month", starts_on=day,
    )  # fmt: skip
    for weeks in (2, 1, 0):
        alike = book.record("7", comment="Suv", day=day - timedelta(weeks=weeks)).id
    for note in ("Non", "Non", "Sut", "Sut"):
        asked = book.record("3", comment=note).id
        book.do(
            operations.edit_transaction,
            transaction_id=asked,
            category_id=book.categories["DATA"],
        )
        if note == "Non":
            answered = asked
    book.do(operations.accept_rule, transaction_id=answered)
    return {
        "/recurring/suggestions": alike,
        "/recurring": made,
        "/rules/ask": asked,
        "/rules": queries.list_rules(book.workspace_id)[0].id,
    }


def habit_pages(person: Person) -> list[str]:
    """Every page of what comes again and of rules, with something on it."""
    made = leave_habits(person)
    one = f"/recurring/{made['/recurring']}"
    return [
        "/recurring", "/recurring/new", f"{one}/edit", f"{one}/record",
        f"/rules/ask/{made['/rules/ask']}", "/rules",
    ]  # fmt: skip
