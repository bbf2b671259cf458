"""Usage: a record for each call of the platform."""
