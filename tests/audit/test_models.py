"""The history is append-only, and the database itself keeps it so."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from koshelok.audit import operations as audit
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET action = 'nothing happened'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
    ],
)
def test_refuses_to_change_history(context: Flask, statement: str) -> None:
    with unit_of_work():
        audit.record(action="session.started", actor_id=1)
    with pytest.raises(IntegrityError, match="append-only"), unit_of_work():
        session.execute(text(statement))
