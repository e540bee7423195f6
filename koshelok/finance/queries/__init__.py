"""Reads of one workspace's money: categories, records, and totals (never by scanning records)."""

from koshelok.finance.queries.categories import (
    TAKING_RECORDS,
    CategoryRow,
    find_category_by_code,
    get_category,
    get_category_row,
    list_archived,
    list_categories,
    list_named,
    page_categories,
)
from koshelok.finance.queries.changes import ChangeRow, get_change, list_changes
from koshelok.finance.queries.learning import Guess, Question, find_guess, find_question
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
    sum_by_month,
    sum_ever,
    sum_spans,
)
from koshelok.finance.queries.transactions import (
    Record,
    find_record_of_client,
    find_record_of_transfer,
    get_record,
    get_transaction,
    list_parts,
)

__all__ = [
    "TAKING_RECORDS",
    "CategoryRow",
    "CategorySum",
    "ChangeRow",
    "Filters",
    "Guess",
    "Overview",
    "Point",
    "Question",
    "Record",
    "Sums",
    "add_up",
    "change_percent",
    "find_category_by_code",
    "find_guess",
    "find_question",
    "find_record_of_client",
    "find_record_of_transfer",
    "find_sums",
    "get_category",
    "get_category_row",
    "get_change",
    "get_overview",
    "get_record",
    "get_transaction",
    "list_archived",
    "list_categories",
    "list_changes",
    "list_named",
    "list_parts",
    "list_points",
    "list_transactions",
    "page_categories",
    "sum_by_category",
    "sum_by_month",
    "sum_ever",
    "sum_spans",
]
