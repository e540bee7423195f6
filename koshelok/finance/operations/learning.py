"""What corrections by hand teach; sql/learning.sql says what a note is known by."""

from sqlalchemy import text

from koshelok.core.clock import now
from koshelok.infra.db import session

_CORRECTED = text("""
    INSERT INTO category_memory AS known
        (workspace_id, key, category_id, times, corrected, used_at)
    SELECT record.workspace_id, note.key, record.category_id, 1, 1, :now
    FROM transactions AS record
    CROSS JOIN LATERAL unnest(note_keys(record.comment)) AS note (key)
    WHERE record.workspace_id = :workspace_id AND record.id = :transaction_id
    ORDER BY note.key
    ON CONFLICT (workspace_id, key, category_id) DO UPDATE SET
        times = known.times + 1, corrected = known.corrected + 1, used_at = excluded.used_at
""")


def note_correction(*, workspace_id: int, transaction_id: int) -> None:
    """Remember that somebody moved a record into the category where it is now."""
    session.flush()
    session.execute(
        _CORRECTED,
        {"workspace_id": workspace_id, "transaction_id": transaction_id, "now": now()},
    )
