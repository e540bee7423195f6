"""The debtors' book: who owes a workspace, what was paid, and how the one covers the other.

Debts and payments never change their amounts and are never deleted, only voided. Money is
spread oldest debt first; what is over is credit, which pays the next debt by itself.
"""
