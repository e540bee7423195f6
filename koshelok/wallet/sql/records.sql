-- A transfer between two people is an expense of the one (commission included) and an income of
-- the other, written in its own transaction into their personal workspaces, unless they have
-- turned that off. Between one's own cards only the commission is spent. A reversal takes the
-- records out of the lists and totals again. The day is the workspace's.

CREATE FUNCTION wallet_record_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.type = 'reversal' THEN
        -- Deleted ones too: whoever is just putting one back holds its row, and is waited for.
        UPDATE public.transactions SET deleted_at = NEW.created_at, updated_at = NEW.created_at
        WHERE transfer_id = NEW.reverses_id;
        RETURN NULL;
    END IF;

    INSERT INTO public.transactions (
        workspace_id, category_id, type, amount, comment, date, created_by_id,
        created_at, updated_at, transfer_id
    )
    SELECT
        place.id,
        CASE side.type WHEN 'expense' THEN book.expense_category_id ELSE book.income_category_id END,
        side.type,
        side.amount,
        concat_ws(' · ', side.other, nullif(NEW.description, '')),
        (NEW.created_at AT TIME ZONE place.time_zone)::date,
        side.owner_id,
        NEW.created_at,
        NEW.created_at,
        NEW.id
    FROM public.cards AS sender
    JOIN public.cards AS receiver ON receiver.account_id = NEW.to_account_id
    CROSS JOIN LATERAL (VALUES
        (
            sender.owner_id,
            'expense',
            NEW.commission + CASE WHEN sender.owner_id = receiver.owner_id THEN 0 ELSE NEW.amount END,
            '→ ' || left(receiver.number, 4) || ' •••• ' || right(receiver.number, 4)
        ),
        (
            receiver.owner_id,
            'income',
            CASE WHEN sender.owner_id = receiver.owner_id THEN 0 ELSE NEW.amount END,
            '← ' || left(sender.number, 4) || ' •••• ' || right(sender.number, 4)
        )
    ) AS side (owner_id, type, amount, other)
    JOIN public.wallets AS book ON book.user_id = side.owner_id AND book.records
    JOIN public.workspaces AS place ON place.id = book.workspace_id
    WHERE sender.account_id = NEW.from_account_id AND side.amount > 0
    ORDER BY place.id;
    RETURN NULL;
END $$;

CREATE TRIGGER wallet_record_transfers AFTER INSERT ON ledger_transfers
    FOR EACH ROW WHEN (NEW.status = 'success' AND NEW.type IN ('transfer', 'reversal'))
    EXECUTE FUNCTION wallet_record_transfers();
