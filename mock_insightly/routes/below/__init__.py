"""The routes of what hangs below records."""
