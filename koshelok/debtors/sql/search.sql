-- How the counter finds a person: by any part of the name and any digits of the phone number.
-- Each word is kept with all its endings, so that a part is the beginning of one of them, folded
-- as records' words are (fold_text), and marked with its workspace, so that a search never reads
-- another tenant's people. Calls name their schema: a restored dump has no search path.

CREATE FUNCTION debtor_search(workspace_id bigint, full_name text, phone_number text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(
        array_agg(DISTINCT workspace_id::text || '@' || substr(word, start, 30)), '{}'
    ))
    FROM regexp_split_to_table(
        public.fold_text(full_name) || ' ' || ltrim(phone_number, '+'), '[\s!-/:-@\[-`{-~«»“”„…—–№]+'
    ) AS word, generate_series(1, length(word)) AS start
    WHERE word <> ''
$$;

-- Every word must be a part of some word; a number may be written with spaces and marks. NULL
-- where there is no word: then nothing matches.
CREATE FUNCTION debtor_query(workspace_id bigint, value text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg('''' || workspace_id::text || '@' || left(word, 30) || ''':*', ' & ')::tsquery
    FROM regexp_split_to_table(
        CASE
            WHEN value ~ '^[\d\s+().-]+$' THEN regexp_replace(value, '\D', '', 'g')
            ELSE public.fold_text(value)
        END, '[\s!-/:-@\[-`{-~«»“”„…—–№]+'
    ) AS word
    WHERE word <> ''
$$;
