"""Bulk jobs: many records read, or made, at once."""
