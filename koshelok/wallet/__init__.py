"""The wallet: cards with real money on them, transfers between them, saved cards.

A card is a number, a holder and a date over an account of the ledger, which holds its money
and its status. What a transfer may cost and to whom it may go (policy) is decided here.
"""
