"""Cures: what happened in a workspace is done again with something changed, until the callback comes that was missing."""
