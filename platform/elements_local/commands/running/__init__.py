"""Commands that run a stack, move its time, and show what happens in it."""
