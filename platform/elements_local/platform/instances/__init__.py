"""Element instances: how they are made, configured, changed and shown."""
