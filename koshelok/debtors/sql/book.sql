-- What the book keeps by itself and what no statement may do, whoever sends it.
--
--   debts.remaining    = amount - live allocations, 0 once voided
--   payments.credited  = amount - live allocations, 0 once voided
--   debtors.debt_total = sum of remaining;  debtors.credit = sum of credited;  never both
--   debt_dues.amount   = sum of remaining of a workspace by the day from which it is late
--
-- Sums change inside these triggers only (pg_trigger_depth tells). The twin, from the rows
-- themselves: debtors.verification. A workspace that is removed takes its book along.

CREATE FUNCTION debtors_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING MESSAGE = format('debtors: %s of %s: %s', TG_OP, TG_TABLE_NAME, TG_ARGV[0]);
END $$;

-- Nothing is deleted.
CREATE TRIGGER debtors_kept BEFORE DELETE OR TRUNCATE ON debtors FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION debtors_refuse('people are put away, not removed');
CREATE TRIGGER debts_kept BEFORE DELETE OR TRUNCATE ON debts FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION debtors_refuse('debts are voided, not removed');
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION debtors_refuse('payments are voided, not removed');
CREATE TRIGGER debt_allocations_kept BEFORE DELETE OR TRUNCATE ON debt_allocations FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION debtors_refuse('allocations are voided, not removed');

-- Sums start at nothing and follow the rows.
CREATE TRIGGER debtors_empty_at_first BEFORE INSERT ON debtors FOR EACH ROW
    WHEN (NEW.debt_total <> 0 OR NEW.credit <> 0)
    EXECUTE FUNCTION debtors_refuse('a person starts without debt and credit');
CREATE TRIGGER debtors_sums BEFORE UPDATE OF debt_total, credit ON debtors FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (NEW.debt_total <> OLD.debt_total OR NEW.credit <> OLD.credit))
    EXECUTE FUNCTION debtors_refuse('sums follow debts and payments');
CREATE TRIGGER debt_dues_sums BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON debt_dues FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION debtors_refuse('sums follow debts');

-- Seen at the end of a transaction: meanwhile a payment is credit until it is allocated.
CREATE FUNCTION debtors_owe_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.debtors WHERE id = NEW.id AND credit > 0 AND debt_total > 0) THEN
        RAISE check_violation USING
            CONSTRAINT = 'debtors_owe_one_way',
            MESSAGE = format('debtors: debtor %s has credit beside open debts', NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER debtors_owe_one_way AFTER UPDATE ON debtors
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.credit > 0 AND NEW.debt_total > 0)
    EXECUTE FUNCTION debtors_owe_one_way();

-- A debt.
CREATE FUNCTION debts_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.remaining := NEW.amount;
    ELSIF (NEW.id, NEW.workspace_id, NEW.debtor_id, NEW.amount, NEW.created_at)
        <> (OLD.id, OLD.workspace_id, OLD.debtor_id, OLD.amount, OLD.created_at)
        OR OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at
        OR pg_trigger_depth() = 1 AND NEW.remaining <> OLD.remaining
    THEN
        RAISE restrict_violation USING MESSAGE = format('debtors: debt %s stays what it is', OLD.id);
    ELSIF NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL THEN
        IF OLD.remaining <> OLD.amount THEN
            RAISE restrict_violation USING MESSAGE = format('debtors: debt %s is allocated to', OLD.id);
        END IF;
        NEW.remaining := 0;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debts_before BEFORE INSERT OR UPDATE ON debts FOR EACH ROW EXECUTE FUNCTION debts_before();

-- A payment.
CREATE FUNCTION payments_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.credited := NEW.amount;
    ELSIF (NEW.id, NEW.workspace_id, NEW.debtor_id, NEW.amount, NEW.created_at)
        <> (OLD.id, OLD.workspace_id, OLD.debtor_id, OLD.amount, OLD.created_at)
        OR NEW.transfer_id IS DISTINCT FROM OLD.transfer_id
        OR OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at
        OR pg_trigger_depth() = 1 AND NEW.credited <> OLD.credited
    THEN
        RAISE restrict_violation USING MESSAGE = format('debtors: payment %s stays what it is', OLD.id);
    ELSIF NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL THEN
        IF OLD.credited <> OLD.amount THEN
            RAISE restrict_violation USING MESSAGE = format('debtors: payment %s is allocated', OLD.id);
        END IF;
        NEW.credited := 0;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_before BEFORE INSERT OR UPDATE ON payments
    FOR EACH ROW EXECUTE FUNCTION payments_before();

