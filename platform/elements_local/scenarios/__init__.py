"""Scenarios: read, checked, run, and made shorter."""
