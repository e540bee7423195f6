"""Recording: what is written, and with which transaction it goes."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from koshelok.audit import operations as audit
from koshelok.audit.models import AuditEvent
from koshelok.infra import origin
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work


def test_is_rolled_back_with_what_it_tells_of(context: Flask) -> None:
    def fail() -> None:
        with unit_of_work():
            audit.record(action="session.started")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert session.scalars(select(AuditEvent)).all() == []


def test_records_who_did_what_to_what_when_and_from_where(context: Flask) -> None:
    subject = UUID("01940000-0000-7000-8000-000000000000")
    token = origin.address.set("203.0.113.7")
    try:
        with unit_of_work():
            audit.record(
                action="member.removed",
                actor_id=7,
                subject_type="session",
                subject_id=subject,
                workspace_id=3,
                details={"role": "viewer"},
            )
    finally:
        origin.address.reset(token)
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.actor_id, event.workspace_id) == ("member.removed", 7, 3)
    assert (event.subject_type, event.subject_id) == ("session", str(subject))
    assert (event.ip, event.details) == ("203.0.113.7", {"role": "viewer"})
    assert event.at is not None


def test_knows_no_address_outside_a_request(context: Flask) -> None:
    token = origin.address.set(None)
    with unit_of_work():
        audit.record(action="user.role_changed", subject_type="user", subject_id=5)
    origin.address.reset(token)
    event = session.scalars(select(AuditEvent)).one()
    assert event.ip is None
    assert event.actor_id is None
