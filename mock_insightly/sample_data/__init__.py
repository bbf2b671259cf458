"""Made-up records: believable, linked to one another, and always the same for the same seed."""
