"""Reads of one workspace's money: categories, records, and totals (never by scanning records)."""

from koshelok.finance.queries.categories import (
    CategoryRow,
    get_category,
    get_category_row,
    list_archived,
    list_categories,
    page_categories,
)
from koshelok.finance.queries.overview import Overview, get_overview
from koshelok.finance.queries.search import Filters, list_transactions
from koshelok.finance.queries.totals import (
    CategorySum,
    Point,
    Sums,
    add_up,
    change_percent,
    find_sums,
    list_points,
    sum_by_category,
    sum_ever,
    sum_spans,
)
from koshelok.finance.queries.transactions import (
    Record,
    find_record_of_transfer,
    get_record,
    get_transaction,
    get_version,
)

__all__ = [
    "CategoryRow",
    "CategorySum",
    "Filters",
    "Overview",
    "Point",
    "Record",
    "Sums",
    "add_up",
    "change_percent",
    "find_record_of_transfer",
    "find_sums",
    "get_category",
    "get_category_row",
    "get_overview",
    "get_record",
    "get_transaction",
    "get_version",
    "list_archived",
    "list_categories",
    "list_points",
    "list_transactions",
    "page_categories",
    "sum_by_category",
    "sum_ever",
    "sum_spans",
]
