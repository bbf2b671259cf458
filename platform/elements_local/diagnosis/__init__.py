"""What if: a poller's configuration is replayed in circumstances, and each change is followed until it is known what came of it."""
