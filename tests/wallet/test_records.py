"""A transfer is written down on both sides, keeps to its facts, and goes with its reversal."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from koshelok.core.clock import today
from koshelok.finance import operations as finance
from koshelok.finance.errors import LinkedToTransfer, TransferReversed
from koshelok.finance.queries import (
    Filters,
    Record,
    find_record_of_transfer,
    get_overview,
    list_categories,
    list_transactions,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.ledger.errors import InsufficientFunds
from koshelok.verification import verify_all
from koshelok.wallet import operations
from koshelok.wallet.operations import Order
from koshelok.wallet.queries import CardView
from tests.conftest import Api, Page, Person

CardOf = Callable[..., CardView]
Pay = Callable[..., UUID]


@pytest.fixture
def malika(make_person: Callable[..., Person]) -> Person:
    """The other side."""
    return make_person(full_name="Malika Karimova")


@pytest.fixture
def mine(card_of: CardOf, person: Person) -> CardView:
    """A card with 1 000 000."""
    return card_of(person, "1000000")


@pytest.fixture
def hers(card_of: CardOf, malika: Person) -> CardView:
    """Her card, empty."""
    return card_of(malika)


@pytest.fixture
def pay(app: Flask) -> Pay:
    """Send from a card to another; answers the transfer's id."""

    def make(
        source: CardView, target: CardView, amount: str, what: str = "", role: str = "USER"
    ) -> UUID:
        order = Order(source.id, target.number, Decimal(amount), what, str(uuid4()))
        with app.app_context(), unit_of_work():
            return operations.send(actor_id=source.owner_id, role=role, order=order).transfer.id

    return make


def reverse(transfer_id: UUID, actor_id: int) -> UUID:
    with unit_of_work():
        return ledger.reverse(
            actor_id=actor_id, key=str(uuid4()), fingerprint="x", transfer_id=transfer_id,
            reason="Xato",
        ).transfer.id  # fmt: skip


def records(person: Person) -> list[Record]:
    return list(list_transactions(person.workspace_id, Filters(), limit=50).items)


def balance(person: Person) -> Decimal:
    overview = get_overview(person.workspace_id, today())
    assert overview.ever.balance == overview.this_month.balance
    return overview.ever.balance


def record_of(person: Person, transfer_id: UUID) -> Record:
    found = find_record_of_transfer(person.workspace_id, transfer_id)
    assert found is not None
    return found


@pytest.fixture
def rent(pay: Pay, mine: CardView, hers: CardView) -> UUID:
    """A transfer of 100 000 and its commission."""
    return pay(mine, hers, "100000", "Ijara")


def test_both_sides_are_recorded(
    context: Flask, rent: UUID, person: Person, malika: Person
) -> None:
    spent, got = record_of(person, rent), record_of(malika, rent)
    assert (spent.type, spent.code, spent.amount) == ("expense", "TRANSFER_OUT", 101000)
    assert (got.type, got.code, got.amount) == ("income", "TRANSFER_IN", 100000)
    assert spent.comment.endswith("Ijara")
    assert spent.transfer_id == got.transfer_id == rent
    assert balance(person) == -101000
    assert balance(malika) == 100000
    assert verify_all() == []


def test_what_is_refused_or_topped_up_is_not_recorded(
    context: Flask, pay: Pay, mine: CardView, hers: CardView, person: Person
) -> None:
    with pytest.raises(InsufficientFunds):
        pay(mine, hers, "1000000")
    assert records(person) == []


def test_who_turned_it_off_has_no_record_but_the_other_has(
    context: Flask, pay: Pay, mine: CardView, hers: CardView, person: Person, malika: Person
) -> None:
    with unit_of_work():
        operations.set_recording(actor_id=person.id, records=False)
    made = pay(mine, hers, "5000")
    assert find_record_of_transfer(person.workspace_id, made) is None
    assert record_of(malika, made).amount == 5000
    with unit_of_work():
        operations.set_recording(actor_id=person.id, records=True)
    assert record_of(person, pay(mine, hers, "5000")).amount == 5050


def test_between_ones_own_cards_only_the_commission_is_spent(
    context: Flask, pay: Pay, card_of: CardOf, make_person: Callable[..., Person]
) -> None:
    rich = make_person(role="PREMIUM")
    one, two = card_of(rich, "500000"), card_of(rich)
    free = pay(one, two, "100000", role="PREMIUM")
    assert find_record_of_transfer(rich.workspace_id, free) is None
    (spent,) = [record_of(rich, pay(one, two, "100000"))]
    assert (spent.type, spent.amount) == ("expense", 1000)
    assert balance(rich) == -1000


def test_a_reversal_takes_both_back(
    context: Flask, rent: UUID, person: Person, malika: Person
) -> None:
    reverse(rent, malika.id)
    assert records(person) == records(malika) == []
    assert balance(person) == balance(malika) == 0
    assert verify_all() == []


def test_a_deleted_record_does_not_come_back_once_its_transfer_did(
    context: Flask, rent: UUID, person: Person, malika: Person
) -> None:
    whose: dict[str, Any] = {
        "actor_id": person.id,
        "workspace_id": person.workspace_id,
        "transaction_id": record_of(person, rent).id,
    }
    with unit_of_work():
        finance.delete_transaction(**whose)
    with unit_of_work():
        finance.restore_transaction(**whose)
    with unit_of_work():
        finance.delete_transaction(**whose)
    reverse(rent, malika.id)
    with pytest.raises(TransferReversed), unit_of_work():
        finance.restore_transaction(**whose)
    assert balance(person) == 0


