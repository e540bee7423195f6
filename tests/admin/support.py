"""What the tests of other features need of administration."""

from uuid import UUID

from koshelok.admin.operations import start_verification
from koshelok.identity.operations import change_role
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs import tasks
from tests.conftest import Person

PAGES = [
    "/admin", "/admin/users", "/admin/cards", "/admin/transfers", "/admin/deposit",
    "/admin/verification", "/admin/audit",
]  # fmt: skip


def make_admin(person: Person, card: UUID, transfer: UUID) -> list[str]:
    """Make somebody an administrator who has verified; answers every page of administration.

    Needs an application context.
    """
    with unit_of_work():
        change_role(actor_id=0, user_id=person.id, role="ADMIN")
        job = start_verification(actor_id=person.id)
    tasks.run(str(job))
    return [
        *PAGES,
        f"/admin/users/{person.id}",
        f"/admin/cards/{card}",
        f"/admin/cards/{card}/verify",
        f"/admin/transfers/{transfer}",
    ]
