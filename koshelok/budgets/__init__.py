"""Budgets: what may be spent in a month, what is left of it, and what is put aside.

What was spent and what is carried over are never stored: they are read from the totals that the
database keeps with every record, so that a record changed anywhere, in any month, is right here
at once. Savings are put aside, not spent: they stay out of all sums of expenses.
"""
