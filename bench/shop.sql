-- Shelves of any size, each figure made from the rows below it; triggers are off meanwhile. Of each rare
-- thing (a word, a category, a range of prices, a small shop) there are as many whatever the size.

CREATE FUNCTION pg_temp.dice(n bigint, of text, sides integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT abs(hashtextextended(of || n, 0) % sides)::integer
$$;

CREATE TEMP TABLE goods ON COMMIT DROP AS
SELECT n, CASE WHEN n % (:size / 40) = 5 THEN shops[20] ELSE shops[1 + n % 19] END AS workspace_id,
    1 + pg_temp.dice(n, 'sold', 200) AS sold, CASE WHEN n % 20 = 0 THEN 0 ELSE 500 END AS on_hand,
    1 + pg_temp.dice(n, 'stars', 5) AS stars
FROM generate_series(1, CAST(:size AS bigint)) AS n, (SELECT CAST(:shops AS bigint[]) AS shops) AS every;

INSERT INTO products (workspace_id, name, description, category, sku, price, on_hand, reserved, sold,
    rating_sum, rating_count, created_at, updated_at)
SELECT workspace_id, (ARRAY['Choy', 'Guruch', 'Sovun', 'Shampun', 'Daftar', 'Ko''ylak', 'Chiroq', 'Makaron',
        'Qand', 'Suv'])[1 + n % 10] || ' №' || n || CASE WHEN n % (:size / 60) = 7 THEN ' anor' ELSE '' END,
    'Sifatli va arzon, yetkazib beramiz. Omborda bor, xohlagan kuningiz oling. Partiya partiya' || n,
    CASE WHEN n % (:size / 60) = 3 THEN 'stationery' ELSE (ARRAY['food', 'drinks', 'household', 'beauty',
        'health', 'kids', 'clothes', 'electronics', 'home', 'other'])[1 + pg_temp.dice(n, 'category', 10)] END,
    'SKU-' || n,
    CASE WHEN n % (:size / 60) = 11 THEN 7000000 + n ELSE 1000 * (1 + pg_temp.dice(n, 'price', 2000)) END,
    on_hand, 0, sold, stars, 1, now() - interval '1 year', now()
FROM goods ORDER BY n;

CREATE TEMP TABLE lines ON COMMIT DROP AS
SELECT products.id AS product_id, goods.*, name, products.sku, price,
    (row_number() OVER (PARTITION BY goods.workspace_id ORDER BY n) - 1) / 10 AS batch
FROM goods JOIN products ON products.sku = 'SKU-' || n;

INSERT INTO product_images (workspace_id, product_id, name, width, height, position, created_at)
SELECT workspace_id, product_id, md5(n::text), 1200, 1200, 0, now() FROM lines ORDER BY n;

CREATE TEMP TABLE sales ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, gen_random_uuid() AS checkout_id, workspace_id, batch,
    sum(price * sold) AS total, sum(sold) AS pieces, now() - batch % 300 * interval '1 day' AS at
FROM lines GROUP BY workspace_id, batch;

INSERT INTO checkouts (id, buyer_id, key, fingerprint, created_at)
SELECT checkout_id, :buyer, id::text, '', at FROM sales;

INSERT INTO orders (id, checkout_id, workspace_id, buyer_id, status, payment, total, pieces, address, comment,
    created_at, updated_at)
SELECT id, checkout_id, workspace_id, :buyer, 'delivered', 'cash', total, pieces, '', '', at, at FROM sales;

INSERT INTO order_lines (order_id, product_id, workspace_id, title, sku, price, quantity, reserved)
SELECT id, product_id, workspace_id, name, sku, price, sold, 0
FROM lines JOIN sales USING (workspace_id, batch);

INSERT INTO order_events (order_id, status, note, actor_id, created_at)
SELECT id, 'delivered', '', :buyer, at FROM sales;

INSERT INTO shop_days (workspace_id, day, orders, amount)
SELECT workspace_id, (at AT TIME ZONE time_zone)::date, count(*), sum(total)
FROM sales JOIN workspaces ON workspaces.id = workspace_id GROUP BY 1, 2;

INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, created_at)
SELECT workspace_id, product_id, 'received', on_hand + sold, '', now() - interval '1 year' FROM lines;

INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, order_id, created_at)
SELECT workspace_id, product_id, 'sold', -sold, '', id, at FROM lines JOIN sales USING (workspace_id, batch);

INSERT INTO reviews (workspace_id, product_id, buyer_id, rating, text, reply, hidden_reason, created_at)
SELECT workspace_id, product_id, :buyer, stars, 'Yaxshi', '', '', now() FROM lines
