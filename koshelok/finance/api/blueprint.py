"""The blueprint that the calls of finance are declared on."""

from koshelok.web.api import api_blueprint

api = api_blueprint("finance", "Finance", "Categories, records, dashboard and summaries.")
