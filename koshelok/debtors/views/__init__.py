"""The pages of the debtors' book: /debtors and what lies below it."""

from typing import Any

from flask import Blueprint

from koshelok.debtors.views import card_payments, counter, disputes, links, lists, sync
from koshelok.debtors.views.sections import SECTIONS

bp = Blueprint("debtors", __name__)
bp.register_blueprint(counter.bp)
bp.register_blueprint(lists.bp)
bp.register_blueprint(sync.bp)
bp.register_blueprint(links.bp)
bp.register_blueprint(disputes.bp)
bp.register_blueprint(card_payments.bp)

__all__ = ["bp"]


@bp.context_processor
def _sections() -> dict[str, Any]:
    return {"debtor_sections": SECTIONS}
