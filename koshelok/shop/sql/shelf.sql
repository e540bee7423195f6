-- What the shelf keeps by itself, and what no statement may do, whoever sends it.
--
--   products.on_hand      = sum of stock_movements.quantity
--   products.reserved     = sum of order_lines.reserved, never more than is on hand: no oversell
--   order_lines.reserved  = what was ordered, until its order is shipped or cancelled
--   products.sold         = pieces sold, less those that came back
--   products.rating_sum, rating_count = over the reviews that are not hidden
--   shop_days             = orders delivered on a day, less those that came back on it
--
-- They change inside these triggers only (pg_trigger_depth tells). The twin, from the rows
-- themselves: shop.verification. A workspace that is removed takes its shop along.

CREATE FUNCTION shop_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING MESSAGE = format('shop: %s of %s: %s', TG_OP, TG_TABLE_NAME, TG_ARGV[0]);
END $$;

CREATE TRIGGER products_kept BEFORE DELETE OR TRUNCATE ON products FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION shop_refuse('products are archived, not removed');
CREATE TRIGGER orders_kept BEFORE DELETE OR TRUNCATE ON orders FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION shop_refuse('orders are cancelled, not removed');
CREATE TRIGGER order_lines_kept BEFORE DELETE OR TRUNCATE ON order_lines FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION shop_refuse('an order stays what it is');
CREATE TRIGGER reviews_kept BEFORE DELETE OR TRUNCATE ON reviews FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION shop_refuse('reviews are hidden, not removed');
CREATE TRIGGER stock_movements_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION shop_refuse('history is append-only');
CREATE TRIGGER order_events_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION shop_refuse('history is append-only');
CREATE TRIGGER shop_days_sums BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON shop_days
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION shop_refuse('figures follow orders');

CREATE TRIGGER products_empty_at_first BEFORE INSERT ON products FOR EACH ROW
    WHEN (NEW.on_hand <> 0 OR NEW.reserved <> 0 OR NEW.sold <> 0 OR NEW.rating_sum <> 0 OR NEW.rating_count <> 0)
    EXECUTE FUNCTION shop_refuse('a product starts with nothing');
-- After, not before: beside a trigger of the latter kind every update folds all words for search anew.
CREATE TRIGGER products_figures
    AFTER UPDATE OF on_hand, reserved, sold, rating_sum, rating_count ON products FOR EACH ROW
    WHEN (pg_trigger_depth() = 0
        AND (NEW.on_hand, NEW.reserved, NEW.sold, NEW.rating_sum, NEW.rating_count)
            <> (OLD.on_hand, OLD.reserved, OLD.sold, OLD.rating_sum, OLD.rating_count))
    EXECUTE FUNCTION shop_refuse('figures follow movements, orders and reviews');

-- Pieces come and go. Rows of products are taken in one order by all of these.
CREATE FUNCTION stock_movements_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM public.products WHERE id IN (SELECT product_id FROM new_rows)
    ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.products SET on_hand = on_hand + part.quantity, sold = products.sold + part.sold
    FROM (
        SELECT product_id, sum(quantity) AS quantity,
            coalesce(-sum(quantity) FILTER (WHERE kind IN ('sold', 'returned')), 0) AS sold
        FROM new_rows GROUP BY product_id
    ) AS part
    WHERE products.id = part.product_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stock_movements_after AFTER INSERT ON stock_movements
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_after();

-- What orders wait for. The CHECK on products refuses what is not there; orders_after lets go.
CREATE FUNCTION order_lines_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.reserved := NEW.quantity;
    ELSIF (NEW.order_id, NEW.product_id, NEW.title, NEW.sku, NEW.price, NEW.quantity)
        <> (OLD.order_id, OLD.product_id, OLD.title, OLD.sku, OLD.price, OLD.quantity)
        OR NEW.reserved <> OLD.reserved AND pg_trigger_depth() = 1
    THEN
        RAISE restrict_violation USING MESSAGE = format('shop: order %s stays what it is', OLD.order_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_lines_before BEFORE INSERT OR UPDATE ON order_lines
    FOR EACH ROW EXECUTE FUNCTION order_lines_before();

-- An order has the lines that its total was made of, and never one more.
CREATE FUNCTION order_lines_cost() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    beyond bigint;
BEGIN
    SELECT number INTO beyond FROM public.orders
    WHERE id IN (SELECT order_id FROM new_rows) AND total < (
        SELECT sum(price * quantity) FROM public.order_lines WHERE order_id = orders.id
    );
    IF FOUND THEN
        RAISE restrict_violation USING MESSAGE = format('shop: order %s stays what it is', beyond);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER order_lines_cost AFTER INSERT ON order_lines
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION order_lines_cost();

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
            CREATE FUNCTION order_lines_after_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM FROM public.products WHERE id IN (SELECT product_id FROM new_rows)
                ORDER BY id FOR NO KEY UPDATE;
                UPDATE public.products SET reserved = products.reserved + part.reserved
                FROM (
                    SELECT product_id, sum(sign * reserved) AS reserved
                    FROM (%2$s) AS changed GROUP BY product_id
                ) AS part
                WHERE products.id = part.product_id AND part.reserved <> 0;
                RETURN NULL;
            END $body$;
            CREATE TRIGGER order_lines_after_%1$s AFTER %1$s ON order_lines
                REFERENCING NEW TABLE AS new_rows %3$s
                FOR EACH STATEMENT EXECUTE FUNCTION order_lines_after_%1$s();
            CREATE FUNCTION reviews_after_%1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                UPDATE public.products
                SET rating_sum = products.rating_sum + part.stars,
                    rating_count = products.rating_count + part.number
                FROM (
                    SELECT product_id, sum(sign * rating) AS stars, sum(sign) AS number
                    FROM (%2$s) AS changed WHERE hidden_at IS NULL GROUP BY product_id
                ) AS part
                WHERE products.id = part.product_id AND (part.stars, part.number) <> (0, 0);
                RETURN NULL;
            END $body$;
            CREATE TRIGGER reviews_after_%1$s AFTER %1$s ON reviews
                REFERENCING NEW TABLE AS new_rows %3$s
                FOR EACH STATEMENT EXECUTE FUNCTION reviews_after_%1$s();
        $make$, kind, changed, CASE kind WHEN 'update' THEN 'OLD TABLE AS old_rows' ELSE '' END);
    END LOOP;
