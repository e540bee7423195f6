"""What is shown before a payment is saved is what is then done."""

from decimal import Decimal

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koshelok.debtors import queries
from koshelok.debtors.split import split
from tests.conftest import Person
from tests.debtors.books import clear, open_shop, wrong

SUMS = st.integers(1, 50_000).map(lambda tiyin: Decimal(tiyin) / 100)


def test_nothing_is_spread_where_nothing_is_owed() -> None:
    shown = split([], Decimal(5))
    assert (shown.covers, shown.credit, shown.closed) == ([], 5, 0)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    debts=st.lists(SUMS, max_size=6),
    paid_before=st.none() | SUMS,
    amount=SUMS,
    tapped=st.sets(st.integers(0, 5), max_size=3),
)
def test_a_preview_is_what_is_done(
    context: Flask,
    person: Person,
    debts: list[Decimal],
    paid_before: Decimal | None,
    amount: Decimal,
    tapped: set[int],
) -> None:
    shop = open_shop(person)
    aziz = shop.person()
    made = [shop.debt(aziz, owed).id for owed in debts]
    if paid_before:
        shop.pay(aziz, paid_before)
    first = [made[place] for place in tapped if place < len(made)]
    held = queries.get_person(shop.workspace_id, aziz).credit
    shown = split(queries.list_open_debts(aziz), amount, first)
    done = shop.pay(aziz, amount, first=first)
    assert {(part.debt, part.amount) for part in done.parts} == {
        (cover.debt, cover.amount) for cover in shown.covers
    }
    assert [part.debt for part in done.parts] == [cover.debt for cover in shown.covers]
    assert done.credited == shown.credit
    assert queries.get_person(shop.workspace_id, aziz).credit == held + shown.credit
    left = {debt: queries.get_debt(shop.workspace_id, debt) for debt in made}
    for cover in shown.covers:
        assert left[cover.debt].remaining == cover.left
    assert shown.closed == sum(left[cover.debt].status == "paid" for cover in shown.covers)
    assert wrong() == []
    clear()
