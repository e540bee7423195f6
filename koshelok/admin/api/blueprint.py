"""The blueprint that the calls of administrators are declared on."""

from koshelok.web.api import api_blueprint

api = api_blueprint("admin", "Admin", "People, cards, transfers, deposits, verification, history.")
