"""Runs portable scenarios at a tenant of the real platform: with waiting in the place of advancing, and nothing of others' touched."""
