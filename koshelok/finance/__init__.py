"""Finance: categories, records of income and expense, and the totals that follow every change.

Totals (`category_totals`) are kept by the database in the transaction of each change, so that
balance, dashboard and summaries cost the same for a thousand records and for a million.
"""