-- An allocation, which may only be voided, once. It covers more of a debt, or spends more of a
-- payment, than there is: the CHECKs on remaining and credited refuse it.
CREATE FUNCTION debt_allocations_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.voided_at IS NOT NULL
        OR (NEW.id, NEW.debtor_id, NEW.debt_id, NEW.kind, NEW.amount, NEW.created_at)
            <> (OLD.id, OLD.debtor_id, OLD.debt_id, OLD.kind, OLD.amount, OLD.created_at)
        OR NEW.payment_id IS DISTINCT FROM OLD.payment_id
    THEN
        RAISE restrict_violation USING MESSAGE = format('debtors: allocation %s stays what it is', OLD.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debt_allocations_before BEFORE UPDATE ON debt_allocations FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION debt_allocations_before();

CREATE FUNCTION debt_allocations_after() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- newly allocated, or given back
    sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    UPDATE public.debts SET remaining = remaining - sign * part.amount
    FROM (
        SELECT debt_id, sum(amount) AS amount FROM changed
        WHERE (voided_at IS NULL) = (sign = 1) GROUP BY debt_id
    ) AS part
    WHERE debts.id = part.debt_id;
    UPDATE public.payments SET credited = credited - sign * part.amount
    FROM (
        SELECT payment_id, sum(amount) AS amount FROM changed
        WHERE (voided_at IS NULL) = (sign = 1) AND payment_id IS NOT NULL GROUP BY payment_id
    ) AS part
    WHERE payments.id = part.payment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER debt_allocations_after_insert AFTER INSERT ON debt_allocations
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION debt_allocations_after();
-- Where a user is removed, their name goes from allocations voided long ago: not given back again.
CREATE TRIGGER debt_allocations_after_update AFTER UPDATE ON debt_allocations
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION debt_allocations_after();

-- What people owe follows what their debts leave open. The dues of a workspace are written by one
-- transaction at a time: two that met the days in different orders would wait for each other.
DO $install$
DECLARE
    kind text;
    changed text;
BEGIN
    FOR kind, changed IN VALUES
        ('insert', 'SELECT 1 AS sign, * FROM new_rows'),
        ('update', 'SELECT 1 AS sign, * FROM new_rows UNION ALL SELECT -1, * FROM old_rows')
    LOOP
        EXECUTE format($make$
            CREATE FUNCTION debts_after_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                UPDATE public.debtors SET debt_total = debt_total + part.amount
                FROM (
                    SELECT debtor_id, sum(sign * remaining) AS amount FROM (%2$s) AS debt
                    GROUP BY debtor_id HAVING sum(sign * remaining) <> 0
                ) AS part
                WHERE debtors.id = part.debtor_id;

                PERFORM pg_advisory_xact_lock(hashtextextended('debt_dues', workspace_id))
                FROM (SELECT DISTINCT workspace_id FROM new_rows ORDER BY workspace_id) AS place;
                INSERT INTO public.debt_dues AS stored (workspace_id, day, amount)
                SELECT workspace_id, aged_from, sum(sign * remaining) FROM (%2$s) AS debt
                GROUP BY workspace_id, aged_from HAVING sum(sign * remaining) <> 0
                ON CONFLICT (workspace_id, day) DO UPDATE SET amount = stored.amount + excluded.amount;
                RETURN NULL;
            END $body$;

            CREATE FUNCTION payments_after_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                UPDATE public.debtors SET credit = credit + part.amount
                FROM (
                    SELECT debtor_id, sum(sign * credited) AS amount FROM (%2$s) AS payment
                    GROUP BY debtor_id HAVING sum(sign * credited) <> 0
                ) AS part
                WHERE debtors.id = part.debtor_id;
                RETURN NULL;
            END $body$ $make$, kind, changed);
    END LOOP;
END $install$;

CREATE TRIGGER debts_after_insert AFTER INSERT ON debts
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION debts_after_insert();
CREATE TRIGGER debts_after_update AFTER UPDATE ON debts
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION debts_after_update();
CREATE TRIGGER payments_after_insert AFTER INSERT ON payments
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION payments_after_insert();
CREATE TRIGGER payments_after_update AFTER UPDATE ON payments
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION payments_after_update();
