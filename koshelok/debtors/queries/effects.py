"""What it would do to take an entry back: told before it is done.

The rule itself is in operations; tests hold the two together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from koshelok.debtors.queries.entries import DebtView, PaymentView, list_open_debts
from koshelok.debtors.queries.history import Mention, list_mentions
from koshelok.debtors.queries.people import Person
from koshelok.debtors.split import Open, split


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes, in so'm: debts that are open again and by how much, debts that are paid with
    what is set free, credit that goes, comes, or covers what is open again; the balance before
    and after (below zero it is credit)."""

    before: Decimal
    after: Decimal
    reopens: list[tuple[Mention, Decimal]] = field(default_factory=list)
    pays: list[tuple[Mention, Decimal]] = field(default_factory=list)
    credit_gone: Decimal = Decimal(0)
    credit_made: Decimal = Decimal(0)
    credit_spent: Decimal = Decimal(0)


def effect_of_voiding_debt(person: Person, debt: DebtView) -> Effect:
    """What had paid the debt pays the next oldest, or becomes credit."""
    freed = sum((part.amount for part in debt.allocations), Decimal(0))
    others: Sequence[Open] = [d for d in list_open_debts(person.id) if d.id != debt.id]
    spread = split(others, freed)
    return Effect(
        before=person.balance,
        after=person.balance - debt.amount + debt.written_off,
        pays=_told((cover.debt, cover.amount) for cover in spread.covers),
        credit_made=spread.credit,
    )


def effect_of_voiding_payment(person: Person, payment: PaymentView) -> Effect:
    """What the payment covers is open again; credit of other payments covers what it can."""
    freed: dict[int, Decimal] = {}
    for part in payment.parts:
        freed[part.debt] = freed.get(part.debt, Decimal(0)) + part.amount
    other = person.credit - payment.credited
    return Effect(
        before=person.balance,
        after=person.balance + payment.amount,
        reopens=_told(freed.items()),
        credit_gone=payment.credited,
        credit_spent=min(other, sum(freed.values(), Decimal(0))),
    )


def effect_of_writing_off(person: Person, debt: DebtView) -> Effect:
    """What remains is owed no more."""
    return Effect(before=person.balance, after=person.balance - debt.remaining)


def _told(sums: Iterable[tuple[int, Decimal]]) -> list[tuple[Mention, Decimal]]:
    amounts = dict(sums)
    return [(debt, amounts[debt.id]) for debt in list_mentions(amounts)] if amounts else []
