"""Workspaces: one customer's world each, with credentials and a clock of its own."""
