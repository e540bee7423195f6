"""A book to work on below the edge."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from koshelok.finance import operations, queries
from koshelok.finance.queries import Record
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person

DAY = date(2026, 11, 21)


@dataclass
class Book:
    """A workspace, its owner, its categories by code, and what one does there."""

    actor_id: int
    workspace_id: int
    categories: dict[str, int] = field(default_factory=dict)

    @property
    def whose(self) -> dict[str, Any]:
        """The arguments of every operation."""
        return {"actor_id": self.actor_id, "workspace_id": self.workspace_id}

    def record(self, amount: str = "1000", code: str = "FOOD", **more: Any) -> Record:
        """Record and commit."""
        with unit_of_work():
            return operations.record_transaction(
                **self.whose,
                **{"category_id": self.categories[code], "amount": Decimal(amount), "day": DAY}
                | more,
            )

    def do(self, operation: Any, **arguments: Any) -> Any:
        """Run an operation and commit."""
        with unit_of_work():
            return operation(**self.whose, **arguments)


def open_book(person: Person) -> Book:
    """The book of a person; needs an application context."""
    found = queries.list_categories(person.workspace_id)
    return Book(person.id, person.workspace_id, {str(c.code): c.id for c in found})


@pytest.fixture
def book(context: Flask, person: Person) -> Book:
    """The book of `person`, inside an application context."""
    return open_book(person)


@pytest.fixture
def other_book(context: Flask, make_person: Any) -> Book:
    """Somebody else's."""
    return open_book(make_person())
