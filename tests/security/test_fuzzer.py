"""A fuzzer over the whole OpenAPI document: no 500, no answer it does not tell."""

import os
from collections.abc import Callable
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import Api, Person
from tests.debtors.calls import write_a_book
from tests.shop.calls import Traces, leave_traces

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def documented(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.fixture
def fuzzed(make_person: Callable[..., Person]) -> Person:
    """An administrator, so that every call answers; by phone, for the fuzzer renames them."""
    person = make_person(contact="+998901112233", role="ADMIN")
    person.login = "+998901112233"
    return person


@pytest.fixture
def ask(call: Callable[[Person], Api], fuzzed: Person) -> Callable[..., None]:
    """Ask as them and look at the answer; signed in anew where the fuzzer has ended the session."""
    clients = [call(fuzzed)]

    def ask_(case: Case, **headers: str) -> None:
        said = {**PLAIN, **clients[-1].headers, **headers}
        if case.call_and_validate(headers=said, checks=CHECKS).status_code == 401:
            clients.append(call(fuzzed))

    return ask_


schema = schemathesis.pytest.from_fixture("documented")
MONEY = r"/api/v1/(cards|transfers|saved-cards|admin|jobs)"
BOOK = r"/api/v1/(debtors|debts|payments)"
SHOP = r"/api/v1/shop"
PLAIN = {"Accept-Encoding": "identity"}  # it reads nothing else here
EXAMPLES = int(os.environ.get("KOSHELOK_FUZZ_EXAMPLES", "5"))  # of each call, beside its edges
fuzz = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.slow
@schema.exclude(path_regex=f"{MONEY}|{BOOK}|{SHOP}").parametrize()
@fuzz
def test_answers_only_what_the_document_tells(case: Case, ask: Callable[..., None]) -> None:
    ask(case)


@pytest.mark.slow
@schema.include(path_regex=MONEY).parametrize()
@fuzz
def test_money_answers_only_what_the_document_tells(case: Case, ask: Callable[..., None]) -> None:
    ask(case)


@pytest.fixture
def with_a_book(call: Callable[[Person], Api], fuzzed: Person) -> dict[str, int]:
    """Ids that the book of the fuzzed person has, by what paths and bodies call them."""
    debtor, debt, payment = write_a_book(call(fuzzed))
    return {"debtors": debtor, "debts": debt, "payments": payment}


@pytest.mark.slow
@schema.include(path_regex=BOOK).parametrize()
@fuzz
def test_the_book_answers_only_what_the_document_tells(
    case: Case, ask: Callable[..., None], with_a_book: dict[str, int]
) -> None:
    """Every second case is about somebody and something that is there."""
    if crc32(repr((case.path_parameters, case.query, case.body)).encode()) % 2:
        _point_at(case, with_a_book)
    ask(case)


@pytest.fixture
def traces(app: Flask, fuzzed: Person, make_person: Callable[..., Person]) -> Traces:
    """What a shop of the fuzzed person has, who buys there too."""
    with app.app_context():
        return leave_traces(fuzzed, make_person(contact="+998903332211"))


@pytest.mark.slow
@schema.include(path_regex=SHOP).parametrize()
@fuzz
def test_the_shop_answers_only_what_the_document_tells(
    case: Case, ask: Callable[..., None], traces: Traces
) -> None:
    """Most cases are in the shop, every second about something that is there."""
    chance = crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if chance % 2:
        _point_at_the_shop(case, traces)
    ask(case, **({"X-Workspace": str(traces.shop)} if chance % 5 else {}))


def _point_at_the_shop(case: Case, traces: Traces) -> None:
    id_ = str(traces.order) if "/orders" in case.path else traces.product
    known = {"id": id_, "image": traces.image, "item": traces.item, "user_id": traces.buyer}
    if isinstance(case.path_parameters, dict):
        case.path_parameters |= {name: known[name] for name in case.path_parameters}
    if isinstance(case.body, dict) and "product" in case.body:
        case.body["product"] = traces.product


def _point_at(case: Case, ids: dict[str, int]) -> None:
    if isinstance(case.path_parameters, dict) and "id" in case.path_parameters:
        case.path_parameters["id"] = ids[case.path.split("/")[3]]
    if isinstance(case.body, dict) and "debtor" in case.body:
        case.body["debtor"] = ids["debtors"]


@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_the_same_way_without_a_token(case: Case) -> None:
    case.headers.pop("Authorization", None)
    case.call_and_validate(headers=PLAIN, checks=CHECKS)
