"""What budgets refuse."""

from koshelok.core.errors import DomainError, Invalid


class BudgetExists(DomainError):
    """A category has one budget a month."""

    code = "budget_exists"
    message = "This category has a budget for this month already."
    field = "category"


class NoBudgetForIncome(Invalid):
    """Income is not limited."""

    code = "no_budget_for_income"
    message = "Choose an expense or savings: income has no budget."
    field = "category"


class MonthUnreadable(Invalid):
    """A month is a year and a number."""

    code = "invalid_month"
    message = "Write the month like 2026-11."
    field = "month"


class UnknownCategory(Invalid):
    """Neither a code of ours nor an id."""

    code = "unknown_category"
    message = "There is no such category."
    field = "category"


class NotAnExpense(Invalid):
    """Income is not spent."""

    code = "not_an_expense"
    message = "Choose a category of expenses."
    field = "category"


class SameCategory(Invalid):
    """Money moves from one category to another."""

    code = "same_category"
    message = "Choose two different categories."
    field = "to_category"


class NotEnoughLeft(DomainError):
    """No category gives more than it has left."""

    code = "not_enough_left"
    message = "Only %(left)s is left there."
    field = "amount"


class NotEnoughSaved(DomainError):
    """Nobody takes back more than was put aside; its twin is ck_budget_plans_saved_not_negative."""

    code = "not_enough_saved"
    message = "Only %(saved)s is put aside."
    field = "amount"


class NotSavings(Invalid):
    """Money is put aside in savings, and only savings have a goal."""

    code = "not_savings"
    message = "Choose savings."
    field = "category"


class GoalDatePast(Invalid):
    """A goal is ahead."""

    code = "goal_date_past"
    message = "The date must be ahead."
    field = "goal_on"


class GoalMissing(Invalid):
    """A date without a sum says nothing."""

    code = "goal_missing"
    message = "Write how much you want to save."
    field = "goal"


class NothingToCopy(DomainError):
    """Last month had no budget, or all of them are here."""

    code = "nothing_to_copy"
    message = "There is nothing to copy from last month."


class UnknownCarry(Invalid):
    """None, surplus only, or both ways."""

    code = "unknown_carry"
    message = "Choose what is carried over."
    field = "carry"


class MonthOutOfRange(Invalid):
    """Its twin is the CHECK ck_budgets_month."""

    code = "month_out_of_range"
    message = "The month must be between 1970 and 2200."
    field = "month"
