"""Workspaces: the tenant of every row, a person's own or a shop, and who may do what there."""
