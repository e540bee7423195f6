-- How an administrator finds a person: by any part of a name, user name, e-mail or phone number.
-- Each word is kept with all its endings, so that a part is the beginning of one of them. Words
-- are folded as records' are (fold_text); 40 characters count. Calls name their schema: a
-- restored dump has no search path.

CREATE FUNCTION user_search(
    first_name text, last_name text, username text, email text, phone_number text
) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT substr(word, start, 40)), '{}'))
    FROM regexp_split_to_table(
        public.fold_text(
            coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' '
            || coalesce(username, '') || ' ' || coalesce(email, '') || ' '
            || coalesce(ltrim(phone_number, '+'), '')
        ), '\s+'
    ) AS word, generate_series(1, length(word)) AS start
    WHERE word <> ''
$$;

-- Every word must be a part of some word; a phone number may be written with spaces and marks.
CREATE FUNCTION user_query(value text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg('''' || replace(left(word, 40), '\', '\\') || ''':*', ' & ')::tsquery
    FROM regexp_split_to_table(
        CASE
            WHEN value ~ '^[\d\s+().-]+$' THEN regexp_replace(value, '\D', '', 'g')
            ELSE public.fold_text(value)
        END, '\s+'
    ) AS word
    WHERE word <> ''
$$;
