"""A book with budgets to work on below the edge."""

from tests.finance.conftest import Book, book, open_book, other_book

__all__ = ["Book", "book", "open_book", "other_book"]
