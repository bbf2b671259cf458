"""What comes in at /events, from providers and pollers: for whom it is, and what it means."""
