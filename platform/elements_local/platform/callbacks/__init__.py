"""Callbacks: what they carry, how they are signed, sent, retried and given up."""
