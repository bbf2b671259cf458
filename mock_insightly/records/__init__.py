"""Records: how they are dated, changed, linked, found and listed."""
