-- What a note is known by, and what was chosen for it.

-- '12@#toy' for 'Yangi #Toy' in workspace 12: a tag is a word of its own, found whole.
CREATE FUNCTION tag_words(workspace_id bigint, value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(workspace_id::text || '@#' || left(tag[1], 60), ' '), '')
    FROM regexp_matches(public.fold_text(value), '#([^\s!-/:-@\[-`{-~«»“”„…—–№]+)', 'g') AS tag
$$;

-- The words of a record's comment, its tags, and its category ('12@~3'): what a search asks of all
-- of them together meets in one index.
CREATE FUNCTION record_vector(workspace_id bigint, category_id bigint, value text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(string_to_array(rtrim(
        workspace_id::text || '@~' || category_id::text
        || ' ' || public.search_words(workspace_id, value)
        || CASE WHEN position('#' IN value) = 0 THEN ''
                ELSE ' ' || public.tag_words(workspace_id, value) END
    ), ' '))
$$;

-- A word begins words of the comment or of the category's name, or is its code; a tag is whole.
-- '12@food':* | '12@~3' for 'food' in workspace 12, NULL for what has no letter.
CREATE FUNCTION word_query(workspace_id bigint, word text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN left(word, 1) = '#'
            THEN '''' || nullif(public.tag_words(workspace_id, word), '') || ''''
        ELSE nullif(concat_ws(' | ',
            public.search_query(workspace_id, word)::text,
            (
                SELECT string_agg(
                    '''' || word_query.workspace_id::text || '@~' || category.id::text || '''', ' | '
                )
                FROM public.categories AS category
                WHERE category.workspace_id = word_query.workspace_id AND (
                    category.search @@ public.search_query(word_query.workspace_id, word)
                    OR lower(category.code) = lower(word)
                )
            )
        ), '')
    END
$$;

-- All of the wanted and none of the unwanted; without a word of either nothing matches.
CREATE FUNCTION record_query(workspace_id bigint, wanted text[], unwanted text[]) RETURNS tsquery
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(sign || '(' || public.word_query(workspace_id, word) || ')', ' & ')::tsquery
    FROM (
        SELECT '' AS sign, word FROM unnest(wanted) AS word
        UNION ALL
        SELECT '!', word FROM unnest(unwanted) AS word
    ) AS asked
$$;

-- What a note is remembered by, the surest first: up to three of its words, and the first alone.
-- Numbers, single letters and forms of companies say nothing of what was bought.
-- {'korzinka chilonzor', 'korzinka'} for 'OOO "Korzinka", Chilonzor 12'.
CREATE FUNCTION note_keys(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH word AS (
        SELECT found, row_number() OVER (ORDER BY place) AS place
        FROM regexp_split_to_table(
            public.fold_text(left(value, 200)), '[\s!-@\[-`{-~«»“”„…—–№]+'
        ) WITH ORDINALITY AS part (found, place)
        WHERE length(found) > 1
          AND found NOT IN ('ooo', 'mchj', 'xk', 'ao', 'aj', 'yatt', 'ip', 'chp', 'llc', 'mas')
    ), known AS (
        SELECT left(string_agg(found, ' ' ORDER BY place), 60) AS key
        FROM word WHERE place <= 3
        UNION
        SELECT left(found, 60) FROM word WHERE place = 1
    )
    SELECT coalesce(array_agg(key ORDER BY length(key) DESC), '{}')
    FROM known WHERE key IS NOT NULL
$$;

-- Every record teaches where its note belongs; those that transfers made say nothing of a choice.
CREATE FUNCTION transactions_remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.category_memory AS known
        (workspace_id, key, category_id, times, corrected, used_at)
    SELECT
        record.workspace_id, note.key, record.category_id, sum(record.times), 0,
        max(record.used_at)
    FROM (  -- a note is taken apart once, however many records of an import have it
        SELECT workspace_id, comment, category_id, count(*) AS times, max(created_at) AS used_at
        FROM new_rows
        WHERE comment <> '' AND transfer_id IS NULL AND deleted_at IS NULL
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

CREATE TRIGGER transactions_remember AFTER INSERT ON transactions
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION transactions_remember();
