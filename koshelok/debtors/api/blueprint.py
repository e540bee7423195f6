"""The blueprint that the calls of the debtors' book are declared on."""

from koshelok.web.api import api_blueprint

api = api_blueprint("debtors", "Debtors", "Who owes, what was paid, and what covers what.")
