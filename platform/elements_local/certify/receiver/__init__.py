"""The certification of a receiver: callbacks, right and wrong ones, and what the answers and a probe show of them."""
