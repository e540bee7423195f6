-- A transfer between two people is an expense of the one (commission included) and an income of
-- the other, written in its own transaction into their personal workspaces, unless they have
-- turned that off. Between one's own cards only the commission is spent. A reversal takes the
-- records out of the lists and totals again. The day is the workspace's.

CREATE FUNCTION wallet_record_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.transactions (
        workspace_id, category_id, type, amount, comment, date, created_by_id,
        created_at, updated_at, transfer_id
    )
    SELECT
        place.id,
        CASE side.type WHEN 'expense' THEN book.expense_category_id ELSE book.income_category_id END,
        side.type,
        side.amount,
        concat_ws(' · ', side.other, nullif(moved.description, '')),
        (moved.created_at AT TIME ZONE place.time_zone)::date,
        side.owner_id,
        moved.created_at,
        moved.created_at,
        moved.id
    FROM new_rows AS moved
    JOIN public.cards AS sender ON sender.account_id = moved.from_account_id
    JOIN public.cards AS receiver ON receiver.account_id = moved.to_account_id
    CROSS JOIN LATERAL (VALUES
        (
            sender.owner_id,
            'expense',
            moved.commission + CASE WHEN sender.owner_id = receiver.owner_id THEN 0 ELSE moved.amount END,
            '→ ' || left(receiver.number, 4) || ' •••• ' || right(receiver.number, 4)
        ),
        (
            receiver.owner_id,
            'income',
            CASE WHEN sender.owner_id = receiver.owner_id THEN 0 ELSE moved.amount END,
            '← ' || left(sender.number, 4) || ' •••• ' || right(sender.number, 4)
        )
    ) AS side (owner_id, type, amount, other)
    JOIN public.wallets AS book ON book.user_id = side.owner_id AND book.records
    JOIN public.workspaces AS place ON place.id = book.workspace_id
    WHERE moved.type = 'transfer' AND moved.status = 'success' AND side.amount > 0
    ORDER BY place.id;

    -- Deleted ones too: whoever is just putting one back holds its row, and is waited for.
    UPDATE public.transactions AS record
    SET deleted_at = moved.created_at, updated_at = moved.created_at
    FROM new_rows AS moved
    WHERE moved.type = 'reversal' AND moved.status = 'success'
        AND record.transfer_id = moved.reverses_id;
    RETURN NULL;
END $$;

CREATE TRIGGER wallet_record_transfers AFTER INSERT ON ledger_transfers
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_record_transfers();
