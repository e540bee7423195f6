"""SMS and e-mail behind one `send`: a row in the transaction, delivered after the commit."""
