"""What a device wrote down, for tests that walk over everything."""

from decimal import Decimal
from uuid import UUID, uuid4

from koshelok.core.clock import today
from koshelok.finance import operations, queries
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person


def write_entry(person: Person) -> UUID:
    """Record something under a device's name for it, which is answered."""
    key = uuid4()
    food = queries.find_category_by_code(person.workspace_id, "FOOD")
    assert food is not None
    with unit_of_work():
        operations.record_transaction(
            actor_id=person.id, workspace_id=person.workspace_id, category_id=food.id,
            amount=Decimal(5), day=today(), client_id=key,
        )  # fmt: skip
    return key


def split_pages(person: Person) -> list[str]:
    """The page on which a record is divided."""
    made = queries.find_record_of_client(person.workspace_id, write_entry(person))
    assert made is not None
    return [f"/transactions/{made.id}/split"]
