"""The shop: what is on the shelf, carts, orders, their money, and what buyers say."""
