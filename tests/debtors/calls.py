"""Calls that tests of the book begin with."""

from typing import Any

from werkzeug.test import TestResponse

from tests.conftest import Api

PHONE = "+998901234567"


def enter(api: Api, full_name: str = "Ali Valiyev", phone: str = PHONE, **more: Any) -> int:
    """Somebody into the book."""
    return _made(api.post("/debtors", {"full_name": full_name, "phone_number": phone, **more}))


def _made(answer: TestResponse) -> int:
    """The id of what a call made."""
    assert answer.status_code == 201, answer.get_json()
    found: int = answer.get_json()["id"]
    return found


def owe(api: Api, debtor: int, amount: object, **more: Any) -> int:
    """A debt."""
    return _made(api.post("/debts", {"debtor": debtor, "amount": amount, **more}))


def pay(api: Api, debtor: int, amount: object, **more: Any) -> int:
    """A payment."""
    return _made(api.post("/payments", {"debtor": debtor, "amount": amount, **more}))


def write_a_book(api: Api) -> tuple[int, int, int]:
    """Somebody who owes and has paid: their id, a debt's and a payment's."""
    debtor = enter(api, phone="+998901234500")
    debt = owe(api, debtor, 15, description="Un", due_date="2026-11-01")
    return debtor, debt, pay(api, debtor, 5)
