"""The ledger: accounts, transfers between them, postings that sum to zero, and their proof.

Money moves by one SQL function (sql/transfer.sql) in one round trip; the database itself
refuses what would break the books. Whose account it is and what a transfer may cost is the
business of the features above.
"""
