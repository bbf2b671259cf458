"""Replaying scenarios: each in a fresh workspace of a stack, several at a time, watched and reported."""
