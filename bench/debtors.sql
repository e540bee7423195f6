-- A shop's book of any size, each sum made from the rows below it; triggers are off meanwhile.
-- The first person has 50 open debts of one day, the third 200 debts, the others the same number each; of
-- all but the first's, the five newest are open, and a payment covers every five of the rest.

INSERT INTO debtors (workspace_id, full_name, phone_number, note, debt_total, credit, reminders,
    last_entry_at, created_at)
SELECT :workspace, (ARRAY['Aziza', 'Bobur', 'Dilshod', 'Gulnora', 'Hilola', 'Komil', 'Nodir',
    'Umida'])[1 + n % 8] || ' Mijozov' || CASE WHEN n <= 5 THEN ' Anorboyev' ELSE '' END,
    '+99890' || lpad((n * 1997)::text, 7, '0'), '', 0, 0, true, now() - n * interval '1 minute',
    now() - interval '3 years'
FROM generate_series(1, :people) AS n;

INSERT INTO debts (workspace_id, debtor_id, amount, remaining, description, due_date, created_at)
SELECT :workspace, id, sum, CASE WHEN place = 1 OR n <= 5 THEN sum ELSE 0 END, 'Bozorlik',
    CASE n % 3 WHEN 0 THEN (at + interval '30 days')::date WHEN 1 THEN (at + interval '5 days')::date
    END, at
FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM debtors WHERE workspace_id = :workspace
) AS person
CROSS JOIN LATERAL (
    SELECT CASE place WHEN 1 THEN 50 WHEN 3 THEN 200 ELSE :debts END AS debts
) AS times
CROSS JOIN generate_series(1, debts) AS n
CROSS JOIN LATERAL (SELECT 1000 * (1 + (place + n) % 50) AS sum) AS priced
CROSS JOIN LATERAL (
    SELECT CASE place WHEN 1 THEN CAST(:day AS timestamptz) + n * interval '1 minute'
        ELSE now() - n * interval '1095 days' / debts - place * interval '1 second' END AS at
) AS moment;

CREATE TEMP TABLE paid ON COMMIT DROP AS
SELECT id, debtor_id, amount, created_at + interval '20 days' AS at,
    (SELECT coalesce(max(id), 0) FROM payments)
        + dense_rank() OVER (ORDER BY debtor_id, (n - 1) / 5) AS payment_id
FROM (
    SELECT *, row_number() OVER (PARTITION BY debtor_id ORDER BY created_at, id) AS n
    FROM debts WHERE workspace_id = :workspace AND remaining = 0
) AS settled;

INSERT INTO payments (id, workspace_id, debtor_id, amount, credited, method, description, created_at)
SELECT payment_id, :workspace, debtor_id, sum(amount), 0, 'cash', '', max(at)
FROM paid GROUP BY payment_id, debtor_id;

SELECT setval(pg_get_serial_sequence('payments', 'id'), (SELECT max(id) FROM payments));

INSERT INTO debt_allocations (debtor_id, debt_id, payment_id, kind, amount, created_at)
SELECT debtor_id, id, payment_id, 'payment', amount, at FROM paid;

UPDATE debtors SET debt_total = owed.sum
FROM (SELECT debtor_id, sum(remaining) AS sum FROM debts GROUP BY debtor_id) AS owed
WHERE debtors.id = debtor_id AND workspace_id = :workspace;

INSERT INTO debt_dues (workspace_id, day, amount)
SELECT workspace_id, aged_from, sum(remaining) FROM debts
WHERE workspace_id = :workspace AND remaining > 0 GROUP BY workspace_id, aged_from
