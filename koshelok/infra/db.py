"""The database: one declarative base, one naming convention, one scoped session.

What every statement costs beside the database is kept small here: see decision 7.
"""

import select
from functools import cached_property
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ClauseElement, MetaData, event
from sqlalchemy.engine import Compiled
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.pool import ConnectionPoolEntry, Pool, PoolProxiedConnection

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every model. Relationships are `lazy="raise_on_sql"`."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
session: scoped_session[Session] = db.session  # type: ignore[assignment]  # a Session subclass


def close_session(_: BaseException | None = None) -> None:
    """End what the request read, before its answer goes; a server that is gone ends it too."""
    try:
        session.remove()
    except OperationalError:
        session().invalidate()
        session.remove()


class Prepared:
    """A statement asked at nearly every request: compiled once, then sent by the driver itself.

    It runs on the session's connection, in its transaction, and sees what the session has
    changed; its rows are plain tuples. Raises what SQLAlchemy raises.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> Compiled:
        return self._statement.compile(dialect=db.engine.dialect)

    def __call__(self, **params: Any) -> list[Any]:
        """Every row, for these parameters."""
        session.flush()
        connection = session.connection()
        driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        try:
            return driver.execute(self._compiled.string, params).fetchall()
        except psycopg.Error as error:
            if driver.closed:
                connection.invalidate(error)
            raise DBAPIError.instance(
                self._compiled.string, params, error, psycopg.Error,
                connection_invalidated=driver.closed, dialect=connection.dialect,
                hide_parameters=connection.engine.hide_parameters,
            ) from error  # fmt: skip


class Cursor(psycopg.Cursor[Any]):
    """Describes a result by what SQLAlchemy reads: each column's name and type.

    psycopg looks up all that is known of its type for each column of each result.
    """

    @property
    def description(self) -> list[Any] | None:
        """(name, type code, and the five that DB-API lets be unknown) of each column."""
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        return [
            ((result.fname(place) or b"").decode(), result.ftype(place), *_UNKNOWN)
            for place in range(result.nfields)
        ]


_UNKNOWN = (None,) * 5


@event.listens_for(Pool, "checkout")
def _refuse_dead(
    connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection
) -> None:
    """Connect again where the server has gone: an idle line then has something to read, its end.

    One look at the socket instead of a ping, a round trip, before each use.
    """
    if connection.closed:
        raise InvalidatePoolError
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    if line.poll(0):
        raise InvalidatePoolError
