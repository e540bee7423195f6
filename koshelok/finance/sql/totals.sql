-- category_totals follows transactions, in the same transaction as every change, one record or
-- a million: sums by category for each day, for each month and for ever ('all', at day one).
-- A deleted record does not count. Rows are taken in one order, so that writers wait for each
-- other and never deadlock. The three triggers are one rule over what each statement changed.
-- Its twin, from the records themselves: finance.verification.

DO $install$
DECLARE
    kind text;
    changed text;
BEGIN
    FOR kind, changed IN VALUES
        ('insert', 'SELECT 1 AS sign, * FROM new_rows'),
        ('delete', 'SELECT -1 AS sign, * FROM old_rows'),
        ('update', 'SELECT 1 AS sign, * FROM new_rows UNION ALL SELECT -1, * FROM old_rows')
    LOOP
        EXECUTE format($make$
            CREATE FUNCTION transactions_after_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                INSERT INTO category_totals AS stored
                    (workspace_id, grain, period_start, category_id, amount, count)
                SELECT
                    record.workspace_id, period.grain, period.start, record.category_id,
                    sum(sign * record.amount), sum(sign)
                FROM (%2$s) AS record
                -- a workspace being deleted takes its totals along: nothing is left to count
                JOIN categories AS category ON category.id = record.category_id
                CROSS JOIN LATERAL (VALUES
                    ('day', record.date),
                    ('month', date_trunc('month', record.date::timestamp)::date),
                    ('all', DATE '0001-01-01')
                ) AS period (grain, start)
                WHERE record.deleted_at IS NULL
                GROUP BY record.workspace_id, period.grain, period.start, record.category_id
                HAVING sum(sign * record.amount) <> 0 OR sum(sign) <> 0
                ORDER BY record.workspace_id, record.category_id, period.grain, period.start
                ON CONFLICT (workspace_id, grain, period_start, category_id) DO UPDATE SET
                    amount = stored.amount + excluded.amount,
                    count = stored.count + excluded.count;
                RETURN NULL;
            END $body$ $make$, kind, changed);
    END LOOP;
END $install$;

CREATE TRIGGER transactions_after_insert AFTER INSERT ON transactions
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION transactions_after_insert();

CREATE TRIGGER transactions_after_update AFTER UPDATE ON transactions
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION transactions_after_update();

CREATE TRIGGER transactions_after_delete AFTER DELETE ON transactions
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION transactions_after_delete();
