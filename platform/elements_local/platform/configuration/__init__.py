"""An instance's configuration: its keys and values, what is polled by it, and which of it is secret. Pure."""
