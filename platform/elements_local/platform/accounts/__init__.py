"""Whose a workspace is: its organization, account and user, and who calls."""
