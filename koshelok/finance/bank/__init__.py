"""Banks' messages as plain values: patterns.toml says how to read them; no database here."""

from koshelok.finance.bank.codes import hide
from koshelok.finance.bank.parse import Message, Unread, read

__all__ = ["Message", "Unread", "hide", "read"]
