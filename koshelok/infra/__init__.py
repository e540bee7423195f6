"""Machinery below the features: settings, database, unit of work, queue, logs, services."""
