-- What no statement may do, whoever sends it.

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING MESSAGE = format('ledger: %s of %s: %s', TG_OP, TG_TABLE_NAME, TG_ARGV[0]);
END $$;

-- History is written once.
CREATE TRIGGER ledger_transfers_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('history is append-only');
CREATE TRIGGER ledger_postings_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_postings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('history is append-only');
CREATE TRIGGER ledger_seals_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('history is append-only');

-- A balance changes only together with its postings, so only inside the ledger's functions. Each
-- guard names its columns: a transfer, which sets balances, passes one of them only.
CREATE TRIGGER ledger_accounts_balance
    BEFORE UPDATE OF balance ON ledger_accounts FOR EACH ROW
    WHEN (NEW.balance <> OLD.balance
        AND current_setting('koshelok.ledger', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION ledger_refuse('a balance changes by a transfer only');
CREATE TRIGGER ledger_accounts_empty_at_first
    BEFORE INSERT ON ledger_accounts FOR EACH ROW WHEN (NEW.balance <> 0)
    EXECUTE FUNCTION ledger_refuse('an account opens empty');
CREATE TRIGGER ledger_accounts_closed_for_good
    BEFORE UPDATE OF status ON ledger_accounts FOR EACH ROW
    WHEN (OLD.status = 'CLOSED' AND NEW.status <> 'CLOSED')
    EXECUTE FUNCTION ledger_refuse('a closed account stays closed');
CREATE TRIGGER ledger_accounts_closed_when_empty
    BEFORE UPDATE OF status ON ledger_accounts FOR EACH ROW
    WHEN (NEW.status = 'CLOSED' AND OLD.status <> 'CLOSED' AND OLD.hot)
    EXECUTE FUNCTION ledger_refuse('a hot account is not closed');
CREATE TRIGGER ledger_accounts_kept
    BEFORE DELETE OR TRUNCATE ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('accounts are never removed');
CREATE TRIGGER ledger_accounts_same
    BEFORE UPDATE OF id, kind ON ledger_accounts FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR NEW.kind <> OLD.kind)
    EXECUTE FUNCTION ledger_refuse('an account stays what it is');
-- What is pending on it would be missing from the balance its transfers see.
CREATE TRIGGER ledger_accounts_hot_for_good
    BEFORE UPDATE OF hot ON ledger_accounts FOR EACH ROW WHEN (OLD.hot AND NOT NEW.hot)
    EXECUTE FUNCTION ledger_refuse('a hot account stays hot');

-- Pending rows come and go with the ledger's functions only.
CREATE TRIGGER ledger_pending_guarded
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger_pending FOR EACH STATEMENT
    WHEN (current_setting('koshelok.ledger', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION ledger_refuse('pending rows are written by transfers and folds only');

-- The postings of each statement are, transfer by transfer, all of what that transfer does: they
-- sum to zero, the sender pays, the receiver gets, the platform earns (or gives back).
CREATE FUNCTION ledger_postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT posted.transfer_id INTO wrong
    FROM new_rows AS posted
    LEFT JOIN LATERAL ( -- OFFSET: looked up one by one, never the whole table for a few
        SELECT id, type, status, from_account_id, to_account_id, amount, commission
        FROM public.ledger_transfers WHERE id = posted.transfer_id OFFSET 0
    ) AS moved ON true
    GROUP BY posted.transfer_id, moved.id, moved.type, moved.status, moved.from_account_id,
        moved.to_account_id, moved.amount, moved.commission
    HAVING sum(posted.amount) <> 0
        OR moved.id IS NULL
        OR moved.status <> 'success'
        OR count(*) <> 2 + (moved.commission <> 0)::int
        OR sum(posted.amount) FILTER (WHERE posted.account_id = moved.from_account_id)
            IS DISTINCT FROM -moved.amount - CASE WHEN moved.type = 'reversal' THEN 0 ELSE moved.commission END
        OR sum(posted.amount) FILTER (WHERE posted.account_id = moved.to_account_id)
            IS DISTINCT FROM moved.amount + CASE WHEN moved.type = 'reversal' THEN moved.commission ELSE 0 END
        OR moved.commission <> 0 AND count(*) FILTER (WHERE posted.account_id = 1) <> 1
    LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING MESSAGE = format('ledger: the postings of transfer %s do not fit it', wrong);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_postings_balanced AFTER INSERT ON ledger_postings
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_postings_balance();
