-- The heir of transactions_remember in learning.sql.

-- Every record teaches where its note belongs; those that transfers made say nothing of a choice,
-- and of an import's only those whose file names a category, once for all (operations/import_rows.py).
CREATE OR REPLACE FUNCTION transactions_remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.category_memory AS known
        (workspace_id, key, category_id, times, corrected, used_at)
    SELECT
        record.workspace_id, note.key, record.category_id, sum(record.times), 0,
        max(record.used_at)
    FROM (  -- a note is taken apart once, however many records have it
        SELECT workspace_id, comment, category_id, count(*) AS times, max(created_at) AS used_at
        FROM new_rows
        WHERE comment <> '' AND transfer_id IS NULL AND import_id IS NULL AND deleted_at IS NULL
        GROUP BY workspace_id, comment, category_id
    ) AS record
    CROSS JOIN LATERAL unnest(public.note_keys(record.comment)) AS note (key)
    GROUP BY record.workspace_id, note.key, record.category_id
    ORDER BY record.workspace_id, note.key, record.category_id
    ON CONFLICT (workspace_id, key, category_id) DO UPDATE SET
        times = known.times + excluded.times,
        used_at = greatest(known.used_at, excluded.used_at);
    RETURN NULL;
END $$;
