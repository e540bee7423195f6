-- Money moves here and nowhere else. `koshelok.ledger` tells the guards (guards.sql) that a
-- balance changes together with its postings; a lock is waited for 3 seconds, then 55P03.

-- Add what is pending on an account to its balance, deleting exactly those rows; answers how much.
-- The account is locked first: two folds come one after the other.
CREATE FUNCTION ledger_fold(p_account bigint) RETURNS numeric
LANGUAGE plpgsql SET koshelok.ledger = 'on' SET lock_timeout = '3s' AS $$
DECLARE
    folded numeric;
BEGIN
    PERFORM FROM public.ledger_accounts WHERE id = p_account FOR NO KEY UPDATE;
    WITH gone AS (
        DELETE FROM public.ledger_pending WHERE account_id = p_account RETURNING amount
    )
    SELECT coalesce(sum(amount), 0) INTO folded FROM gone;
    IF folded <> 0 THEN
        UPDATE public.ledger_accounts SET balance = balance + folded WHERE id = p_account;
    END IF;
    RETURN folded;
END $$;

-- Move `p_amount` from one account to another, or keep the refusal (a failed transfer without
-- postings). `p_refusal` is a refusal that policy has decided already. The same actor and key
-- answer the stored row again: its id is then not `p_id`.
--
-- Both accounts are locked in id order, but for a hot one that only receives, and for the
-- issuer, which may owe; the platform (1) is locked only where it pays.
--
-- A connection keeps the plans it made while the tables were small: by index from the first, those
-- of the triggers below included.
CREATE FUNCTION ledger_transfer(
    p_id uuid,
    p_type text,
    p_from bigint,
    p_to bigint,
    p_amount numeric,
    p_commission numeric,
    p_actor bigint,
    p_key text,
    p_fingerprint text,
    p_description text,
    p_refusal text,
    p_reverses uuid,
    p_at timestamptz
) RETURNS SETOF ledger_transfers
LANGUAGE plpgsql SET koshelok.ledger = 'on' SET lock_timeout = '3s' SET enable_seqscan = off AS $$
DECLARE
    back boolean := p_type = 'reversal';
    debit numeric := p_amount + CASE WHEN back THEN 0 ELSE p_commission END;
    credit numeric := p_amount + CASE WHEN back THEN p_commission ELSE 0 END;
    earned numeric := CASE WHEN back THEN -p_commission ELSE p_commission END;
    refusal text := p_refusal;
    account record;
    sender record;
    receiver record;
    platform_short boolean := false;
    moved public.ledger_transfers;
    sender_after numeric;
    receiver_after numeric;
    moment timestamptz;
BEGIN
    FOR account IN
        SELECT id, kind, status, hot, balance FROM public.ledger_accounts
        WHERE id = ANY (CASE WHEN earned < 0 THEN ARRAY[p_from, p_to, 1] ELSE ARRAY[p_from, p_to] END)
            AND (NOT hot OR id = p_from AND kind <> 'issuer' OR id = 1 AND earned < 0)
        ORDER BY id
        FOR NO KEY UPDATE
    LOOP
        IF account.hot THEN
            account.balance := account.balance + public.ledger_fold(account.id);
        END IF;
        IF account.id = p_from THEN
            sender := account;
        ELSIF account.id = p_to THEN
            receiver := account;
        ELSE
            platform_short := account.balance + earned < 0;
        END IF;
    END LOOP;
    IF sender IS NULL THEN
        SELECT id, kind, status, hot, balance INTO STRICT sender
        FROM public.ledger_accounts WHERE id = p_from;
    END IF;
    IF receiver IS NULL THEN
        SELECT id, kind, status, hot, balance INTO STRICT receiver
        FROM public.ledger_accounts WHERE id = p_to;
    END IF;

    IF refusal IS NULL THEN
        refusal := CASE
            WHEN back AND EXISTS (
                SELECT FROM public.ledger_transfers
                WHERE reverses_id = p_reverses AND status = 'success'
            ) THEN 'already_reversed'
            WHEN NOT back AND sender.status <> 'ACTIVE' THEN 'card_' || lower(sender.status)
            WHEN receiver.status = 'CLOSED' OR NOT back AND receiver.status <> 'ACTIVE'
                THEN 'receiver_inactive'
            WHEN sender.kind <> 'issuer' AND sender.balance < debit OR platform_short
                THEN 'insufficient_funds'
        END;
    END IF;

    IF p_at IS NOT NULL THEN
        -- Until this transaction ends no day is sealed, and sealed days take nothing more.
        LOCK TABLE public.ledger_seals IN SHARE MODE;
        IF (p_at AT TIME ZONE 'Asia/Tashkent')::date <= (SELECT max(day) FROM public.ledger_seals) THEN
            RAISE restrict_violation USING MESSAGE = format('ledger: the day of %s is sealed', p_at);
        END IF;
    END IF;
    moment := coalesce(p_at, clock_timestamp());
    INSERT INTO public.ledger_transfers (
        id, type, status, from_account_id, to_account_id, amount, commission, actor_id,
        idempotency_key, fingerprint, description, failure_code, reverses_id,
        created_at, completed_at
    ) VALUES (
        p_id, p_type, CASE WHEN refusal IS NULL THEN 'success' ELSE 'failed' END, p_from, p_to,
        p_amount, p_commission, p_actor, p_key, p_fingerprint, p_description, refusal, p_reverses,
        moment, moment
    )
    ON CONFLICT (actor_id, idempotency_key) DO NOTHING
    RETURNING * INTO moved;

    IF NOT FOUND THEN
        RETURN QUERY SELECT * FROM public.ledger_transfers
            WHERE actor_id = p_actor AND idempotency_key = p_key;
        RETURN;
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN NEXT moved;
        RETURN;
    END IF;

    IF sender.kind = 'issuer' THEN
        INSERT INTO public.ledger_pending (account_id, amount) VALUES (p_from, -debit);
    ELSE
        UPDATE public.ledger_accounts SET balance = balance - debit
        WHERE id = p_from AND balance >= debit RETURNING balance INTO sender_after;
        IF NOT FOUND THEN
            RAISE check_violation USING MESSAGE = 'ledger: the debit did not hold';
        END IF;
    END IF;
    IF receiver.hot THEN
        INSERT INTO public.ledger_pending (account_id, amount) VALUES (p_to, credit);
    ELSE
        UPDATE public.ledger_accounts SET balance = balance + credit
        WHERE id = p_to RETURNING balance INTO receiver_after;
    END IF;
    IF earned = 0 THEN
        INSERT INTO public.ledger_postings (transfer_id, account_id, amount, balance_after, created_at)
        VALUES
            (p_id, p_from, -debit, CASE WHEN NOT sender.hot THEN sender_after END, moved.created_at),
            (p_id, p_to, credit, receiver_after, moved.created_at);
    ELSE
        INSERT INTO public.ledger_postings (transfer_id, account_id, amount, balance_after, created_at)
        VALUES
            (p_id, p_from, -debit, CASE WHEN NOT sender.hot THEN sender_after END, moved.created_at),
            (p_id, p_to, credit, receiver_after, moved.created_at),
            (p_id, 1, earned, NULL, moved.created_at);
        INSERT INTO public.ledger_pending (account_id, amount) VALUES (1, earned);
    END IF;
    RETURN NEXT moved;
END $$;
