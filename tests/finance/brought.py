"""Imports of records in each of their states, for tests that look at every page."""

from io import BytesIO
from uuid import UUID

from koshelok.finance.models import Import, ImportStatus
from koshelok.finance.operations.imports import bring_file, start_import
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import tasks
from tests.conftest import Person

ROWS = """Sana;Summa;Toifa;Izoh
01.11.2026;-25 000;Oziq-ovqat;Korzinka
01.11.2026;-25 000;Oziq-ovqat;Korzinka
02.11.2026;1 500 000;;Oylik maosh
03.11.2026;-12 000;Dam olish va ko'ngilochar tadbirlar;Choyxona, do'stlar bilan
kecha;-5 000;;Taksi
"""
WORDS = {"other": "Boshqa", "file": "yozuvlar.csv", "row": "Qator", "wrong": "Nima noto'g'ri",
         "wrong_file": "noto'g'ri-qatorlar", "reasons": {}}  # fmt: skip


def bring(person: Person, content: str = ROWS) -> UUID:
    """A file that was brought and read; its import."""
    with unit_of_work():
        brought = bring_file(
            actor_id=person.id, workspace_id=person.workspace_id, file_name="yozuvlar.csv",
            stream=BytesIO(content.encode()), labels={}, words=WORDS,
        )  # fmt: skip
    if brought.job_id:
        tasks.run(str(brought.job_id))
    return brought.id


def save(person: Person, id_: UUID) -> UUID:
    """The same, its rows saved."""
    with unit_of_work():
        found = start_import(
            actor_id=person.id, workspace_id=person.workspace_id, import_id=id_, words=WORDS
        )
    tasks.run(str(found.job_id))
    return id_


def record_import_pages(person: Person) -> list[str]:
    """The addresses of an import in each state, and the list of them."""
    ids = [save(person, bring(person)), bring(person), bring(person, "Kim?;Qancha?\nAziz;5\n")]
    stopped = bring(person)
    with unit_of_work():
        session.get_one(Import, stopped).status = ImportStatus.RUNNING
    every = [f"/transactions/import/{id_}" for id_ in (*ids, stopped)]
    return ["/transactions/import", *every, f"{every[1]}?show=wrong"]
