"""Commands that find out what is wrong: with events, a configuration, a receiver, this stack itself."""
