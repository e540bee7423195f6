"""The pages of budgets and savings: /budgets and /savings."""

from koshelok.budgets.views import budgets, moves, savings
from koshelok.budgets.views.months import bp

bp.register_blueprint(budgets.bp)
bp.register_blueprint(moves.bp)
bp.register_blueprint(savings.bp)

__all__ = ["bp"]
