"""The pages of finance: /add, /transactions, /summary/<period>, /categories."""

from koshelok.finance.views import (
    add,
    bank,
    bulk,
    categories,
    changes,
    imports,
    receipts,
    recurring,
    rules,
    splits,
    summary,
    transactions,
    trash,
)
from koshelok.finance.views.common import category_icon

bp = add.bp
bp.register_blueprint(transactions.bp)
bp.register_blueprint(bank.bp)
bp.register_blueprint(imports.bp)
bp.register_blueprint(receipts.bp)
bp.register_blueprint(splits.bp)
bp.register_blueprint(summary.bp)
bp.register_blueprint(changes.bp)
bp.register_blueprint(bulk.bp)
bp.register_blueprint(trash.bp)
bp.register_blueprint(recurring.bp)
bp.register_blueprint(rules.bp)
bp.register_blueprint(categories.bp)
bp.add_app_template_global(category_icon, "category_icon")

__all__ = ["bp"]
