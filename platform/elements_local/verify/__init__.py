"""Holds a tenant of the real platform, or any stack, against what this one does: through nothing but what every tenant has.

The same battery observes both; what is compared are statuses, keys, types and decisions, never values.
"""
