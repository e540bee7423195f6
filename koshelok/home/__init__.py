"""Home: what one meets first, signed out or in; a composition of the other features' queries."""
