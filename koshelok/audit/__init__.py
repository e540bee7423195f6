"""The history: who did what to what, when and from where; append-only, kept so by the database."""
