"""Two at once: one reversal, one deposit, and never a house without an administrator."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from koshelok.wallet.queries import CardView
from tests.conftest import Api, Person
from tests.wallet.support import send

CardOf = Callable[..., CardView]


def test_one_key_makes_one_deposit(
    admin: Person, call: Callable[[Person], Api], card_of: CardOf
) -> None:
    card_of(admin)
    clients = [call(admin) for _ in range(6)]
    for _ in range(5):
        key = {"Idempotency-Key": str(uuid4())}
        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(
                pool.map(
                    lambda c, key=key: c.post("/admin/deposits", {"amount": "5000"}, headers=key),
                    clients,
                )
            )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.data for answer in answers}) == 1
        assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    figures = clients[0].get("/admin/dashboard").get_json()
    assert (figures["total_balance"], figures["transfers_today"]) == ("25000.00", 5)
    assert len(clients[0].get("/admin/audit?action=money.deposited").get_json()["items"]) == 5


def test_two_reversals_at_once_give_back_once(
    admin: Person, person: Person, call: Callable[[Person], Api], card_of: CardOf
) -> None:
    mine, theirs = card_of(admin, "100000"), card_of(person, "100000")
    clients = [call(admin) for _ in range(4)]
    made = send(clients[0], mine, theirs, "5000").get_json()["id"]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(
            pool.map(
                lambda c: c.post(f"/admin/transfers/{made}/reverse", {"reason": "Xato"}), clients
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    codes = {a.get_json()["code"] for a in answers if a.status_code == 409}
    assert codes == {"already_reversed"}
    assert clients[0].get(f"/admin/cards/{mine.id}").get_json()["balance"] == "100000.00"
    assert clients[0].get("/admin/verify-balances").get_json()["ok"]


@pytest.mark.parametrize("_", range(4))
def test_two_who_demote_each_other_leave_one(
    make_person: Callable[..., Person], call: Callable[[Person], Api], _: int
) -> None:
    pair = [make_person(role="ADMIN") for _ in range(2)]
    clients = [call(one) for one in pair]

    def demote(client: Api, other: Person) -> int:
        return client.patch(f"/admin/users/{other.id}/role", {"role": "USER"}).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(demote, clients, reversed(pair)))
    assert codes in ([200, 403], [200, 409])
    roles = [client.get("/auth/me").get_json()["role"] for client in clients]
    assert sorted(roles) == ["ADMIN", "USER"]
