"""The database's schema changes, in order."""
