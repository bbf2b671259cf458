"""Admin routes that every service has, and what they show: the journal, calls, faults."""
