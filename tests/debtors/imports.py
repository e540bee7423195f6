"""Imports in each of their states, for tests that look at every page."""

from io import BytesIO
from uuid import UUID

from koshelok.debtors.models import Import, ImportStatus
from koshelok.debtors.operations.imports import bring_file
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person

ROWS = """Ism;Telefon;Qarz;Izoh
Aziz Rahimov;+998 90 123 45 67;150 000;Qo'shni
Aziz Rahimov;901234567;10;
Malika Karimova;12;-25 000;
"""
COUNTS = {"rows": 3, "new": 1, "duplicate": 1, "added": 0, "wrong": 1, "debt": "150000.00",
          "credit": "5.00"}  # fmt: skip


def look_at(person: Person, content: str = ROWS) -> UUID:
    """A file that was brought to a person's own book; its import."""
    with unit_of_work():
        return bring_file(
            actor_id=person.id, workspace_id=person.workspace_id,
            stream=BytesIO(content.encode()), file_name="qarzlar.csv", labels={},
        ).id  # fmt: skip


def import_pages(person: Person) -> list[str]:
    """The addresses of an import in each state."""
    ids = [look_at(person), look_at(person, "Kim?;Raqam?\nAziz;901234567\n")]
    for status in (ImportStatus.RUNNING, ImportStatus.DONE, ImportStatus.REVERTED):
        ids.append(look_at(person))
        with unit_of_work():
            found = session.get_one(Import, ids[-1])
            found.status, found.counts = status, COUNTS
    return [f"/debtors/import/{id_}" for id_ in ids]
