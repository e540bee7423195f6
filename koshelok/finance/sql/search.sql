-- How a comment is found: by prefixes of its words. Each word is folded, so that the ways of
-- writing it meet (Qo'y, қўй and QOY are one), and marked with its workspace, so that a search
-- never reads another tenant's words. Calls name their schema: a restored dump has no search path.

CREATE FUNCTION fold_text(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(replace(replace(replace(replace(
        translate(
            lower(value),
            'абвгдезийклмнопрстуфхыэўғқҳіїєґ''’‘ʻʼ`´ьъ',
            'abvgdeziyklmnoprstufxieogqhiieg'
        ),
        'ё', 'yo'), 'ж', 'j'), 'ц', 'ts'), 'ч', 'ch'), 'ш', 'sh'), 'щ', 'sh'), 'ю', 'yu'), 'я', 'ya')
$$;

-- '12@non 12@sut' for 'Non, sut!' in workspace 12, '' where there is no word. Words part at
-- white space and punctuation, so an emoji is a word too; 60 characters of a word count.
CREATE FUNCTION search_words(workspace_id bigint, value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(replace(
        regexp_replace(
            rtrim(regexp_replace(' ' || public.fold_text(value), '[\s!-/:-@\[-`{-~«»“”„…—–№]+', ' ', 'g')),
            '(\S{60})\S+', '\1', 'g'
        ),
        ' ', ' ' || workspace_id::text || '@'
    ))
$$;

CREATE FUNCTION search_vector(workspace_id bigint, value text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(string_to_array(public.search_words(workspace_id, value), ' '))
$$;

-- Every word must begin some word of the comment; without a word nothing matches.
CREATE FUNCTION search_query(workspace_id bigint, value text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE public.search_words(workspace_id, value)
        WHEN '' THEN NULL
        ELSE ('''' || replace(public.search_words(workspace_id, value), ' ', ''':* & ''') || ''':*')::tsquery
    END
$$;
