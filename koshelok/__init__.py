"""Koshelok: one place for a person's and a small shop's money."""
