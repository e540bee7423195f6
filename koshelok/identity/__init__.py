"""Who a person is: users, one-time codes, devices signed in, passwords, names and photo."""
