"""Statements that the driver sends by itself, and lines whose server has gone."""

import pytest
from flask import Flask
from sqlalchemy import bindparam, column, func, select, table, text
from sqlalchemy.exc import IntegrityError, OperationalError

from koshelok.identity.models import User
from koshelok.infra.db import Prepared, db, session
from koshelok.infra.unit_of_work import unit_of_work

NAMES = Prepared(select(User.username).where(User.username == bindparam("name")))


def test_it_sees_what_the_session_has_changed(context: Flask) -> None:
    session.add(User(username="unflushed"))
    assert NAMES(name="unflushed") == [("unflushed",)]


def test_it_is_undone_with_the_unit_of_work(context: Flask) -> None:
    insert = Prepared(text("INSERT INTO categories DEFAULT VALUES RETURNING id"))
    session.add(User(username="undone"))
    with pytest.raises(IntegrityError), unit_of_work():
        insert()
    assert NAMES(name="undone") == []


def test_a_lock_not_had_is_told_as_sqlalchemy_tells_it(context: Flask) -> None:
    locked = Prepared(text("SELECT id FROM ledger_accounts WHERE id = 1 FOR UPDATE NOWAIT"))
    with db.engine.connect() as other:
        other.execute(text("SELECT id FROM ledger_accounts WHERE id = 1 FOR UPDATE"))
        with pytest.raises(OperationalError) as error:
            locked()
    assert getattr(error.value.orig, "sqlstate", None) == "55P03"
    session.rollback()
    assert locked() == [(1,)]


def test_an_idle_line_whose_server_has_gone_is_replaced(context: Flask) -> None:
    backend = select(func.pg_backend_pid())
    db.engine.dispose()
    before = session.scalar(backend)
    with db.engine.connect() as other:
        session.remove()
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})
        assert session.scalar(backend) not in {before, None}


def test_a_line_that_breaks_under_way_is_said_and_not_used_again(context: Flask) -> None:
    backend = Prepared(select(func.pg_backend_pid()))
    [(before,)] = backend()
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})
    with pytest.raises(OperationalError):
        backend()
    session.rollback()
    assert backend() != [(before,)]


def test_a_result_is_described_by_names_and_types(context: Flask) -> None:
    rows = session.execute(select(column("relname")).select_from(table("pg_class")).limit(1))
    assert list(rows.keys()) == ["relname"]
    cursor = session.connection().connection.cursor()
    cursor.execute("SET LOCAL lock_timeout = 0")
    assert cursor.description is None
