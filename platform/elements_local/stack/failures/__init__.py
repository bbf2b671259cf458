"""What a failing test or scenario says: what happened, and why something has not."""
