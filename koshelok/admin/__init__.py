"""What administrators see and do: people, cards, transfers, deposits, verification, the history.

Pages and calls over the queries and operations of the other features; it has no models.
"""
