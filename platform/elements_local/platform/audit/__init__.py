"""The audit: what an instance's receiver should have got, by an oracle of its own, compared with what it got."""
