"""The rows of an import: into the database by COPY, weighed there against the book, saved batch by
batch. A row leaves import_rows in the transaction that makes a record of it: never lost, never
doubled, wherever a process is killed.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from koshelok.core.clock import now
from koshelok.finance.incoming import Incoming
from koshelok.finance.models import Category, ImportRow
from koshelok.finance.queries.learning import GUESS
from koshelok.infra.db import session

_COPY = """
    COPY import_rows (import_id, number, status, type, amount, date, comment, category_name,
                      external_id, wrong, cells) FROM STDIN
"""
_TEXT_SHOWN = 60

_NAMES = text("""
    WITH named AS (
        SELECT DISTINCT type, category_name FROM import_rows
        WHERE import_id = :import_id AND status <> 'wrong' AND category_name <> ''
    ), found AS (
        SELECT DISTINCT ON (named.type, named.category_name) named.*, category.id
        FROM named JOIN categories AS category
          ON category.workspace_id = :workspace_id AND category.type = named.type
         AND category.archived_at IS NULL
         AND (fold_text(category.name) = fold_text(named.category_name)
              OR category.code = upper(named.category_name))
        ORDER BY named.type, named.category_name, category.id
    )
    UPDATE import_rows AS row SET category_id = found.id FROM found
    WHERE row.import_id = :import_id AND row.type = found.type
      AND row.category_name = found.category_name
""")
# Each note is looked up once, however many rows have it.
_GUESSES = text(f"""
    WITH noted AS MATERIALIZED (
        SELECT DISTINCT comment, type FROM import_rows
        WHERE import_id = :import_id AND status <> 'wrong' AND category_name = '' AND comment <> ''
    ), guessed AS MATERIALIZED (
        SELECT noted.comment, noted.type, guess.id, guess.rule_id
        FROM noted CROSS JOIN LATERAL (
            {GUESS.format(note="noted.comment", type="noted.type")}
        ) AS guess
    )
    UPDATE import_rows AS row SET category_id = guessed.id, rule_id = guessed.rule_id
    FROM guessed
    WHERE row.import_id = :import_id AND row.status <> 'wrong' AND row.category_name = ''
      AND row.comment = guessed.comment AND row.type = guessed.type
""")  # noqa: S608  # our own text
# What the file does not tell goes where such things go: ours for the rest, or what is used most.
_REST = text("""
    UPDATE import_rows AS row SET
        category_id = rest.id,
        category_name = CASE WHEN rest.id IS NULL THEN :other ELSE '' END
    FROM (VALUES ('expense'), ('income')) AS kind (type)
    LEFT JOIN LATERAL (
        SELECT id FROM categories
        WHERE workspace_id = :workspace_id AND type = kind.type AND archived_at IS NULL
          AND CASE kind.type WHEN 'expense' THEN code = 'MISCELLANEOUS'
              ELSE code IS NULL OR code NOT IN ('TRANSFER_IN', 'SALES') END
        ORDER BY last_used_at DESC NULLS LAST, id LIMIT 1
    ) AS rest ON true
    WHERE row.import_id = :import_id AND row.status <> 'wrong' AND row.type = kind.type
      AND row.category_name = '' AND row.category_id IS NULL
""")
_KNOWN_NAMES = text("""
    WITH every AS (
        SELECT number, external_id,
               row_number() OVER (PARTITION BY external_id ORDER BY number) AS nth
        FROM import_rows
        WHERE import_id = :import_id AND status = 'new' AND external_id IS NOT NULL
    )
    UPDATE import_rows AS row SET status = 'duplicate' FROM every
    WHERE row.import_id = :import_id AND row.number = every.number
      AND (every.nth > 1 OR EXISTS (
          SELECT FROM transactions AS record
          WHERE record.workspace_id = :workspace_id AND record.deleted_at IS NULL
            AND record.external_id = every.external_id
      ))
""")
# Two alike in the book and three in the file are two duplicates and one new. What has a name from
# its bank is no duplicate of what has another.
_ALIKE = text("""
    WITH row AS MATERIALIZED (
        SELECT number, date, type, amount, fold_text(comment) AS note,
               external_id IS NOT NULL AS named
        FROM import_rows WHERE import_id = :import_id AND status = 'new'
    ), counted AS (
        SELECT *, row_number() OVER (
            PARTITION BY date, type, amount, note, named ORDER BY number) AS nth
        FROM row
    ), book AS (
        SELECT record.date, record.type, record.amount, fold_text(record.comment) AS note,
               count(*) AS times, count(*) FILTER (WHERE record.external_id IS NULL) AS unnamed
        FROM transactions AS record
        WHERE record.workspace_id = :workspace_id AND record.deleted_at IS NULL
          AND record.date BETWEEN (SELECT min(date) FROM row) AND (SELECT max(date) FROM row)
          AND (record.date, record.type, record.amount) IN (SELECT date, type, amount FROM row)
        GROUP BY 1, 2, 3, 4
    )
    UPDATE import_rows AS stored SET status = 'duplicate'
    FROM counted JOIN book USING (date, type, amount, note)
    WHERE stored.import_id = :import_id AND stored.number = counted.number
      AND counted.nth <= CASE WHEN counted.named THEN book.unnamed ELSE book.times END
