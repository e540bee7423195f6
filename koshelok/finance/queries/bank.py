"""Reads about banks' messages: which are recorded, what they said of a card, what is unread."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, text

from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.bank.balances import Said
from koshelok.finance.models import BankMessage, Transaction, Type
from koshelok.finance.queries.learning import GUESS, Guess
from koshelok.infra.db import session

_ORIGIN = "bank:"


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """Lines that could not be read and wait for somebody."""

    id: int
    text: str
    created_at: datetime


# Each note is looked up once, however many messages have it.
_GUESSES = text(f"""
    SELECT asked.note, asked.type, guess.*
    FROM unnest(CAST(:notes AS text[]), CAST(:types AS text[])) AS asked (note, type)
    CROSS JOIN LATERAL ({GUESS.format(note="asked.note", type="asked.type")}) AS guess
""")  # noqa: S608  # our own text

# What was said of each card while what is asked about happened, and a little before.
_LIVE = """
    SELECT message.fingerprint, message.kind, message.amount, message.payee, message.at,
           message.balance
    FROM bank_messages AS message
    WHERE message.workspace_id = :workspace_id AND message.card = asked.card
      AND EXISTS (
          SELECT FROM transactions AS record
          WHERE record.workspace_id = :workspace_id AND record.deleted_at IS NULL
            AND record.external_id = 'bank:' || message.fingerprint
      )
"""
_SAID = text(f"""
    SELECT asked.card, found.*
    FROM unnest(
        CAST(:cards AS text[]), CAST(:firsts AS timestamptz[]), CAST(:lasts AS timestamptz[])
    ) AS asked (card, first, last)
    CROSS JOIN LATERAL (
        ({_LIVE} AND message.at < asked.first ORDER BY message.at DESC, message.id DESC LIMIT 30)
        UNION ALL
        ({_LIVE} AND message.at BETWEEN asked.first AND asked.last
         ORDER BY message.at, message.id LIMIT 2000)
    ) AS found
""")  # noqa: S608  # our own text


def external_id(fingerprint: str) -> str:
    """What the record of a message is called: of one message there is one live record."""
    return _ORIGIN + fingerprint


def find_recorded(workspace_id: int, fingerprints: Collection[str]) -> set[str]:
    """Which of these messages have a live record."""
    found = session.scalars(
        select(Transaction.external_id).where(
            Transaction.workspace_id == workspace_id,
            Transaction.external_id.in_([external_id(each) for each in fingerprints]),
            Transaction.deleted_at.is_(None),
        )
    )
    return {name.removeprefix(_ORIGIN) for name in found if name}


def find_kept(workspace_id: int, fingerprints: Collection[str]) -> set[str]:
    """Which of these unread lines were kept before, also those dismissed since."""
    query = select(BankMessage.fingerprint).where(
        BankMessage.workspace_id == workspace_id, BankMessage.fingerprint.in_(fingerprints)
    )
    return set(session.scalars(query))


def find_guesses(
    workspace_id: int, notes: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Guess]:
    """What each note of a type most likely belongs to; find_guess of many."""
    asked = sorted(notes)
    values = {
        "workspace_id": workspace_id,
        "notes": [note for note, _ in asked],
        "types": [type_ for _, type_ in asked],
    }
    rows = session.execute(_GUESSES, values)
    return {(note, type_): Guess(*guess) for note, type_, *guess in rows}


def find_said(
    workspace_id: int, spans: Mapping[str, tuple[datetime, datetime]]
) -> dict[str, list[Said]]:
    """What banks said of cards within these spans and just before, where its record lives."""
    found: dict[str, list[Said]] = {card: [] for card in spans}
    values = {
        "workspace_id": workspace_id,
        "cards": list(spans),
        "firsts": [first for first, _ in spans.values()],
        "lasts": [last for _, last in spans.values()],
    }
    for card, fingerprint, kind, amount, payee, at, balance in session.execute(_SAID, values):
        change = amount if kind == Type.INCOME else -amount
        found[card].append(Said(fingerprint, at, change, balance, payee))
    return found


def page_unread(workspace_id: int, *, limit: int, cursor: str | None = None) -> Page[UnreadRow]:
    """Lines that wait, the newest first."""
    query = (
        select(BankMessage.id, BankMessage.text, BankMessage.created_at)
        .where(*_waits(workspace_id))
        .order_by(BankMessage.id.desc())
    )
    if cursor:
        (before,) = decode_cursor(cursor, int)
        query = query.where(BankMessage.id < before)
    rows = [UnreadRow(*row) for row in session.execute(query.limit(limit + 1))]
    more = len(rows) > limit
    return Page(rows[:limit], encode_cursor(rows[limit - 1].id) if more else None)


def get_unread(workspace_id: int, message_id: int, *, lock: bool = False) -> BankMessage:
    """Lines that wait; raises NotFound for others, and for those that were dealt with."""
    query = select(BankMessage).where(BankMessage.id == message_id, *_waits(workspace_id))
    found = session.scalar(query.with_for_update(of=BankMessage) if lock else query)
    if found is None:
        raise NotFound
    return found


def _waits(workspace_id: int) -> Iterator[ColumnElement[bool]]:
    """Neither dismissed nor made into a record that lives."""
    yield BankMessage.workspace_id == workspace_id
    yield BankMessage.kind == "unread"
    yield BankMessage.dismissed_at.is_(None)
    yield ~exists().where(
        Transaction.workspace_id == workspace_id,
        Transaction.external_id == _ORIGIN + BankMessage.fingerprint,
        Transaction.deleted_at.is_(None),
    )
