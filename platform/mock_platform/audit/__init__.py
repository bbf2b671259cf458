"""What was owed to an instance's receiver, held against what it got: an oracle of its own, and the reckoning."""
