"""The pages of the debtors' book: /debtors and what lies below it."""

from typing import Any

from flask import Blueprint

from koshelok.debtors.views import (
    ageing,
    card_payments,
    collect,
    counter,
    day,
    disputes,
    entries,
    imports,
    links,
    lists,
    people,
    reminders,
    settings,
    statement,
    sync,
)
from koshelok.debtors.views.sections import SECTIONS

bp = Blueprint("debtors", __name__)
bp.register_blueprint(counter.bp)
bp.register_blueprint(people.bp)
bp.register_blueprint(entries.bp)
bp.register_blueprint(statement.bp)
bp.register_blueprint(lists.bp)
bp.register_blueprint(ageing.bp)
bp.register_blueprint(collect.bp)
bp.register_blueprint(reminders.bp)
bp.register_blueprint(settings.bp)
bp.register_blueprint(day.bp)
bp.register_blueprint(sync.bp)
bp.register_blueprint(links.bp)
bp.register_blueprint(disputes.bp)
bp.register_blueprint(card_payments.bp)
bp.register_blueprint(imports.bp)

__all__ = ["bp"]


@bp.context_processor
def _frame() -> dict[str, Any]:
    return {"debtor_sections": SECTIONS, "styles": ("debtors.css",)}
