"""What only workers on one PostgreSQL need: a queue of what falls due by real clocks, and who works through it."""
