"""Pure rules that every feature shares: money, time, errors, keyset pages, events."""