""")
# What the file names was chosen by somebody; what we guessed must not teach us our own guesses.
_TEACH = text("""
    INSERT INTO category_memory AS known
        (workspace_id, key, category_id, times, corrected, used_at)
    SELECT :workspace_id, note.key, named.category_id, sum(named.times), 0, :now
    FROM (
        SELECT comment, category_id, count(*) AS times FROM import_rows
        WHERE import_id = :import_id AND status = 'new' AND comment <> ''
          AND category_name NOT IN ('', :other)
        GROUP BY comment, category_id
    ) AS named
    CROSS JOIN LATERAL unnest(note_keys(named.comment)) AS note (key)
    GROUP BY note.key, named.category_id
    ORDER BY note.key, named.category_id
    ON CONFLICT (workspace_id, key, category_id) DO UPDATE SET
        times = known.times + excluded.times, used_at = excluded.used_at
""")
_SAVE = text("""
    WITH batch AS (
        DELETE FROM import_rows AS row
        USING (
            SELECT number FROM import_rows WHERE import_id = :import_id AND status = 'new'
            ORDER BY number LIMIT :size
        ) AS next
        WHERE row.import_id = :import_id AND row.number = next.number
        RETURNING row.*
    ), saved AS (
        INSERT INTO transactions (
            workspace_id, category_id, type, amount, comment, date, created_by_id, created_at,
            updated_at, external_id, import_id, rule_id
        )
        SELECT category.workspace_id, category.id, category.type, batch.amount, batch.comment,
               batch.date, :actor_id, :at, :at, batch.external_id, :import_id, rule.id
        FROM batch
        JOIN categories AS category
          ON category.id = batch.category_id AND category.workspace_id = :workspace_id
         AND category.type = batch.type
        LEFT JOIN category_rules AS rule ON rule.id = batch.rule_id
        ORDER BY batch.number
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM saved)
""")


def stage_rows(*, import_id: UUID, rows: Iterable[Incoming]) -> None:
    """Put the rows of a file into the database, one after another; what was there of it goes."""
    drop_rows(import_id=import_id)
    connection = session.connection().connection
    driver: psycopg.Connection[Any] = connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        key = str(import_id)
        for row in rows:
            copy.write_row(_columns(key, row))


def count_staged() -> None:
    """Let the planner know how many there are now; in a transaction of its own, since nobody else
    counts meanwhile."""
    session.execute(text("ANALYZE import_rows"))


def weigh_rows(*, workspace_id: int, import_id: UUID, other: str) -> None:
    """Find each row's category, and say of each whether the book has it already."""
    values = {"workspace_id": workspace_id, "import_id": import_id}
    session.execute(
        update(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.status == "duplicate")
        .values(status="new")
        .execution_options(synchronize_session=False)
    )
    for statement in (_NAMES, _KNOWN_NAMES, _ALIKE, _GUESSES):
        session.execute(statement, values)
    session.execute(_REST, {**values, "other": other})


def open_categories(*, workspace_id: int, import_id: UUID) -> list[int]:
    """Make the categories that new rows name and the book has not; answers their ids."""
    values = {"workspace_id": workspace_id, "import_id": import_id}
    session.execute(_NAMES, values)
    missing = session.execute(
        select(ImportRow.type, func.min(ImportRow.category_name))
        .where(
            ImportRow.import_id == import_id,
            ImportRow.status == "new",
            ImportRow.category_id.is_(None),
        )
        .group_by(ImportRow.type, func.fold_text(ImportRow.category_name))
        .order_by(ImportRow.type, func.min(ImportRow.number))
    ).all()
    if not missing:
        return []
    made = session.scalars(
        pg_insert(Category)
        .values(
            [
                {
                    "workspace_id": workspace_id,
                    "type": type_,
                    "name": name,
                    "created_at": now(),
                }
                for type_, name in missing
            ]
        )
        .on_conflict_do_nothing()
        .returning(Category.id)
    ).all()
    session.execute(_NAMES, values)
    return list(made)


def teach(*, workspace_id: int, import_id: UUID, other: str) -> None:
    """Remember for their notes the categories that new rows name."""
    values = {"workspace_id": workspace_id, "import_id": import_id, "other": other, "now": now()}
    session.execute(_TEACH, values)


def save_batch(
    *, actor_id: int, workspace_id: int, import_id: UUID, at: Any, size: int
) -> tuple[int, int]:
    """Make records of the next new rows; answers how many rows went and how many were made. What
    somebody brought meanwhile under the same name of its bank is not made again."""
    gone, saved = session.execute(
        _SAVE,
        {"actor_id": actor_id, "workspace_id": workspace_id, "import_id": import_id, "at": at,
         "size": size},
    ).one()  # fmt: skip
    return gone, saved


def drop_rows(*, import_id: UUID) -> None:
    """They are looked at no more."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))


def _columns(key: str, row: Incoming) -> tuple[Any, ...]:
    if not row.wrong:
        return (key, row.number, "new", row.type, row.amount, row.date, row.comment,
                row.category_name, row.external_id, "[]", None)  # fmt: skip
    wrong = [
        [reason.field, reason.message, _plain(reason.params), text_[:_TEXT_SHOWN]]
        for reason, text_ in row.wrong
    ]
    return (key, row.number, "wrong", None, None, row.date, row.comment, row.category_name,
            None, json.dumps(wrong), json.dumps(row.cells))  # fmt: skip


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v if isinstance(v, int) else str(v)[:_TEXT_SHOWN] for name, v in params.items()}
