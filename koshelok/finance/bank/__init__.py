"""Banks' messages as plain values: patterns.toml says how to read them; no database here."""

from koshelok.finance.bank.codes import hide
from koshelok.finance.bank.parse import Message, Unread, first_amount, read

__all__ = ["Message", "Unread", "first_amount", "hide", "read"]
