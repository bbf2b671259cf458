"""Warnings of what the platform accepts and a user will regret."""
