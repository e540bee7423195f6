"""Lines of a bank that nobody could read, for tests that walk all pages."""

from sqlalchemy import select

from koshelok.finance.bank import Unread
from koshelok.finance.models import BankMessage
from koshelok.finance.operations.bank import save_messages
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person

PASTED = """HUMOCARD *6659: oplata 45000.00 UZS; KORZINKA; 26-03-20 10:00; Dostupno: 955000.00 UZS
HUMOCARD *6659: oplata 5000.00 UZS; MAKRO; 26-03-21 10:00; Dostupno: 650000.00 UZS
Spisanie, karta ****1234: 5000 UZS, KORZINKA
Salom"""


def keep_lines(person: Person) -> int:
    """The id of a line that waits; needs an application context."""
    with unit_of_work():
        save_messages(
            actor_id=person.id, workspace_id=person.workspace_id, entries=[],
            unread=[Unread("Kartangizdan 12 500 so'm yechildi")],
        )  # fmt: skip
    query = select(BankMessage.id).filter_by(workspace_id=person.workspace_id)
    return session.scalars(query).one()


def bank_pages(person: Person) -> list[str]:
    """The pages that are asked for by their address alone."""
    return ["/add/bank", f"/add/bank/{keep_lines(person)}"]
