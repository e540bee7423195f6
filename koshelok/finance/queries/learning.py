"""What a note says of its category: a rule, or what was chosen for such notes before."""

from dataclasses import dataclass

from sqlalchemy import text

from koshelok.infra.db import session

TWICE = 2


@dataclass(frozen=True, slots=True)
class Guess:
    """A category, and why: the words of the note that it was chosen for, how often, or by which
    rule."""

    category: int
    category_name: str
    type: str
    key: str
    times: int
    rule_id: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """ "Always this category for these words?", after it was put right by hand twice."""

    key: str
    category: int
    category_name: str
    type: str


# The longest words first; a rule before what was merely often done; then the more frequent. Where
# the names stand, a statement over many notes puts its columns.
GUESS = """
    SELECT category.id, category.name, category.type, key, times, rule_id
    FROM unnest(note_keys({note})) WITH ORDINALITY AS note (key, place)
    CROSS JOIN LATERAL (
        SELECT rule.category_id, 0 AS times, 0 AS weight, rule.id AS rule_id
        FROM category_rules AS rule
        WHERE rule.workspace_id = :workspace_id AND rule.key = note.key
        UNION ALL
        SELECT known.category_id, known.times, known.times + 10 * known.corrected, NULL
        FROM category_memory AS known
        WHERE known.workspace_id = :workspace_id AND known.key = note.key
    ) AS found
    JOIN categories AS category ON category.id = found.category_id
    WHERE category.archived_at IS NULL
      AND (CAST({type} AS text) IS NULL OR category.type = {type})
    ORDER BY rule_id IS NULL, place, weight DESC, category.id
    LIMIT 1
"""
_GUESS = text(GUESS.format(note=":note", type=":type"))

_QUESTION = text("""
    SELECT note.key, category.id, category.name, category.type
    FROM transactions AS record
    CROSS JOIN LATERAL unnest(note_keys(record.comment)) WITH ORDINALITY AS note (key, place)
    JOIN category_memory AS known
      ON known.workspace_id = record.workspace_id AND known.key = note.key
     AND known.category_id = record.category_id
    JOIN categories AS category ON category.id = record.category_id
    WHERE record.workspace_id = :workspace_id AND record.id = :transaction_id
      AND known.corrected >= :twice AND known.asked_at IS NULL
      AND NOT EXISTS (
          SELECT FROM category_rules AS rule
          WHERE rule.workspace_id = record.workspace_id AND rule.type = record.type
            AND rule.key = ANY((note_keys(record.comment))[1:CAST(note.place AS integer)])
      )
    ORDER BY note.place
    LIMIT 1
""")


def find_guess(workspace_id: int, note: str, type_: str | None = None) -> Guess | None:
    """The category that a note most likely belongs to, of one type if given."""
    values = {"workspace_id": workspace_id, "note": note, "type": type_}
    row = session.execute(_GUESS, values).first()
    return Guess(*row) if row else None


def find_question(workspace_id: int, transaction_id: int) -> Question | None:
    """What to ask after a record was put right: only where the same was done twice."""
    values = {"workspace_id": workspace_id, "transaction_id": transaction_id, "twice": TWICE}
    row = session.execute(_QUESTION, values).first()
    return Question(*row) if row else None
