"""Money that one category of a month gives another."""

from datetime import date
from decimal import Decimal

from koshelok.budgets.errors import NotEnoughLeft, SameCategory
from koshelok.budgets.models import BudgetMove
from koshelok.budgets.operations.budgets import check_category, check_month
from koshelok.budgets.operations.plans import hold_plan
from koshelok.budgets.queries import get_category_month
from koshelok.core.money import format_amount, positive, to_json
from koshelok.finance.operations import tracked
from koshelok.infra.db import session


def move_money(
    *,
    actor_id: int,
    workspace_id: int,
    month: date,
    first_day: int,
    from_category: int,
    to_category: int,
    amount: Decimal,
) -> int:
    """Move what a category has left in a month to another; answers the change.

    `first_day` is the day that the workspace's months begin on. Raises NotEnoughLeft, SameCategory,
    Invalid for the amount or month, and for the categories as create_budget does.
    """
    amount, month = positive(amount), check_month(month)
    if from_category == to_category:
        raise SameCategory
    held = {
        id_: check_category(workspace_id=workspace_id, category_id=id_)
        for id_ in sorted((from_category, to_category))  # two movers the other way round wait
    }
    giver, taker = held[from_category], held[to_category]
    hold_plan(giver)  # of two movers at once, one sees what the other left
    here = get_category_month(workspace_id, from_category, month, first_day)
    left = here.figures.left if here else Decimal(0)
    if amount > left:
        raise NotEnoughLeft(left=format_amount(max(left, Decimal(0))))
    move = BudgetMove(
        workspace_id=workspace_id,
        month=month,
        from_id=giver.id,
        from_type=giver.type,
        to_id=taker.id,
        to_type=taker.type,
        amount=amount,
        created_by_id=actor_id,
    )
    details = {"category": f"{giver.name} → {taker.name}", "amount": to_json(amount)}
    with tracked(
        actor_id=actor_id, workspace_id=workspace_id, kind="budget_moved", details=details
    ) as step:
        session.add(move)
        session.flush()
        step.made(BudgetMove, move.id)
    return step.change.id if step.change else 0
