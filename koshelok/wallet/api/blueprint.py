"""The blueprint that the calls of the wallet are declared on."""

from koshelok.web.api import api_blueprint

api = api_blueprint("wallet", "Wallet", "Cards, transfers between them, saved cards.")