def test_undo_and_reversal_at_once_leave_no_record(
    context: Flask, app: Flask, pay: Pay, mine: CardView, hers: CardView, person: Person
) -> None:
    for _ in range(8):
        made = pay(mine, hers, "2000")
        whose: dict[str, Any] = {
            "actor_id": person.id,
            "workspace_id": person.workspace_id,
            "transaction_id": record_of(person, made).id,
        }
        with unit_of_work():
            finance.delete_transaction(**whose)
        start = Barrier(2)

        def undo(whose: dict[str, Any] = whose, start: Barrier = start) -> None:
            with app.app_context():
                start.wait()
                try:
                    with unit_of_work():
                        finance.restore_transaction(**whose)
                except TransferReversed:
                    pass

        def back(made: UUID = made, start: Barrier = start) -> None:
            with app.app_context():
                start.wait()
                reverse(made, person.id)

        threads = [Thread(target=undo), Thread(target=back)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert find_record_of_transfer(person.workspace_id, made) is None
    assert balance(person) == 0
    assert verify_all() == []


def test_amount_date_and_type_stay(context: Flask, rent: UUID, person: Person) -> None:
    record = record_of(person, rent)
    salary = next(c.id for c in list_categories(person.workspace_id) if c.code == "SALARY")
    changes: dict[str, dict[str, Any]] = {
        "amount": {"amount": Decimal(1)},
        "date": {"day": record.date - timedelta(days=1)},
        "category": {"category_id": salary},
    }
    for field, change in changes.items():
        with pytest.raises(LinkedToTransfer) as refusal, unit_of_work():
            finance.edit_transaction(
                actor_id=person.id, workspace_id=person.workspace_id, transaction_id=record.id,
                **change,
            )  # fmt: skip
        assert refusal.value.field == field
    assert record_of(person, rent) == record


def test_comment_and_category_of_its_type_change_and_come_back(
    context: Flask, rent: UUID, person: Person
) -> None:
    record = record_of(person, rent)
    food = next(c.id for c in list_categories(person.workspace_id) if c.code == "FOOD")
    whose: dict[str, Any] = {
        "actor_id": person.id,
        "workspace_id": person.workspace_id,
        "transaction_id": record.id,
    }
    with unit_of_work():
        edited = finance.edit_transaction(**whose, category_id=food, comment="Bozor")
    assert (edited.record.code, edited.record.comment) == ("FOOD", "Bozor")
    assert edited.record.transfer_id == rent
    assert edited.change_id
    with unit_of_work():
        finance.undo_change(
            actor_id=person.id, workspace_id=person.workspace_id, change_id=edited.change_id
        )
    assert record_of(person, rent) == record
    assert verify_all() == []


def test_another_workspace_has_no_such_record(
    context: Flask, rent: UUID, make_person: Callable[..., Person]
) -> None:
    assert find_record_of_transfer(make_person().workspace_id, rent) is None


def test_over_json_the_record_looks_as_any_other(api: Api, rent: UUID) -> None:
    (item,) = api.get("/finance/transactions").get_json()["items"]
    assert "transfer_id" not in item
    place = f"/finance/transactions/{item['id']}"
    refused = api.patch(place, {"amount": "1"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "linked_to_transfer")
    assert list(refused.get_json()["errors"]) == ["amount"]
    assert api.patch(place, {"comment": "Uy"}).get_json()["comment"] == "Uy"
    whole = {"category": item["category"], "amount": item["amount"], "date": item["date"]}
    assert api.put(place, whole).status_code == 200
    assert api.get("/finance/dashboard").get_json()["balance"] == "-101000.00"


def test_rows_and_the_form_lead_to_the_receipt(
    app: Flask, rent: UUID, browse: Callable[[Person], Page], person: Person
) -> None:
    page = browse(person)
    with app.app_context():
        record = record_of(person, rent)
    for path in ("/transactions", "/transactions?query=ijara", "/dashboard"):
        assert f'href="/transfers/{rent}"' in page.get(path).get_data(as_text=True), path
    form = page.get(f"/transactions/{record.id}/edit").get_data(as_text=True)
    assert f'href="/transfers/{rent}"' in form
    assert form.count("readonly") == 2
    assert "Ish haqi" not in form
    values = {"amount": "101000", "date": record.date.isoformat(), "comment": "Uy haqi"}
    kept = page.post(f"/transactions/{record.id}/edit", {**values, "category": record.category})
    assert kept.status_code == 303
    wrong = page.post(
        f"/transactions/{record.id}/edit", {**values, "amount": "5", "category": record.category}
    )
    assert wrong.status_code == 409
    assert 'id="amount-error"' in wrong.get_data(as_text=True)
    assert f"/transactions/{record.id}" in page.get(f"/transfers/{rent}").get_data(as_text=True)


def test_a_guest_of_the_book_sees_no_link_to_what_is_not_theirs(
    rent: UUID,
    api: Api,
    browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
    person: Person,
) -> None:
    guest = make_person(contact="+998907654321")
    api.post(
        f"/workspaces/{person.workspace_id}/members", {"contact": "+998907654321", "role": "editor"}
    )
    page = browse(guest)
    page.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
    text = page.get("/transactions").get_data(as_text=True)
    assert "Ijara" in text
    assert "/transfers/" not in text