END $install$;

-- Only a buyer to whom it was delivered says something of a product.
CREATE FUNCTION reviews_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM public.order_lines JOIN public.orders ON orders.id = order_lines.order_id
        WHERE order_lines.product_id = NEW.product_id AND orders.buyer_id = NEW.buyer_id
            AND orders.status IN ('delivered', 'returned')
    ) THEN
        RAISE restrict_violation USING MESSAGE = format('shop: product %s was not delivered to user %s', NEW.product_id, NEW.buyer_id);
    ELSIF TG_OP = 'UPDATE' AND (NEW.product_id, NEW.buyer_id) <> (OLD.product_id, OLD.buyer_id) THEN
        RAISE restrict_violation USING MESSAGE = format('shop: review %s stays its buyer''s', OLD.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_before BEFORE INSERT OR UPDATE ON reviews
    FOR EACH ROW EXECUTE FUNCTION reviews_before();

-- An order goes forward only; each step is what states.py says. What it costs never changes, and
-- its money is linked once.
CREATE FUNCTION orders_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'pending' OR NEW.payout_id IS NOT NULL THEN
            RAISE restrict_violation USING MESSAGE = 'shop: an order starts pending';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.number, NEW.checkout_id, NEW.workspace_id, NEW.buyer_id, NEW.payment, NEW.total,
        NEW.pieces, NEW.created_at)
        <> (OLD.id, OLD.number, OLD.checkout_id, OLD.workspace_id, OLD.buyer_id, OLD.payment, OLD.total,
        OLD.pieces, OLD.created_at)
        OR NEW.purchase_id IS DISTINCT FROM OLD.purchase_id
        OR NEW.debt_id IS DISTINCT FROM OLD.debt_id
        OR OLD.payout_id IS NOT NULL AND NEW.payout_id IS DISTINCT FROM OLD.payout_id
    THEN
        RAISE restrict_violation USING MESSAGE = format('shop: order %s stays what it is', OLD.number);
    END IF;
    IF NEW.status <> OLD.status AND NEW.status <> ALL (CASE OLD.status
        WHEN 'pending' THEN ARRAY['confirmed', 'cancelled']
        WHEN 'confirmed' THEN ARRAY['packed', 'cancelled']
        WHEN 'packed' THEN ARRAY['shipped', 'cancelled']
        WHEN 'shipped' THEN ARRAY['delivered']
        WHEN 'delivered' THEN ARRAY['returned']
        ELSE ARRAY[]::text[]
    END) THEN
        RAISE restrict_violation USING MESSAGE = format('shop: order %s is %s, not %s', OLD.number, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_before BEFORE INSERT OR UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION orders_before();

CREATE FUNCTION orders_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.order_lines SET reserved = 0 WHERE order_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_after AFTER UPDATE OF status ON orders FOR EACH ROW
    WHEN (NEW.status <> OLD.status AND NEW.status IN ('shipped', 'cancelled'))
    EXECUTE FUNCTION orders_after();

CREATE FUNCTION orders_sold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign integer := CASE NEW.status WHEN 'delivered' THEN 1 ELSE -1 END;
BEGIN
    INSERT INTO public.shop_days AS kept (workspace_id, day, orders, amount)
    SELECT NEW.workspace_id, (NEW.updated_at AT TIME ZONE time_zone)::date, sign, sign * NEW.total
    FROM public.workspaces WHERE id = NEW.workspace_id
    ON CONFLICT (workspace_id, day) DO UPDATE
        SET orders = kept.orders + excluded.orders, amount = kept.amount + excluded.amount;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_sold AFTER UPDATE OF status ON orders FOR EACH ROW
    WHEN (NEW.status <> OLD.status AND NEW.status IN ('delivered', 'returned'))
    EXECUTE FUNCTION orders_sold();
