"""The certification of a poller: a battery of changes, what the audit's oracle expects of them, and what the poller said."""
