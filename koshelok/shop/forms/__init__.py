"""Forms of the shop's pages."""
