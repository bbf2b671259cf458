"""Polling: what is asked, what each record of an answer means, and what is kept of it."""
