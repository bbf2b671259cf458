"""Workspaces: one customer's data each, with credentials and a clock of its own, and snapshots of them."""
