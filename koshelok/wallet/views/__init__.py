"""The pages of the wallet: /cards, /send, /transfers, /saved-cards."""

from flask import Blueprint

from koshelok.wallet.views import cards, history, saved, send, settings

bp = Blueprint("wallet", __name__)
bp.register_blueprint(cards.bp)
bp.register_blueprint(send.bp)
bp.register_blueprint(history.bp)
bp.register_blueprint(saved.bp)
bp.register_blueprint(settings.bp)

__all__ = ["bp"]
