-- budget_plans.saved follows earmarks, in the transaction of each change; what would take out more
-- than there is fails at the CHECK. Its twin, from the earmarks themselves: budgets.verification.

CREATE FUNCTION earmarks_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.budget_plans AS plan (category_id, workspace_id, type, carry, saved)
    SELECT category.id, category.workspace_id, category.type, 'none', 0
    FROM (VALUES (NEW.category_id), (OLD.category_id)) AS touched (id)
    -- a workspace being deleted takes its plans along
    JOIN public.categories AS category ON category.id = touched.id
    GROUP BY category.id
    ORDER BY category.id
    ON CONFLICT (category_id) DO NOTHING;

    UPDATE public.budget_plans AS plan SET saved = plan.saved + change.amount
    FROM (
        SELECT id, sum(amount) AS amount
        FROM (VALUES
            (NEW.category_id, coalesce(NEW.amount, 0)), (OLD.category_id, -coalesce(OLD.amount, 0))
        ) AS each (id, amount)
        GROUP BY id
    ) AS change
    WHERE plan.category_id = change.id AND change.amount <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER earmarks_after AFTER INSERT OR UPDATE OR DELETE ON earmarks
    FOR EACH ROW EXECUTE FUNCTION earmarks_after();
