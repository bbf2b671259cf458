"""The audit: what was owed to an instance's receiver, by an oracle of its own, held against what it got."""
