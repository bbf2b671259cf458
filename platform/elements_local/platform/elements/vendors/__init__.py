"""Vendor files that are shipped, each with its hooks beside it."""
