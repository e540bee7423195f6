"""The pages of one person, for tests that look at every page."""

from sqlalchemy import select

from koshelok.debtors.models import Debt, Payment
from koshelok.infra.db import session
from tests.conftest import Person


def person_pages(person: Person) -> list[str]:
    """Of somebody in this one's book who has a debt and a payment."""
    debt = session.scalars(
        select(Debt).where(Debt.workspace_id == person.workspace_id).order_by(Debt.id)
    ).first()
    payment = session.scalars(
        select(Payment).where(Payment.workspace_id == person.workspace_id).order_by(Payment.id)
    ).first()
    assert debt is not None
    assert payment is not None
    place = f"/debtors/{debt.debtor_id}"
    return [
        "/debtors/new", place, f"{place}/edit", f"{place}/reminders",
        f"{place}/statement", f"{place}/statement/receipt",
        f"/debtors/debts/{debt.id}/edit", f"/debtors/debts/{debt.id}/void",
        f"/debtors/debts/{debt.id}/write-off", f"/debtors/payments/{payment.id}/void",
    ]  # fmt: skip
