"""A fuzzer over the whole OpenAPI document: no 500, no answer it does not tell."""

from collections.abc import Callable
from typing import Any

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
def signed_in(call: Callable[[Person], Api], fuzzed: Person) -> Callable[[], Api]:
    """Their client; signed in anew only where the fuzzer has ended its session."""
    clients = [call(fuzzed)]

    def client() -> Api:
        if clients[-1].get("/auth/me").status_code != 200:
            clients.append(call(fuzzed))
        return clients[-1]

    return client


schema = schemathesis.pytest.from_fixture("documented")
MONEY = r"/api/v1/(cards|transfers|saved-cards|admin|jobs)"
fuzz = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.slow
@schema.exclude(path_regex=MONEY).parametrize()
@fuzz
def test_answers_only_what_the_document_tells(case: Case, signed_in: Callable[[], Api]) -> None:
    case.call_and_validate(headers=dict(signed_in().headers), checks=CHECKS)


@pytest.mark.slow
@schema.include(path_regex=MONEY).parametrize()
@fuzz
def test_money_answers_only_what_the_document_tells(
    case: Case, signed_in: Callable[[], Api]
) -> None:
    case.call_and_validate(headers=dict(signed_in().headers), checks=CHECKS)


@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_the_same_way_without_a_token(case: Case) -> None:
    case.headers.pop("Authorization", None)
    case.call_and_validate(checks=CHECKS)
