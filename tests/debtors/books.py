"""A shop's book made in a line, and what of it may never be otherwise."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from koshelok.core.errors import DomainError
from koshelok.debtors import operations, queries
from koshelok.debtors.queries import DebtView, PaymentView, Person
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person as User
from tests.ledger.books import unguarded

_numbers = itertools.count(1)

# What may not be, in one statement, so in one snapshot. Simpler than debtors.verification, and
# another's work: the two prove each other.
WRONG = """
    WITH live AS (SELECT * FROM debt_allocations WHERE voided_at IS NULL)
    SELECT 'debt ' || id FROM debts AS d
        WHERE amount <> (SELECT coalesce(sum(amount), 0) FROM live WHERE debt_id = d.id)
            + remaining AND voided_at IS NULL
        OR voided_at IS NOT NULL AND (remaining <> 0 OR id IN (SELECT debt_id FROM live))
    UNION ALL SELECT 'payment ' || id FROM payments AS p
        WHERE amount <> (SELECT coalesce(sum(amount), 0) FROM live WHERE payment_id = p.id)
            + credited AND voided_at IS NULL
        OR voided_at IS NOT NULL AND (credited <> 0 OR id IN (SELECT payment_id FROM live))
    UNION ALL SELECT 'person ' || id FROM debtors AS b
        WHERE debt_total <> (SELECT coalesce(sum(remaining), 0) FROM debts WHERE debtor_id = b.id)
        OR credit <> (SELECT coalesce(sum(credited), 0) FROM payments WHERE debtor_id = b.id)
        OR debt_total > 0 AND credit > 0
        OR deleted_at IS NOT NULL AND debt_total + credit > 0
    UNION ALL SELECT 'late from ' || aged_from FROM (
        SELECT workspace_id, aged_from, remaining FROM debts
        UNION ALL SELECT workspace_id, day, -amount FROM debt_dues
    ) AS both_sides GROUP BY workspace_id, aged_from HAVING sum(remaining) <> 0
"""


def wrong() -> list[str]:
    """What is wrong with the books at this instant."""
    return list(session.scalars(text(WRONG)))


def clear() -> None:
    """Take every book away; people and their workspaces stay."""
    with unguarded():
        for table in ("debt_allocations", "debts", "payments", "debtors", "debt_dues"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # our own names


def new_phone() -> str:
    """A number that nobody has yet."""
    return f"+99890{next(_numbers):07}"


@dataclass
class Shop:
    """A workspace, who works there, and what one does there; each in a unit of work."""

    actor_id: int
    workspace_id: int

    def do(self, operation: Callable[..., Any], **arguments: Any) -> Any:
        """Run an operation and commit."""
        with unit_of_work():
            return operation(actor_id=self.actor_id, workspace_id=self.workspace_id, **arguments)

    def refused(self, operation: Callable[..., Any], **arguments: Any) -> DomainError:
        """Run an operation that must be refused."""
        try:
            self.do(operation, **arguments)
        except DomainError as error:
            return error
        raise AssertionError("it was not refused")

    def person(self, name: str = "Aziz Rahimov", **more: Any) -> int:
        """Enter somebody; the id."""
        values = {"full_name": name, "phone_number": new_phone()} | more
        made: Person = self.do(operations.create_debtor, **values)
        return made.id

    def debt(self, debtor: int, amount: str | Decimal, **more: Any) -> DebtView:
        """Write a debt down."""
        values = {"debtor_id": debtor, "amount": Decimal(amount), **more}
        made: DebtView = self.do(operations.record_debt, **values)
        return made

    def pay(self, debtor: int, amount: str | Decimal, **more: Any) -> PaymentView:
        """Take a payment."""
        values = {"debtor_id": debtor, "amount": Decimal(amount), **more}
        made: PaymentView = self.do(operations.record_payment, **values)
        return made

    def void_debt(self, debt: int) -> DebtView:
        """Take a debt back."""
        made: DebtView = self.do(operations.void_debt, debt_id=debt, reason="Xato")
        return made

    def void_payment(self, payment: int) -> PaymentView:
        """Take a payment back."""
        made: PaymentView = self.do(
            operations.void_payment, payment_id=payment, reason="Xato", may_give_back=True
        )
        return made

    def write_off(self, debt: int) -> DebtView:
        """Forgive what is left of a debt."""
        made: DebtView = self.do(operations.write_off, debt_id=debt, reason="Ketib qoldi")
        return made

    def sums(self, debtor: int) -> tuple[str, str]:
        """What somebody owes, and has as credit."""
        found = queries.get_person(self.workspace_id, debtor)
        return f"{found.debt_total:.2f}", f"{found.credit:.2f}"

    def left(self, debtor: int) -> list[str]:
        """What is open of each debt, the first to be paid first."""
        return [f"{debt.remaining:.2f}" for debt in queries.list_open_debts(debtor)]

    def status(self, *debts: int) -> list[str]:
        """Of these debts."""
        return [queries.get_debt(self.workspace_id, debt).status for debt in debts]


def open_shop(person: User) -> Shop:
    """The book of somebody's own workspace."""
    return Shop(person.id, person.workspace_id)
